"""Funnels, cohorts and figures of children, as docs/query.md tells under these names."""

import bisect
import datetime
from dataclasses import replace

from oracle import days
from oracle.amounts import Conversion
from oracle.earlier import Earlier
from oracle.values import Fault, quotient

MONTHS = {"month": lambda day: day.year * 12 + day.month,
          "quarter": lambda day: day.year * 4 + (day.month - 1) // 3, "year": lambda day: day.year}
SCALES = {**dict.fromkeys(("least", "greatest", "prior_step", "delta_step"),
                          lambda node, scales: max(scales)),
          **dict.fromkeys(("conversion", "retention"), lambda node, scales: max(6, scales[0]))}
MARK = " step"  # of a record as it stands in the group of a step


def place_of(day, unit, fiscal):
    """The number of the unit that a day lies in: one more in the next."""
    if unit == "day":
        return day.toordinal()
    if unit == "week":
        return (day - day.weekday() * days.DAY).toordinal() // 7
    if unit in MONTHS:
        return MONTHS[unit](day)
    days.fiscal_period(day, fiscal)
    return bisect.bisect_right(days.fiscal_starts(unit.removeprefix("fiscal_"), fiscal), day)


class Reports(Earlier, Conversion):
    """The part of the interpreter that looks at children, steps and the periods since."""

    # Figures of children

    def check_figure(self, node, entity):
        _, prefix, child, by, _, query = node
        self.field_of(child, (by,))
        if prefix:
            self.field_of(entity, prefix)
        self.check_query(query)

    def do_figure(self, node, at):
        _, prefix, child, by, _, query = node
        parent = self.do_path(("path", prefix or ("id",)), at)
        key = id(query), parent
        if key not in self.nested:
            rows = [row for row in self.rows_of(query) if row[by] == parent and parent is not None]
            here = self.place(None, child)._replace(group=self.group(rows, (), {}))
            self.nested[key] = self.value(query.items[0][0], here)
        return self.nested[key]

    # Functions

    def extreme(self, node, at, pick):
        return pick((value for value in self.values(node[1:], at) if value is not None),
                    default=None)

    def do_least(self, node, at):
        return self.extreme(node, at, min)

    def do_greatest(self, node, at):
        return self.extreme(node, at, max)

    def do_periods_between(self, node, at):
        first, last = (self.day(value) for value in self.values(node[1:3], at))
        if first is None or last is None:
            return None
        unit = node[3][1]
        return self.calendar(place_of, last, unit) - self.calendar(place_of, first, unit)

    # Funnels

    def stepped(self, query, groups):
        """A group for each step: of the records that are at it or at a later one."""
        if not query.funnel:
            return groups
        made = []
        for group in groups:
            steps = []
            for number in range(len(query.funnel)):
                later = [step for step, _ in query.funnel[number:]]
                rows = [{**row, MARK: (number, query)} for row in group.rows
                        if any(self.is_at(step, row, query.entity) for step in later)]
                steps.append(replace(group, rows=rows))
            for number, one in enumerate(steps):
                one.funnel, one.step = (query, steps), number
            made += steps
        return made

    def is_at(self, step, row, entity):
        value = self.value(step, self.place(row, entity))
        return value is True or isinstance(value, datetime.date)

    def do_step(self, node, at):
        return at.group.step + 1

    def do_step_name(self, node, at):
        return at.group.funnel[0].funnel[at.group.step][1]

    def moment(self, at, number):
        """The first moment at a step or at a later one."""
        _, query = at.row[MARK]
        moments = self.values([step for step, _ in query.funnel[number:]], at)
        return min((moment for moment in moments if moment is not None), default=None)

    def do_reached(self, node, at):
        return self.moment(at, at.row[MARK][0])

    def do_prior_reached(self, node, at):
        number = at.row[MARK][0]
        return self.moment(at, number - 1) if number else None

    def do_first_reached(self, node, at):
        return self.moment(at, 0)

    def at_step(self, node, at, number):
        if number < 0:
            return None
        return self.value(node, at._replace(group=at.group.funnel[1][number]))

    def before(self, node, at):
        return self.at_step(node[1], at, at.group.step - node[2][2])

    def do_prior_step(self, node, at):
        return self.before(node, at)

    def do_delta_step(self, node, at):
        now, then = self.value(node[1], at), self.before(node, at)
        return None if now is None or then is None else self.fits(now - then, node, at)

    def do_conversion(self, node, at, digits=None):
        whole = self.before(node, at) if len(node) > 2 else self.at_step(node[1], at, 0)
        digits = self.type_of(node, at)[0] if digits is None else digits
        return self.fits(quotient(self.value(node[1], at), whole, digits), node, at)

    # Cohorts

    def do_retention(self, node, at, digits=None):
        """Over the group of period 0, if `having` has left it, that is otherwise the same."""
        age = next((key for key in at.group.keys if key[0] == "periods_between"), None)
        if age is None:
            raise Fault("parse")
        wanted = {**at.group.values, age: 0}
        step = getattr(at.group, "step", None)
        self.of_peers(node[1], at, [])
        found = [peer for peer in at.group.peers
                 if peer.values == wanted and getattr(peer, "step", None) == step]
        if not found or at.group.values.get(age) is None:
            return None
        whole = self.value(node[1], at._replace(group=found[0]))
        digits = self.type_of(node, at)[0] if digits is None else digits
        return self.fits(quotient(self.value(node[1], at), whole, digits), node, at)
