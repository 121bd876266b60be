"""`prior` and `delta`: the statement read a second time, as docs/query.md tells under Earlier periods."""

import datetime
from dataclasses import dataclass, replace

from oracle import days
from oracle.values import Fault, both, walk

BACK = {"day": ["day", "week"], "week": ["week"], "month": ["month", "quarter", "year"],
        "quarter": ["quarter", "year"], "year": ["year"],
        "fiscal_period": ["fiscal_period", "fiscal_quarter", "fiscal_year"],
        "fiscal_quarter": ["fiscal_quarter", "fiscal_year"], "fiscal_year": ["fiscal_year"]}
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
ONE = {datetime.date: days.DAY, datetime.datetime: datetime.timedelta(microseconds=1)}


@dataclass
class Back:
    """So many units back from groups by a period of a kind."""

    key: str
    of: tuple  # what the period is of
    count: int
    unit: str


def reads(node, of):
    """Whether it has to do with a field that the other has."""
    own = [part for part in walk(of) if part[0] == "path"]
    return any(part in own for part in walk(node))


def period_of(keys):
    """The one key that is a period; no other has to do with its date."""
    keys = list(dict.fromkeys(keys))
    found = [key for key in keys if key[:2] == ("call", "period")]
    if len(found) != 1 or any(reads(key, found[0][2][0]) for key in keys if key != found[0]):
        raise Fault("parse")
    return found[0]


