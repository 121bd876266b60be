"""Amounts in several currencies: exchange rates, convert, and what a missing rate is."""

import datetime
from decimal import Decimal

import guanxi
import pytest
from guanxi import col, param, select

DAY = datetime.date(2026, 3, 1)


@pytest.fixture
def shop(s):
    for code, rate, day in (("EUR", "1.10", "2026-01-01"), ("EUR", "1.20", "2026-03-01"),
                            ("CNY", "0.14", "2025-01-01")):
        s.create("exchange_rate", currency=code, rate=Decimal(rate),
                 valid_from=datetime.date.fromisoformat(day))
    for name, amount, code in (("Acme", "100.00", "EUR"), ("万科", "1000.01", "CNY"),
                               ("Bolt", "50.00", "USD"), ("Nil", None, "USD")):
        s.create("account", name=name, currency=code,
                 annual_revenue=None if amount is None else Decimal(amount))
    return s


def test_amounts_are_converted_at_the_rate_of_a_date(shop):
    query = ("select name, convert(annual_revenue, :to, at :day) as there from account "
             "order by name")
    assert [tuple(row) for row in shop.query(query, to="USD", day=DAY)] == [
        ("Acme", Decimal("120.00")), ("Bolt", Decimal("50.00")), ("Nil", None),
        ("万科", Decimal("140.00"))]
    assert shop.query(query, to="USD", day=datetime.date(2026, 2, 28))[0].there == Decimal("110.00")
    frame = shop.query(query, to="EUR", day=DAY).to_pandas()
    assert list(frame.there[:2]) == [Decimal("100.00"), Decimal("41.67")]


def test_a_built_query_converts_like_its_text(shop):
    total = select(whole=col("annual_revenue").convert("USD", at=param("day")).sum()).from_("account")
    assert str(total) == "select sum(convert(annual_revenue, 'USD', at :day)) as whole from account"
    assert shop.query(total, day=DAY)[0].whole == Decimal("310.00")
    assert shop.query(str(total), day=DAY)[0].whole == Decimal("310.00")


def test_a_missing_rate_is_an_error_or_null(shop):
    with pytest.raises(guanxi.Validation, match="no exchange rate of `GBP`") as caught:
        shop.query("select convert(annual_revenue, 'GBP') from account")
    assert caught.value.name == "missing_rate" and caught.value.offset == 7
    rows = shop.query(select(col("annual_revenue").convert("GBP", or_null=True)).from_("account"))
    assert [row[0] for row in rows] == [None] * 4


def test_currencies_do_not_meet(shop):
    with pytest.raises(guanxi.Error, match="convert") as caught:
        shop.query("select sum(annual_revenue) from account")
    assert caught.value.name == "mixed_currency"
    with pytest.raises(guanxi.Error) as caught:
        shop.query("select sum(convert(annual_revenue, 'EUR')) + sum(annual_revenue) from account")
    assert caught.value.name == "mixed_currency"


def test_a_rate_is_checked(shop):
    for faulty in ({"rate": Decimal(0)}, {"currency": "euro"}, {"currency": "USD"},
                   {"currency": "EUR"}):
        with pytest.raises(guanxi.Validation):
            shop.create("exchange_rate", {"currency": "GBP", "rate": Decimal("1.3"),
                                          "valid_from": datetime.date(2026, 1, 1), **faulty})
    assert len(shop.query("select id from exchange_rate")) == 3
