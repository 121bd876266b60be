"""Expressions by chance, typed: over a record, or over a group of records."""

import datetime
import random
from decimal import Decimal

from oracle.amounts import TARGETS
from oracle.company import CHOICES, DATES, TEXTS, days_off, moment
from oracle.interpreter import Query

UNITS = ["day", "week", "month", "quarter", "year", "fiscal_period", "fiscal_quarter",
         "fiscal_year"]
NUMBERS = ("integer", "decimal", "money")
COMPARABLE = ["integer", "decimal", "money", "text", "choice", "date", "instant"]
KINDS = [*COMPARABLE, "boolean", "reference"]
MOST_DIGITS = 15
# What the library does not answer as its pages say: no statement has it.
KNOWN = ["constant key", "quotient key", "constant choice of amounts"]


def literal(kind, value, style=""):
    return ("lit", kind, value, style)


def path(*words):
    return ("path", words)


class Expressions:
    """Of the entity at hand, and where `self.keys` is a list, of groups with these keys."""

    def __init__(self, company, seed, hidden=frozenset()):
        self.company, self.world, self.hidden = company, company.world, hidden
        self.dice = random.Random(f"statement {company.seed} {seed}")
        self.by_kind = company.paths.setdefault(hidden, {})
        # What lies in no fiscal year is an error, and has statements of its own.
        self.units = [unit for unit in UNITS
                      if not unit.startswith("fiscal") or "custom" not in self.world.fiscal]
        self.names = [name for name in company.names if (name, "id") not in hidden]
        self.mixed = len(company.currencies) > 1

    # Dice

    def chance(self, p):
        return self.dice.random() < p

    def pick(self, some):
        return self.dice.choice(some)

    def count(self, least, behind):
        return literal("integer", self.dice.randrange(least, behind), self.style())

    # Leaves

    def paths(self, entity):
        """All paths to a depth of three, by kind of field."""
        if entity not in self.by_kind:
            found = {}
            self.collect(entity, (), found)
            self.by_kind[entity] = found
        return self.by_kind[entity]

    def collect(self, entity, prefix, found):
        for word, one in self.world.entities[entity].items():
            if (entity, word) in self.hidden:
                continue
            found.setdefault(one.kind, []).append((prefix + (word,), one))
            if one.kind == "reference" and word != "id" and len(prefix) < 2:
                self.collect(one.target, prefix + (word,), found)

    def path(self, kind):
        """Short paths more often than long ones."""
        found = self.paths(self.entity).get(kind, [])
        longest = self.pick([1, 1, 1, 2, 2, 3])
        some = [one for one in found if len(one[0]) <= longest]
        return self.pick(some) if some else None

    def style(self, more=()):
        return "parameter" if self.chance(0.12) else self.pick(["", *more])

    def literal(self, kind):
        if kind == "text":
            return literal(kind, self.pick(TEXTS), self.style())
        if kind == "choice":
            return literal("text", self.pick(CHOICES), self.style())
        if kind == "integer":
            return literal(kind, self.pick([0, 1, 2, 3, -1, 5, 7, self.dice.randrange(-50, 999)]),
                           self.style())
        if kind in ("decimal", "money"):
            digits = self.dice.randrange(1, 4)
            number = 10 * self.dice.randrange(-10, 1000) + self.dice.randrange(1, 10)
            return literal("decimal", Decimal(number).scaleb(-digits), self.style())
        if kind == "date":
            return literal(kind, self.date(), self.style())
        if kind == "instant":
            return literal(kind, moment(self.dice, self.world.time_zone, self.world.now),
                           self.style())
        if kind == "boolean":
            return literal(kind, self.chance(0.5))
        ids = list(self.company.ids.values())
        return literal("reference", self.pick(ids) if ids else 1, self.style())

    def date(self):
        if self.chance(0.3):
            return datetime.date.fromisoformat(self.pick(DATES))
        return self.world.now.date() + datetime.timedelta(days=days_off(self.dice))

    # Expressions of a kind: over a record, or over a group where `self.keys` has its keys

    def expression(self, kind, depth):
        if kind in NUMBERS:
            return self.number(depth, kind)[0]
        if kind == "boolean":
            return self.condition(depth)
        return {"text": self.text, "date": self.day, "instant": self.instant,
                "reference": self.reference, "choice": self.chosen}[kind](depth)

    def leaf(self, kind):
        if self.keys is not None:
            keys = [key for key, of in self.keys if of == kind]
            if keys and self.chance(0.5):
                return self.pick(keys)
            found = self.aggregate_of(kind) if self.chance(0.7) else None
            return found or self.literal(kind)
        found = self.path(kind) if self.chance(0.8) else None
        return path(*found[0]) if found else self.literal(kind)

    def reference(self, depth):
        return self.leaf("reference")

    def chosen(self, depth):
        return self.leaf("choice")

    def instant(self, depth):
        if self.chance(0.05):
            return ("call", "now", ())
        if depth and self.chance(0.2):
            return self.choice_of("instant", depth)
        return self.leaf("instant")

    def day(self, depth):
        if self.chance(0.05):
            return ("call", "today", ())
        if depth and self.chance(0.45):
            how = self.pick(["+", "-", "date", "choice", "turned", "extreme"])
            if how == "extreme":
                return self.extreme("date")
            if how == "date":
                return ("call", "date", (self.instant(depth - 1),))
            if how == "choice":
                return self.choice_of("date", depth)
            days = self.small(depth - 1)
            day = self.day(depth - 1)
            return ("+", days, day) if how == "turned" else (how, day, days)
        return self.leaf("date")

    def small(self, depth):
        """A whole number that moves no date out of the calendar."""
        if self.keys is None and depth and self.chance(0.3):
            return ("call", self.pick(["weekday", "month"]), (self.day(depth - 1),))
        return literal("integer", self.dice.randrange(-40, 400), self.style())

    def text(self, depth):
        if depth and self.chance(0.45):
            how = self.pick(["lower", "upper", "concat", "choice", "period", "period"])
            if how == "concat":
                return ("call", how, tuple(self.text(depth - 1)
                                           for _ in range(self.dice.randrange(1, 4))))
            if how == "choice":
                return self.choice_of("text", depth)
            if how == "period":
                of = self.day(depth - 1) if self.chance(0.7) else self.instant(depth - 1)
                return ("call", how, (of, ("unit", self.pick(self.units))))
            of = self.chosen(0) if self.chance(0.2) else self.text(depth - 1)
            return ("call", how, (of,))
        return self.leaf("text")

    def choice_of(self, kind, depth):
        how = self.pick(["coalesce", "nullif", "if"])
        left, right = self.expression(kind, depth - 1), self.expression(kind, depth - 1)
        if how == "if":
            return ("call", how, (self.condition(depth - 1), left, right))
        return ("call", how, (left, right))

    # Numbers, with as many digits as they can have before and behind the point

    def number(self, depth, kind=None):
        kind = self.plain(kind or self.pick(NUMBERS))
        if depth and self.chance(0.5):
            made = self.computed(depth, kind)
            if made and made[1] + made[2] <= MOST_DIGITS:
                return made
        return self.number_leaf(kind)

    def number_leaf(self, kind):
        node = self.leaf(kind)
        if node[0] == "lit":
            return node, 5, 3 * (node[1] == "decimal"), False
        if node[0] == "path":
            found = self.field(node[1])
            return node, 7, found.scale, found.kind == "money"
        return node, 10, 6, kind == "money"

    def field(self, words):
        entity = self.entity
        for word in words[:-1]:
            entity = self.world.entities[entity][word].target
        return self.world.entities[entity][words[-1]]

    def computed(self, depth, kind):
        how = self.pick(["+", "-", "*", "/", "/", "negative", "round", "abs", "bucket", "choice",
                         "of_other"])
        if how == "of_other":
            return self.of_other(depth)
        a, digits, scale, money = self.number(depth - 1, kind)
        if how == "negative":
            return (how, a), digits, scale, money
        if how == "abs":
            return ("call", how, (a,)), digits, scale, money
        if how == "bucket":
            bounds = self.dice.sample(range(-20, 200), self.pick([1, 1, 2, 3]))
            bounds = sorted(bounds) if len(bounds) > 1 else [abs(bounds[0]) + 1]
            bounds = tuple(literal("integer", bound, self.style()) for bound in bounds)
            return ("call", how, (a, *bounds)), digits + 1, scale, money
        if how == "round":
            more = self.dice.randrange(0, 5)
            args = (a, literal("integer", more)) if self.chance(0.8) else (a,)
            return ("call", how, args), digits + 1, more if len(args) == 2 else 0, money
        b, others, behind, both = self.number(depth - 1)
        if how in ("+", "-"):
            return (how, a, b), max(digits, others) + 1, max(scale, behind), money or both
        if how == "choice":
            args = (a, b)
            name = self.pick(["coalesce", "nullif", "if"])
            if name == "if":
                args = (self.condition(depth - 1), a, b)
                if "constant choice of amounts" in KNOWN and money and self.folds(args[0]):
                    return None
            return ("call", name, args), max(digits, others), max(scale, behind), money or both
        if how == "*":
            return None if money and both else \
                ((how, a, b), digits + others, scale + behind, money or both)
        if both and not money:
            return None
        return (how, a, b), digits + behind, max(6, scale), money and not both

    def of_other(self, depth):
        how = self.pick(["length", "year", "quarter", "month", "day", "weekday", "days", "span",
                         "periods", "extreme"])
        if how == "extreme":
            return self.extreme("integer"), 10, 0, False
        if how == "periods":
            return self.periods(), 7, 0, False
        if how == "span":
            return (how, self.instant(depth - 1), self.instant(depth - 1)), 7, 6, False
        if how == "length":
            return ("call", how, (self.text(depth - 1),)), 4, 0, False
        day = self.day(depth - 1)
        if how == "days":
            return ("-", day, self.day(depth - 1)), 7, 0, False
        if self.chance(0.3):
            day = self.instant(depth - 1)
        return ("call", how, (day,)), 4, 0, False

    def conversion(self):
        """An amount in another currency. Where a rate may be missing it is null, since no page says
        at which records a condition with `and` looks."""
        found = self.path("money")
        if not found:
            return None
        amount = path(*found[0])
        if self.chance(0.2):
            amount = ("*", amount, literal("integer", self.dice.randrange(-3, 9)))
        to, day, sure = self.pick(TARGETS), None, self.chance(0.6)
        how = self.pick(["today", "date", "created", "literal"])
        if how == "date" and (other := self.path("date")):
            day, sure = path(*other[0]), False
        elif how == "created" and (self.entity, "created_at") not in self.hidden:
            day = path("created_at")
        elif how == "literal":
            day = literal("date", self.date(), self.style(["bare"]))
            sure = sure and day[2].year > 2000
        to = to if sure or self.chance(0.8) else "GBP"
        return ("convert", amount, literal("text", to, self.style()), day, not sure)

    def converted(self):
        """The same, or what is computed of it alone: it meets no other amount."""
        made = self.conversion()
        how = self.pick(["alone", "alone", "round", "times"])
        if made and how == "round":
            return ("call", how, (made, literal("integer", self.dice.randrange(0, 5))))
        return ("*", made, literal("integer", 3)) if made and how == "times" else made

    # Conditions

    def condition(self, depth):
        if depth <= 0:
            return self.plain_condition()
        how = self.pick(["and", "or", "and", "or", "not", "compare", "compare", "is_null",
                         "in_list", "in_range", "like", "between", "plain", "nested", "nested",
                         "nested"])
        if how in ("and", "or"):
            return (how, self.condition(depth - 1), self.condition(depth - 1))
        if how == "not":
            return (how, self.condition(depth - 1))
        if how == "nested":
            return self.nested_condition(depth)
        return getattr(self, how + "_condition")(depth)

    def nested_condition(self, depth):
        """What asks for other records may stand in `where` alone."""
        if not self.may_nest or self.nesting > 1:
            return self.compare_condition(depth)
        return self.in_select(depth) if self.chance(0.4) else self.children(depth)

    def plain_condition(self, depth=0):
        if self.keys is None and self.chance(0.4):
            found = self.path("boolean")
            if found:
                return path(*found[0])
        return self.compare_condition(0) if self.chance(0.9) else self.literal("boolean")

    def compare_condition(self, depth):
        kind = self.pick(KINDS)
        if self.keys is None and kind == "money" and self.chance(0.4) \
                and (of := self.conversion()):
            return (self.pick(["=", "<", ">="]), of, self.literal(self.pick(["integer", "money"])))
        if kind == "boolean" and depth:
            return (self.pick(["=", "!="]), self.condition(depth - 1), self.condition(depth - 1))
        if kind == "reference":
            return self.compare_references()
        if kind == "boolean":
            kind = "text"
        left = self.expression(kind, depth - 1 if depth else 0)
        right = self.expression(kind if left[0] == "lit" else self.like_kind(kind), 0)
        if kind == "integer" and self.chance(0.05):
            right = literal("integer", self.pick([2**63 - 1, -2**63]), self.style())
        return (self.pick(["=", "!=", "<>", "<", "<=", ">", ">="]), left, self.bare(left, right))

    def like_kind(self, kind):
        """A kind that may stand beside one in a comparison."""
        if kind in NUMBERS:
            return self.pick(NUMBERS)
        return "choice" if kind == "text" and self.chance(0.1) and self.keys is None else kind

    def compare_references(self):
        left = self.leaf("reference")
        right = self.literal("reference")
        if left[0] == "path" and self.keys is None and self.chance(0.5):
            target = self.field(left[1]).target
            same = [words for words, one in self.paths(self.entity)["reference"]
                    if one.target == target]
            right = path(*self.pick(same))
        return (self.pick(["=", "!="]), left, right)

    def bare(self, beside, node):
        """A date may be a text beside a date, and an instant beside an instant."""
        if node[0] == "lit" and node[1] in ("date", "instant") and node[3] == "" \
                and beside[0] in ("path", "call") and self.chance(0.5):
            return (*node[:3], "bare")
        return node

    def is_null_condition(self, depth):
        return ("is_null", self.expression(self.pick(KINDS), depth - 1), self.chance(0.5))

    def in_list_condition(self, depth):
        kind = self.pick([*COMPARABLE, "reference"])
        members = [self.literal(kind if kind == "choice" else self.like_kind(kind))[:3] + ("",)
                   for _ in range(self.dice.randrange(1, 5))]
        if self.chance(0.3):
            members.append(literal("null", None))
        if self.chance(0.2) and kind not in NUMBERS:
            members = [(*member[:3], "parameter") for member in members]
        return ("in_list", self.expression(kind, depth - 1), tuple(members), self.chance(0.5))

    def in_range_condition(self, depth):
        kind = self.pick(["date", "date", "instant"])
        of = self.leaf(kind) if self.chance(0.7) else self.expression(kind, depth - 1)
        word, count = self.pick(["today", "yesterday", "tomorrow"]), None
        if self.chance(0.85):
            word = f"{self.pick(['this', 'last', 'next'])}_{self.pick(self.units[1:])}"
        if self.chance(0.5):
            count = self.count(1, 14)
            word = f"{self.pick(['last', 'next'])}_n_{self.pick(self.units)}s"
        return ("in_range", of, word, count, self.chance(0.3))

    def like_condition(self, depth):
        pattern = self.pick(["%", "a%", "%b", "_", "%张%", "a\\%", "%\\_%", "AB", "é", "", "__",
                             "%σ%", "z'%", "ﬁ%", "ss", "_%_"])
        pattern = literal("text", pattern, self.style())
        if self.chance(0.15):
            pattern = ("call", "concat", (self.text(0), pattern))
        return ("like", self.text(depth - 1), pattern, self.chance(0.3))

    def between_condition(self, depth):
        kind = self.pick(COMPARABLE)
        value = self.expression(kind, depth - 1)
        low, high = (self.bare(value, self.expression(self.like_kind(kind), 0)) for _ in range(2))
        return ("between", value, low, high, self.chance(0.3))

    def children(self, depth):
        prefix, entity = (), self.entity
        if self.chance(0.3):
            found = [(words, one.target) for words, one in self.paths(entity)["reference"]
                     if len(words) < 3 and one.target in self.company.names and words[-1] != "id"]
            if found:
                prefix, entity = self.pick(found)
        ways = self.ways_down(entity)
        if not ways:
            return self.compare_condition(depth)
        child, by, plural = self.pick(ways)
        which = self.pick(["any", "all", "none"])
        deeper = self.chance(0.25) and self.nesting < 2
        work = self.children if deeper else self.condition
        condition = self.inside(child, lambda: work(max(depth - 1, 1)))
        return ("children", which, prefix, child, by, condition, plural)

    def ways_down(self, entity):
        """(child, its reference, the name) of all that may refer to an entity."""
        ways = []
        for child in self.company.names:
            by = [word for word, one in self.company.own_fields(child)
                  if one.kind == "reference" and one.target == entity
                  and (child, word) not in self.hidden]
            plural = child + ("es" if child.endswith("x") else "s")
            alone = len(by) == 1
            ways += [(child, word, plural if alone else f"{plural}_by_{word}")
                     for word in by]
        return ways

    def inside(self, entity, work):
        """Does something about another entity, then goes on about this one."""
        before = self.entity, self.keys, self.may_nest, self.nesting
        self.begin(entity, self.nesting + 1)
        made = work()
        self.entity, self.keys, self.may_nest, self.nesting = before
        return made

    def begin(self, entity, nesting=0):
        self.entity, self.keys, self.may_nest = entity, None, True
        self.nesting, self.amounts = nesting, ""

    def in_select(self, depth):
        kind = self.pick(["reference", "reference", "text", "integer", "decimal", "date"])
        left = self.leaf(kind)
        entity = self.pick(self.names)
        if kind == "reference":
            if left[0] != "path":
                return self.compare_condition(depth)
            target = self.field(left[1]).target
        def nested():
            found = [words for words, one in self.paths(entity).get(self.like_kind(kind), [])
                     if len(words) < 3 and (kind != "reference" or one.target == target)]
            if not found:
                return None
            query = Query([(path(*self.pick(found)), None)], entity)
            query.where = self.condition(depth - 1) if self.chance(0.6) else None
            query.standing, query.scope = self.standing(), self.scope()
            if self.chance(0.15):
                self.group_nested(query, kind)
            elif self.chance(0.3):
                query.order = [(self.expression(self.pick(COMPARABLE), 0), self.chance(0.5), None)]
                query.limit = self.count(0, 6)
            return query
        query = self.inside(entity, nested)
        if query is None:
            return self.compare_condition(depth)
        return ("in_select", left, query, self.chance(0.4))

    def group_nested(self, query, kind):
        key = query.items[0][0]
        query.groups, self.keys, self.may_nest = [("plain", [key])], [(key, kind)], False
        if kind not in ("reference", "text") and self.chance(0.4):
            query.items = [(self.aggregate_of(kind) or key, None)]
        if self.chance(0.5):
            query.having = self.condition(1)
        if self.chance(0.3):
            query.order = [(self.leaf("integer"), self.chance(0.5), None)]
            query.limit = self.count(0, 6)

    # Aggregates

    def aggregate_of(self, kind):
        """Over records, whence the keys of groups mean nothing inside."""
        before = self.keys, self.may_nest, self.amounts
        self.keys, self.may_nest, self.amounts = None, False, \
            "none" if self.mixed and self.amounts != "wanted" else ""
        made = self.aggregate(self.plain(kind))
        self.keys, self.may_nest, self.amounts = before
        return made

    def aggregate(self, kind):
        condition = self.condition(1) if self.chance(0.3) else None
        def made(name, *args, by=(), distinct=False):
            return ("aggregate", name, args, by, distinct, condition)
        if kind in ("reference", "boolean") or (kind not in NUMBERS and self.chance(0.2)):
            return self.first_or_last(kind, made)
        if kind == "integer":
            name = self.pick(["count", "count", "distinct", "sum", "min", "max"])
            if name == "count" and self.chance(0.6):
                return made(name)
            if name in ("count", "distinct"):
                return made("count", self.expression(self.pick(KINDS), 1),
                            distinct=name == "distinct")
            return made(name, self.number(1, kind)[0] if name == "sum" else self.leaf(kind))
        if kind in ("text", "choice", "date", "instant"):
            return made(self.pick(["min", "max"]), self.expression(kind, 1))
        return self.exact(made, self.number(1, kind)[0])

    def plain(self, kind):
        """Which parts of a condition are looked at, no page says: errors stay out of them."""
        return "decimal" if kind == "money" and self.amounts == "none" else kind

    def exact(self, made, argument):
        name = self.pick(["sum", "avg", "min", "max", "median", "percentile"])
        if name == "percentile":
            p = self.pick(["0", "1", "0.5", "0.25", "0.9", "0.125", "0.50", "0.333"])
            kind = "decimal" if "." in p else "integer"
            value = Decimal(p) if "." in p else int(p)
            return made(name, argument, literal(kind, value, self.style()))
        return made(name, argument)

    def first_or_last(self, kind, made):
        kinds = [k for k in [*COMPARABLE, "reference"] if self.plain(k) == k]
        by = tuple(self.leaf(self.pick(kinds)) for _ in range(self.pick([1, 1, 2])))
        if any(key[0] == "lit" for key in by):
            return None
        return made(self.pick(["first", "last"]), self.expression(kind, 1), by=by)
