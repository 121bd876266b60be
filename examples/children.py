"""Customers with their people and deals, in one query."""

import guanxi
from guanxi import count, select

with guanxi.open(":memory:") as crm, crm.as_user("admin") as s:
    acme = s.create("account", name="Acme")
    for name in ("Ann", "Bob", "张三"):
        s.create("contact", name=name, account=acme)
    [row] = s.query(
        "select name, (select name from contacts order by name limit 2) as people, "
        "(select count() from contacts) as n from account"
    )
    assert [person.name for person in row.people] == ["Ann", "Bob"] and row.n == 3
    assert row.to_dict() == {"name": "Acme", "people": [{"name": "Ann"}, {"name": "Bob"}], "n": 3}
    same = select(
        "name",
        select("name").from_("contacts").order_by("name").limit(2).as_("people"),
        select(count()).from_("contacts").as_("n"),
    ).from_("account")
    print(s.query(same).to_json())
