"""Days, ranges and fiscal periods by the calendar, against Python's own zoneinfo and date."""

import datetime
import random
import re
import runpy
import zoneinfo
from pathlib import Path

import guanxi
import pytest

UTC = datetime.timezone.utc
ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Sydney",
         "Asia/Kathmandu", "America/Sao_Paulo", "Atlantic/Azores", "Pacific/Chatham",
         "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Tehran"]


def setting(s, name, content):
    found = s.query("select id from setting where name = :n", n=name)
    if len(found):
        s.change("setting", found[0].id, content=content, expected_revision=0)
    else:
        s.create("setting", {"name": name}, content=content)


def shifted(day, unit, by):
    """The first day of the unit that lies `by` units from that of a day."""
    if unit == "day":
        return day + datetime.timedelta(days=by)
    if unit == "week":
        return day - datetime.timedelta(days=day.weekday()) + datetime.timedelta(weeks=by)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    at = (day.year * 12 + day.month - 1) // months * months + by * months
    return datetime.date(at // 12, at % 12 + 1, 1)


def midnight(day, zone):
    return datetime.datetime.combine(day, datetime.time(), zone).astimezone(UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_days_of_instants_are_those_of_zoneinfo(tmp_path, zone):
    dice = random.Random(zone)
    at = zoneinfo.ZoneInfo(zone)
    for _ in range(8):
        now = datetime.datetime(2000, 1, 1, tzinfo=UTC) + datetime.timedelta(
            seconds=dice.randrange(35 * 365 * 86400))
        if dice.random() < 0.5:  # about a change of the clocks
            while (now + datetime.timedelta(days=1)).astimezone(at).utcoffset() == \
                    now.astimezone(at).utcoffset() and now.year < 2035:
                now += datetime.timedelta(days=1)
        with guanxi.open(":memory:", clock=now) as crm, crm.as_user("admin") as s:
            s.create("account", name="Acme")
            local = now.astimezone(at).date()
            row = s.query("select date(created_at) as d, period(created_at, month) as m, "
                          "weekday(created_at) as w, today() as t from account", time_zone=zone)[0]
            assert row.d == row.t == local, now
            assert row.m == f"{local.year:04}-{local.month:02}"
            assert row.w == local.isoweekday()
            assert len(s.query("select id from account where created_at in today",
                               time_zone=zone)) == 1
            assert len(s.query("select id from account where created_at in yesterday",
                               time_zone=zone)) == 0


@pytest.mark.parametrize("zone", ZONES)
def test_ranges_of_instants_end_at_midnight(tmp_path, zone):
    dice = random.Random(zone + "!")
    at = zoneinfo.ZoneInfo(zone)
    for _ in range(3):
        now = datetime.datetime(2015, 1, 1, tzinfo=UTC) + datetime.timedelta(
            seconds=dice.randrange(15 * 365 * 86400))
        today = now.astimezone(at).date()
        unit = dice.choice(["day", "week", "month", "quarter", "year"])
        count = dice.randrange(1, 9)
        first = midnight(shifted(today, unit, -count), at)
        end = midnight(shifted(today, unit, 0), at)
        microsecond = datetime.timedelta(microseconds=1)
        moments = {"first": first, "before": first - microsecond, "last": end - microsecond,
                   "behind": end}
        path = str(tmp_path / f"{now.timestamp()}.gx")
        for name, moment in moments.items():
            with guanxi.open(path, clock=moment) as crm, crm.as_user("admin") as s:
                s.create("account", name=name)
        with guanxi.open(path, clock=now) as crm, crm.as_user("admin") as s:
            found = s.query(f"select name from account where created_at in last_n_{unit}s(:n)",
                            n=count, time_zone=zone)
            assert {row.name for row in found} == {"first", "last"}, (now, unit, count)


@pytest.mark.parametrize("start", range(1, 13))
def test_fiscal_years_that_are_shifted(s, start):
    setting(s, "fiscal_calendar", '{"kind": "shifted", "start_month": %d}' % start)
    dice = random.Random(start)
    days = [datetime.date(2015, 1, 1) + datetime.timedelta(days=dice.randrange(5000))
            for _ in range(40)]
    s.define_field("account", {"name": "x_day", "type": "date"})
    for day in days:
        s.create("account", {"x_day": day}, name="a")
    for row in s.query("select x_day, period(x_day, fiscal_year) as y, "
                       "period(x_day, fiscal_quarter) as q, period(x_day, fiscal_period) as p "
                       "from account"):
        month = (row.x_day.month - start) % 12
        year = row.x_day.year + (1 if start > 1 and row.x_day.month >= start else 0)
        assert row.y == f"FY{year:04}"
        assert row.q == f"FY{year:04}-Q{month // 3 + 1}"
        assert row.p == f"FY{year:04}-P{month + 1:02}"


def test_a_setting_that_makes_no_sense_is_not_kept(s):
    with pytest.raises(guanxi.Error, match="Mars/Olympus"):
        setting(s, "time_zone", "Mars/Olympus")
    with pytest.raises(guanxi.Error, match="1 to 12"):
        setting(s, "fiscal_calendar", '{"start_month": 13}')
    assert len(s.query("select id from setting where name = 'time_zone'")) == 0


def test_a_fiscal_year_that_nobody_has_defined(s):
    setting(s, "fiscal_calendar", '{"kind": "custom", "years": [{"year": 2000, "starts": '
            '["2000-01-01", "2000-04-01", "2000-07-01", "2000-10-01"], "ends": "2000-12-31"}]}')
    with pytest.raises(guanxi.Error) as refused:
        s.query("select name from opportunity where close_date in this_fiscal_quarter")
    assert refused.value.name == "undefined_period"


@pytest.mark.parametrize("page", ["calendars.md", "calendars.zh-CN.md"])
def test_a_fiscal_calendar_of_the_page_is_taken(s, page):
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    found = re.findall(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    *fiscal, hours = found
    assert len(fiscal) == 3
    s.create("business_hours", name=page, content=hours)
    for content in fiscal:
        setting(s, "fiscal_calendar", content)
        label = s.query("select period(:day, fiscal_quarter) as q from setting limit 1",
                        day=datetime.date(2026, 6, 1))[0].q
        assert label in ("FY2026-Q2", "FY2027-Q1"), content


def test_the_page_of_the_docs_runs(capsys):
    runpy.run_path(str(Path(__file__).parents[2] / "examples" / "calendars.py"))
    assert "FY2026-Q4" in capsys.readouterr().out
