"""A CRM on a store in Python: what it is asked, what its mistakes give, what it raises."""

from datetime import UTC, date, datetime
from decimal import Decimal

import guanxi
import pytest


class Shelf:
    """The least store: a dict for each entity."""

    def __init__(self):
        self.tables = {}

    def get(self, entity, id):
        return self.tables.get(entity, {}).get(id)

    def put(self, entity, row, expected_revision):
        stored = self.get(entity, row[0])
        if (stored is None) != (expected_revision == 0):
            raise guanxi.Conflict("there is a row already, or none")
        if stored is not None and stored[1] not in (None, expected_revision):
            raise guanxi.Conflict("the row has another revision")
        self.tables.setdefault(entity, {})[row[0]] = row

    def erase(self, entity, id):
        self.tables.get(entity, {}).pop(id, None)

    def scan(self, entity, after, at_most):
        table = self.tables.get(entity, {})
        return [table[id] for id in sorted(id for id in table if id > after)[:at_most]]


class Ledger(Shelf):
    """With transactions: what was there is kept aside."""

    def __init__(self):
        super().__init__()
        self.before = None

    def begin(self):
        self.before = {entity: dict(table) for entity, table in self.tables.items()}

    def commit(self):
        self.before = None

    def rollback(self):
        self.tables, self.before = self.before, None


def test_a_crm_lives_in_a_dict():
    shelf = Ledger()
    with guanxi.open_store(shelf) as crm, crm.as_user("admin") as s:
        assert (crm.store, crm.fresh) == ("Ledger", True)
        acme = s.create("account", name="茶叶 𝒯", annual_revenue=Decimal("12.50"))
        s.change(acme, phone="1")
        with s.transaction():
            s.create("account", name="Beta")
            with pytest.raises(guanxi.Validation):
                s.create("account")
        with pytest.raises(ZeroDivisionError), s.transaction():
            s.create("account", name="Gone")
            raise ZeroDivisionError
        names = [row.name for row in s.query("select name from account order by name")]
        assert names == ["Beta", "茶叶 𝒯"]
    assert shelf.tables["account"][acme.id][0] == acme.id
    with guanxi.open_store(shelf) as crm, crm.as_user("admin") as s:
        assert not crm.fresh
        assert s.get("account", acme.id).annual_revenue == Decimal("12.50")


def test_a_store_may_be_read_only():
    shelf = Ledger()
    with pytest.raises(guanxi.Store, match="read only"):
        guanxi.open_store(shelf, read_only=True)
    with guanxi.open_store(shelf) as crm, crm.as_user("admin") as s:
        s.create("account", name="Acme")
    with guanxi.open_store(shelf, read_only=True) as crm, crm.as_user("admin") as s:
        assert len(s.query("select name from account")) == 1
        with pytest.raises(guanxi.Store, match="read only"):
            s.create("account", name="Beta")


def test_without_begin_there_are_no_transactions():
    with guanxi.open_store(Shelf()) as crm, crm.as_user("admin") as s:
        s.create("account", name="Acme")
        with pytest.raises(guanxi.Store, match="no transactions"), s.transaction():
            pass


def test_every_kind_comes_back_as_it_was():
    shelf = Ledger()
    with guanxi.open_store(shelf) as crm, crm.as_user("admin") as s:
        s.define_entity({"name": "x_thing", "label": {"en": "Thing"}, "fields": [
            {"name": "x_flag", "type": "boolean"}, {"name": "x_count", "type": "integer"},
            {"name": "x_rate", "type": "decimal", "scale": 4}, {"name": "x_day", "type": "date"},
            {"name": "x_at", "type": "instant"}, {"name": "x_price", "type": "money"},
            {"name": "x_text", "type": "text"}]})
        given = {"x_flag": False, "x_count": -2**63, "x_rate": Decimal("-0.0001"),
                 "x_day": date(1, 1, 1), "x_at": datetime(1969, 12, 31, 23, 59, 59, 999999, UTC),
                 "x_price": Decimal("-92233720368547758.08"), "x_text": "𝒯'\"\n"}
        thing = s.get("x_thing", s.create("x_thing", given).id)
        assert {name: getattr(thing, name) for name in given} == given
        s.define_field("x_thing", {"name": "x_more", "type": "text"})
        again = s.get("x_thing", thing.id)
        assert again.x_more is None and again.x_text == given["x_text"]


def test_what_a_function_raises_comes_back_as_itself():
    class Full(Ledger):
        full = False

        def put(self, entity, row, expected_revision):
            if self.full and entity == "account":
                raise OSError(28, "the shelf is full")
            super().put(entity, row, expected_revision)

    shelf = Full()
    with guanxi.open_store(shelf) as crm, crm.as_user("admin") as s:
        shelf.full = True
        with pytest.raises(OSError, match="the shelf is full") as refusal:
            s.create("account", name="Acme")
        assert refusal.value.errno == 28
        shelf.full = False
        assert s.query("select count() as n from account")[0].n == 0
        s.create("account", name="Acme")
        assert s.query("select count() as n from account")[0].n == 1


