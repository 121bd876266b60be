"""What the language does with values: exact numbers, texts without case and width, three truths."""

import decimal
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

EXACT = decimal.Context(prec=120, rounding=decimal.ROUND_HALF_UP)


class Fault(Exception):
    """Has the code of the error that a statement ends in."""


def walk(node):
    """A node and all below it that speak of the same record."""
    if isinstance(node, tuple) and node and isinstance(node[0], str):
        yield node
        if node[0] not in ("children", "lit", "path", "figure"):
            yield from walk(node[1:])
    elif isinstance(node, (tuple, list)):
        for part in node:
            yield from walk(part)


def filtered(node, condition):
    """The figure over those records alone of which a condition is true."""
    if not isinstance(node, tuple) or not node or node[0] == "lit":
        return node
    if node[0] == "aggregate":
        return (*node[:5], condition if node[5] is None else ("and", node[5], condition))
    return tuple(filtered(part, condition) for part in node)


def is_constant(node):
    return node[0] not in ("lit", "path", "unit", "aggregate", "figure") and \
        not any(part[0] in ("path", "figure") for part in walk(node))


def fold(text):
    """Without case and width."""
    wide = ("<wide>", "<narrow>")
    return "".join(unicodedata.normalize("NFKC", c) if unicodedata.decomposition(c).startswith(wide)
                   else c for c in text).casefold()


@lru_cache(maxsize=200)
def like_pattern(pattern):
    parts = re.findall(r"\\.|.|\\", fold(pattern), re.DOTALL)
    return re.compile("".join({"%": ".*", "_": "."}.get(part, re.escape(part[-1]))
                              for part in parts), re.DOTALL)


def rounded(number, digits):
    return Decimal(number).quantize(Decimal(1).scaleb(-digits), context=EXACT)


def quotient(left, right, digits):
    if left is None or right is None or right == 0:
        return None
    return rounded(EXACT.divide(Decimal(left), Decimal(right)), digits)


def both(left, right):
    """`and` of three values; `or` is its mirror."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def opposite(value):
    return None if value is None else not value


def bucket(number, bounds, digits):
    """The greatest multiple of the width, or the greatest of the boundaries, that is not above."""
    if number is None:
        return None
    if len(bounds) > 1:
        found = max((bound for bound in bounds if bound <= number), default=None)
    else:
        times = EXACT.divide(Decimal(number), Decimal(bounds[0]))
        times = times.to_integral_value(decimal.ROUND_FLOOR)
        found = EXACT.multiply(times, Decimal(bounds[0]))
    if found is None or isinstance(number, int):
        return found if found is None else int(found)
    return rounded(found, digits)


def digits_of_percentile(node, scales):
    p = Decimal(node[2][1][2] if node[1] == "percentile" else "0.5")
    return min(18, scales[0] + max(1, -p.normalize().as_tuple().exponent))
