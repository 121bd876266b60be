"""Queries built from Python values: nothing is pasted into text."""

from decimal import Decimal

import guanxi
from guanxi import col, count, select

with guanxi.open(":memory:") as crm, crm.as_user("admin") as s:
    sales = s.create("pipeline", name="Sales")
    talks = s.create("stage", name="Talks", pipeline=sales)
    won = s.create("stage", {"class": "won"}, name="Won", pipeline=sales)
    acme = s.create("account", name="Acme")
    for i in range(1, 7):
        s.create("opportunity", name="Tills", account=acme, stage=talks if i % 2 else won,
                 amount=Decimal(500 * i), currency="USD")

    is_won = col("stage.is_won")
    best = (
        select(
            col("account.name").as_("customer"),
            won=col("amount").sum().filter(is_won),
            deals=count(),
        )
        .from_("opportunity")
        .where((col("currency") == "USD") & (col("amount") >= 1000))
        .group_by("customer")
        .having(count().filter(is_won) > 0)
        .order_by(col("won").desc().nulls_last())
        .limit(10)
    )
    print(best)
    found = s.query(best)
    assert [tuple(row) for row in found] == [("Acme", Decimal("6000.00"), 5)]

    # A query is a value; more clauses give another one.
    large = best.where(col("amount") > Decimal("2000.00"))
    assert s.query(large)[0].deals == 2 and s.query(best)[0].deals == 5

    # The same as a dict, for who keeps it as JSON.
    assert str(guanxi.statement_from_json(best.to_dict())) == str(best)
    assert s.query(best.to_dict())[0].deals == 5