def test_a_rollback_that_raises_what_cannot_be_written_ends_nothing():
    class Odd(Ledger):
        odd = False

        def rollback(self):
            super().rollback()
            if self.odd:
                raise OSError(2, "no file", "\udcff.gx")

    shelf = Odd()
    with guanxi.open_store(shelf) as crm, crm.as_user("admin") as s:
        shelf.odd = True
        with pytest.raises((guanxi.Error, OSError)):
            s.create("account", city="without a name")
        with pytest.raises((guanxi.Error, OSError, ZeroDivisionError)), s.transaction():
            s.create("account", name="Gone")
            raise ZeroDivisionError
        shelf.odd = False
        assert s.query("select count() as n from account")[0].n == 0


@pytest.mark.parametrize(("spoil", "words"), [
    (lambda row: row[:-1], "a row of"),
    (lambda row: (row[0] + 1, *row[1:]), "another id"),
    (lambda row: (row[0], None, *row[2:]), "null for `revision`"),
    (lambda row: (row[0], "1", *row[2:]), "of type text"),
    (lambda row: (None, *row[1:]), "another id"),
])
def test_a_wrong_row_is_refused_in_words(spoil, words):
    class Faulty(Ledger):
        faulty = False

        def get(self, entity, id):
            row = super().get(entity, id)
            return spoil(row) if row and self.faulty and entity == "account" else row

    shelf = Faulty()
    with guanxi.open_store(shelf) as crm, crm.as_user("admin") as s:
        acme = s.create("account", name="Acme")
        shelf.faulty = True
        with pytest.raises(guanxi.Store, match=words) as refusal:
            s.get("account", acme.id)
        assert refusal.value.name == "store_corrupt"


def test_a_store_may_not_use_its_own_tenant():
    class Curious(Ledger):
        session = None

        def scan(self, entity, after, at_most):
            if self.session:
                self.session.query("select name from account")
            return super().scan(entity, after, at_most)

    shelf = Curious()
    with guanxi.open_store(shelf, busy_timeout=1) as crm, crm.as_user("admin") as s:
        shelf.session = crm.as_user("admin")
        with pytest.raises(guanxi.Error, match="its own tenant|that it keeps") as refusal:
            s.query("select name from account")
        assert refusal.value.name == "misuse"
        shelf.session = None
        assert len(s.query("select name from account")) == 0


def test_what_is_no_store_is_refused():
    class Half(Ledger):
        savepoint = Ledger.begin

    with pytest.raises(TypeError, match="has no scan"):
        guanxi.open_store(type("Three", (), dict.fromkeys(("get", "put", "erase"), len))())
    with pytest.raises(TypeError, match="together"):
        guanxi.open_store(Half())
    with pytest.raises(TypeError, match="has no put"):
        guanxi.open_store({})


def test_a_store_goes_with_its_tenant():
    gone = []

    class Watched(Ledger):
        def __del__(self):
            gone.append(1)

    crm = guanxi.open_store(Watched())
    assert not gone
    crm.close()
    del crm
    assert gone == [1]


class Kept(Ledger):
    """What is committed stays, and nothing else: for opening again."""

    def reopened(self):
        out = Kept()
        out.tables = self.tables if self.before is None else self.before
        return out


def test_a_right_store_is_found_right():
    told = []
    assert guanxi.store_check(Kept, operations=600, reopen=Kept.reopened,
                              progress=lambda *units: told.append(units)) == []
    assert told[-1] == (600, 600)
    assert guanxi.store_check(Ledger(), operations=120) == []


class Late(Ledger):
    def scan(self, entity, after, at_most):
        return super().scan(entity, after + 1, at_most)


class Lossy(Ledger):
    def put(self, entity, row, expected_revision):
        super().put(entity, tuple(cell or None for cell in row), expected_revision)


class Lenient(Ledger):
    def put(self, entity, row, expected_revision):
        self.tables.setdefault(entity, {})[row[0]] = row


class Shallow(Ledger):
    def begin(self):
        self.before = dict(self.tables)


class Broken(Ledger):
    def erase(self, entity, id):
        del self.tables[entity][id]


@pytest.mark.parametrize(("faulty", "function"), [
    (Late, "scan"), (Lossy, "put"), (Lenient, "put"), (Shallow, "rollback"), (Broken, "erase")])
def test_a_fault_is_found_and_its_function_named(faulty, function):
    found = guanxi.store_check(faulty, operations=300)
    assert found[0].function == function
    assert f"look at `{function}`" in str(found[0])
    assert 0 < len(found[0].steps) < 10


def test_a_check_can_be_stopped_and_passes_on_what_its_callers_raise():
    with pytest.raises(guanxi.Interrupted):
        guanxi.store_check(Ledger, progress=lambda done, total: done < 60)
    with pytest.raises(ZeroDivisionError):
        guanxi.store_check(Ledger, progress=lambda done, total: 1 // 0)
    with pytest.raises(OSError, match="no disk"):
        def no_disk():
            raise OSError("no disk")
        guanxi.store_check(no_disk)
    with pytest.raises(TypeError, match="has no scan"):
        guanxi.store_check(type("Three", (), dict.fromkeys(("get", "put", "erase"), len)))
