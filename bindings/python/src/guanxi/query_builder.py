"""Queries built from Python values instead of text.

    from guanxi import col, select

    best = (
        select("name", col("account.name").as_("customer"), "amount")
        .from_("opportunity")
        .where(col("stage.is_open") & (col("amount") >= 1000))
        .order_by(col("amount").desc().nulls_last())
        .limit(10)
    )
    session.query(best)

A query is a value: each clause gives a new one. It is the JSON form of the language
(docs/query_builder.md) underneath, which `to_dict()` gives; values stand in it with their types and
are never spliced into text. `str(query)` is its text. Names are looked up when the query runs.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal, NoReturn, TypeAlias, Union

from guanxi import _guanxi

__all__ = [
    "Aggregate",
    "Dates",
    "Expr",
    "First",
    "Formula",
    "Item",
    "Keys",
    "Order",
    "Param",
    "Select",
    "Value",
    "all_",
    "any_",
    "case_if",
    "coalesce",
    "col",
    "concat",
    "count",
    "cube",
    "dates",
    "figure",
    "first_reached",
    "greatest",
    "least",
    "lit",
    "none_",
    "now",
    "param",
    "periods_between",
    "prior_reached",
    "reached",
    "relevance",
    "rollup",
    "search",
    "select",
    "step",
    "step_name",
    "today",
]

_Json: TypeAlias = dict[str, Any]
Value: TypeAlias = Union[
    None, bool, int, Decimal, str, datetime.date, datetime.datetime, "_guanxi.Record", "Expr"
]
"""What may stand where an expression may: a value, or an expression."""


def _literal(x: object) -> Any:
    """A value in the JSON form."""
    if x is None or isinstance(x, (bool, str)):
        return x
    if isinstance(x, int):
        return x if abs(x) < 2**53 else {"integer": str(x)}
    if isinstance(x, Decimal):
        if not x.is_finite():
            raise ValueError(f"a query has no {x}; decimals of queries are finite")
        return {"decimal": format(x, "f")}
    if isinstance(x, datetime.datetime):
        if x.utcoffset() is None:
            raise ValueError("a datetime in a query needs a time zone")
        exact = x.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return {"instant": exact.isoformat() + "Z"}
    if isinstance(x, datetime.date):
        return {"date": x.isoformat()}
    if isinstance(x, _guanxi.Record):
        return {"id": str(x.id)}
    if isinstance(x, float):
        raise TypeError("a float is not exact; write Decimal('0.1')")
    raise TypeError(f"a query holds no {type(x).__name__}")


def _json(x: Value) -> Any:
    return x._json if isinstance(x, Expr) else _literal(x)


def _typed(x: Value) -> _Json:
    """The same as an object, to which `as` and the like can be added."""
    out = _json(x)
    if isinstance(out, dict):
        return out
    if out is None:
        return {"null": None}
    kind = "boolean" if isinstance(out, bool) else "integer" if isinstance(out, int) else "text"
    return {kind: out}


def _field(x: str | Expr) -> _Json:
    """A str names a field where a text makes no sense."""
    return {"path": x} if isinstance(x, str) else _typed(x)


class Expr:
    """An expression: a field, a value, or what is computed from them.

    Compare with ==, !=, <, <=, > and >=; join conditions with &, | and ~, in parentheses."""

    __slots__ = ("_json",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, content: _Json) -> None:
        self._json = content

    def __repr__(self) -> str:
        return f"{type(self).__name__}({json.dumps(self._json, ensure_ascii=False)})"

    def __bool__(self) -> NoReturn:
        raise TypeError("an expression is neither true nor false; join conditions with &, | and ~")

    def _chained(self, key: str, first: Any, second: Any) -> Expr:
        """One flat list for a chain, so that long filters do not nest."""
        parts: list[Any] = []
        for part in (first, second):
            chain = isinstance(part, dict) and part.keys() == {key}
            parts += part[key] if chain else [part]
        return Formula({key: parts})

    def _with(self, key: str, other: Value) -> Expr:
        return Formula({key: [self._json, _json(other)]})

    def _behind(self, key: str, other: Value) -> Expr:
        return Formula({key: [_json(other), self._json]})

    def __eq__(self, other: Value) -> Expr:  # type: ignore[override]
        return self.is_null() if other is None else self._with("eq", other)

    def __ne__(self, other: Value) -> Expr:  # type: ignore[override]
        return self.is_not_null() if other is None else self._with("ne", other)

    def __lt__(self, other: Value) -> Expr:
        return self._with("lt", other)

    def __le__(self, other: Value) -> Expr:
        return self._with("le", other)

    def __gt__(self, other: Value) -> Expr:
        return self._with("gt", other)

    def __ge__(self, other: Value) -> Expr:
        return self._with("ge", other)

    def __and__(self, other: Value) -> Expr:
        return self._chained("and", self._json, _json(other))

    def __rand__(self, other: Value) -> Expr:
        return self._chained("and", _json(other), self._json)

    def __or__(self, other: Value) -> Expr:
        return self._chained("or", self._json, _json(other))

    def __ror__(self, other: Value) -> Expr:
        return self._chained("or", _json(other), self._json)

    def __invert__(self) -> Expr:
        return Formula({"not": self._json})

    def __add__(self, other: Value) -> Expr:
        return self._with("add", other)

    def __radd__(self, other: Value) -> Expr:
        return self._behind("add", other)

    def __sub__(self, other: Value) -> Expr:
        return self._with("subtract", other)

    def __rsub__(self, other: Value) -> Expr:
        return self._behind("subtract", other)

    def __mul__(self, other: Value) -> Expr:
        return self._with("multiply", other)

    def __rmul__(self, other: Value) -> Expr:
        return self._behind("multiply", other)

    def __truediv__(self, other: Value) -> Expr:
        return self._with("divide", other)

    def __rtruediv__(self, other: Value) -> Expr:
        return self._behind("divide", other)

    def __neg__(self) -> Expr:
        return Formula({"negate": self._json})

    def is_null(self) -> Expr:
        return Formula({"is_null": self._json})

    def is_not_null(self) -> Expr:
        return Formula({"is_not_null": self._json})

    def is_in(self, these: Iterable[Value] | Param | Dates | Select) -> Expr:
        """Among values, a list given as a parameter, a range of dates, or the rows of a select."""
        return Formula({"in": [self._json, _set(these)]})

    def not_in(self, these: Iterable[Value] | Param | Dates | Select) -> Expr:
        return Formula({"not_in": [self._json, _set(these)]})

    def between(self, low: Value, high: Value) -> Expr:
        return (self >= low) & (self <= high)

    def like(self, pattern: str | Expr) -> Expr:
        """% is any run, _ any one character, \\ escapes; case and width are folded."""
        return self._with("like", pattern)

    def not_like(self, pattern: str | Expr) -> Expr:
        return self._with("not_like", pattern)

    def as_(self, name: str) -> Item:
        """The name that the column has in the answer."""
        return Item(self, name)

    alias = as_

    def asc(self) -> Order:
        return Order(self)

    def desc(self) -> Order:
        return Order(self, descending=True)

    def _call(self, name: str, *more: Value) -> Expr:
        return Formula({"call": name, "of": [self._json, *map(_json, more)]})

    def round(self, digits: int | Param = 0) -> Expr:
        """Half away from zero."""
        return self._call("round", digits)

    def bucket(self, *bounds: Decimal | int | Param) -> Expr:
        """The lower bound of what this lies in: of a width, or two or more rising boundaries."""
        return self._call("bucket", *bounds)

    def abs(self) -> Expr:
        return self._call("abs")

    __abs__ = abs

    def lower(self) -> Expr:
        return self._call("lower")

    def upper(self) -> Expr:
        return self._call("upper")

    def length(self) -> Expr:
        return self._call("length")

    def year(self) -> Expr:
        return self._call("year")

    def quarter(self) -> Expr:
        return self._call("quarter")

    def month(self) -> Expr:
        return self._call("month")

    def day(self) -> Expr:
        return self._call("day")

    def weekday(self) -> Expr:
        """1 Monday to 7 Sunday."""
        return self._call("weekday")

    def date(self) -> Expr:
        """Of an instant, in the calendar's time zone."""
        return self._call("date")

    def period(self, unit: str) -> Expr:
        """A label such as 2026-03 or FY2026-Q1; unit: month, fiscal_quarter and so on."""
        return Formula({"call": "period", "of": [self._json], "unit": unit})

    def convert(self, to: str | Param, *, at: Value = None, or_null: bool = False) -> Expr:
        """An amount in another currency: at today's rate or, with `at`, that of a date or of an
        instant's day. Where no rate is known it is an error or, with `or_null`, null."""
        call: _Json = {"call": "convert", "of": self._json, "to": _json(to)}
        if at is not None:
            call["at"] = _json(at)
        return Formula({**call, "else": None} if or_null else call)

    def coalesce(self, *others: Value) -> Expr:
        """This or, where it is null, the first of the others that is not."""
        return self._call("coalesce", *others)

    def nullif(self, other: Value) -> Expr:
        return self._call("nullif", other)

    def grouping(self) -> Expr:
        """1 where rollup or cube leave this key out, else 0."""
        return self._call("grouping")

    def running_sum(self) -> Expr:
        """Of this row of the answer and those before it."""
        return self._call("running_sum")

    def share(self) -> Expr:
        """Of the sum of all rows of the answer."""
        return self._call("share")

    def retention(self) -> Expr:
        """Over that of period 0; one key of group_by is periods_between(…)."""
        return self._call("retention")

    def conversion(self, n: int | Param | None = None) -> Expr:
        """Over that of a funnel's first step; with n, over that of the n-th step before."""
        return self._call("conversion") if n is None else self._looking_back("conversion", n, "step")

    def _looking_back(self, name: str, n: int | Param, unit: str) -> Expr:
        return Formula({"call": name, "of": [self._json], "n": _json(n), "unit": unit})

    def prior(self, n: int | Param, unit: str) -> Expr:
        """Of the group n units before, by its period: col("amount").sum().prior(1, "year").
        The unit of a funnel is "step"."""
        return self._looking_back("prior", n, unit)

    def delta(self, n: int | Param, unit: str) -> Expr:
        """This less its prior."""
        return self._looking_back("delta", n, unit)

    def _aggregate(self, name: str) -> Aggregate:
        return Aggregate({"aggregate": name, "of": _typed(self)})

    def count(self) -> Aggregate:
        """How many are not null."""
        return self._aggregate("count")

    def sum(self) -> Aggregate:
        return self._aggregate("sum")

    def avg(self) -> Aggregate:
        return self._aggregate("avg")

    mean = avg

    def min(self) -> Aggregate:
        return self._aggregate("min")

    def max(self) -> Aggregate:
        return self._aggregate("max")

    def median(self) -> Aggregate:
        return self._aggregate("median")

    def percentile(self, fraction: Decimal | int | Param) -> Aggregate:
        """The fraction is from 0 to 1, a Decimal or a parameter."""
        return Aggregate({"aggregate": "percentile", "of": _typed(self), "fraction": _json(fraction)})

    def first(self) -> First:
        """Of the record with the least of what it goes by: first().by("close_date")."""
        return First("first", self)

    def last(self) -> First:
        return First("last", self)


