"""A list that a person scrolls: page after page, while others write."""

import guanxi

with guanxi.open(":memory:") as crm, crm.as_user("admin") as s:
    for name in ("Acme", "Bolt", "Cedar", "长城", "Delta"):
        s.create("account", name=name)
    query = "select id, name from account order by name limit 2 after :cursor"
    first = s.query(query, cursor=None)
    assert [row.name for row in first] == ["Acme", "Bolt"]
    s.create("account", name="Aaron")  # above what is on the screen: nothing moves
    second = s.query(query, cursor=first.next_page)
    assert [row.name for row in second] == ["Cedar", "Delta"]
    print("changed meanwhile:", s.last_change() > second.since)
    for page in s.pages(query):  # or all of them, each when it is wanted
        print(page)
