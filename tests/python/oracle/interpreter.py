"""A naive interpreter of the query language, from its pages alone.

It looks at every record for every condition and knows neither plans nor indices. A statement is the
tree that the generator has made (and printed for the engine): tuples, of which the first member is
the kind of the node. Values are Python's: int, Decimal, str, bool, date, datetime, None.
"""

import datetime
import decimal
import itertools
import re
import unicodedata
import zoneinfo
from dataclasses import dataclass, field, replace
from decimal import Decimal

from oracle import days

UTC = datetime.timezone.utc
EXACT = decimal.Context(prec=120, rounding=decimal.ROUND_HALF_UP)


class Fault(Exception):
    """The error that a statement ends in."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


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
    open_entities: frozenset = frozenset()  # seen whole by everybody


@dataclass
class World:
    """entities: name -> {field -> Field}; states: (instant, {entity -> {id -> record}}), rising."""

    entities: dict
    states: list = field(default_factory=list)
    now: datetime.datetime = None
    time_zone: str = "UTC"
    week_start: str = "monday"
    fiscal: str = ""


@dataclass
class Query:
    items: list  # (expression, alias or None)
    entity: str
    standing: str = "current"
    scope: str = "all"
    as_of: object = None
    where: object = None
    groups: list = field(default_factory=list)  # ("plain" | "rollup" | "cube", [expression])
    having: object = None
    order: list = field(default_factory=list)  # (expression, descending, nulls or None)
    per: object = None  # (count, [expression])
    limit: int = None
    offset: int = None
    star: bool = False


@dataclass
class Group:
    rows: list
    keys: tuple
    values: dict  # key -> its value, of those that the grouping set has
    peers: list = None  # the groups of its set, in the order of the answer


def walk(node):
    """A node and all below it that speak of the same record."""
    if isinstance(node, tuple) and node and isinstance(node[0], str):
        yield node
        if node[0] not in ("children", "lit", "path"):
            yield from walk(node[1:])
    elif isinstance(node, (tuple, list)):
        for part in node:
            yield from walk(part)


def fold(text):
    """Without case and width."""
    wide = ("<wide>", "<narrow>")
    narrow = (unicodedata.normalize("NFKC", c) if unicodedata.decomposition(c).startswith(wide)
              else c for c in text)
    return "".join(narrow).casefold()


def like_pattern(pattern):
    out, escaped = [], False
    for c in fold(pattern):
        if escaped or c not in "\\%_":
            out.append(re.escape(c))
            escaped = False
        elif c == "\\":
            escaped = True
        else:
            out.append(".*" if c == "%" else ".")
    return re.compile("".join(out), re.DOTALL)


def rounded(number, digits):
    return Decimal(number).quantize(Decimal(1).scaleb(-digits), context=EXACT)


def quotient(left, right, digits):
    if left is None or right is None or right == 0:
        return None
    return rounded(EXACT.divide(Decimal(left), Decimal(right)), digits)


def both(left, right):
    """Three-valued `and`; `or` is its mirror."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def opposite(value):
    return None if value is None else not value


