"""Days, ranges of days and labels of periods, as docs/calendars.md and docs/query.md tell them."""

import bisect
import datetime
import itertools
import json
from functools import lru_cache

DAY = datetime.timedelta(days=1)
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = {"month": 1, "quarter": 3, "year": 12}
PATTERNS = {"4-4-5": [4, 4, 5] * 4, "4-5-4": [4, 5, 4] * 4, "5-4-4": [5, 4, 4] * 4,
            "13 periods": [4] * 13}
YEARS = range(1980, 2080)


class Undefined(Exception):
    """A day in no fiscal year."""


def month_start(day, months, by=0):
    """The first day of the block of months that lies `by` blocks from that of a day."""
    at = (day.year * 12 + day.month - 1) // months * months + by * months
    return datetime.date(at // 12, at % 12 + 1, 1)


def shifted_year(year, rule):
    start = rule["start_month"]
    back = rule.get("named_by", "end") == "end" and start > 1
    first = datetime.date(year - back, start, 1)
    return [month_start(first, 1, by) for by in range(12)], month_start(first, 1, 12), [3] * 4


def week_year_end(year, rule):
    """The last day of the fiscal year that ends about the end of the month in this year."""
    last = month_start(datetime.date(year, rule["month"], 1), 1, 1) - DAY
    back = (last.weekday() - WEEKDAYS.index(rule["weekday"])) % 7
    if rule["ends"] == "nearest" and back > 3:
        back -= 7
    return last - back * DAY


def week_year(year, rule):
    """A year named by its start is the one of which the first day lies in the calendar year."""
    for ends_in in (year, year + 1):
        first = week_year_end(ends_in - 1, rule) + DAY
        if (first.year if rule.get("named_by") == "start" else ends_in) == year:
            break
    weeks = PATTERNS[rule["pattern"]]
    starts = [first + 7 * sum(weeks[:n]) * DAY for n in range(len(weeks))]
    quarters = rule.get("quarters", [3] * 4 if len(weeks) == 12 else [3, 3, 3, 4])
    return starts, week_year_end(ends_in, rule) + DAY, quarters


@lru_cache(maxsize=8)
def fiscal_table(text):
    """(first day, year, quarter, period) of each period, and the day behind the last."""
    rule = json.loads(text or '{"kind": "shifted", "start_month": 1}')
    if rule["kind"] == "custom":
        years = []
        for one in rule["years"]:
            starts = [datetime.date.fromisoformat(day) for day in one["starts"]]
            behind = datetime.date.fromisoformat(one["ends"]) + DAY
            years.append((one["year"], starts, behind,
                          one.get("quarters", [len(starts) // 4] * 4)))
    else:
        make = shifted_year if rule["kind"] == "shifted" else week_year
        years = [(year, *make(year, rule)) for year in YEARS]
    table = []
    for year, starts, _, quarters in years:
        of = list(itertools.chain.from_iterable([q + 1] * n for q, n in enumerate(quarters)))
        table += [(day, year, of[n], n + 1) for n, day in enumerate(starts)]
    return table, years[-1][2]


def fiscal_period(day, text):
    table, end = fiscal_table(text)
    at = bisect.bisect_right(table, (day, 9999)) - 1
    if at < 0 or day >= end:
        raise Undefined
    return table[at]


def fiscal_starts(unit, text):
    """The first days of all such units, and the day behind the last."""
    table, end = fiscal_table(text)
    width = {"year": 2, "quarter": 3, "period": 4}[unit]
    first = {}
    for entry in table:
        first.setdefault(entry[1:width], entry[0])
    return [*first.values(), end]


def start(day, unit, by, week_start, text):
    """The first day of the unit that lies `by` units from that of a day."""
    if unit == "day":
        return day + by * DAY
    if unit == "week":
        back = (day.weekday() - WEEKDAYS.index(week_start)) % 7
        return day + (7 * by - back) * DAY
    if unit in MONTHS:
        return month_start(day, MONTHS[unit], by)
    starts = fiscal_starts(unit.removeprefix("fiscal_"), text)
    fiscal_period(day, text)
    at = bisect.bisect_right(starts, day) - 1 + by
    if not 0 <= at < len(starts):
        raise Undefined
    return starts[at]


def days_of(word, count, today, week_start, text):
    """The first day of a range, and the day behind its last."""
    single = {"yesterday": (-1, 0), "today": (0, 1), "tomorrow": (1, 2)}
    if word in single:
        unit, (first, behind) = "day", single[word]
    else:
        side, unit = word.split("_", 1)
        if count is None:
            first = {"this": 0, "last": -1, "next": 1}[side]
            behind = first + 1
        else:
            unit = unit.removeprefix("n_").removesuffix("s")
            first, behind = (-count, 0) if side == "last" else (1, count + 1)
    return tuple(start(today, unit, by, week_start, text) for by in (first, behind))


def label(day, unit, text):
    if unit.startswith("fiscal_"):
        _, year, quarter, period = fiscal_period(day, text)
        return f"FY{year:04}" + {"fiscal_year": "", "fiscal_quarter": f"-Q{quarter}",
                                 "fiscal_period": f"-P{period:02}"}[unit]
    if unit == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    return {"year": f"{day.year:04}", "quarter": f"{day.year:04}-Q{(day.month + 2) // 3}",
            "month": f"{day.year:04}-{day.month:02}", "day": day.isoformat()}[unit]


def whole(day, unit, text):
    """The first day of the period that a day lies in, and the one behind its last; weeks as labelled."""
    return tuple(start(day, unit, by, "monday", text) for by in (0, 1))


def parts(span, unit, text):
    """The months or fiscal periods of a longer period."""
    found, at = [], span[0]
    while at < span[1]:
        found.append(whole(at, unit, text))
        at = found[-1][1]
    return found


def counterpart(day, unit, count, of, text):
    """The period in the same place of the `of` that lies so many before; None: it has no such place."""
    if unit == of:
        return tuple(start(day, unit, by - count, "monday", text) for by in (0, 1))
    if unit == "day":
        return day - 7 * count * DAY, day - (7 * count - 1) * DAY
    if of in MONTHS:
        back = count * MONTHS[of] // MONTHS[unit]
        return tuple(start(day, unit, by - back, "monday", text) for by in (0, 1))
    own, there = whole(day, of, text), counterpart(day, of, count, of, text)
    place = [first <= day < behind for first, behind in parts(own, unit, text)].index(True)
    found = parts(there, unit, text)
    return found[place] if place < len(found) else None
