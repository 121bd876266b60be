"""Import, reports and the sample company: long calls with progress."""

import json
from decimal import Decimal

import guanxi
import pytest


def count(s, entity):
    return s.query(f"select count() as n from {entity}")[0].n


def test_a_sample_company_is_made_from_a_seed(tmp_path):
    from conftest import NOW
    made = []
    for name in ("one.gx", "two.gx"):
        with guanxi.open(tmp_path / name, clock=NOW) as crm, crm.as_system("sample") as s:
            told = s.generate_sample(seed=7, opportunities=60)
            assert told["created"]["opportunity"] == count(s, "opportunity") == 60
            made.append(s.query("select name, amount, close_date from opportunity "
                                "order by id").to_csv())
    assert made[0] == made[1]


def test_a_sample_has_about_as_many_records_as_asked_for(s):
    made = s.generate_sample(records=2000, users=100, roles=30, role_levels=4)
    visits = count(s, "stage_visit")
    assert 1800 <= sum(made["created"].values()) + visits <= 2200
    assert made["created"]["role"] == 30


def test_progress_is_told(s):
    told = []
    s.generate_sample(opportunities=60, progress=lambda done, total: told.append((done, total)))
    assert told and told[-1][0] <= 60
    assert all(a[0] <= b[0] for a, b in zip(told, told[1:]))


def test_what_a_progress_callback_throws_comes_back_as_itself(s):
    class Enough(Exception):
        pass

    thrown = Enough("coffee")

    def progress(done, total):
        raise thrown

    with pytest.raises(Enough) as caught:
        s.generate_sample(opportunities=60, progress=progress)
    assert caught.value is thrown
    assert count(s, "opportunity") == 0
    s.create("account", name="still usable")


def test_false_from_a_progress_callback_stops(s):
    with pytest.raises(guanxi.Interrupted) as refusal:
        s.generate_sample(opportunities=60, progress=lambda done, total: False)
    assert refusal.value.name == "interrupted"
    assert count(s, "opportunity") == 0


def test_a_progress_callback_may_not_use_its_session(s):
    with pytest.raises(guanxi.Error, match="in the middle of a call"):
        s.generate_sample(opportunities=60,
                          progress=lambda done, total: s.query("select id from account"))
    assert count(s, "account") == 0


@pytest.fixture
def accounts(tmp_path):
    (tmp_path / "accounts.csv").write_text("account,sector\nAcme,retail\n万科,property\n",
                                           encoding="utf-8")
    return {"guanxi_mapping": 1, "currency": "USD", "tables": [
        {"file": "accounts.csv", "records": [
            {"entity": "account", "key": ["name"],
             "fields": {"name": "account", "industry": "sector"}}]}]}


def test_files_are_imported_by_a_mapping(s, tmp_path, accounts):
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(accounts), encoding="utf-8")
    told = []
    report = s.import_files(path, tmp_path, progress=lambda done, total: told.append(done))
    assert isinstance(report, dict) and report
    assert {r.name: r.industry for r in s.query("select name, industry from account")} == {
        "Acme": "retail", "万科": "property"}
    s.import_files(accounts, str(tmp_path))
    s.import_files(json.dumps(accounts), tmp_path)
    assert count(s, "account") == 2


def test_a_faulty_import_writes_nothing(s, tmp_path, accounts):
    with pytest.raises(guanxi.Store, match="accounts.csv"):
        s.import_files(accounts, tmp_path / "elsewhere")
    with pytest.raises(guanxi.Store, match="nothing.json"):
        s.import_files(tmp_path / "nothing.json", tmp_path)
    (tmp_path / "accounts.csv").write_bytes(b"account,sector\nAcme,retail\nB\xff,x\n")
    with pytest.raises(guanxi.Validation) as refusal:
        s.import_files(accounts, tmp_path)
    assert refusal.value.line == 3
    assert count(s, "account") == 0


def test_every_faulty_row_is_told(s, tmp_path, accounts):
    (tmp_path / "accounts.csv").write_text("account,sector\n,a\nAcme,b\n,c\n")
    with pytest.raises(guanxi.Error) as refusal:
        s.import_files(accounts, tmp_path)
    faults = (refusal.value, *refusal.value.others)
    assert [fault.line for fault in faults] == [2, 4]
    assert all(isinstance(fault, guanxi.Error) for fault in faults)
    assert count(s, "account") == 0


def test_a_report_is_what_its_user_may_see(crm, s, people, pipeline):
    definition = {"guanxi_report": 1, "sections": [
        {"key": "deals", "shape": "value", "query": "select count() from opportunity"},
        {"key": "total", "shape": "value",
         "query": "select sum(amount) from opportunity where amount > :least"}]}
    with crm.as_user("li") as li:
        li.create("opportunity", name="Tills", stage=pipeline.talks, amount=Decimal("10.25"))
        s.create("opportunity", name="Other", stage=pipeline.talks, amount=100)
        assert li.report(definition, least=1) == {"deals": 1, "total": Decimal("10.25")}
    assert s.report(json.dumps(definition), least=1)["deals"] == 2
    with pytest.raises(guanxi.Error, match="total"):
        s.report(definition)
