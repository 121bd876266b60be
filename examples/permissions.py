"""Who sees and does what: roles, a group, rules, a share and a restriction of a small company."""

import guanxi

with guanxi.open(":memory:") as crm, crm.as_user("admin") as admin:
    standard = admin.query("select id from permission_set where name = 'Standard user'")[0].id

    def hire(login, role):
        user = admin.create("user", login=login, name=login, role=role)
        admin.create("permission_assignment", user=user, permission_set=standard)
        return user

    director = admin.create("role", name="Director")
    sales = admin.create("role", name="Sales", parent=director)
    service = admin.create("role", name="Service", parent=director)
    hire("wei", director), hire("li", sales)
    wang, zhao = hire("wang", service), hire("zhao", None)

    with crm.as_user("li") as s:
        acme = s.create("account", name="Acme", city="Oslo")
        tea = s.create("account", name="Tea", city="上海", industry="defence")

    def accounts(login):
        with crm.as_user(login) as s:
            return [row.name for row in s.query("select name from account order by id")]

    # Owners see what is theirs, and those above them see it too; nobody else does.
    assert accounts("li") == accounts("wei") == ["Acme", "Tea"]
    assert accounts("wang") == []

    # An owner rule: who is in Service reads what anybody in Sales owns.
    rule = admin.create("sharing_rule", {"entity": "account"}, name="Service reads accounts of Sales",
                        owned_by_role=sales, with_role=service, level="read")
    assert accounts("wang") == ["Acme", "Tea"]
    admin.delete(rule)
    assert accounts("wang") == []

    # A criteria rule, for a group: who watches Oslo edits the accounts there.
    oslo = admin.create("user_group", name="Oslo watch")
    admin.create("group_member", user_group=oslo, user=zhao)
    admin.create("sharing_rule", {"entity": "account"}, name="Oslo",
                 criteria="city = 'Oslo'", with_group=oslo, level="edit")
    assert accounts("zhao") == ["Acme"]

    # One record, shared by hand.
    admin.create("record_share", {"entity": "account", "record": tea.id}, user=wang)
    assert accounts("wang") == ["Tea"]

    # A restriction binds everybody, administrators too.
    limit = admin.create("restriction_rule", {"entity": "account"}, name="Civil customers only",
                         criteria="industry is null or industry != 'defence'")
    assert [accounts(login) for login in ("li", "wang", "admin")] == [["Acme"], [], ["Acme"]]

    # Why, and why not.
    for login in ("wang", "zhao"):
        for account in (acme, tea):
            why = admin.explain_for(login, "read", account)
            print(login, account.id, why.allowed, [reason.text() for reason in why.reasons])
    assert [r.code for r in admin.explain_for("wang", "read", tea).reasons] == ["restriction"]
    assert [r.code for r in admin.explain_for("zhao", "edit", acme).reasons] == ["criteria_rule"]
    admin.delete(limit)
    assert accounts("wang") == ["Tea"]

    # A new owner ends what the old one shared.
    admin.change(tea, owner=zhao)
    assert accounts("wang") == []
