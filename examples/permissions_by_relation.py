"""Access that goes by other records: parents that control, visible children, a queue, a territory."""

import guanxi

with guanxi.open(":memory:") as crm, crm.as_user("admin") as admin:
    standard = admin.query("select id from permission_set where name = 'Standard user'")[0].id

    def hire(login, role=None):
        user = admin.create("user", login=login, name=login, role=role)
        admin.create("permission_assignment", user=user, permission_set=standard)
        return user

    managers = admin.create("role", name="Account managers")
    li, wang, zhao = hire("li", managers), hire("wang"), hire("zhao")
    with crm.as_user("li") as s:
        acme = s.create("account", name="Acme", city="Oslo")
        tea = s.create("account", name="Tea", city="上海")
    with crm.as_system("import") as s:
        ada = s.create("contact", name="Ada", account=acme, owner=wang)
        lu = s.create("contact", name="Lu", account=tea, owner=zhao)

    def accounts(login):
        with crm.as_user(login) as s:
            return [row.name for row in s.query("select name from account order by id")]

    def contacts(login):
        with crm.as_user(login) as s:
            return [row.name for row in s.query("select name from contact order by id")]

    # Who has a contact reads the account that it belongs to.
    shown = admin.create("implied_access", {"entity": "contact", "field": "account"})
    assert accounts("wang") == ["Acme"] and accounts("zhao") == ["Tea"]
    admin.delete(shown)

    # Who owns an account edits its contacts, in a role for which that is said.
    admin.create("implied_access", {"entity": "contact", "field": "account"},
                 kind="by_parent", role=managers, level="edit")
    assert contacts("li") == ["Ada", "Lu"]

    # Contacts controlled by their accounts: who owns one has nothing of it.
    control = admin.create("sharing_default", {"entity": "contact"}, level="controlled_by_parent",
                           parent="account")
    assert contacts("li") == ["Ada", "Lu"] and contacts("wang") == []
    admin.create("record_share", {"entity": "account", "record": acme.id}, user=wang)
    assert contacts("wang") == ["Ada"]
    assert [r.code for r in admin.explain_for("wang", "read", ada).reasons] == ["parent"]

    # A queue: its holder owns what waits, and its members have it.
    holder = hire("queue.first_line")
    queue = admin.create("queue", name="First line", holder=holder)
    admin.create("queue_member", queue=queue, user=zhao)
    ticket = admin.create("ticket", subject="It does not start", owner=holder)
    with crm.as_user("zhao") as s:
        assert [row.subject for row in s.query("select subject from ticket")] == ["It does not start"]
        s.change(ticket, owner=zhao)

    # Territories: a tree, with the accounts that meet a condition.
    asia = admin.create("territory", name="Asia", level="edit")
    admin.create("territory", name="China", parent=asia, criteria="city = '上海'")
    admin.create("territory_member", territory=asia, user=zhao)
    assert accounts("zhao") == ["Tea"]
    assert [r.code for r in admin.explain_for("zhao", "edit", tea).reasons] == ["territory"]
