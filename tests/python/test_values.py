"""Values on their way in and out, exact both ways."""

import datetime
from decimal import Decimal

import guanxi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

UTC = datetime.timezone.utc


@pytest.fixture
def shelf(s):
    """A custom entity with a field of each kind."""
    s.define_entity({"name": "x_shelf", "label": {"en": "Shelf", "zh": "货架"}, "fields": [
        {"name": "yes", "type": "boolean"},
        {"name": "n", "type": "integer"},
        {"name": "price", "type": "decimal", "scale": 4},
        {"name": "tiny", "type": "decimal", "scale": 18},
        {"name": "amount", "type": "money"},
        {"name": "words", "type": "text", "title": True},
        {"name": "day", "type": "date"},
        {"name": "at", "type": "instant"},
        {"name": "account", "type": "reference", "target": "account"},
        {"name": "pick", "type": "choice", "choices": [{"code": "a"}, {"code": "b"}]},
    ]})
    return s


@pytest.mark.parametrize(("field", "content"), [
    ("yes", True), ("yes", False), ("yes", None),
    ("n", 0), ("n", 2**63 - 1), ("n", -(2**63)), ("n", None),
    ("price", Decimal("-0.0001")), ("price", Decimal("922337203685477.5807")), ("price", None),
    ("tiny", Decimal("0.000000000000000001")),
    ("amount", Decimal("1096.50")), ("amount", Decimal("0.00")),
    ("words", "万科 ☕ 🎉"), ("words", "line\nline\ttab"), ("words", "'; drop table account; --"),
    ("day", datetime.date(1, 1, 1)), ("day", datetime.date(9999, 12, 31)),
    ("at", datetime.datetime(2026, 2, 28, 23, 59, 59, 999999, tzinfo=UTC)),
    ("at", datetime.datetime(1, 1, 1, tzinfo=UTC)),
    ("at", datetime.datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC)),
    ("pick", "b"),
])
def test_values_come_back_as_they_went(shelf, field, content):
    made = shelf.create("x_shelf", {field: content})
    assert made[field] == content and type(made[field]) is type(content)
    rows = shelf.query(f"select {field} as it from x_shelf where id = :id", id=made)
    assert rows[0].it == content and type(rows[0].it) is type(content)
    if content is not None:
        assert len(shelf.query(f"select id from x_shelf where {field} = :it", it=content)) == 1


def test_instants_are_told_in_utc(shelf):
    beijing = datetime.timezone(datetime.timedelta(hours=8))
    made = shelf.create("x_shelf", at=datetime.datetime(2026, 1, 1, 7, 30, tzinfo=beijing))
    assert made.at == datetime.datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    assert made.at.tzinfo is UTC


def test_a_record_is_a_reference_to_itself(shelf):
    acme = shelf.create("account", name="Acme")
    made = shelf.create("x_shelf", account=acme)
    assert made.account == acme.id
    assert len(shelf.query("select id from x_shelf where account = :a", a=acme)) == 1
    assert len(shelf.query("select id from x_shelf where account.name = 'Acme'")) == 1


def test_a_naive_datetime_is_refused(shelf):
    with pytest.raises(guanxi.Validation, match="without a time zone") as refusal:
        shelf.create("x_shelf", at=datetime.datetime(2026, 1, 1))
    assert refusal.value.field == "at"
    with pytest.raises(guanxi.Validation, match="without a time zone"):
        shelf.query("select id from x_shelf where at > :t", t=datetime.datetime(2026, 1, 1))


@pytest.mark.parametrize("content", [1.5, float("nan"), 2.0])
def test_a_float_is_refused(shelf, content):
    with pytest.raises(TypeError, match="`price` is a float, .* use Decimal or int"):
        shelf.create("x_shelf", price=content)
    with pytest.raises(TypeError, match="`p` is a float"):
        shelf.query("select id from x_shelf where price > :p", p=content)


@pytest.mark.parametrize("content", [b"bytes", object(), [1], {}, 1j, datetime.time(1)])
def test_other_types_are_refused(shelf, content):
    with pytest.raises(TypeError, match="`words` is of type"):
        shelf.create("x_shelf", words=content)


@pytest.mark.parametrize(("field", "content", "what"), [
    ("n", 2**63, "64 bits"),
    ("price", Decimal("NaN"), "NaN"),
    ("price", Decimal("-Infinity"), "Infinity"),
    ("price", Decimal("1E+999999"), "does not fit"),
    ("price", Decimal("1E-999999"), "does not fit"),
    ("price", Decimal("10") ** 20, "does not fit"),
    ("price", Decimal("0.00001"), "4 digits"),
    ("words", "half \ud83d", "surrogate"),
    ("words", "a\0b", "NUL"),
    ("pick", "c", "choice"),
    ("account", 0, "ids begin at 1"),
])
def test_values_that_do_not_fit_are_refused(shelf, field, content, what):
    with pytest.raises(guanxi.Validation, match=what) as refusal:
        shelf.create("x_shelf", {field: content})
    assert refusal.value.field == field
    assert len(shelf.query("select id from x_shelf")) == 0


@pytest.mark.parametrize(("field", "content"), [
    ("yes", 1), ("n", "seven"), ("day", 3), ("words", 3), ("price", True),
    ("day", datetime.datetime(2026, 1, 1, tzinfo=UTC)),
])
def test_values_of_the_wrong_kind_are_refused(shelf, field, content):
    with pytest.raises(guanxi.Query) as refusal:
        shelf.create("x_shelf", {field: content})
    assert refusal.value.field == field


def test_trailing_zeros_and_exponents_are_no_digits(shelf):
    made = shelf.create("x_shelf", price=Decimal("1." + "0" * 30), n=Decimal("2E+3"))
    assert (made.price, made.n) == (1, 2000)
    assert shelf.create("x_shelf", price=Decimal("-0E+500")).price == 0


def test_numpy_integers_are_integers(shelf):
    import numpy
    assert shelf.create("x_shelf", n=numpy.int32(7)).n == 7
    with pytest.raises(TypeError, match="is a float"):
        shelf.create("x_shelf", price=numpy.float64(1.5))


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")))
def test_any_text_comes_back_composed(text):
    import unicodedata
    with guanxi.open(":memory:") as crm, crm.as_user("admin") as s:
        made = s.create("account", name="x", description=text)
        assert (made.description or "") == unicodedata.normalize("NFC", text)
