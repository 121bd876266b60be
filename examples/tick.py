"""Reminders, on a clock that the program moves."""

import datetime
import pathlib

import guanxi

pathlib.Path("tick_py.gx").unlink(missing_ok=True)
now = [datetime.datetime(2026, 1, 5, 8, 0, tzinfo=datetime.timezone.utc)]
with guanxi.open("tick_py.gx", clock=lambda: now[0]) as shop, shop.as_user("admin") as s:
    for hour in (9, 11):
        s.create("activity", subject=f"Call at {hour}", remind_at=now[0].replace(hour=hour))

    report = shop.tick()
    while report["next"] is not None:
        now[0] = report["next"]  # a host would sleep until then
        report = shop.tick()
        print(report["ran"], "done by", now[0])

    told = s.query("select text, at from notification order by at")
    assert [row.text for row in told] == ["Call at 9", "Call at 11"]
