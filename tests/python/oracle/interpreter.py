"""A naive interpreter of the query language, from its pages alone.

It looks at every record for every condition and knows neither plans nor indices. A statement is the
tree that the generator has made, and printed for the library: tuples, whose first member is the
kind of the node. Values are Python's: int, Decimal, str, bool, date, datetime, None.
"""

import datetime
import itertools
import operator
import zoneinfo
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from oracle import days
from oracle.reports import SCALES, Reports
from oracle.values import (EXACT, Fault, both, bucket, digits_of_percentile, filtered, fold,
                           is_constant, like_pattern, opposite, quotient, rounded, walk)

UTC = datetime.timezone.utc
MICROSECOND = datetime.timedelta(microseconds=1)
OF_ONE = {"abs": abs, "length": len, "lower": str.lower, "upper": str.upper}
COMPARE = {"=": operator.eq, "!=": operator.ne, "<>": operator.ne, "<": operator.lt,
           "<=": operator.le, ">": operator.gt, ">=": operator.ge}
WHOLE = {"+": operator.add, "-": operator.sub, "*": operator.mul}
BROKEN = {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply}
METHODS = {**dict.fromkeys(WHOLE, "arithmetic"), "/": "quotient",
           **dict.fromkeys(COMPARE, "compare")}
STANDINGS = {"current": (False, {None}), "with archived": (False, {None, True}),
             "archived": (False, {True}), "deleted": (True, {None, True})}


@dataclass
class Field:
    kind: str
    scale: int = 0
    target: str = ""


@dataclass
class User:
    id: int
    sees_all: bool = False
    roles_below: frozenset = frozenset()
    hidden: frozenset = frozenset()  # (entity, field)
    open_entities: frozenset = frozenset()  # seen whole


@dataclass
class World:
    """entities: name -> {field -> Field}; states: (instant, {entity -> {id -> record}}), rising."""

    entities: dict
    states: list = field(default_factory=list)
    now: datetime.datetime = None
    time_zone: str = "UTC"
    week_start: str = "monday"
    fiscal: str = ""


@dataclass(eq=False)
class Query:
    items: list  # (expression, alias or None)
    entity: str
    standing: str = "current"
    scope: str = "all"
    as_of: tuple = None
    where: tuple = None
    groups: list = field(default_factory=list)  # ("plain" | "rollup" | "cube", [expression])
    fill: bool = False
    funnel: list = field(default_factory=list)  # (condition, date or instant, name)
    pivot: tuple = None  # ([(figure, name or None)], of, [(literal, name or None)])
    having: tuple = None
    order: list = field(default_factory=list)  # (expression, descending, nulls or None)
    per: tuple = None  # (count, [expression])
    limit: tuple = None
    offset: tuple = None
    star: bool = False


@dataclass
class Group:
    rows: list
    keys: tuple
    values: dict  # of the keys that the grouping set has
    peers: list = None  # the groups of its set, in the order of the answer
    day: object = None  # of a group without records, where gaps are filled
    before: dict = None  # for each prior: the group of that time, and what is asked of it


class At(NamedTuple):
    row: dict  # or None, at a group
    entity: str
    group: Group = None