class Formula(Expr):
    """Every other expression. Kinds of expressions are siblings, since Python would turn round a
    comparison of one with an object of a subclass."""

    __slots__ = ()


class Aggregate(Expr):
    """An aggregate such as col("amount").sum()."""

    __slots__ = ()

    def filter(self, *conditions: Expr) -> Aggregate:
        """Over the records alone that meet the conditions, and those given before."""
        before = [Formula(self._json["filter"])] if "filter" in self._json else []
        return Aggregate({**self._json, "filter": _all_of(*before, *conditions)})

    def distinct(self) -> Aggregate:
        return Aggregate({**self._json, "distinct": True})


class First:
    """first() or last() of something, which still needs what it goes by."""

    __slots__ = ("_name", "_of")

    def __init__(self, name: str, of: Expr) -> None:
        self._name = name
        self._of = of

    def by(self, *keys: str | Expr) -> Aggregate:
        return Aggregate(
            {"aggregate": self._name, "of": _typed(self._of), "by": [_field(key) for key in keys]}
        )


class Param(Expr):
    """A parameter, whose value comes with the call of Session.query."""

    __slots__ = ()


class Item:
    """An expression, or a select of children, with its name in the answer."""

    __slots__ = ("_content",)

    def __init__(self, of: Expr | Select, name: str) -> None:
        self._content = {**(of._content if isinstance(of, Select) else _typed(of)), "as": name}


