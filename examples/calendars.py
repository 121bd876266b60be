"""Fiscal quarters from April, and days of Shanghai: what closes when."""

import datetime

import guanxi

clock = datetime.datetime(2026, 1, 5, 20, 0, tzinfo=datetime.timezone.utc)  # the 6th in Shanghai
with guanxi.open(":memory:", clock=clock) as crm, crm.as_user("admin") as s:
    s.create("setting", {"name": "time_zone"}, content="Asia/Shanghai")
    s.create("setting", {"name": "fiscal_calendar"}, content='{"kind": "shifted", "start_month": 4}')
    sales = s.create("pipeline", name="Sales")
    stage = s.create("stage", name="Talks", pipeline=sales)
    for name, closes in (("Bridge", datetime.date(2026, 1, 6)), ("Tower", datetime.date(2026, 3, 31)),
                         ("Harbour", datetime.date(2026, 4, 1))):
        s.create("opportunity", name=name, stage=stage, close_date=closes)
    today = s.query("select name from opportunity where close_date in today")
    assert [row.name for row in today] == ["Bridge"]
    print(s.query("select period(close_date, fiscal_quarter) as quarter, count() as deals "
                  "from opportunity group by quarter order by quarter"))
    soon = s.query("select name from opportunity where close_date in next_n_fiscal_quarters(:n)", n=1)
    assert [row.name for row in soon] == ["Harbour"]
