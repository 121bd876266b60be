"""A lead becomes a customer, a customer's timeline, and a forecast."""

import pathlib
from decimal import Decimal

import guanxi

pathlib.Path("actions_py.gx").unlink(missing_ok=True)
with guanxi.open("actions_py.gx") as shop, shop.as_user("admin") as s:
    sales = s.create("pipeline", name="Sales")
    s.create("stage", name="Talk", pipeline=sales, probability=Decimal(20))
    fang = s.create("lead", name="王芳", company="Lotus", phone="555")

    convert = s.actions.lead.convert
    print(convert.preview(lead=fang))  # a row for each field that would be written
    made = convert(lead=fang)[0]
    print(made.account, made.contact, made.opportunity)

    s.create("activity", subject="Hello", type="call", contact=made.contact)
    for event in s.actions.account.timeline(record=made.account, limit=20):
        print(event.at, event.event, event.title)

    s.change("opportunity", made.opportunity, amount=Decimal(1000))
    figures = {row.measure: row.amount for row in s.actions.opportunity.forecast()}
    assert figures["weighted"] == Decimal(200)

    try:
        convert(lead=fang)
    except guanxi.Validation as why:
        print(why)  # this `lead` is converted already, and that happens once
