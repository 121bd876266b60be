"""Checks and backups."""

import runpy
from pathlib import Path

import guanxi
import pytest


def test_a_sound_store_has_no_findings(crm):
    told = []
    assert crm.verify(progress=lambda done, total: told.append((done, total))) == []
    assert told and told[-1][0] == told[-1][1] > 0


def test_a_check_stops_when_told(crm):
    with pytest.raises(guanxi.Interrupted):
        crm.verify(progress=lambda done, total: False)
    with pytest.raises(ZeroDivisionError):
        crm.verify(progress=lambda done, total: 1 / 0)


def test_a_changed_bit_is_found_and_named(tmp_path):
    path = tmp_path / "shop.gx"
    with guanxi.open(path) as crm, crm.as_user("admin") as s:
        acme = s.create("account", name="Acme of Lisbon")
    content = path.read_bytes()
    assert content.count(b"Acme of Lisbon") >= 1
    path.write_bytes(content.replace(b"Acme of Lisbon", b"Acme of Risbon"))
    with guanxi.open(path) as crm:
        findings = crm.verify()
    assert any(
        (f.part, f.entity, f.record) == ("record", "account", acme.id) for f in findings
    ), findings
    assert "account" in str(findings[0]) + repr(findings)


def test_a_backup_comes_back(crm, tmp_path):
    with crm.as_user("admin") as s:
        s.create("account", name="Before")
        made = crm.backup(tmp_path / "monday.gx")
        s.create("account", name="After")
    assert made["sequence"] > 0 and made["bytes"] == (tmp_path / "monday.gx").stat().st_size
    back = guanxi.restore(tmp_path / "monday.gx", tmp_path / "back.gx")
    assert back["sequence"] == made["sequence"]
    with pytest.raises(guanxi.Validation, match="overwrite"):
        guanxi.restore(tmp_path / "monday.gx", tmp_path / "back.gx")
    guanxi.restore(tmp_path / "monday.gx", tmp_path / "back.gx", overwrite=True)
    with guanxi.open(tmp_path / "back.gx", create=False) as old, old.as_user("admin") as s:
        assert [row[0] for row in s.query("select name from account")] == ["Before"]


def test_a_damaged_store_is_salvaged(tmp_path):
    path = tmp_path / "shop.gx"
    with guanxi.open(path) as crm, crm.as_user("admin") as s:
        s.create("account", name="Acme of Lisbon")
    path.write_bytes(bytes(100) + path.read_bytes()[100:])
    with pytest.raises(guanxi.Store):
        guanxi.open(path)
    report = guanxi.salvage(path, tmp_path / "rescued.gx")
    assert report["lost"] == 0 and report["kept"] > 0
    with guanxi.open(tmp_path / "rescued.gx", create=False) as crm, crm.as_user("admin") as s:
        assert [row[0] for row in s.query("select name from account")] == ["Acme of Lisbon"]


def test_the_example_of_the_docs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(Path(__file__).parents[2] / "examples" / "keeping.py"))
