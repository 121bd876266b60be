"""A CRM on a store in Python: what it is asked, what its mistakes give, what it raises."""

import operator
from datetime import UTC, date, datetime
from decimal import Decimal
from zlib import crc32

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


def ordered(cell):
    """Texts come by their code points, as the library has them; None has no place."""
    return cell.encode() if isinstance(cell, str) else cell


class Planner(Ledger):
    """Finds rows itself, some terms exactly, some loosely, some not at all: by what they say."""

    asked, given = 0, 0  # how often, and rows
    compare = {"=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le,
               ">": operator.gt, ">=": operator.ge}

    def verdict(self, term):
        loose = term.comparison == "starts with"
        by_chance = crc32(repr(term).encode()) % 8
        if by_chance == 0:
            return "unsupported"
        return "prune" if by_chance < 3 or loose else "exact"

    def plan(self, entity, request):
        self.asked += 1
        sorts = crc32(repr(request.sort).encode()) % 4 != 0
        return [self.verdict(term) for term in request.terms], sorts

    def holds(self, term, row):
        cell = row[term.slot]
        if term.comparison.startswith("is "):
            return (cell is None) == (term.comparison == "is null")
        if cell is None:
            return False
        if term.comparison == "in":
            return cell in term.constants
        if term.comparison == "starts with":
            return not cell.isascii() or cell.lower().startswith(term.constants[0])
        return self.compare[term.comparison](ordered(cell), ordered(term.constants[0]))

    def execute(self, entity, request):
        assert all(self.verdict(term) != "unsupported" for term in request.terms)
        table = self.tables.get(entity, {})
        rows = [table[id] for id in sorted(table) if id > request.after]
        rows = [row for row in rows if all(
            self.holds(term, row) or (self.verdict(term) == "prune" and row[0] % 2)
            for term in request.terms)]
        for key in reversed(request.sort):
            there = [row for row in rows if row[key.slot] is not None]
            nulls = [row for row in rows if row[key.slot] is None]
            there.sort(key=lambda row, at=key.slot: ordered(row[at]), reverse=key.descending)
            rows = nulls + there if key.nulls_first else there + nulls
        rows = rows[:request.limit]
        self.given += len(rows)
        return [tuple(cell if slot in request.slots else None for slot, cell in enumerate(row))
                for row in rows]


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


class KeptPlanner(Kept, Planner):
    def reopened(self):
        out = KeptPlanner()
        out.tables = self.tables if self.before is None else self.before
        return out


def test_a_store_that_finds_rows_is_found_right():
    assert guanxi.store_check(KeptPlanner, operations=600, reopen=KeptPlanner.reopened) == []


def test_a_store_finds_the_rows_that_it_is_asked_for():
    shelf = Planner()
    with guanxi.open_store(shelf) as crm, crm.as_user("admin") as s:
        for n in range(40):
            s.create("account", name=f"Acme {n:02}", city="Bonn" if n % 4 else "Köln",
                     annual_revenue=Decimal(n))
        shelf.verdict = lambda term: "exact"
        shelf.plan = lambda entity, request: (["exact"] * len(request.terms), True)
        before = shelf.given
        rows = s.query("select name from account where city = 'Köln' and annual_revenue > 10 "
                       "order by annual_revenue desc limit 3")
        assert [row.name for row in rows] == ["Acme 36", "Acme 32", "Acme 28"]
        assert shelf.given - before == 3
        shape = s.explain_query("select name from account where city = 'Köln' limit 3")
        assert [c["verdict"] for c in shape["conditions"]] == ["exact"]
        assert "exact: `city` = 'Köln'" in shape["access"]
        assert "at most 3 rows of `account` by `id`" in shape["access"]


@pytest.mark.parametrize(("answer", "words"), [
    (["exact"], "as a tuple"), (("exact", True), "a verdict"), ((["sure"], True), "a verdict"),
    (([], True), "0 verdicts for"), (None, "as a tuple")])
def test_what_is_no_answer_to_a_request_is_refused(answer, words):
    shelf = Planner()
    with guanxi.open_store(shelf) as crm, crm.as_user("admin") as s:
        shelf.plan = lambda entity, request: answer
        with pytest.raises((TypeError, guanxi.Store), match=words):
            s.query("select name from account where city = 'Bonn'")
        del shelf.plan
        assert len(s.query("select name from account where city = 'Bonn'")) == 0


def test_what_plan_and_execute_raise_comes_back():
    shelf = Planner()
    with guanxi.open_store(shelf) as crm, crm.as_user("admin") as s:
        for function in ("plan", "execute"):
            def fail(entity, request):
                raise OSError("no disk")
            shelf.verdict = lambda term: "exact"
            setattr(shelf, function, fail)
            with pytest.raises(OSError, match="no disk"):
                s.query("select name from account where city = 'Bonn'")
            delattr(shelf, function)
        assert len(s.query("select name from account where city = 'Bonn'")) == 0


class Half(Ledger):
    def plan(self, entity, request):
        return [], False


def test_plan_and_execute_come_together():
    with pytest.raises(TypeError, match="`plan`, `execute` together"):
        guanxi.open_store(Half())


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


class Boastful(Planner):
    def plan(self, entity, request):
        return ["exact"] * len(request.terms), True

    def verdict(self, term):
        return "prune"


class Unsorted(Planner):
    def execute(self, entity, request):
        return super().execute(entity, request._replace(sort=()))


@pytest.mark.parametrize(("faulty", "function"), [
    (Late, "scan"), (Lossy, "put"), (Lenient, "put"), (Shallow, "rollback"), (Broken, "erase"),
    (Boastful, "plan"), (Unsorted, "execute")])
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
