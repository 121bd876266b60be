"""Actions as attributes, their previews and errors, and what is due."""

import datetime
import runpy
from decimal import Decimal
from pathlib import Path

import guanxi
import pytest
from conftest import NOW

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def lead(s, pipeline):
    return s.create("lead", name="王芳", company="Lotus", email="wang@lotus.example")


def test_an_action_is_an_attribute(s, lead):
    assert "lead.convert" in s.actions
    assert {"account", "lead", "opportunity"} <= set(dir(s.actions))
    assert {"convert", "matches", "timeline"} <= set(dir(s.actions.lead))
    convert = s.actions.lead.convert
    assert convert.writes and not s.actions.lead.matches.writes
    assert convert.label == "Convert a lead"
    wanted = {p.name: p for p in convert.parameters}
    assert wanted["lead"].required and wanted["lead"].target == "lead"
    assert wanted["allow_duplicates"].default == "false"
    assert [r.name for r in convert.results] == ["account", "contact", "opportunity"]
    forecast = {p.name: p for p in s.actions.opportunity.forecast.parameters}
    assert forecast["unit"].choices == ("fiscal_period", "fiscal_quarter", "fiscal_year")
    with pytest.raises(AttributeError):
        s.actions.lead.convrt  # noqa: B018
    with pytest.raises(AttributeError):
        s.actions.nothing  # noqa: B018
    with pytest.raises(KeyError):
        s.actions["lead.convrt"]


def test_it_is_previewed_and_runs_once(s, lead):
    planned = s.actions.lead.convert.preview(lead=lead)
    assert len(s.query("select id from account")) == 0
    assert {row.entity for row in planned} == {"account", "contact", "opportunity", "lead"}
    made = s.invoke("lead.convert", {"lead": lead.id, "amount": Decimal("12.50")}, cause="fair")[0]
    deal = s.get("opportunity", made.opportunity)
    assert (deal.amount, deal.account, deal.contact) == (Decimal("12.50"), made.account, made.contact)
    assert s.history("contact", made.contact)[0].cause == "fair"
    with pytest.raises(guanxi.Validation, match="converted already"):
        s.actions.lead.convert(lead=lead)


def test_duplicates_are_told_all_at_once(s, lead):
    there = s.create("account", name="LOTUS")
    person = s.create("contact", name="W", email="WANG@lotus.example")
    with pytest.raises(guanxi.Validation) as told:
        s.actions.lead.convert(lead=lead)
    assert told.value.name == "duplicate"
    assert [told.value.record, *(o.record for o in told.value.others)] == [there.id, person.id]
    assert len(s.actions.lead.matches(lead=lead)) == 2
    made = s.actions.lead.convert(lead=lead, account=there, contact=person)[0]
    assert (made.account, made.contact) == (there.id, person.id)


def test_wrong_calls_say_what_is_wrong(s, lead):
    with pytest.raises(guanxi.Query, match="did you mean `lead.convert`"):
        s.invoke("lead.convrt", lead=lead)
    with pytest.raises(guanxi.Query, match="has no parameter `leads`"):
        s.actions.lead.convert(leads=lead)
    with pytest.raises(guanxi.Validation, match="needs `lead`"):
        s.actions.lead.convert()
    with pytest.raises(guanxi.NotFound):
        s.actions.lead.convert(lead=999)


def test_others_see_and_do_no_more_than_they_may(crm, s, people, lead):
    with crm.as_user("li") as li:
        with pytest.raises(guanxi.NotFound):
            li.actions.lead.convert(lead=lead)


def test_a_timeline_is_a_frame(s, lead):
    made = s.actions.lead.convert(lead=lead)[0]
    s.create("activity", subject="Call", type="call", contact=made.contact, done_at=NOW)
    events = s.actions.account.timeline(record=made.account)
    assert "Call" in [row.title for row in events]
    assert s.get("account", made.account).last_activity_at == NOW
    pages, place = [], None
    while page := list(s.actions.account.timeline(record=made.account, limit=2, after=place)):
        pages += page
        place = page[-1].place
    assert [tuple(row) for row in pages] == [tuple(row) for row in events]


def test_a_forecast_adds_up(s, pipeline):
    s.create("opportunity", name="D", stage=pipeline.talks, amount=Decimal(100),
             close_date=datetime.date(2026, 3, 1))
    figures = {row.measure: row.amount for row in s.actions.opportunity.forecast()}
    assert figures["weighted"] == 40 and figures["open_pipeline"] == 100
    assert s.actions.opportunity.freeze_forecast()[0].figures == 8


def test_what_is_due_runs_at_a_tick(tmp_path):
    now = [NOW]
    with guanxi.open(tmp_path / "t.gx", clock=lambda: now[0]) as crm, crm.as_user("admin") as s:
        later = NOW + datetime.timedelta(hours=1)
        s.create("activity", subject="Call", remind_at=later)
        assert crm.tick() == {"ran": 0, "more": False, "next": later, "failures": []}
        now[0] = later
        told = []
        assert crm.tick(progress=lambda done, total: told.append(done))["ran"] == 1
        assert told == [1]
        assert [row.text for row in s.query("select text from notification")] == ["Call"]
        assert crm.tick()["next"] is None
        with pytest.raises(guanxi.Validation):
            crm.tick(at_most=0)


@pytest.mark.parametrize("name", ["actions.py", "tick.py", "assignment.py"])
def test_the_examples_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(EXAMPLES / name))
