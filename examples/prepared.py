"""A query that is read once and run often."""

import guanxi

with guanxi.open(":memory:") as crm, crm.as_user("admin") as s:
    s.create("account", name="Acme", employees=250)
    s.create("account", name="Bolt", employees=7)
    large = guanxi.prepare("select name from account where employees > :least")
    assert [row.name for row in s.query(large, least=100)] == ["Acme"]
    assert len(s.query(large, least=1)) == 2
    print(large.parameters)
