"""Funnels, cohorts and figures of children by chance."""

from oracle.expressions import UNITS, Expressions, literal, path
from oracle.interpreter import Query

COUNT = ("aggregate", "count", (), (), False, None)


class Reports(Expressions):
    # Figures of children

    def leaf(self, kind):
        if self.keys is None and kind in ("integer", "date") and self.nesting < 2 \
                and self.chance(0.05) and (made := self.figure(kind)):
            return made
        return super().leaf(kind)

    def figure(self, kind):
        """Of children of the record, or of those of one that it names; no amount is in it."""
        prefix, entity = (), self.entity
        found = [(words, one.target) for words, one in self.paths(entity).get("reference", [])
                 if len(words) < 3 and one.target in self.company.names and words[-1] != "id"]
        if found and self.chance(0.3):
            prefix, entity = self.pick(found)
        ways = self.ways_down(entity)
        if not ways:
            return None
        child, by, plural = self.pick(ways)

        def made():
            query = Query([], child, self.standing(), self.scope())
            self.may_nest = False
            query.where = self.condition(1) if self.chance(0.4) else None
            of = self.leaf(kind)
            if kind == "integer" and self.chance(0.6):
                query.items = [(COUNT, None)]
            else:
                name = self.pick(["min", "max"])
                query.items = [(("aggregate", name, (of,), (), False, None), None)]
            return query
        return "figure", prefix, child, by, plural, self.inside(child, made)

    def extreme(self, kind):
        """The least or the greatest of two or three."""
        parts = tuple(super(Reports, self).leaf(kind) for _ in range(self.pick([2, 2, 3])))
        return (self.pick(["least", "greatest"]), *parts)

    def periods(self):
        """How many periods lie between two days."""
        first, last = (super(Reports, self).leaf(self.pick(["date", "date", "instant"]))
                       for _ in range(2))
        return "periods_between", first, last, ("unit", self.pick(self.units))

    # Funnels

    def funnel(self, query):
        """Steps of moments, or of conditions too; and what is told of them."""
        kind = self.pick(["date", "instant", "condition"])
        steps = [self.step(kind) for _ in range(self.pick([1, 2, 3, 3]))]
        query.funnel = [(step, f"s{n}") for n, step in enumerate(steps)]
        query.items += [(("step",), self.pick([None, "nth"])), (("step_name",), None)]
        of = self.aggregate_of(self.pick(["integer", "decimal"])) or COUNT
        of = COUNT if of[1] in ("first", "last") or self.chance(0.5) else of
        back = literal("integer", self.pick([1, 1, 1, 2]), self.style())
        told = [("conversion", of), ("conversion", of, back), ("prior_step", of, back),
                ("delta_step", of, back)]
        query.items.append((self.rounded(self.pick(told)), "told"))
        if kind != "condition":
            query.items.append((self.between_steps(kind), None))

    def rounded(self, node):
        if node[0] not in ("conversion", "retention") or self.chance(0.6):
            return node
        return "call", "round", (node, literal("integer", self.dice.randrange(0, 5)))

    def step(self, kind):
        """Most steps have to do with the record."""
        self.keys, keys = None, self.keys
        made = self.condition(1) if kind == "condition" and self.chance(0.7) else \
            self.leaf("date" if kind == "condition" else kind)
        self.keys = keys
        return made

    def between_steps(self, kind):
        before = (self.pick(["prior_reached", "first_reached"]),)
        sign = "span" if kind == "instant" else "-"
        if self.chance(0.3):
            return "aggregate", self.pick(["min", "max", "count"]), (("reached",),), (), False, None
        name = self.pick(["avg", "max", "min", "median"])
        only = ("is_null", before, True) if self.chance(0.2) else None
        return "aggregate", name, ((sign, ("reached",), before),), (), False, only

    # Cohorts

    def cohort(self, query, keys):
        """A key that counts periods, and the part that is left of period 0."""
        date = self.path("date")
        if not date or any(key[0] == "periods_between" for key, _ in keys):
            return keys
        first = literal("date", self.date(), self.style())
        age = ("periods_between", first, path(*date[0]),
               ("unit", self.pick([unit for unit in self.units if unit in UNITS[2:]])))
        of = self.aggregate_of("integer") or COUNT
        of = COUNT if of[1] in ("first", "last") or self.chance(0.5) else of
        query.items += [(age, None), (self.rounded(("retention", of)), self.pick([None, "kept"]))]
        return [*keys[:self.pick([0, 1])], (age, "age")]
