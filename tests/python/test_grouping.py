"""Totals, percentiles and figures over the answer, from Python."""

from datetime import date
from decimal import Decimal

import guanxi
import pytest


@pytest.fixture
def deals(s, pipeline):
    for name, source, amount, day in (("A", "web", "10.00", 3), ("B", "web", "30.00", 1),
                                      ("C", None, "20.00", 2)):
        s.create("opportunity", name=name, source=source, stage=pipeline.talks, amount=Decimal(amount),
                 close_date=date(2026, 1, day))
    return s


def test_totals_are_told_from_null_keys(deals):
    result = deals.query("select source, grouping(source) as total, count() as n, "
                         "sum(amount) as amount from opportunity group by rollup(source)")
    assert [tuple(r) for r in result] == [(None, 0, 1, Decimal("20.00")),
                                          ("web", 0, 2, Decimal("40.00")),
                                          (None, 1, 3, Decimal("60.00"))]


def test_percentiles_take_a_parameter(deals):
    text = "select percentile(amount, :p) as p from opportunity"
    assert deals.query(text, p=Decimal("0.25"))[0].p == Decimal("15.0000")
    assert deals.query(text, p=1)[0].p == Decimal("30.000")
    with pytest.raises(guanxi.Query, match="from 0 to 1.*`2`") as refusal:
        deals.query(text, p=2)
    assert refusal.value.offset == text.index(":p")


def test_first_and_last(deals):
    row = deals.query("select first(name by close_date) as f, last(name by amount) as l "
                      "from opportunity")[0]
    assert (row.f, row.l) == ("B", "B")


def test_figures_over_the_answer(deals):
    result = deals.query("select name, round(share(sum(amount)), 2) as part, "
                         "running_sum(sum(amount)) as so_far from opportunity "
                         "group by name order by name")
    assert [r.part for r in result] == [Decimal("0.17"), Decimal("0.50"), Decimal("0.33")]
    assert [r.so_far for r in result] == [Decimal("10.00"), Decimal("40.00"), Decimal("60.00")]
    first = deals.query("select name from opportunity order by amount desc limit 1 per source")
    assert [r.name for r in first] == ["B", "C"]