class Order:
    """A key of order_by."""

    __slots__ = ("_content",)

    def __init__(self, by: Expr, descending: bool = False, nulls: str | None = None) -> None:
        self._content = _typed(by)
        if descending:
            self._content = {**self._content, "desc": True}
        if nulls:
            self._content = {**self._content, "nulls": nulls}

    def _where_nulls(self, place: str) -> Order:
        out = Order.__new__(Order)
        out._content = {**self._content, "nulls": place}
        return out

    def nulls_first(self) -> Order:
        return self._where_nulls("first")

    def nulls_last(self) -> Order:
        return self._where_nulls("last")


class Keys:
    """rollup(…) or cube(…)."""

    __slots__ = ("_content",)

    def __init__(self, how: str, keys: tuple[str | Expr, ...]) -> None:
        self._content = {how: [_field(key) for key in keys]}


class Dates:
    """A range of dates behind is_in."""

    __slots__ = ("_content",)

    def __init__(self, word: str, n: int | Param | None = None) -> None:
        self._content: _Json = {"range": word}
        if n is not None:
            self._content["n"] = _json(n)


def _set(these: Iterable[Value] | Param | Dates | Select) -> Any:
    if isinstance(these, Param):
        return these._json
    if isinstance(these, Dates):
        return these._content
    if isinstance(these, Select):
        return these._content
    if isinstance(these, (str, bytes, Expr)):
        raise TypeError("is_in takes a list of values, a parameter, dates or a select")
    return [_json(x) for x in these]


