"""Deleting with what goes along, restoring exactly that, archiving, purging."""

import datetime
import runpy
from pathlib import Path

import guanxi
import pytest
from conftest import NOW


def test_a_deletion_comes_back_whole(s, pipeline):
    acme = s.create("account", name="Acme")
    ann = s.create("contact", name="Ann", account=acme)
    early = s.create("contact", name="Early", account=acme)
    s.create("opportunity", name="Deal", account=acme, stage=pipeline.talks)
    s.delete(early)
    s.delete(acme)
    with pytest.raises(guanxi.NotFound):
        s.get(ann)
    gone = s.query("select name, deletion_batch, modified_at from account deleted")
    assert [row.name for row in gone] == ["Acme"] and gone[0].modified_at == NOW
    assert s.restore_batch(gone[0].deletion_batch, cause="a mistake") == 4  # with a stage visit
    assert s.get(ann).account == acme.id
    assert s.history("contact", ann.id)[-1].cause == "a mistake"
    with pytest.raises(guanxi.NotFound):
        s.get(early)
    assert s.restore(early) == 1
    with pytest.raises(guanxi.Validation, match="is not deleted"):
        s.restore("contact", early.id)


def test_several_go_as_one(s):
    names = [s.create("contact", name=name) for name in "abc"]
    s.delete_many("contact", [names[0], names[1].id])
    assert [row.name for row in s.query("select name from contact")] == ["c"]
    assert s.restore(names[1]) == 2


def test_what_stands_in_the_way_is_named(s, pipeline):
    deal = s.create("opportunity", name="Deal", stage=pipeline.talks)
    with pytest.raises(guanxi.Validation, match="still refer to it") as told:
        s.delete(pipeline.talks)
    assert {other.entity for other in told.value.others} == {"opportunity", "stage_visit"}
    assert deal.id in {other.record for other in told.value.others}


def test_an_archived_record_is_put_away(s):
    acme = s.create("account", name="Acme")
    put = s.archive(acme)
    assert put.archived is True
    assert len(s.query("select id from account")) == 0
    assert s.query("select id from account with archived")[0].id == acme.id
    with pytest.raises(guanxi.Validation, match="unarchive it first"):
        s.change(put, name="Other")
    with pytest.raises(guanxi.Conflict):
        s.unarchive("account", acme.id, expected_revision=1)
    assert s.change(s.unarchive(put), name="Other").name == "Other"


def test_a_purge_is_for_good(crm, s):
    for name in ("Acme", "Beta"):
        s.delete(s.create("account", name=name))
    assert s.purge() == {"purged": 0, "kept": 0, "complete": True}
    told = []
    later = NOW + datetime.timedelta(seconds=1)
    assert s.purge(later, progress=lambda done, total: told.append((done, total))) == {
        "purged": 2, "kept": 0, "complete": True}
    assert told[-1] == (2, 2)
    assert len(s.query("select id from account deleted")) == 0
    with pytest.raises(TypeError, match="time zone"):
        s.purge("yesterday")
    s.delete(s.create("account", name="Acme"))
    with pytest.raises(ZeroDivisionError):
        s.purge(later, progress=lambda done, total: 1 // 0)


def test_a_field_tells_what_becomes_of_it(s):
    assert s.catalog["contact"]["account"].on_delete == "cascade"
    assert s.catalog["stage_visit"]["opportunity"].on_delete == "follow"
    s.define_entity({"name": "x_visit", "fields": [
        {"name": "x_at", "type": "reference", "target": "account", "on_delete": "restrict"}]})
    assert s.catalog["x_visit"]["x_at"].on_delete == "restrict"
    acme = s.create("account", name="Acme")
    s.create("x_visit", x_at=acme)
    with pytest.raises(guanxi.Validation, match="still refers to it"):
        s.delete(acme)
    for bad, told in (("cascad", "did you mean `cascade`"), ("clear", "cannot be cleared")):
        with pytest.raises(guanxi.Error, match=told):
            s.define_field("x_visit", {"name": "x_b", "type": "reference", "target": "account",
                                 "required": True, "on_delete": bad})


def test_the_page_of_the_docs_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(Path(__file__).parents[2] / "examples" / "deleting.py"))
