"""Several writes as one, several reads of one moment, and tables as records."""

import polars

import guanxi

with guanxi.open("transactions.gx") as crm, crm.as_user("admin") as s:
    with s.transaction():
        acme = s.create("account", name="Acme")
        try:
            with s.savepoint():
                s.create("account", city="a place without a name")
        except guanxi.Validation:
            pass  # undone alone; the transaction goes on

    with crm.as_user("admin") as other:
        other.change("account", acme.id, city="Wuhan")
    try:
        s.change(acme, name="Acme Ltd")
    except guanxi.Conflict as conflict:
        print(conflict.stored.city, "stands,", conflict.wanted.name, "was wanted")
        s.change(conflict.stored, name="Acme Ltd")

    frame = polars.DataFrame({"name": ["Alder", "Birch"], "employees": [12, None]})
    ids = s.put_table("account", frame, cause="first list")

    with s.reading():
        accounts = len(s.query("select id from account"))
        deals = len(s.query("select id from opportunity"))  # of the same moment
    s.delete_many("account", ids)
    print(accounts, "accounts,", deals, "deals")
    assert (accounts, deals) == (3, 0)
