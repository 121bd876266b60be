"""What an amount is worth in another currency."""

import decimal

from oracle.values import EXACT, Fault, rounded, walk

TARGETS = ["USD", "EUR", "CNY"]  # that have rates from the first day on


def worth(rates, code, base, day):
    """Of one unit in the base currency, if it is known; a rate holds until the next."""
    if code == base:
        return decimal.Decimal(1)
    known = [rate for rate in rates if rate["currency"] == code and rate["valid_from"] <= day]
    return max(known, key=lambda rate: rate["valid_from"])["rate"] if known else None


def converted(amount, own, to, rates, day, base="USD"):
    """Not rounded; None without a rate. An amount's own currency needs none."""
    if own is not None and own == to:
        return amount
    if own is None or day is None:
        return None
    gives, takes = worth(rates, own, base, day), worth(rates, to, base, day)
    if gives is None or takes is None:
        return None
    return EXACT.divide(EXACT.multiply(amount, gives), takes)


class Conversion:
    """The part of an interpreter that converts amounts."""

    def do_convert(self, node, at, digits=None):
        _, amount, to, day, or_null = node
        value = self.value(amount, at)
        if value is None:
            return None
        own = next(part[1] for part in walk(amount) if part[0] == "path")
        value = converted(value, self.do_path(("path", (*own[:-1], "currency")), at), to[2],
                          self.records.get("exchange_rate", {}).values(),
                          self.day(self.value(day, at)) if day else self.today)
        if value is None and not or_null:
            raise Fault("missing_rate")
        digits = self.type_of(node, at)[0] if digits is None else digits
        return None if value is None else self.fits(rounded(value, digits), node, at)