def _all_of(*conditions: Expr) -> Any:
    if not conditions:
        raise TypeError("a condition is needed")
    parts = [_json(c) for c in conditions]
    return parts[0] if len(parts) == 1 else {"and": parts}


class Select:
    """A query; each clause gives a new one. Conditions add up, other clauses replace."""

    __slots__ = ("_content",)

    def __init__(self, content: _Json) -> None:
        self._content = content

    def _but(self, **clauses: Any) -> Select:
        return Select({**self._content, **clauses})

    def as_(self, name: str) -> Item:
        """As children among what another query selects: the name of their column."""
        return Item(self, name)

    def from_(self, entity: str) -> Select:
        return self._but(**{"from": entity})

    def with_archived(self) -> Select:
        return self._but(standing="with_archived")

    def archived(self) -> Select:
        return self._but(standing="archived")

    def deleted(self) -> Select:
        return self._but(standing="deleted")

    def scope(self, whose: Literal["all", "mine", "team"]) -> Select:
        """Whose records: everybody's, your own, or those of the roles below yours too."""
        return self._but(scope=whose)

    def as_of(self, moment: str | datetime.date | datetime.datetime | Param) -> Select:
        """As records were at an instant, or at the end of a day."""
        return self._but(as_of=_json(moment))

    def _and(self, clause: str, conditions: tuple[Expr, ...]) -> Select:
        before = [Formula(self._content[clause])] if clause in self._content else []
        return self._but(**{clause: _all_of(*before, *conditions)})

    def where(self, *conditions: Expr) -> Select:
        return self._and("where", conditions)

    def group_by(self, *keys: str | Expr | Keys) -> Select:
        return self._but(
            group_by=[key._content if isinstance(key, Keys) else _field(key) for key in keys]
        )

    def fill_gaps(self) -> Select:
        """Groups for the periods between that have no records; one key of group_by is a period."""
        return self._but(fill_gaps=True)

    def funnel(self, *steps: str | Expr | Item, **named: str | Expr) -> Select:
        """Groups of those that reached a step or a later one; steps are in order, each a condition,
        a date or an instant.

        .funnel(created=col("created_at"), won=any_("stage_visits", col("stage.is_won")))"""
        content = [step._content if isinstance(step, Item) else _field(step) for step in steps]
        content += [{**_field(step), "as": name} for name, step in named.items()]
        return self._but(funnel=content)

    def pivot(
        self,
        *figures: Expr | Item,
        of: str | Expr,
        values: Mapping[str, Value] | Iterable[str | int],
        **named: Expr,
    ) -> Select:
        """Columns for some values, each with all figures: values={"won": "Won"} names them.

        .pivot(col("amount").sum(), of="stage.name", values={"won": "Won", "lost": "Lost"})"""
        content = [x._content if isinstance(x, Item) else _typed(x) for x in figures]
        content += [Item(figure, name)._content for name, figure in named.items()]
        listed = (
            [{**_typed(value), "as": name} for name, value in values.items()]
            if isinstance(values, Mapping)
            else [_typed(value) for value in values]
        )
        return self._but(pivot={"figures": content, "for": _field(of), "in": listed})

    def having(self, *conditions: Expr) -> Select:
        return self._and("having", conditions)

    def order_by(self, *keys: str | Expr | Order) -> Select:
        return self._but(
            order_by=[key._content if isinstance(key, Order) else _field(key) for key in keys]
        )

    def limit(
        self, n: int | Param, *, per: str | Expr | Iterable[str | Expr] | None = None
    ) -> Select:
        """The first n rows; with `per`, of each value of that, besides a limit for all."""
        if per is None:
            return self._but(limit=_json(n))
        keys = [per] if isinstance(per, (str, Expr)) else list(per)
        return self._but(limit_per={"limit": _json(n), "per": [_field(key) for key in keys]})

    def after(self, cursor: str = "cursor") -> Select:
        """Pages of as many rows as the limit says: the one behind the cursor in this parameter."""
        return self._but(after={"parameter": cursor})

    def offset(self, n: int | Param) -> Select:
        return self._but(offset=_json(n))

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, as a dict."""
        out: dict[str, Any] = json.loads(self.to_json())
        return out

    def to_json(self) -> str:
        """The JSON form, as a text."""
        return _dumped({"version": 1, **self._content})

    def __str__(self) -> str:
        return _guanxi.statement_from_json(self.to_json())

    def __repr__(self) -> str:
        try:
            return f"<Select {self}>"
        except Exception as why:
            return f"<Select {self._content}: {why}>"


def _plain(x: object) -> Any:
    """What json cannot write itself, for JSON forms with Python values in them."""
    if isinstance(x, Expr):
        return x._json
    if isinstance(x, (Item, Order, Keys, Dates, Select)):
        return x._content
    if isinstance(x, Mapping):
        return dict(x)
    return _literal(x)


def _dumped(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, default=_plain)


def _json_text(query: object) -> str:
    """What Session.query takes besides text, as JSON: the native module asks for it."""
    if isinstance(query, Select):
        return query.to_json()
    if isinstance(query, Mapping):
        return _dumped(query)
    raise TypeError(
        f"a query is a str, a select(…) or a dict of the JSON form, not {type(query).__name__}"
    )


def select(*items: str | Expr | Item | Select, **named: Expr | Select) -> Select:
    """A query of fields, expressions and, by a select from their plural, children; "*" alone is
    every field. Keywords name columns."""
    if len(items) == 1 and isinstance(items[0], str) and items[0] == "*" and not named:
        return Select({"select": "*"})
    out = [item._content if isinstance(item, (Item, Select)) else _field(item) for item in items]
    out += [Item(expression, name)._content for name, expression in named.items()]
    return Select({"select": out})


def col(path: str) -> Expr:
    """A field, the field at the end of a path such as "owner.name", or a name given by as_."""
    return Formula({"path": path})


def lit(x: Value) -> Expr:
    """A value as an expression."""
    return Formula(_typed(x))


def param(name: str) -> Param:
    """The parameter :name."""
    return Param({"parameter": name})


def count(of: str | Expr | None = None) -> Aggregate:
    """count() of rows, or of those where something is not null."""
    return Aggregate({"aggregate": "count"} | ({} if of is None else {"of": _field(of)}))


def rollup(*keys: str | Expr) -> Keys:
    """Groups by all keys, by the first ones, down to all together."""
    return Keys("rollup", keys)


def cube(*keys: str | Expr) -> Keys:
    """Groups by every choice of the keys."""
    return Keys("cube", keys)


def dates(word: str, n: int | Param | None = None) -> Dates:
    """A range of dates behind is_in: dates("this_month"), dates("last_n_days", 7)."""
    return Dates(word, n)


def figure(of: Select) -> Expr:
    """What a select of children gives for each record, as a value:
    figure(select(col("close_date").min()).from_("opportunities"))."""
    return Formula({"figure": of._content})


def periods_between(first: str | Expr, last: str | Expr, unit: str) -> Expr:
    """How many periods of the calendar lie between, from that of the first to that of the last;
    unit: month, fiscal_quarter and so on. A str names a field."""
    return Formula({"call": "periods_between", "of": [_field(first), _field(last)], "unit": unit})


def step() -> Expr:
    """The number of a funnel's step, from 1."""
    return Formula({"call": "step"})