class Earlier:
    """The part of the interpreter that looks back; `self.calendar` knows the fiscal years."""

    def look_back(self, node, keys):
        period = period_of(keys)
        back = Back(period[2][1][1], period[2][0], node[2][2], node[3])
        if back.unit not in BACK[back.key]:
            raise Fault("parse")
        return back

    # Days

    def counterpart(self, back, day, unit=None):
        """The first day and the one behind the last of the period in the same place, or None."""
        return self.calendar(days.counterpart, day, unit or back.key, back.count, back.unit)

    def moved_day(self, back, day):
        """The boundaries before and behind where a day falls, and whether it is there."""
        there = self.counterpart(back, day)
        if there is None:
            end = self.counterpart(back, day, back.unit)[1]
            return end, end, False
        here = self.calendar(days.whole, day, back.key)
        if back.key in ("day", "week"):
            return there[0] + (day - here[0]), there[0] + (day - here[0]) + days.DAY, True
        part = "fiscal_period" if back.key.startswith("fiscal") else "month"
        own = self.calendar(days.parts, here, part)
        other = self.calendar(days.parts, there, part)
        place = max(n for n, (first, _) in enumerate(own) if first <= day)
        if place >= len(other):
            return there[1], there[1], False
        first, behind = other[place]
        at = first + (day - own[place][0])
        if at >= behind:
            return behind, behind, False
        return at, behind if day + days.DAY == own[place][1] else at + days.DAY, True

    def boundary(self, back, day, above):
        return self.moved_day(back, day - days.DAY)[1] if above else self.moved_day(back, day)[0]

    def moved_bound(self, back, value, above):
        if not isinstance(value, datetime.datetime):
            return self.boundary(back, value, above)
        day = self.day(value)
        rest = value - self.start_of(day)
        if rest <= datetime.timedelta(0):
            return self.start_of(self.boundary(back, day, above))
        at, _, there = self.moved_day(back, day)
        if not there:
            return self.start_of(at)
        return min(self.start_of(at) + rest, self.start_of(at + days.DAY))

    def start_of(self, day):
        return datetime.datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(
            datetime.timezone.utc)

    # Conditions

    def moved(self, back, node):
        """A condition moved back: what reads the date of the period is from a bound to a bound."""
        if node is None or not reads(node, back.of):
            return node
        if node[0] == "and":
            return ("and", *(self.moved(back, part) for part in node[1:]))
        if node[0] == "is_null" and node[1] == back.of:
            return node
        low, high = self.bounds_in(back, node)
        return ("moved", node, low and self.moved_bound(back, low, False),
                high and self.moved_bound(back, high, True))

    def bounds_in(self, back, node):
        """The first that a condition lets through, and the first above that it does not."""
        if node[0] == "in_range" and node[1] == back.of and not node[4]:
            return self.bounds(node)
        if node[0] == "between" and node[1] == back.of and not node[4] \
                and {node[2][0], node[3][0]} == {"lit"}:
            high = node[3][2]
            return node[2][2], high + ONE[type(high)]
        if node[0] not in TURNED:
            raise Fault("parse")
        sign, of, limit = node
        if limit == back.of:
            sign, of, limit = TURNED[sign], limit, of
        if of != back.of or any(part[0] == "path" for part in walk(limit)):
            raise Fault("parse")
        value = self.value(limit, self.place(None, ""))
        behind = value + ONE[type(value)]
        return {"=": (value, behind), "<": (None, value), "<=": (None, behind),
                ">": (behind, None), ">=": (value, None)}[sign]

    def ends(self, back, node):
        """Whether `where` bounds the date of the period below and above."""
        if node is None or not reads(node, back.of):
            return False, False
        if node[0] == "and":
            return tuple(map(any, zip(*(self.ends(back, part) for part in node[1:]))))
        return (False, False) if node[0] == "is_null" else \
            tuple(end is not None for end in self.bounds_in(back, node))

    def do_moved(self, node, at):
        value = self.value(node[1][1] if node[1][1][0] != "lit" else node[1][2], at)
        if value is None:
            return None
        low, high = (self.day_like(end, value) for end in node[2:])
        return both(low is None or value >= low, high is None or value < high)

    def day_like(self, end, value):
        """A range of days of instants ends with the first instant of a day."""
        if isinstance(value, datetime.datetime) and end and not isinstance(end, datetime.datetime):
            return self.start_of(end)
        return end

    def moved_figure(self, back, node):
        if not isinstance(node, tuple) or not node or node[0] == "lit":
            return node
        if node[0] == "aggregate":
            return (*node[:5], self.moved(back, node[5]))
        return tuple(self.moved_figure(back, part) for part in node)

    # Gaps

    def filled(self, query, clauses, groups):
        """A group for each period of those between, and for all that there is of other keys."""
        period = period_of(clauses["groups"])
        back = Back(period[2][1][1], period[2][0], 1, period[2][1][1])
        days_there = [self.day_in(back, group, query) for group in groups
                      if group.values.get(period) is not None]
        first, last = self.days_of_where(back, query.where)
        if first is None or last is None:
            if not days_there:
                return groups
            first, last = min(days_there), max(days_there)
        keys = tuple(dict.fromkeys(clauses["groups"]))
        others = [{key: value for key, value in group.values.items() if key != period}
                  for group in groups if period in group.values]
        others += [{}] if keys == (period,) else []
        made = []
        while first <= last:
            label = self.calendar(days.label, first, back.key)
            for other in others:
                values = {**other, period: label}
                if all(group.values != values for group in groups + made):
                    made.append(self.group([], keys, values, day=first))
            first = self.calendar(days.counterpart, first, back.key, -1, back.key)[0]
        return self.by_keys(groups + made, keys)

    def days_of_where(self, back, node):
        """The first and the last day that conditions on the date let through."""
        if node is None or not reads(node, back.of):
            return None, None
        if node[0] == "and":
            ends = [self.days_of_where(back, part) for part in node[1:]]
            firsts, lasts = ([end for end in some if end is not None] for some in zip(*ends))
            return max(firsts, default=None), min(lasts, default=None)
        try:
            low, high = self.bounds_in(back, node)
        except Fault:
            return None, None
        return self.day(low), high and self.day(high - ONE[type(high)])

    # Groups

    def find_earlier(self, query, clauses, groups):
        """Puts beside each group, for each call, the one that it is compared with."""
        calls = {part for part in walk([*clauses.values()]) if part[0] in ("prior", "delta")}
        for group in groups:
            group.before = {}
        for call in sorted(calls, key=repr):
            back = self.look_back(call, clauses["groups"])
            before = replace(query, where=self.moved(back, query.where))
            figure = self.moved_figure(back, call[1])
            earlier = self.all_groups(before, clauses, self.rows_of(before))
            self.check_currencies([figure], earlier, query)
            for group in groups:
                found = next((one for one in earlier
                              if self.is_before(back, query, group, one)), None)
                group.before[call] = found, figure
                self.same_currency(call[1], group, figure, found, query)

    def check_earlier(self, query, clauses):
        """What is wrong with what looks back, is so before any record is looked at."""
        if query.fill:
            period_of(clauses["groups"])
        for call in walk([*clauses.values()]):
            if call[0] in ("prior", "delta"):
                back = self.look_back(call, clauses["groups"])
                self.moved(back, query.where)
                self.moved_figure(back, call[1])

    def day_in(self, back, group, query):
        if not group.rows:
            return group.day
        row = group.rows[0]
        return self.day(self.value(back.of, self.place(row, query.entity)))

    def is_before(self, back, query, group, one):
        if group.values.keys() != one.values.keys():
            return False
        period = period_of(group.keys)
        if any(group.values[key] != one.values[key] for key in group.values if key != period):
            return False
        if period not in group.values:
            return all(self.ends(back, query.where))
        if group.values[period] is None or one.values[period] is None:
            return False
        there = self.counterpart(back, self.day_in(back, group, query))
        return there is not None and \
            one.values[period] == self.calendar(days.label, there[0], back.key)

    def same_currency(self, node, group, figure, found, query):
        if found is not None and len(self.currencies(node, group, query)
                                     | self.currencies(figure, found, query)) > 1:
            raise Fault("mixed_currency")

    def do_prior(self, node, at):
        found, figure = at.group.before[node]
        return None if found is None else self.value(figure, at._replace(group=found))

    def do_delta(self, node, at):
        now, then = self.value(node[1], at), self.do_prior(node, at)
        if now is None or then is None:
            return None
        return self.fits(now - then, node, at)
