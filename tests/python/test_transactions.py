"""Savepoints, retry, readings of one moment, deadlines, and what a conflict brings."""

import threading

import guanxi
import pytest


def names(s, like):
    return [row.name for row in
            s.query("select name from account where name like :n order by name", n=like)]


def test_a_savepoint_undoes_what_came_after_it(s):
    with s.transaction():
        s.create("account", name="P one")
        with pytest.raises(guanxi.Validation), s.savepoint():
            s.create("account", name="P two")
            with s.savepoint():
                s.create("account", name="P three")
            assert names(s, "P %") == ["P one", "P three", "P two"]
            s.create("account", city="nowhere")
        assert names(s, "P %") == ["P one"]
        with s.savepoint():
            s.create("account", name="P four")
    assert names(s, "P %") == ["P four", "P one"]
    with pytest.raises(guanxi.Error, match="no transaction"), s.savepoint():
        pass


def test_transact_runs_again_what_may_succeed_later(s):
    runs = []

    def work(inside):
        runs.append(len(runs))
        inside.create("account", name="R one")
        if len(runs) < 3:
            busy = guanxi.Busy("not yet")
            busy.retriable = True
            raise busy
        return len(runs)

    assert s.transact(work) == 3
    assert names(s, "R %") == ["R one"]
    runs.clear()
    with pytest.raises(guanxi.Busy):
        s.transact(work, attempts=2)
    assert len(runs) == 2 and names(s, "R %") == ["R one"]
    with pytest.raises(ZeroDivisionError):
        s.transact(lambda inside: inside.create("account", name="R two") and 1 / 0)
    assert names(s, "R %") == ["R one"] and not s.in_transaction
    with pytest.raises(guanxi.Validation, match="attempts"):
        s.transact(work, attempts=0)


def test_a_reading_sees_one_moment(crm, s):
    s.create("account", name="M one")
    with crm.as_user("admin") as other, s.reading():
        other.create("account", name="M two")
        assert names(s, "M %") == ["M one"]
        assert names(other, "M %") == ["M one", "M two"]
        with pytest.raises(guanxi.Error, match="reading"):
            s.create("account", name="M three")
    assert names(s, "M %") == ["M one", "M two"]


def test_a_conflict_brings_both_versions(crm, s):
    read = s.create("account", name="Acme", city="Berlin")
    with crm.as_user("admin") as other:
        other.change("account", read.id, name="Theirs")
    with pytest.raises(guanxi.Conflict) as caught:
        s.change(read, name="Mine")
    assert (caught.value.stored.name, caught.value.wanted.name) == ("Theirs", "Mine")
    assert caught.value.wanted.city == "Berlin"
    assert s.change(caught.value.stored, name="Settled").name == "Settled"
    with pytest.raises(guanxi.Conflict) as caught:
        s.delete(read)
    assert caught.value.stored.name == "Settled" and caught.value.wanted is None


def test_a_deadline_is_of_each_call(s):
    assert s.deadline_ms is None
    s.deadline_ms = 60_000
    assert s.deadline_ms == 60_000
    s.create("account", name="In time")
    s.deadline_ms = None
    for bad in (0, -1, 86_400_001):
        with pytest.raises(guanxi.Validation, match="deadline"):
            s.deadline_ms = bad
    with pytest.raises(TypeError):
        s.deadline_ms = 1.5


def test_a_call_that_waits_can_be_stopped(crm, s):
    holding, free = threading.Event(), threading.Event()

    def hold():
        with crm.as_user("admin") as other, other.transaction():
            other.create("account", name="Holds")
            holding.set()
            free.wait(60)

    def nag():
        while not free.is_set():
            s.interrupt()
            free.wait(0.005)

    threads = [threading.Thread(target=hold), threading.Thread(target=nag)]
    threads[0].start()
    holding.wait(60)
    threads[1].start()
    with pytest.raises(guanxi.Interrupted):
        s.create("account", name="Stopped")
    free.set()
    for thread in threads:
        thread.join(60)
    assert names(s, "Stopped") == [] and names(s, "Holds") == ["Holds"]


def test_a_token_that_is_none_is_refused(crm):
    assert crm.outcome_of("999999-0") in ("not_committed", "unknown")
    for bad in ("", "1", "x-1"):
        with pytest.raises(guanxi.Validation, match="token"):
            crm.outcome_of(bad)
    assert issubclass(guanxi.CommitUnknown, guanxi.Store)
