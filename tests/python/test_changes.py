"""The change log: a feed with cursors, history of a field, records as they were, pruning."""

import datetime

import guanxi
import pytest
from conftest import NOW


def told(entry):
    return entry.action, entry.entity, {name: after for name, (_, after) in entry.fields.items()}


def test_a_loop_acknowledges_what_it_is_done_with(s):
    start = s.last_change()
    acme = s.create("account", name="Acme")
    acme = s.change(acme, city="Ulm")
    s.create("contact", name="Li")
    feed = s.changes("erp", entities=["account"], start_after=start)
    for change in feed:
        assert change.action == "create" and change.record == acme.id
        break
    assert feed.acknowledged == start  # left early: it comes again
    seen = [told(change) for change in s.changes("erp", entities=["account"])]
    assert [what for what, _, _ in seen] == ["create", "edit"]
    assert seen[1] == ("edit", "account", {"city": "Ulm"})
    assert list(s.changes("erp")) == []  # also the contact's was passed by
    s.delete(acme)
    assert [c.action for c in s.changes("erp", actions=["delete"])] == ["delete"]


def test_many_at_once_and_with_ones_own_writes(s):
    feed = s.changes("erp", start_after=s.last_change())
    made = [s.create("account", name=name) for name in "abc"]
    some = feed.take(2)
    assert [c.record for c in some] == [made[0].id, made[1].id]
    with pytest.raises(RuntimeError), s.transaction():
        feed.acknowledge()
        raise RuntimeError
    assert [c.record for c in feed.take()] == [r.id for r in made]  # what was undone comes again
    feed.rewind()
    assert len(feed.take(1)) == 1
    with s.transaction():
        s.create("account", name="copy of a")
        feed.acknowledge()
    assert [c.record for c in s.changes("erp").take(2)] == [made[1].id, made[2].id]
    with pytest.raises(guanxi.Validation):
        feed.take(0)


def test_somebody_else_has_moved_the_cursor(s):
    mine = s.changes("erp", start_after=s.last_change())
    s.create("account", name="Acme")
    theirs = s.changes("erp")
    assert len(mine.take()) == len(theirs.take()) == 1
    theirs.acknowledge()
    with pytest.raises(guanxi.Conflict, match="stands elsewhere"):
        mine.acknowledge()


def test_cursors_are_listed_moved_and_dropped(s):
    now = s.last_change()
    s.changes("erp", start_after=now)
    ((user, name),) = s.cursors()
    assert name == "erp" and s.cursors()[user, name] == now
    s.move_cursor("erp", now - 1)
    assert s.cursors()[user, "erp"] == now - 1
    s.drop_cursor("erp")
    assert s.cursors() == {}
    with pytest.raises(guanxi.Query):
        s.drop_cursor("erp")
    with pytest.raises(guanxi.Query, match="acount"):
        s.changes("erp", entities=["acount"])
    with pytest.raises(TypeError):
        s.changes("erp", entities=[1])


def test_cursors_of_others_are_for_the_administrator(crm, s, people):
    with crm.as_user("li") as li, crm.as_user("wang") as wang:
        li.changes("mine", start_after=li.last_change())
        ((user, _),) = li.cursors()
        with pytest.raises(guanxi.Permission):
            wang.drop_cursor("mine", user=user)
    s.move_cursor("mine", 1, user=people.li.id)
    assert s.cursors()[people.li.id, "mine"] == 1
    s.drop_cursor("mine", user=people.li.id)
    assert s.cursors() == {}


def test_a_record_as_it_was(s):
    acme = s.create("account", name="Acme")
    then = s.last_change()
    s.change(acme, city="Ulm")
    assert s.get(acme, as_of=then).city is None
    assert s.get("account", acme.id, as_of=NOW).city == "Ulm"
    assert len(s.query("select id from account where city = 'Ulm'", as_of=then)) == 0
    assert [e.fields["city"] for e in s.history(acme, "city")] == [(None, "Ulm")]
    with pytest.raises(guanxi.NotFound):
        s.get(acme, as_of=NOW - datetime.timedelta(days=1))
    with pytest.raises(TypeError):
        s.get(acme, as_of="yesterday")


def test_pruning_spares_what_a_cursor_has_not_read(s):
    s.create("account", name="Acme")
    last = s.last_change()
    s.changes("erp", start_after=last - 1)
    steps = []
    assert s.prune_changes(up_to=last, progress=lambda *at: steps.append(at)) == last - 1
    assert steps
    assert s.prune_changes(up_to=last, unread=True) == last
    with pytest.raises(guanxi.Store) as gone:
        s.changes("erp").take()
    assert gone.value.name == "pruned"
    with pytest.raises(guanxi.Store):
        s.query("select id from account", as_of=last - 1)
