"""A statement's tree as text and parameters, with no more parentheses than the grammar asks for."""

import datetime
from decimal import Decimal

OR, AND, NOT, COMPARED, SUM, PRODUCT, UNARY, PRIMARY = range(8)
LEVELS = {"or": OR, "and": AND, "not": NOT, "+": SUM, "-": SUM, "span": SUM, "*": PRODUCT, "/": PRODUCT,
          "negative": UNARY, **dict.fromkeys(
              ("=", "!=", "<>", "<", "<=", ">", ">=", "is_null", "in_list", "in_select", "in_range",
               "like", "between"), COMPARED)}
WORDS = {"select", "from", "where", "group", "by", "order", "limit", "having", "in", "not", "null",
         "date", "today", "count", "any", "as", "deleted", "per", "true", "is"}


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


class Printer:
    def __init__(self):
        self.parameters = {}

    def word(self, word):
        return f'"{word}"' if word in WORDS else word

    def parameter(self, value):
        for name, other in self.parameters.items():
            if type(other) is type(value) and str(other) == str(value):
                return ":" + name
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return ":" + name

    def literal(self, node):
        _, kind, value, style = node
        if style == "parameter":
            return self.parameter(value)
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        if isinstance(value, datetime.datetime):
            text = quoted(value.isoformat().replace("+00:00", "Z"))
            return text if style == "bare" else "instant " + text
        if isinstance(value, datetime.date):
            return ("" if style == "bare" else "date ") + quoted(value.isoformat())
        return quoted(value) if isinstance(value, str) else f"{value:f}" \
            if isinstance(value, Decimal) else str(value)

    def at(self, level, node):
        own = LEVELS.get(node[0], PRIMARY)
        if node[0] == "lit" and isinstance(node[2], (int, Decimal)) and node[2] < 0:
            own = UNARY if node[3] != "parameter" else PRIMARY
        text = self.text(node)
        return text if own >= level else f"({text})"

    def listed(self, nodes):
        return ", ".join(self.text(node) for node in nodes)

    def text(self, node):
        kind = node[0]
        if kind == "lit":
            return self.literal(node)
        if kind == "path":
            return ".".join(self.word(word) for word in node[1])
        if kind == "unit":
            return node[1]
        if kind in ("or", "and", "+", "-", "*", "/", "span"):
            own, sign = LEVELS[kind], "-" if kind == "span" else kind
            return f"{self.at(own, node[1])} {sign} {self.at(own + 1, node[2])}"
        if kind == "not":
            return "not " + self.at(COMPARED, node[1])
        if kind == "negative":
            return "-" + self.at(PRIMARY, node[1])
        if LEVELS.get(kind) == COMPARED:
            return self.at(SUM, node[1]) + " " + self.compared(node)
        if kind == "children":
            _, which, prefix, plural, condition = node[0], node[1], node[2], node[6], node[5]
            path = ".".join(self.word(word) for word in (*prefix, plural))
            return f"{which}({path}: {self.text(condition)})"
        if kind == "aggregate":
            return self.aggregate(node)
        if kind == "figure":
            path = ".".join(self.word(word) for word in (*node[1], node[4]))
            return f"({self.query(node[5], path)})"
        if kind in ("conversion", "prior_step", "delta_step") and len(node) > 2:
            name, word = kind.removesuffix("_step"), "prior " * (kind != "prior_step")
            return f"{name}({self.text(node[1])}, {word}{self.text(node[2])} step)"
        if kind in ("prior", "delta"):
            word = "prior " * (kind == "delta")
            return f"{kind}({self.text(node[1])}, {word}{self.text(node[2])} {node[3]})"
        if kind == "convert":
            _, amount, to, day, or_null = node
            return f"convert({self.text(amount)}, {self.text(to)}" + (
                f", at {self.text(day)}" if day else "") + ", else null" * or_null + ")"
        name = node[1] if kind == "call" else kind
        return f"{name}({self.listed(node[2] if kind == 'call' else node[1:])})"

    def compared(self, node):
        kind = node[0]
        negated = "not " if node[-1] is True else ""
        if kind == "is_null":
            return f"is {negated}null"
        if kind == "in_list":
            if node[2] and node[2][0][3] == "parameter":
                return f"{negated}in {self.parameter([part[2] for part in node[2]])}"
            return f"{negated}in ({self.listed(node[2])})"
        if kind == "in_select":
            return f"{negated}in ({self.query(node[2])})"
        if kind == "in_range":
            return f"{negated}in {node[2]}" + (f"({self.text(node[3])})" if node[3] else "")
        if kind == "like":
            return f"{negated}like {self.at(SUM, node[2])}"
        if kind == "between":
            return f"{negated}between {self.at(SUM, node[2])} and {self.at(SUM, node[3])}"
        return f"{kind} {self.at(SUM, node[2])}"

    def aggregate(self, node):
        _, name, args, by, distinct, condition = node
        text = f"{name}({'distinct ' if distinct else ''}{self.listed(args)}"
        text += f" by {self.listed(by)})" if by else ")"
        return text + (f" filter (where {self.text(condition)})" if condition else "")

    def order(self, key):
        expression, descending, nulls = key
        return self.text(expression) + " desc" * descending + (f" nulls {nulls}" if nulls else "")

    def group(self, group):
        kind, keys = group
        return self.listed(keys) if kind == "plain" else f"{kind}({self.listed(keys)})"

    def items(self, some):
        return ", ".join(self.text(item) + (f" as {self.word(alias)}" if alias else "")
                         for item, alias in some)

    def query(self, query, children=None):
        items = self.items(query.items)
        parts = [f"select {'*' if query.star else items} from {children or query.entity}"]
        if query.standing != "current":
            parts.append(query.standing)
        if query.scope != "all":
            parts.append("scope " + query.scope)
        if query.as_of is not None:
            parts.append("as of " + self.literal(query.as_of))
        if query.where is not None:
            parts.append("where " + self.text(query.where))
        if query.groups:
            parts.append("group by " + ", ".join(map(self.group, query.groups)))
        if query.fill:
            parts.append("fill gaps")
        if query.funnel:
            parts.append(f"funnel ({self.items(query.funnel)})")
        if query.pivot is not None:
            figures, of, values = query.pivot
            parts.append(f"pivot ({self.items(figures)}) for {self.at(SUM, of)} "
                         f"in ({self.items(values)})")
        if query.having is not None:
            parts.append("having " + self.text(query.having))
        if query.order:
            parts.append("order by " + ", ".join(map(self.order, query.order)))
        if query.per:
            parts.append(f"limit {self.text(query.per[0])} per {self.listed(query.per[1])}")
        if query.limit is not None:
            parts.append("limit " + self.text(query.limit))
        if query.offset is not None:
            parts.append("offset " + self.text(query.offset))
        return " ".join(parts)


def printed(query):
    """The text of a statement, and what its parameters stand for."""
    printer = Printer()
    return printer.query(query), printer.parameters
