"""Statements by chance, typed: most are valid, some end in an error that the pages tell of."""

from dataclasses import replace

from oracle.expressions import KINDS, KNOWN, UNITS, literal, path
from oracle.earlier import BACK, reads
from oracle.interpreter import Query, is_constant, walk
from oracle.report_statements import COUNT, Reports


class Generator(Reports):
    def statement(self):
        """A statement, and the options that it is asked with."""
        self.begin(self.pick([*self.names * 6, "user", "role"]))
        options = {}
        if self.chance(0.15):
            options["time_zone"] = self.pick(["Asia/Shanghai", "America/New_York", "UTC",
                                              "Pacific/Chatham"])
        if self.chance(0.1 if "custom" in self.world.fiscal else 0.04):
            return self.wrong(), options
        query = Query([], self.entity)
        if self.entity in self.company.names:
            query.standing, query.scope = self.standing(), self.scope()
            if self.chance(0.07):
                query.as_of = self.moment()
        if self.chance(0.6):
            query.where = self.condition(self.pick([1, 1, 2, 2, 3]))
            if self.chance(0.1) and self.entity in self.names:
                query.where = self.children(2)
            elif self.chance(0.3):
                query.where = ("or", query.where, self.condition(1))
        if self.chance(0.5):
            self.grouped(query)
        else:
            self.listed(query)
        if self.chance(0.2):
            query.limit = self.count(0, 12)
        if self.chance(0.1):
            query.offset = self.count(0, 5)
        return query, options

    def standing(self):
        return self.pick(["current"] * 12 + ["with archived"] * 4 + ["archived", "deleted"])

    def scope(self):
        return self.pick(["all"] * 10 + ["mine", "team"])

    def moment(self):
        moments = self.company.moments
        if self.chance(0.3):
            return literal("date", self.pick(moments).date(), self.style(["bare"]))
        return literal("instant", self.pick([*moments, moments[0].replace(year=2001)]),
                       self.style(["bare"]))

    def listed(self, query):
        if self.chance(0.05) and self.entity in self.company.names:
            query.star = True
            query.items = [(path(word), None) for word in self.world.entities[self.entity]
                           if (self.entity, word) not in self.hidden]
        else:
            self.may_nest = False
            query.items = [(path("id"), None)] if self.chance(0.3) else []
            for n in range(self.dice.randrange(1, 4)):
                kind = self.pick(KINDS)
                item = self.expression(kind, self.dice.randrange(0, 3))
                query.items.append((item, self.alias(kind, n, query.items)))
            if self.chance(0.12) and (item := self.converted()):
                query.items.append((item, self.pick([None, "worth"])))
        self.may_nest = False
        if self.chance(0.6):
            aliases = [path(alias) for _, alias in query.items if alias]
            query.order = [self.order(aliases) for _ in range(self.dice.randrange(1, 4))]
            if self.chance(0.08) and (key := self.converted()):
                query.order.insert(0, (key, self.chance(0.5), None))
        if self.chance(0.1):
            query.per = (self.count(1, 4),
                         [self.leaf(self.pick(KINDS)) for _ in range(self.pick([1, 1, 2]))])

    def alias(self, kind, n, items):
        """A name of its own, none, or that of a field of the kind, which it hides."""
        if kind == "money" or self.chance(0.6):  # what an amount is called stays that amount
            return f"a{n}" if self.chance(0.6) else None
        names = [words[0] for words, _ in self.paths(self.entity).get(kind, [])
                 if len(words) == 1]
        name = self.pick(names) if names and self.chance(0.3) else None
        return name if name not in [alias for _, alias in items] else None

    def order(self, aliases):
        key = self.pick(aliases) if aliases and self.chance(0.5) else \
            self.expression(self.pick(KINDS), self.dice.randrange(0, 2))
        return (key, self.chance(0.5), self.pick([None, None, None, "first", "last"]))

    def grouped(self, query):
        self.may_nest = False
        keys = []
        if self.chance(0.85):
            keys = list(dict.fromkeys(self.key() for _ in range(self.dice.randrange(1, 4))))
        period = self.period() if self.chance(0.25) else None
        if period:
            self.by_period(query, period)
            keys = [key for key in keys if not reads(key[0], period[2][0])]
            keys = [*keys[:self.pick([0, 0, 1])], (period, "text")]
        elif self.chance(0.15):
            keys = self.cohort(query, keys)
        named = self.named_keys(query, keys)
        query.groups = self.grouping(named)
        self.keys = keys
        for n in range(self.dice.randrange(1, 4)):
            item = self.expression(self.pick(KINDS), self.dice.randrange(0, 3))
            query.items.append((item, f"a{n}" if self.chance(0.4) else None))
        if self.chance(0.15):
            query.items.append((self.amount(), "amount"))
        if period and self.chance(0.7):
            query.items.append((self.looking_back(period), self.pick(["then", None])))
        if period and self.chance(0.4):
            query.fill = period[2][1][1] not in ("day", "week")
        if not period and self.chance(0.2):
            self.funnel(query)
        if self.chance(0.12):
            query.pivot = self.pivot()
        worth = self.worth() if self.chance(0.2) else None
        if worth:
            query.items.append((worth, "worth"))
        if any(kind != "plain" for kind, _ in query.groups) and self.chance(0.6):
            query.items.append((("grouping", self.pick(named)), None))
        if self.chance(0.25):
            query.having = self.condition(2)
        elif worth and self.chance(0.3):
            query.having = (">", worth, literal("integer", 10))
        if self.chance(0.5):
            aliases = [path(alias) for _, alias in query.items if alias]
            query.order = [self.order(aliases) for _ in range(self.dice.randrange(1, 3))]
        if keys and self.chance(0.2):
            self.figures(query)
        if keys and self.chance(0.1):
            query.per = (self.count(1, 3), [self.pick(keys)[0]])

    def pivot(self):
        """By values that there are, in part; all have a name, or none that two could have."""
        keys, self.keys = self.keys, None
        kind = self.pick(["text", "choice", "integer", "date", "boolean"])
        of = self.leaf(kind)
        of = of if of[0] == "path" else path("id")
        kind = kind if of != path("id") else "reference"
        values = {}
        for _ in range(self.dice.randrange(1, 4)):
            value = self.literal(kind) if kind != "boolean" else literal(kind, self.chance(0.5))
            values.setdefault(str(value[2]), value)
        listed = [(value, f"v{n}") for n, value in enumerate(values.values())]
        if self.chance(0.2):
            listed.append((literal("null", None), "none"))
        self.keys = keys
        figures = [(COUNT, None)] if self.chance(0.4) else \
            [(self.aggregate_of(self.pick(["integer", "decimal", "text"])) or COUNT, f"f{n}")
             for n in range(self.dice.randrange(1, 3))]
        return figures, of, listed

    def period(self):
        """A key that is the period of a date or an instant."""
        found = self.path(self.pick(["date", "date", "instant"]))
        unit = self.pick([*self.units, *self.units[2:], "year"])
        return found and ("call", "period", (path(*found[0]), ("unit", unit)))

    def by_period(self, query, period):
        """Conditions on its date that can be moved, and others that have nothing to do with it."""
        of = period[2][0]
        if query.where is not None and reads(query.where, of):
            query.where = None
        query.where = query.where if self.chance(0.5) else None
        for _ in range(self.pick([0, 0, 1, 1, 2])):
            one = self.about(of)
            other = self.path("text")
            if other and self.chance(0.03):  # of a record, since a constant would fall away
                one = ("or", one, ("is_null", path(*other[0]), self.chance(0.5)))
            query.where = one if query.where is None else ("and", query.where, one)

    def about(self, of):
        """A range that a date or an instant lies in, or a bound of it."""
        how = self.pick(["range", "range", "between", "sign", "is_null"])
        if how == "range":
            unit, n = self.pick(self.units[2:]), self.count(1, 14)
            word = self.pick(["last_n_", "next_n_"]) + unit + "s"
            return ("in_range", of, word, n, self.chance(0.04))
        if how == "is_null":
            return ("is_null", of, self.chance(0.9))
        kind = "date" if self.field(of[1]).kind == "date" else "instant"
        low, high = sorted((self.literal(kind) for _ in range(2)), key=lambda one: one[2])
        if how == "between":
            return (how, of, self.bare(of, low), self.bare(of, high), False)
        sign = self.pick(["<", "<=", ">", ">=", "="])
        return (sign, of, self.bare(of, low)) if self.chance(0.7) else (sign, low, of)

    def looking_back(self, period):
        unit = period[2][1][1]
        back = self.pick(BACK[unit]) if self.chance(0.97) else self.pick(UNITS)
        of = self.amount() if self.chance(0.3) else \
            self.aggregate_of(self.pick(["integer", "decimal"])) or COUNT
        of = COUNT if of[1] in ("first", "last") else of
        if of[5] is not None and reads(of[5], period[2][0]):  # at random few could be moved
            of = (*of[:5], self.about(period[2][0]))
        if self.chance(0.2):
            of = ("/", of, COUNT)
        count = literal("integer", self.pick([1, 1, 1, 2, 3, 12]), self.style())
        node = (self.pick(["prior", "delta"]), of, count, back)
        return ("call", "coalesce", (node, literal("integer", 0))) if self.chance(0.2) else node

    def named_keys(self, query, keys):
        """Most keys are items, too; those that have a name there go by it."""
        used = {part[1][0] for part in walk([key for key, _ in keys]) if part[0] == "path"}
        named = []
        for key, kind in keys:
            alias = self.alias(kind, 10 + len(named), query.items)
            alias = None if alias in used else alias
            if self.chance(0.8):
                query.items.append((key, alias))
                named.append(path(alias) if alias else key)
            else:
                named.append(key)
        return named

    def amount(self):
        self.amounts = "wanted"
        made = self.aggregate_of("money")
        self.amounts = ""
        return made

    def worth(self):
        """An aggregate of amounts in another currency."""
        before, self.keys = self.keys, None
        of = self.converted()
        condition = self.condition(1) if of and self.chance(0.3) else None
        self.keys = before
        name = self.pick(["sum", "avg", "min", "max", "median", "count"])
        return ("aggregate", name, (of,), (), False, condition) if of else None

    def key(self):
        kind = self.pick(["text", "text", "boolean", "integer", "reference", "date"])
        if self.chance(0.04) and (made := self.converted()):
            return made, "worth"
        if kind == "boolean":
            found = self.path(kind)
            return (path(*found[0]), kind) if found else (("path", ("id",)), "reference")
        node = self.expression(kind, self.pick([0, 0, 1, 2]))
        known = ("constant key" in KNOWN and self.folds(node)) or \
            ("quotient key" in KNOWN and node[0] == "/")
        return (path("id"), "reference") if known else (node, kind)

    def folds(self, node):
        """Whether a part is the same for all records."""
        return node[0] == "lit" or any(is_constant(part) or part[:2] == ("lit", "boolean")
                                       for part in walk(node))

    def grouping(self, keys):
        if not keys:
            return []
        if self.chance(0.65):
            return [("plain", [key]) for key in keys]
        cut = self.dice.randrange(0, len(keys))
        groups = [("plain", [key]) for key in keys[:cut]]
        groups.append((self.pick(["rollup", "rollup", "cube"]), keys[cut:]))
        if self.chance(0.1):
            groups.append(("rollup", [self.pick(keys)]))
        return groups

    def figures(self, query):
        of = self.amount() if self.chance(0.3) else self.chance(0.2) and self.worth() or \
            self.aggregate_of(self.pick(["integer", "decimal"])) or COUNT
        how = self.pick(["share", "share", "running_sum"])
        node = (how, COUNT if of[1] in ("first", "last") else of)
        if how == "share" and self.chance(0.4):
            node = ("call", "round", (node, self.digits()))
        elif self.chance(0.2):
            node = ("*", node, literal("integer", 100))
        query.items.append((node, "figure"))
        if how == "share" and self.chance(0.3):
            query.order.insert(0, (path("figure"), True, None))

    def digits(self):
        return literal("integer", self.dice.randrange(1, 5))

    def partition(self):
        """All rows, and those of which a condition is true, false and unknown."""
        self.begin(self.pick(self.names))
        whole = Query([(path("id"), None)], self.entity, self.standing())
        whole.where = self.condition(1) if self.chance(0.5) else None
        condition = self.condition(self.pick([1, 2, 3]))
        parts = (condition, ("not", condition), ("is_null", condition, False))
        return [whole, *(replace(whole, where=part if whole.where is None
                                 else ("and", whole.where, part)) for part in parts)]

    # What ends in an error

    def wrong(self):
        """Nothing else is asked, so that no page has to say what is looked at first."""
        self.begin(self.pick(self.names))
        if "custom" in self.world.fiscal and self.chance(0.7):
            return self.fiscal()
        numbers = [words for words, _ in self.paths(self.entity).get("integer", [])
                   if len(words) == 1]
        how = self.pick(["name", "hidden", "product", "sum", "date"] if numbers else ["name"])
        if self.chance(0.15) and (priced := self.paths(self.entity).get("money")):
            pounds = ("convert", path(*priced[0][0]), literal("text", "GBP"), None, False)
            return Query([(pounds, None)], self.entity)
        if how == "hidden":
            entity, word = self.pick(sorted(self.company.hidden))
            return Query([(path("id"), None)], entity, order=[(path(word), False, None)])
        item = path("absent") if how == "name" else self.overflow(how, path(*self.pick(numbers)))
        return Query([(item, None)], self.entity)

    def overflow(self, how, number):
        if how == "product":
            return "*", number, literal("integer", self.pick([2**63 - 1, 2**62, 10**13]))
        if how == "sum":
            big = [literal("integer", sign * 2**62) for sign in (1, -1)]
            which = ("call", "if", ((">", number, literal("integer", 0)), *big))
            return "aggregate", "sum", (which,), (), False, None
        return "+", literal("date", self.date()), ("*", number, literal("integer", 9999))

    def fiscal(self):
        """A period by a calendar that does not go on for ever."""
        paths = self.paths(self.entity)
        days = path(*self.pick(paths.get("date", []) + paths["instant"])[0])
        unit = self.pick([unit for unit in UNITS if unit.startswith("fiscal")])
        if self.chance(0.5):
            item = ("call", "period", (days, ("unit", unit)))
            return Query([(item, None)], self.entity, where=("is_null", days, self.chance(0.5)))
        word, count = f"{self.pick(['this', 'last', 'next'])}_{unit}", None
        if self.chance(0.5):
            word, count = f"{self.pick(['last', 'next'])}_n_{unit}s", self.count(1, 5)
        return Query([(days, None)], self.entity, where=("in_range", days, word, count, False))