class Interpreter:
    """Answers statements for one user at one moment."""

    def __init__(self, world, user, time_zone=None):
        self.world, self.user = world, user
        self.zone = zoneinfo.ZoneInfo(time_zone or world.time_zone)
        self.records = self.latest = world.states[-1][1]
        self.today = self.local_date(world.now)
        self.nested, self.ranges = {}, {}

    # Records

    def local_date(self, instant):
        return instant.astimezone(self.zone).date()

    def go_back(self, moment):
        """To the records as they stood at an instant, or at the end of a day."""
        def stands(at):
            if isinstance(moment, datetime.datetime):
                return at <= moment
            return self.local_date(at) <= moment
        states = [state for at, state in self.world.states if stands(at)]
        self.records = states[-1] if states else {name: {} for name in self.world.entities}

    def owns(self, row, team):
        return row["owner"] == self.user.id or (team and row["owner_role"] in self.user.roles_below)

    def within_reach(self, entity, row):
        user = self.user
        if user.sees_all or entity in user.open_entities:
            return True
        return all(self.owns(state, True) for state in (row, self.latest[entity][row["id"]]))

    def related(self, entity, id):
        """The record that a reference leads to, if there is one to be seen."""
        row = self.records[entity].get(id)
        if row is None or row["deleted"] or not self.within_reach(entity, row):
            return None
        return row

    def candidates(self, query):
        wanted = {"current": (False, {None}), "with archived": (False, {None, True}),
                  "archived": (False, {True}), "deleted": (True, {None, True})}
        deleted, archived = wanted[query.standing]
        for row in self.records[query.entity].values():
            if row["deleted"] == deleted and row["archived"] in archived \
                    and self.within_reach(query.entity, row) \
                    and (query.scope == "all" or self.owns(row, query.scope == "team")):
                yield row

    # Names and types

    def field_of(self, entity, words):
        """The field at the end of a path; what the user may not see is not there."""
        for n, word in enumerate(words):
            found = self.world.entities[entity].get(word)
            if found is None or (entity, word) in self.user.hidden:
                raise Fault("unknown_name")
            if n + 1 < len(words):
                entity = found.target
        return found

    def check_names(self, node, entity):
        for part in walk(node):
            if part[0] == "path":
                self.field_of(entity, part[1])
            elif part[0] == "children":
                _, _, prefix, child, by, condition, _ = part
                self.field_of(child, (by,))
                if prefix:
                    self.field_of(entity, prefix)
                self.check_names(condition, child)
            elif part[0] == "in_select":
                self.check_query(part[2])
            elif part[0] == "in_range":
                self.bounds(*part[2:4])

    def check_query(self, query):
        aliases = self.aliases(query)
        self.check_names([*self.items(query, aliases), query.where], query.entity)
        later = [query.having, [e for _, keys in query.groups for e in keys],
                 [key for key, _, _ in query.order], query.per[1] if query.per else None]
        self.check_names(self.resolved(later, aliases), query.entity)

    def scale(self, node, entity):
        """The digits after the point that the type of a number has."""
        kind = node[0]
        if kind == "lit":
            return max(0, -node[2].as_tuple().exponent) if node[1] == "decimal" else 0
        if kind == "path":
            return self.field_of(entity, node[1]).scale
        if kind in ("+", "-"):
            return max(self.scale(part, entity) for part in node[1:])
        if kind == "*":
            return sum(self.scale(part, entity) for part in node[1:])
        if kind in ("/", "share"):
            return max(6, self.scale(node[1], entity))
        if kind in ("negative", "running_sum"):
            return self.scale(node[1], entity)
        return self.scale_of_call(node, entity) if kind in ("call", "aggregate") else 0

    def scale_of_call(self, node, entity):
        name, args = node[1], node[2]
        if name == "round":
            return args[1][2] if len(args) > 1 else 0
        if name in ("coalesce", "if"):
            return max(self.scale(part, entity) for part in args[name == "if":])
        if name in ("nullif", "abs", "sum", "min", "max", "first", "last"):
            return self.scale(args[0], entity)
        if name == "avg":
            return max(6, self.scale(args[0], entity))
        if name in ("median", "percentile"):
            p = args[1][2] if name == "percentile" else Decimal("0.5")
            more = max(1, -Decimal(p).normalize().as_tuple().exponent)
            return min(18, self.scale(args[0], entity) + more)
        return 0

    def is_money(self, node, entity):
        kind = node[0]
        if kind == "path":
            return self.field_of(entity, node[1]).kind == "money"
        if kind == "/":
            return self.is_money(node[1], entity) and not self.is_money(node[2], entity)
        if kind in ("+", "-", "*", "negative", "share", "running_sum"):
            return any(self.is_money(part, entity) for part in node[1:])
        if kind == "call":
            name, args = node[1], node[2]
            args = {"if": args[1:], "nullif": args[:1]}.get(name, args)
            return name in ("if", "nullif", "coalesce", "round", "abs") and \
                any(self.is_money(part, entity) for part in args)
        return kind == "aggregate" and node[1] != "count" and self.is_money(node[2][0], entity)

    # Expressions

    def fits(self, number, node, entity):
        if number is not None and not -2**63 <= number * 10 ** self.scale(node, entity) < 2**63:
            raise Fault("overflow")
        return number

    def value(self, node, row, entity, group=None):
        """What an expression is of a record, or of a group of records."""
        if group is not None and node in group.keys:
            return group.values.get(node)
        return getattr(self, "do_" + NAMES.get(node[0], node[0]))(node, row, entity, group)

    def do_lit(self, node, row, entity, group):
        return node[2]

    def do_path(self, node, row, entity, group):
        for word in node[1][:-1]:
            target = self.world.entities[entity][word].target
            row = self.related(target, row[word])
            if row is None:
                return None
            entity = target
        return row[node[1][-1]]

    def do_negative(self, node, row, entity, group):
        value = self.value(node[1], row, entity, group)
        return self.fits(None if value is None else -value, node, entity)

    def do_arithmetic(self, node, row, entity, group):
        left, right = (self.value(part, row, entity, group) for part in node[1:])
        if node[0] == "/":
            return self.fits(quotient(left, right, self.scale(node, entity)), node, entity)
        if left is None or right is None:
            return None
        if isinstance(left, datetime.date) or isinstance(right, datetime.date):
            return self.dates(node[0], left, right)
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            left, right = Decimal(left), Decimal(right)
            work = {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply}[node[0]]
            return self.fits(work(left, right), node, entity)
        work = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__}[node[0]]
        return self.fits(work(left, right), node, entity)

    def dates(self, sign, left, right):
        if isinstance(left, datetime.date) and isinstance(right, datetime.date):
            return (left - right).days
        day, by = (left, right) if isinstance(left, datetime.date) else (right, left)
        try:
            return day + datetime.timedelta(days=by if sign == "+" else -by)
        except OverflowError:
            raise Fault("overflow") from None

    def do_compare(self, node, row, entity, group):
        left, right = (self.value(part, row, entity, group) for part in node[1:])
        if left is None or right is None:
            return None
        return {"=": left == right, "!=": left != right, "<>": left != right}[node[0]] \
            if node[0] in ("=", "!=", "<>") else \
            {"<": left < right, "<=": left <= right, ">": left > right,
             ">=": left >= right}[node[0]]

    def do_and(self, node, row, entity, group):
        return both(*(self.value(part, row, entity, group) for part in node[1:]))

    def do_or(self, node, row, entity, group):
        sides = (opposite(self.value(part, row, entity, group)) for part in node[1:])
        return opposite(both(*sides))

    def do_not(self, node, row, entity, group):
        return opposite(self.value(node[1], row, entity, group))

    def do_is_null(self, node, row, entity, group):
        return (self.value(node[1], row, entity, group) is None) != node[2]

    def among(self, value, members, negated):
        """A null member neither matches nor makes the answer unknown."""
        if value is None:
            return None
        return (value in members) != negated

    def do_in_list(self, node, row, entity, group):
        members = {part[2] for part in node[2]}
        return self.among(self.value(node[1], row, entity, group), members, node[3])

    def do_in_select(self, node, row, entity, group):
        if id(node) not in self.nested:
            self.nested[id(node)] = {answer[0] for answer in self.answer(node[2])}
        return self.among(self.value(node[1], row, entity, group), self.nested[id(node)], node[3])

    def do_in_range(self, node, row, entity, group):
        _, operand, word, count, negated = node
        first, behind = self.bounds(word, count)
        day = self.day(self.value(operand, row, entity, group))
        return None if day is None else (first <= day < behind) != negated

    def bounds(self, word, count):
        if (word, count) not in self.ranges:
            self.ranges[word, count] = self.calendar(
                days.days_of, word, count, self.today, self.world.week_start)
        return self.ranges[word, count]

    def calendar(self, work, *args):
        try:
            return work(*args, self.world.fiscal)
        except days.Undefined:
            raise Fault("undefined_period") from None

    def day(self, value):
        return self.local_date(value) if isinstance(value, datetime.datetime) else value

    def do_like(self, node, row, entity, group):
        text, pattern = (self.value(part, row, entity, group) for part in node[1:3])
        if text is None or pattern is None:
            return None
        return (like_pattern(pattern).fullmatch(fold(text)) is not None) != node[3]

    def do_between(self, node, row, entity, group):
        value, low, high = (self.value(part, row, entity, group) for part in node[1:4])
        above = None if value is None or low is None else value >= low
        below = None if value is None or high is None else value <= high
        inside = both(above, below)
        return opposite(inside) if node[4] else inside

    def do_children(self, node, row, entity, group):
        _, which, prefix, child, by, condition, _ = node
        id = self.do_path(("path", prefix), row, entity, None) if prefix else row["id"]
        if id is None:
            return None
        answers = [self.value(condition, other, child)
                   for other in self.candidates(Query([], child)) if other[by] == id]
        if which == "all":
            return all(answer is True for answer in answers)
        return any(answer is True for answer in answers) == (which == "any")

    def do_call(self, node, row, entity, group):
        name, args = node[1], node[2]
        if name == "round":
            return self.round(node, row, entity, group)
        if name == "period":
            day = self.day(self.value(args[0], row, entity, group))
            return None if day is None else self.calendar(days.label, day, args[1][1])
        values = [self.value(part, row, entity, group) for part in args]
        if name == "coalesce":
            return next((value for value in values if value is not None), None)
        if name == "if":
            return values[1] if values[0] is True else values[2]
        if name == "concat":
            return "".join(value for value in values if value is not None)
        if name == "today":
            return self.today
        if name == "now":
            return self.world.now
        if values[0] is None:
            return None
        if name == "nullif":
            return None if values[0] == values[1] else values[0]
        return self.of_one(name, values[0])

    def of_one(self, name, value):
        if name in ("abs", "length"):
            return abs(value) if name == "abs" else len(value)
        if name in ("lower", "upper"):
            return getattr(value, name)()
        day = self.day(value)
        return {"date": day, "year": day.year, "quarter": (day.month + 2) // 3,
                "month": day.month, "day": day.day, "weekday": day.isoweekday()}[name]

    def round(self, node, row, entity, group):
        """A quotient, an average or a share directly inside is computed at the digits wanted."""
        args = node[2]
        digits = args[1][2] if len(args) > 1 else 0
        inner = args[0]
        if inner[0] == "/":
            left, right = (self.value(part, row, entity, group) for part in inner[1:])
            return quotient(left, right, digits)
        if inner[0] == "share":
            return self.share(inner, entity, group, digits)
        if inner[:2] == ("aggregate", "avg"):
            return self.aggregate(inner, entity, group, digits)
        value = self.value(inner, row, entity, group)
        return None if value is None else self.fits(rounded(value, digits), node, entity)

    # Groups

    def do_aggregate(self, node, row, entity, group):
        return self.aggregate(node, entity, group, self.scale(node, entity))

    def aggregate(self, node, entity, group, digits):
        _, name, args, by, distinct, condition = node
        rows = [row for row in group.rows
                if condition is None or self.value(condition, row, entity) is True]
        if name == "count" and not args:
            return len(rows)
        if name in ("first", "last"):
            return self.first(node, rows, entity)
        kept = [(row, self.value(args[0], row, entity)) for row in rows]
        kept = [(row, value) for row, value in kept if value is not None]
        values = [value for _, value in kept]
        if name == "count":
            return len(set(values)) if distinct else len(values)
        self.one_currency(args[0], [row for row, _ in kept], entity)
        if not values:
            return None
        if name in ("min", "max"):
            return min(values) if name == "min" else max(values)
        if name in ("sum", "avg"):
            total = sum(values) if isinstance(values[0], int) else sum(values, Decimal(0))
            if name == "avg":
                return self.fits(quotient(total, len(values), digits), node, entity)
            return self.fits(total, node, entity)
        p = args[1][2] if name == "percentile" else Decimal("0.5")
        return self.fits(self.percentile(sorted(values), p, digits), node, entity)

    def percentile(self, values, p, digits):
        place = EXACT.multiply(Decimal(p), Decimal(len(values) - 1))
        low = int(place)
        high = min(low + 1, len(values) - 1)
        part = EXACT.multiply(place - low, Decimal(values[high] - values[low]))
        return rounded(EXACT.add(Decimal(values[low]), part), digits)

    def first(self, node, rows, entity):
        _, name, args, by, _, _ = node
        placed = []
        for row in rows:
            keys = [self.value(key, row, entity) for key in by]
            if None not in keys:
                placed.append((*keys, row["id"], row))
        for key in by:
            self.one_currency(key, [entry[-1] for entry in placed], entity)
        if not placed:
            return None
        pick = min if name == "first" else max
        return self.value(args[0], pick(placed, key=lambda entry: entry[:-1])[-1], entity)

    def one_currency(self, node, rows, entity):
        """Amounts in two currencies have no sum; those without a currency do not count."""
        if not self.is_money(node, entity):
            return
        found = set()
        for part in walk(node):
            if part[0] == "path" and self.field_of(entity, part[1]).kind == "money":
                path = ("path", (*part[1][:-1], "currency"))
                found |= {self.do_path(path, row, entity, None) for row in rows}
        if len(found - {None}) > 1:
            raise Fault("mixed_currency")

    def do_grouping(self, node, row, entity, group):
        return 0 if node[1] in group.values else 1

    def do_share(self, node, row, entity, group):
        return self.share(node, entity, group, self.scale(node, entity))

    def share(self, node, entity, group, digits):
        self.peers_in_one_currency(node[1], entity, group)
        parts = [self.value(node[1], None, entity, peer) for peer in group.peers]
        total = sum(part for part in parts if part is not None)
        return quotient(self.value(node[1], None, entity, group), total, digits)

    def do_running_sum(self, node, row, entity, group):
        self.peers_in_one_currency(node[1], entity, group)
        before = group.peers[:[peer is group for peer in group.peers].index(True) + 1]
        parts = [self.value(node[1], None, entity, peer) for peer in before]
        parts = [part for part in parts if part is not None]
        return self.fits(sum(parts), node, entity) if parts else None

    def peers_in_one_currency(self, node, entity, group):
        together = [row for peer in group.peers for row in peer.rows]
        for part in walk(node):
            if part[0] == "aggregate" and self.is_money(part, entity):
                self.aggregate(part, entity, replace(group, rows=together), 6)

    # Statements

    def aliases(self, query):
        return {alias: item for item, alias in query.items if alias}

    def items(self, query, aliases):
        """`grouping` is of a key, so it takes the name that the key has."""
        def named(node):
            if not isinstance(node, tuple):
                return node
            return self.resolved(node, aliases) if node[:1] == ("grouping",) \
                else tuple(named(part) for part in node)
        return [named(item) for item, _ in query.items]

    def resolved(self, node, aliases):
        """With the names that items were given put in; they win over fields."""
        if isinstance(node, list):
            return [self.resolved(part, aliases) for part in node]
        if not isinstance(node, tuple) or not node or node[0] in OPAQUE:
            return node
        if node[0] == "path":
            return aliases.get(node[1][0], node) if len(node[1]) == 1 else node
        return tuple(self.resolved(part, aliases) for part in node)

    def run(self, query):
        """The rows of a statement's answer, or the error it ends in."""
        self.check_query(query)
        if query.as_of is not None:
            self.go_back(query.as_of[2])
        return self.answer(query)

    def answer(self, query):
        rows = sorted(self.candidates(query), key=lambda row: row["id"])
        if query.where is not None:
            rows = [row for row in rows if self.value(query.where, row, query.entity) is True]
        aliases = self.aliases(query)
        order = [(self.resolved(key, aliases), *how) for key, *how in query.order]
        per = [self.resolved(key, aliases) for key in query.per[1]] if query.per else []
        items = self.items(query, aliases)
        having = self.resolved(query.having, aliases)
        if self.is_grouped(query, items + [key for key, _, _ in order]):
            lines = self.groups(query, rows, aliases)
            self.check_currencies([*items, having, [key for key, _, _ in order]], lines, query)
            if having is not None:
                lines = [g for g in lines if self.value(having, None, query.entity, g) is True]
            self.renew_peers(lines)
            lines = self.ordered(lines, order, query.entity, self.of_group)
            self.renew_peers(lines)
            work = self.of_group
        else:
            lines = self.ordered(rows, order, query.entity, self.of_row)
            work = self.of_row
        if query.per:
            lines = self.first_of_each(lines, query.per[0], per, query.entity, work)
        answers = [tuple(work(item, line, query.entity) for item in items) for line in lines]
        answers = answers[query.offset or 0:]
        return answers if query.limit is None else answers[:query.limit]

    def check_currencies(self, nodes, groups, query):
        """Amounts of several currencies are an error in a group that `having` leaves out, too."""
        for part in walk(nodes):
            if part[0] == "aggregate":
                for group in groups:
                    self.value(part, None, query.entity, group)

    def of_row(self, node, row, entity):
        return self.value(node, row, entity)

    def of_group(self, node, group, entity):
        return self.value(node, None, entity, group)

    def renew_peers(self, groups):
        for group in groups:
            group.peers = [g for g in groups if g.values.keys() == group.values.keys()]

    def is_grouped(self, query, nodes):
        return bool(query.groups) or query.having is not None or \
            any(part[0] == "aggregate" for part in walk(nodes))

    def groups(self, query, rows, aliases):
        """Each grouping set from the records, in the order of the keys; totals come behind."""
        parts = [(kind, [self.resolved(key, aliases) for key in keys])
                 for kind, keys in query.groups]
        keys = tuple(dict.fromkeys(key for _, some in parts for key in some))
        choices = []
        for kind, some in parts:
            if kind == "plain":
                choices.append([some])
            elif kind == "rollup":
                choices.append([some[:n] for n in range(len(some) + 1)])
            else:
                choices.append([list(itertools.compress(some, mask))
                                for mask in itertools.product((0, 1), repeat=len(some))])
        sets = {frozenset(key for some in choice for key in some)
                for choice in itertools.product(*choices)}
        found = []
        for chosen in sets:
            found += self.groups_of(rows, keys, chosen, query.entity)
        return self.by_keys(found, keys)

    def groups_of(self, rows, keys, chosen, entity):
        split = {}
        for row in rows:
            values = {key: self.value(key, row, entity) for key in keys if key in chosen}
            split.setdefault(tuple(values.values()), Group([], keys, values)).rows.append(row)
        if not chosen and not rows:
            return [Group([], keys, {})]
        return split.values()

    def by_keys(self, groups, keys):
        def place(group):
            return [(key not in group.values, *self.rank(group.values.get(key))) for key in keys]
        return sorted(groups, key=place)

    def rank(self, value):
        """Null is smallest."""
        return (value is not None, 0 if value is None else value)

    def ordered(self, lines, order, entity, work):
        """Later keys first, since sorting keeps the order of what is equal."""
        for key, descending, nulls in reversed(order):
            ranks = {}
            for line in lines:
                filled, value = self.rank(work(key, line, entity))
                if nulls is not None:
                    filled = filled if (nulls == "first") != descending else not filled
                ranks[id(line)] = (filled, value)
            lines = sorted(lines, key=lambda line: ranks[id(line)], reverse=descending)
        return lines

    def first_of_each(self, lines, count, keys, entity, work):
        seen, kept = {}, []
        for line in lines:
            values = tuple(work(key, line, entity) for key in keys)
            seen[values] = seen.get(values, 0) + 1
            if seen[values] <= count:
                kept.append(line)
        return kept


# Names that items were given mean nothing inside these.
OPAQUE = {"lit", "aggregate", "children"}
NAMES = {**dict.fromkeys(("+", "-", "*", "/"), "arithmetic"),
         **dict.fromkeys(("=", "!=", "<>", "<", "<=", ">", ">="), "compare")}
