"""Modules of a vendor: what they add on every store, what they may use, and what they raise."""

import datetime
import runpy
import sqlite3
from pathlib import Path

import guanxi
import pytest
from conftest import NOW
from test_own_store import Ledger

EXAMPLE = Path(__file__).parents[2] / "examples" / "module.py"
THEN = datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=datetime.timezone.utc)

# What the same module leaves in C++ and C (tests/capi/module_test.cpp).
STANDING = ("select x_place, x_loud, x_over, x_before.x_place as before from x_visit order by id",
            [("Hall 3", "Hall 3!", None, None), ("Hall 3", "Hall 3!", True, "Hall 3")])


def desk():
    """The module of the example, fresh."""
    return runpy.run_path(str(EXAMPLE))["desk"]


def open_sqlite(tmp_path, modules):
    return guanxi.open(tmp_path / "crm.gx", clock=NOW, modules=modules)


def open_memory(tmp_path, modules):
    return guanxi.open(":memory:", store="memory", clock=NOW, modules=modules)


def open_own(tmp_path, modules):
    return guanxi.open_store(Ledger(), clock=NOW, modules=modules)


def open_joined(tmp_path, modules):
    connection = sqlite3.connect(tmp_path / "host.db")
    if not hasattr(connection, "enable_load_extension"):
        pytest.skip("this sqlite3 loads no extensions")
    return guanxi.open_in(connection, clock=NOW, modules=modules)


@pytest.fixture(params=[open_sqlite, open_memory, open_own, open_joined])
def opened(request, tmp_path):
    def with_module(module):
        return request.param(tmp_path, [module])

    return with_module


def rows_of(s):
    return [tuple(row) for row in s.query(STANDING[0])]


def test_a_module_does_what_its_twins_do(opened):
    with opened(desk()) as crm, crm.as_user("admin") as s:
        made = s.actions.x_visit.plan(place="Hall 3", due=THEN)[0].visit
        assert crm.tick()["ran"] == 1
        assert rows_of(s) == STANDING[1]
        assert made == s.query("select id from x_visit order by id desc limit 1")[0].id


def test_what_a_function_raises_comes_back_as_itself(opened):
    module, thrown = desk(), []

    @module.action("x_visit.fail", needs="create")
    def fail(call):
        call.create("x_visit", x_place="Hall 4")
        thrown.append(KeyError("mine"))
        raise thrown[0]

    @module.effect("x_visit.shy", writes=[], after=["x_visit.loud"])
    def shy(reaction):
        if reaction.after.x_place == "here":
            thrown.append(guanxi.Validation("not here"))
            raise thrown[-1]

    with opened(module) as crm, crm.as_user("admin") as s:
        with pytest.raises(KeyError) as why:
            s.invoke("x_visit.fail")
        assert why.value is thrown[0]
        with pytest.raises(guanxi.Validation, match="no such place"):
            s.actions.x_visit.plan(place="nowhere")
        with pytest.raises(guanxi.Validation) as refused:
            s.create("x_visit", x_place="here")
        assert any(refused.value is one for one in thrown)
        assert rows_of(s) == []


def test_what_was_lent_is_refused_afterwards(opened):
    module, kept = desk(), []

    @module.action("x_visit.keep")
    def keep(call):
        kept.append(call)

    @module.effect("x_visit.keep")
    def keep_too(reaction):
        kept.append(reaction)

    with opened(module) as crm, crm.as_user("admin") as s:
        s.invoke("x_visit.keep")
        s.create("x_visit", x_place="A")
        call, reaction = kept[:2]  # a second round asks the effect again
        for late in (lambda: call.arguments, lambda: call.user, lambda: call.create("x_visit"),
                     lambda: call.query("select id from x_visit"), lambda: reaction.after,
                     lambda: reaction.set(x_loud="x")):
            with pytest.raises(guanxi.Error, match="once it has returned") as why:
                late()
            assert why.value.name == "misuse"


def test_a_function_must_not_use_the_tenant_that_calls_it(tmp_path):
    module, seen = desk(), []

    @module.action("x_visit.nest", needs="create")
    def nest(call):
        for use in (lambda: s.query("select id from x_visit"), lambda: crm.as_user("admin"),
                    lambda: s.create("x_visit")):
            with pytest.raises(guanxi.Error, match="the tenant that is calling it") as why:
                use()
            seen.append(why.value.name)

    with open_sqlite(tmp_path, [module]) as crm, crm.as_user("admin") as s:
        s.invoke("x_visit.nest")
        assert seen == ["misuse"] * 3
        assert rows_of(s) == [], "and outside it may again"


def test_a_call_reads_checks_and_says_what_is_wrong(opened):
    module = desk()

    @module.action("x_visit.look", writes=False,
                   parameters=[{"name": "visit", "type": "reference", "target": "x_visit"}],
                   results=[{"name": "place", "type": "text"},
                            {"name": "count", "type": "integer"}])
    def look(call):
        key = call.arguments["visit"]
        call.need("read", "x_visit", key)
        assert call.now == NOW
        assert call.get_all("x_visit", key) is not None
        assert len(call.query_all("select id from x_visit where id = :it", it=key)) == 1
        with pytest.raises(guanxi.Query, match="x_plac"):
            call.create("x_visit", x_plac="A")
        count = call.query("select count() as n from x_visit")[0].n
        call.answer(call.get("x_visit", key).x_place, count)
        call.answer(count=count)

    with opened(module) as crm, crm.as_user("admin") as s:
        visit = s.create("x_visit", x_place="A")
        told = s.invoke("x_visit.look", visit=visit)  # what was refused has left no step
        assert [tuple(row) for row in told] == [("A", 1), (None, 1)]


def test_a_module_that_does_not_fit_is_refused_when_it_is_added_or_opened(tmp_path):
    module = guanxi.Module("desk")
    module.action("escalate", entity="ticket")(lambda call: None)
    with pytest.raises(guanxi.Validation, match="its name must be"):
        open_memory(tmp_path, [module])
    module = guanxi.Module("desk")
    module.effect("ticket.x", on=["make"])(lambda reaction: None)
    with pytest.raises(guanxi.Validation, match="make"):
        open_memory(tmp_path, [module])
    with pytest.raises(TypeError):
        open_memory(tmp_path, ["desk"])


def test_the_example_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(EXAMPLE), run_name="__main__")