def step_name() -> Expr:
    """The name of a funnel's step."""
    return Formula({"call": "step_name"})


def reached() -> Expr:
    """When a record reached the step of its funnel, inside an aggregate."""
    return Formula({"call": "reached"})


def prior_reached() -> Expr:
    """When it reached the step before; null at the first."""
    return Formula({"call": "prior_reached"})


def first_reached() -> Expr:
    """When it reached the first step."""
    return Formula({"call": "first_reached"})


def any_(children: str, condition: Expr) -> Expr:
    """Whether one of the children meets the condition: any_("account.contacts", …)."""
    return Formula({"any": children, "where": _json(condition)})


def all_(children: str, condition: Expr) -> Expr:
    """Whether each of the children meets it; of no children, too."""
    return Formula({"all": children, "where": _json(condition)})


def none_(children: str, condition: Expr) -> Expr:
    """Whether none of the children meets it."""
    return Formula({"none": children, "where": _json(condition)})


def case_if(condition: Expr, then: Value, otherwise: Value) -> Expr:
    """The language's if(); a condition that is unknown counts as not met."""
    return Formula({"call": "if", "of": [_json(condition), _json(then), _json(otherwise)]})


def coalesce(*values: Value) -> Expr:
    """The first that is not null."""
    return Formula({"call": "coalesce", "of": [_json(x) for x in values]})


def least(*values: Value) -> Expr:
    """The least of those that are not null."""
    return Formula({"call": "least", "of": [_json(x) for x in values]})


def greatest(*values: Value) -> Expr:
    """The greatest of those that are not null."""
    return Formula({"call": "greatest", "of": [_json(x) for x in values]})


def concat(*texts: str | Expr) -> Expr:
    """One text after another."""
    return Formula({"call": "concat", "of": [_json(x) for x in texts]})


def search(typed: str | Expr, *texts: str | Expr) -> Expr:
    """Whether all words typed are found in the texts (a str names a field), without texts in the
    searchable fields."""
    return Formula({"call": "search", "of": [_json(typed), *map(_field, texts)]})


def relevance(typed: str | Expr, *texts: str | Expr) -> Expr:
    """How well the words typed are found, 0 where one is not."""
    return Formula({"call": "relevance", "of": [_json(typed), *map(_field, texts)]})


def today() -> Expr:
    """The date in the calendar's time zone."""
    return Formula({"call": "today"})


def now() -> Expr:
    """The instant of the query."""
    return Formula({"call": "now"})
