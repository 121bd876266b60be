"""Deleting, restoring, putting away and erasing from Python."""

import datetime
import pathlib

import guanxi

pathlib.Path("deleting_py.gx").unlink(missing_ok=True)
with guanxi.open("deleting_py.gx") as shop, shop.as_user("admin") as s:
    acme = s.create("account", name="Acme")
    s.create("contact", name="李雷", account=acme)

    s.delete(acme)  # and the contact with it
    for row in s.query("select name, deletion_batch, modified_at from account deleted"):
        print(row.name, "was deleted at", row.modified_at)
        print(s.restore_batch(row.deletion_batch), "came back")  # 2 came back

    s.archive("account", acme.id)
    assert len(s.query("select name from account")) == 0
    s.unarchive("account", acme.id)

    s.delete("account", acme.id)
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
    print(s.purge(before=soon))  # {'purged': 2, 'kept': 0, 'complete': True}
assert soon.tzinfo
