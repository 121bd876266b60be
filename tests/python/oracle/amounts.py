"""What an amount is worth in another currency."""

import decimal

EXACT = decimal.Context(prec=120, rounding=decimal.ROUND_HALF_UP)
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