class Interpreter(Reports):
    """Answers one statement of one user."""

    def __init__(self, world, user, time_zone=None):
        self.world, self.user = world, user
        self.zone = zoneinfo.ZoneInfo(time_zone or world.time_zone)
        self.records = self.latest = world.states[-1][1]
        self.today = self.day(world.now)
        self.nested = {}

    # Records

    def day(self, value):
        return value.astimezone(self.zone).date() if isinstance(value, datetime.datetime) else value

    def go_back(self, moment):
        """To the records as they stood at an instant, or at the end of a day."""
        exact = isinstance(moment, datetime.datetime)
        states = [one for at, one in self.world.states if (at if exact else self.day(at)) <= moment]
        self.records = states[-1] if states else {name: {} for name in self.world.entities}

    def owns(self, row, team):
        return row["owner"] == self.user.id or (team and row["owner_role"] in self.user.roles_below)

    def within_reach(self, entity, row):
        """What was out of reach then, or is so today, is not shown."""
        if self.user.sees_all or entity in self.user.open_entities:
            return True
        return self.owns(row, True) and self.owns(self.latest[entity][row["id"]], True)

    def related(self, entity, id):
        """The record that a reference leads to, if there is one to be seen."""
        row = self.records[entity].get(id)
        return row if row and not row["deleted"] and self.within_reach(entity, row) else None

    def candidates(self, query):
        deleted, archived = STANDINGS[query.standing]
        return [row for row in self.records[query.entity].values()
                if row["deleted"] == deleted and row["archived"] in archived
                and self.within_reach(query.entity, row)
                and (query.scope == "all" or self.owns(row, query.scope == "team"))]

    # Names and types

    def field_of(self, entity, words):
        """The field at the end of a path; what the user may not see is not there."""
        for word in words:
            found = self.world.entities[entity].get(word)
            if found is None or (entity, word) in self.user.hidden:
                raise Fault("unknown_name")
            entity = found.target
        return found

    def check_names(self, node, entity):
        for part in walk(node):
            if part[0] == "path":
                self.field_of(entity, part[1])
            elif part[0] == "children":
                self.field_of(part[3], (part[4],))
                self.check_names(part[5], part[3])
                if part[2]:
                    self.field_of(entity, part[2])
            elif part[0] == "figure":
                self.check_figure(part, entity)
            elif part[0] == "in_select":
                self.check_query(part[2])
            elif part[0] == "in_range":
                self.bounds(part)

    def check_query(self, query):
        self.field_of(query.entity, ("id",))
        self.check_names([*self.clauses(query).values(), query.where, query.funnel], query.entity)

    def type_of(self, node, at):
        """The digits after the point that a number's type has, and whether it is an amount."""
        kind, *args = node
        if kind == "lit":
            return max(0, -node[2].as_tuple().exponent) if node[1] == "decimal" else 0, False
        if kind == "path":
            found = self.field_of(at.entity, node[1])
            return found.scale, found.kind == "money"
        if kind in ("prior", "delta"):
            return self.type_of(node[1], at)
        if kind == "convert":  # in one currency by what it is, so that it needs no look
            return self.type_of(node[1], at)[0], False
        if kind in ("call", "aggregate"):
            name, args = node[1], node[2][node[1] == "if":]
            if name not in TYPES:
                return 0, False
            args = args if name in ("if", "coalesce", "nullif") else args[:1]
        elif kind not in TYPES:
            return 0, False
        scales, amounts = zip(*(self.type_of(part, at) for part in args))
        if kind == "/":
            return max(6, scales[0]), amounts[0] and not amounts[1]
        name = node[1] if kind in ("call", "aggregate") else kind
        return TYPES[name](node, scales), any(amounts[:1 if name == "nullif" else None])

    def fits(self, number, node, at):
        if number is not None and isinstance(number, (int, Decimal)) \
                and not -2**63 <= number * 10 ** self.type_of(node, at)[0] < 2**63:
            raise Fault("overflow")
        return number

    # Expressions

    def value(self, node, at):
        if at.group is not None and node in at.group.keys:
            return at.group.values.get(node)
        return getattr(self, "do_" + METHODS.get(node[0], node[0]))(node, at)

    def values(self, nodes, at):
        return [self.value(node, at) for node in nodes]

    def do_lit(self, node, at):
        return node[2]

    def do_path(self, node, at):
        row, entity = at.row, at.entity
        for word in node[1][:-1]:
            entity = self.world.entities[entity][word].target
            row = self.related(entity, row[word])
            if row is None:
                return None
        return row[node[1][-1]]

    def do_negative(self, node, at):
        value = self.value(node[1], at)
        return None if value is None else self.fits(-value, node, at)

    def do_quotient(self, node, at):
        left, right = self.values(node[1:], at)
        return self.fits(quotient(left, right, self.type_of(node, at)[0]), node, at)

    def do_arithmetic(self, node, at):
        left, right = self.values(node[1:], at)
        if left is None or right is None:
            return None
        if isinstance(left, datetime.date) and isinstance(right, datetime.date):
            return (left - right).days
        if isinstance(left, datetime.date) or isinstance(right, datetime.date):
            day, by = (left, right) if isinstance(left, datetime.date) else (right, left)
            try:
                return day + (by if node[0] == "+" else -by) * days.DAY
            except OverflowError:
                raise Fault("overflow") from None
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            return self.fits(BROKEN[node[0]](Decimal(left), Decimal(right)), node, at)
        return self.fits(WHOLE[node[0]](left, right), node, at)

    def do_span(self, node, at, digits=6):
        left, right = self.values(node[1:], at)
        return None if None in (left, right) else quotient((left - right) // MICROSECOND, 86_400_000_000, digits)

    def do_compare(self, node, at):
        left, right = self.values(node[1:], at)
        return None if left is None or right is None else COMPARE[node[0]](left, right)

    def do_and(self, node, at):
        return both(*self.values(node[1:], at))

    def do_or(self, node, at):
        return opposite(both(*map(opposite, self.values(node[1:], at))))

    def do_not(self, node, at):
        return opposite(self.value(node[1], at))

    def do_is_null(self, node, at):
        return (self.value(node[1], at) is None) != node[2]

    def among(self, value, members, negated):
        """A null member neither matches nor makes the answer unknown."""
        return None if value is None else (value in members) != negated

    def do_in_list(self, node, at):
        return self.among(self.value(node[1], at), {part[2] for part in node[2]}, node[3])

    def do_in_select(self, node, at):
        if id(node) not in self.nested:
            self.nested[id(node)] = {answer[0] for answer in self.answer(node[2])}
        return self.among(self.value(node[1], at), self.nested[id(node)], node[3])

    def do_in_range(self, node, at):
        first, behind = self.bounds(node)
        day = self.day(self.value(node[1], at))
        return None if day is None else (first <= day < behind) != node[4]

    def bounds(self, node):
        count = node[3] and node[3][2]
        return self.calendar(days.days_of, node[2], count, self.today, self.world.week_start)

    def calendar(self, work, *args):
        try:
            return work(*args, self.world.fiscal)
        except days.Undefined:
            raise Fault("undefined_period") from None

    def do_like(self, node, at):
        text, pattern = self.values(node[1:3], at)
        if text is None or pattern is None:
            return None
        return (like_pattern(pattern).fullmatch(fold(text)) is not None) != node[3]

    def do_between(self, node, at):
        value, low, high = self.values(node[1:4], at)
        inside = both(None if value is None or low is None else value >= low,
                      None if value is None or high is None else value <= high)
        return opposite(inside) if node[4] else inside

    def do_children(self, node, at):
        _, which, prefix, child, by, condition, _ = node
        id = self.do_path(("path", prefix or ("id",)), at)
        answers = [self.value(condition, At(row, child)) is True
                   for row in self.candidates(Query([], child)) if row[by] == id]
        found = all(answers) if which == "all" else any(answers) == (which == "any")
        return None if id is None else found

    def do_call(self, node, at):
        name, args = node[1], node[2]
        if name == "round":
            return self.round(node, at)
        if name == "period":
            day = self.day(self.value(args[0], at))
            return None if day is None else self.calendar(days.label, day, args[1][1])
        values = self.values(args, at)
        if name == "coalesce":
            return next((value for value in values if value is not None), None)
        if name == "if":
            return values[1] if values[0] is True else values[2]
        if name == "concat":
            return "".join(value for value in values if value is not None)
        if not args:
            return self.today if name == "today" else self.world.now
        if name == "nullif":
            return None if values[0] == values[1] else values[0]
        if name == "bucket":
            return self.fits(bucket(values[0], values[1:], self.type_of(node, at)[0]), node, at)
        return None if values[0] is None else self.of_one(name, values[0])

    def of_one(self, name, value):
        if name in OF_ONE:
            return OF_ONE[name](value)
        day = self.day(value)
        return {"date": day, "year": day.year, "quarter": (day.month + 2) // 3,
                "month": day.month, "day": day.day, "weekday": day.isoweekday()}[name]

    def round(self, node, at):
        """A quotient, average, share or conversion right inside has the digits wanted."""
        inner, digits = node[2][0], node[2][1][2] if len(node[2]) > 1 else 0
        if at.group is not None and inner in at.group.keys:
            value = self.value(inner, at)
        elif inner[0] == "/":
            return quotient(*self.values(inner[1:], at), digits)
        elif inner[0] in ("share", "convert", "span", "conversion", "retention"):
            return getattr(self, "do_" + inner[0])(inner, at, digits)
        elif inner[:2] == ("aggregate", "avg"):
            return self.do_aggregate(inner, at, digits)
        else:
            value = self.value(inner, at)
        return None if value is None else self.fits(rounded(value, digits), node, at)

    # Groups

    def place(self, row, entity):
        return At(row, entity)

    group = Group

    def do_aggregate(self, node, at, digits=None):
        _, name, args, by, distinct, condition = node
        digits = self.type_of(node, at)[0] if digits is None else digits
        places = [At(row, at.entity) for row in at.group.rows]
        places = [one for one in places if condition is None or self.value(condition, one) is True]
        if name == "count" and not args:
            return len(places)
        if name in ("first", "last"):
            return self.first(name, args[0], by, places)
        kept = [(one, self.value(args[0], one)) for one in places]
        kept = [(one, value) for one, value in kept if value is not None]
        values = sorted(value for _, value in kept)
        if name == "count":
            return len(set(values)) if distinct else len(values)
        self.one_currency(args[0], [one for one, _ in kept])
        if not values:
            return None
        if name in ("min", "max"):
            return values[0 if name == "min" else -1]
        if name in ("median", "percentile"):
            p = Decimal(args[1][2] if name == "percentile" else "0.5")
            return self.fits(self.percentile(values, p, digits), node, at)
        total = sum(values) if isinstance(values[0], int) else sum(values, Decimal(0))
        return self.fits(total if name == "sum" else quotient(total, len(values), digits), node, at)

    def percentile(self, values, p, digits):
        place = EXACT.multiply(p, Decimal(len(values) - 1))
        low, high = values[int(place)], values[min(int(place) + 1, len(values) - 1)]
        part = EXACT.multiply(place - int(place), Decimal(high - low))
        return rounded(EXACT.add(Decimal(low), part), digits)

    def first(self, name, wanted, by, places):
        """A record with a null among its keys is left out; at last the id breaks ties."""
        placed = [(*self.values(by, one), one.row["id"], one) for one in places]
        placed = [entry for entry in placed if None not in entry]
        for key in by:
            self.one_currency(key, [entry[-1] for entry in placed])
        if not placed:
            return None
        pick = min if name == "first" else max
        return self.value(wanted, pick(placed, key=lambda entry: entry[:-1])[-1])

    def one_currency(self, node, places):
        """Amounts in two currencies have no sum; those without a currency do not count."""
        if not places or not self.type_of(node, places[0])[1]:
            return
        amounts = [part[1] for part in walk(node)
                   if part[0] == "path" and self.type_of(part, places[0])[1]]
        found = {self.do_path(("path", (*words[:-1], "currency")), one)
                 for words in amounts for one in places} - {None}
        if len(found) > 1:
            raise Fault("mixed_currency")

    def check_currencies(self, nodes, groups, query):
        """They are an error in a group that `having` leaves out, too."""
        for part, group in itertools.product(walk(nodes), groups):
            if part[0] == "aggregate":
                self.value(part, At(None, query.entity, group))

    def do_grouping(self, node, at):
        return 0 if node[1] in at.group.values else 1

    def of_peers(self, node, at, peers):
        """What is not null; amounts have to be in one currency over all groups."""
        together = Group([row for peer in at.group.peers for row in peer.rows], (), {})
        self.check_currencies([part for part in walk(node) if part[0] == "aggregate"
                               and self.type_of(part, at)[1]], [together], Query([], at.entity))
        parts = [self.value(node, At(None, at.entity, peer)) for peer in peers]
        return [part for part in parts if part is not None]

    def do_share(self, node, at, digits=None):
        total = sum(self.of_peers(node[1], at, at.group.peers))
        digits = self.type_of(node, at)[0] if digits is None else digits
        return quotient(self.value(node[1], at), total, digits)

    def do_running_sum(self, node, at):
        own = [peer is at.group for peer in at.group.peers].index(True)
        parts = self.of_peers(node[1], at, at.group.peers[:own + 1])
        return self.fits(sum(parts), node, at) if parts else None

    # Statements

    def resolved(self, node, aliases, inside=True):
        """With the names that items were given put in; in an item, inside `grouping` alone."""
        if isinstance(node, list):
            return [self.resolved(part, aliases, inside) for part in node]
        if not isinstance(node, tuple) or not node or node[0] == "lit":
            return node
        if node[0] == "path":
            return aliases.get(node[1][0], node) if inside and len(node[1]) == 1 else node
        inside = inside or node[0] == "grouping"
        return tuple(self.resolved(part, aliases, inside) for part in node)

    def clauses(self, query):
        items = query.items + self.columns_of(query)
        aliases = {alias: item for item, alias in reversed(items) if alias}
        return {"items": self.resolved([item for item, _ in items], aliases, inside=False),
                **{name: self.resolved(node, aliases) for name, node in {
                    "order": [key for key, _, _ in query.order], "having": query.having,
                    "groups": [key for _, keys in query.groups for key in keys],
                    "per": query.per[1] if query.per else []}.items()}}

    def columns_of(self, query):
        """Those of a pivot: every aggregate is of the records with the value."""
        figures, of, values = query.pivot or ([], None, [])
        of = self.resolved(of, {alias: item for item, alias in reversed(query.items) if alias})
        return [(filtered(figure, ("is_null", of, False) if value[2] is None
                          else ("=", of, value)),
                 (name or str(value[2])) + f"_{title}" * (title is not None))
                for value, name in values for figure, title in figures]

    def run(self, query):
        """The rows of a statement's answer, or the error it ends in."""
        self.check_query(query)
        if query.as_of is not None:
            self.go_back(query.as_of[2])
        return self.answer(query)

    def digits(self, query):
        """How many an item has behind the point, where the pages say so: not of constants."""
        return [self.type_of(item, At(None, query.entity))[0] if SAID.intersection(item[:2])
                and not any(map(is_constant, walk(item))) else None
                for item in self.clauses(query)["items"]]

    def rows_of(self, query):
        rows = [row for row in self.candidates(query) if query.where is None
                or self.value(query.where, At(row, query.entity)) is True]
        return sorted(rows, key=lambda row: row["id"])

    def currencies(self, node, group, query):
        """Of the amounts that go into a figure which is an amount."""
        found, nowhere = set(), At(None, query.entity)
        parts = walk(node) if self.type_of(node, nowhere)[1] else []
        for part in parts:
            if part[0] != "aggregate" or not self.type_of(part, nowhere)[1]:
                continue
            amounts = [path[1] for path in walk(part[2][0])
                       if path[0] == "path" and self.type_of(path, nowhere)[1]]
            for at in (At(row, query.entity) for row in group.rows):
                if (part[5] is None or self.value(part[5], at) is True) \
                        and self.value(part[2][0], at) is not None:
                    found |= {self.do_path(("path", (*words[:-1], "currency")), at)
                              for words in amounts}
        return found - {None}

    def answer(self, query):
        clauses = self.clauses(query)
        self.check_earlier(query, clauses)
        places = [At(row, query.entity) for row in self.rows_of(query)]
        if query.groups or query.funnel or query.having is not None or any(
                part[0] == "aggregate" for part in walk([*clauses["items"], *clauses["order"]])):
            places = self.grouped(query, clauses, [at.row for at in places])
        self.find_peers(places)
        places = self.ordered(places, query.order, clauses["order"])
        self.find_peers(places)
        if query.per:
            places = self.first_of_each(places, query.per[0][2], clauses["per"])
        answers = [tuple(self.values(clauses["items"], at)) for at in places]
        answers = answers[query.offset[2] if query.offset else 0:]
        return answers[:query.limit[2]] if query.limit else answers

    def grouped(self, query, clauses, rows):
        groups = self.stepped(query, self.all_groups(query, clauses, rows))
        self.check_currencies([*clauses.values()], groups, query)
        groups = self.filled(query, clauses, groups) if query.fill else groups
        self.find_earlier(query, clauses, groups)
        places = [At(None, query.entity, group) for group in groups]
        return [at for at in places
                if query.having is None or self.value(clauses["having"], at) is True]

    def all_groups(self, query, clauses, rows):
        """Each grouping set from the records, in the order of the keys; totals come behind."""
        keys = tuple(dict.fromkeys(clauses["groups"]))
        flat, choices = iter(clauses["groups"]), []
        for kind, some in query.groups:
            some = list(itertools.islice(flat, len(some)))
            choices.append({
                "plain": [some], "rollup": [some[:n] for n in range(len(some) + 1)],
                "cube": [list(itertools.compress(some, mask))
                         for mask in itertools.product((0, 1), repeat=len(some))]}[kind])
        sets = {frozenset(itertools.chain.from_iterable(choice))
                for choice in itertools.product(*choices)}
        groups = [group for chosen in sets
                  for group in self.groups_of(rows, keys, chosen, query.entity)]
        return self.by_keys(groups, keys)

    def by_keys(self, groups, keys):
        return sorted(groups, key=lambda group: [
            (key not in group.values, *self.rank(group.values.get(key))) for key in keys])

    def groups_of(self, rows, keys, chosen, entity):
        split = {} if rows or chosen else {(): Group([], keys, {})}
        for row in rows:
            values = {key: self.value(key, At(row, entity)) for key in keys if key in chosen}
            split.setdefault(tuple(values.values()), Group([], keys, values)).rows.append(row)
        return split.values()

    def find_peers(self, places):
        groups = [at.group for at in places if at.group]
        for group in groups:
            group.peers = [g for g in groups if g.values.keys() == group.values.keys()]

    def ordered(self, places, order, keys):
        """Later keys first, since sorting keeps the order of what is equal."""
        for (_, descending, nulls), key in reversed(list(zip(order, keys))):
            def place(at, key=key, turned=nulls and (nulls == "first") == descending):
                filled, value = self.rank(self.value(key, at))
                return filled != bool(turned), value
            places = sorted(places, key=place, reverse=descending)
        return places

    def rank(self, value):
        """Null is smallest."""
        return value is not None, 0 if value is None else value

    def first_of_each(self, places, count, keys):
        seen, kept = {}, []
        for at in places:
            values = tuple(self.values(keys, at))
            seen[values] = seen.get(values, 0) + 1
            kept += [at] if seen[values] <= count else []
        return kept


SAID = {"path", "/", "span", "convert", "share", "conversion", "retention", "round", "avg", "median", "percentile"}
TYPES = {
    **SCALES,
    **dict.fromkeys(("+", "-", "if", "coalesce", "abs", "sum", "min", "max", "first",
                     "last", "negative", "running_sum", "bucket"), lambda node, scales: max(scales)),
    **dict.fromkeys(("median", "percentile"), digits_of_percentile),
    **dict.fromkeys(("avg", "share"), lambda node, scales: max(6, scales[0])),
    "nullif": lambda node, scales: scales[0] if node[2][0][0] != "lit" else max(scales),
    "*": lambda node, scales: sum(scales), "/": None, "span": lambda node, scales: 6,
    "round": lambda node, scales: node[2][1][2] if len(node[2]) > 1 else 0}
