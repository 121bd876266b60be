"""Leads come in twice and are given to a team in turn."""

import pathlib

import guanxi

pathlib.Path("assignment_py.gx").unlink(missing_ok=True)
with guanxi.open("assignment_py.gx") as shop, shop.as_user("admin") as s:
    team = s.create("user_group", name="Inside sales")
    for login in ("li", "wang"):
        user = s.create("user", login=login, name=login)
        standard = s.query("select id from permission_set where name = 'Standard user'")[0].id
        s.create("permission_assignment", user=user, permission_set=standard)
        s.create("group_member", user_group=team, user=user)
    s.create("assignment_rule", {"entity": "lead"}, name="All", method="round_robin",
             user_group=team)

    for _ in range(2):  # a form that is sent twice
        got = s.actions.lead.capture(key="form-4711", name="王芳", company="Lotus", source="web")[0]
        print(got.lead, got.created)

    s.actions.lead.capture(key="form-4712", name="李雷")
    owners = s.query("select owner.login as login from lead order by id")
    assert [row.login for row in owners] == ["li", "wang"]
