"""The change log: history of a field, a feed with a cursor, records as they were, and pruning."""

import guanxi

with guanxi.open("changes.gx") as crm, crm.as_user("admin") as s:
    start = s.last_change()
    acme = s.create("account", name="Acme")
    then = s.last_change()
    s.change(acme, city="Wuhan")

    for entry in s.history(acme, "city"):
        print(entry.at, entry.user, entry.fields["city"])

    for change in s.changes("erp", entities=["account"], start_after=start):
        print(change.sequence, change.action, change.entity, change.record, change.fields)

    was = s.get("account", acme.id, as_of=then)
    before = s.query("select name from account where city = 'Wuhan'", as_of=then)
    assert (was.revision, len(before)) == (1, 0)

    s.prune_changes(up_to=then)
    try:
        s.get("account", acme.id, as_of=start)
    except guanxi.Store as gone:
        assert gone.name == "pruned"
