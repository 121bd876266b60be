"""How queries would be answered, conditions on children, and whose records they are about."""

import guanxi
import pytest


def test_the_shape_of_a_query(s, people):
    shape = s.explain_query("select name from account where industry = :i and owner.name = 'x'",
                            i="it")
    assert shape["store"] == "sqlite" and shape["division"] == "store"
    assert [c["verdict"] for c in shape["conditions"]] == ["exact", "exact"]
    assert any("account" in line for line in shape["access"])
    assert shape["guards"][0] == {"entity": "account", "reach": "all"}
    assert "owner = " in s.explain_query("select id from account", login="li")["guards"][0]["reach"]


def test_it_is_for_administrators(crm, people):
    with crm.as_user("li") as li, pytest.raises(guanxi.Permission):
        li.explain_query("select name from account")


def test_children_and_scopes(crm, s, people):
    with crm.as_user("li") as li:
        acme = li.create("account", name="Acme")
        li.create("contact", name="Chen", account=acme, job_title="CEO")
        li.create("account", name="Bare")
        names = "select name from account where {} order by name"
        assert li.query(names.format("any(contacts: job_title = :t)"), t="CEO")[0].name == "Acme"
        assert li.query(names.format("none(contacts: true)"))[0].name == "Bare"
        assert len(li.query("select name from account scope mine")) == 2
    with crm.as_user("wang") as wang:
        assert len(wang.query("select name from account scope team")) == 0
    with pytest.raises(guanxi.Query, match="did you mean `contacts`"):
        s.query("select name from account where any(contcts: true)")
