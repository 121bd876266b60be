"""The catalog, and fields and entities made at run time."""

from decimal import Decimal

import guanxi
import pytest


def test_the_catalog_tells_of_entities_and_fields(s):
    deal = s.catalog["opportunity"]
    assert (deal.label(), deal.label("zh"), deal.plural()) == ("Opportunity", "商机", "Opportunities")
    amount = deal["amount"]
    assert (amount.name, amount.kind, amount.scale) == ("amount", "money", 2)
    assert amount.label("zh") == "金额"
    assert deal["stage"].required and deal["stage"].target == "stage"
    assert deal["id"].system and not amount.system and not amount.custom
    codes = [choice.code for choice in s.catalog["ticket"]["status"].choices]
    assert codes[0] == "new"
    assert s.catalog["ticket"]["status"].choices[0].label("zh") == "新建"
    assert "account" in s.catalog and "nonsense" not in s.catalog and 3 not in s.catalog
    assert {e.name for e in s.catalog} >= {"account", "contact", "lead", "opportunity", "ticket"}
    assert not any(e.name.startswith("gx_") for e in s.catalog)
    assert [f.name for f in deal][:2] == ["id", "revision"]
    with pytest.raises(KeyError, match="did you mean `amount`"):
        deal["amout"]
    with pytest.raises(KeyError, match="did you mean `account`"):
        s.catalog["acount"]
    with pytest.raises(ValueError, match="language"):
        deal.label("fr")


def test_a_custom_field_is_a_field_like_others(s, pipeline):
    s.define_field("opportunity", {"name": "x_margin", "type": "money",
                                   "label": {"en": "Margin", "zh": "毛利"}})
    field = s.catalog["opportunity"]["x_margin"]
    assert field.custom and field.label("zh") == "毛利"
    deal = s.create("opportunity", name="Tills", stage=pipeline.talks, x_margin=Decimal("3.50"))
    assert deal.x_margin == Decimal("3.50")
    deal = s.change(deal, x_margin=4)
    total = s.query("select sum(x_margin) as total from opportunity where x_margin > 3")
    assert total[0].total == 4
    assert s.history(deal)[-1].fields["x_margin"] == (Decimal("3.50"), Decimal("4.00"))


def test_a_custom_entity_is_an_entity_like_others(crm, s):
    s.define_entity({"name": "x_visit", "label": {"en": "Visit", "zh": "拜访"}, "fields": [
        {"name": "subject", "type": "text", "title": True, "required": True},
        {"name": "account", "type": "reference", "target": "account"}]})
    acme = s.create("account", name="Acme")
    visit = s.create("x_visit", subject="Demo", account=acme)
    assert "Demo" in repr(visit)
    found = s.query("select subject, account.name as account from x_visit")
    assert found[0] == ("Demo", "Acme")
    with pytest.raises(guanxi.Validation, match="subject"):
        s.create("x_visit")
    s.delete(visit)
    assert len(s.query("select id from x_visit")) == 0


def test_definitions_stay_in_the_file(tmp_path):
    with guanxi.open(tmp_path / "a.gx") as crm, crm.as_user("admin") as s:
        s.define_field("account", {"name": "x_tier", "type": "integer"})
        s.create("account", name="Acme", x_tier=3)
    with guanxi.open(tmp_path / "a.gx") as crm, crm.as_user("admin") as s:
        assert s.query("select x_tier from account")[0].x_tier == 3


@pytest.mark.parametrize("definition", [
    {"name": "margin", "type": "money"},
    {"name": "x_margin", "type": "mony"},
    {"name": "x_margin", "type": "money", "lable": {"en": "Margin"}},
    {"name": "x margin", "type": "money"},
    {"type": "money"},
    "{not json",
])
def test_a_bad_definition_is_refused(s, definition):
    with pytest.raises(guanxi.Error):
        s.define_field("opportunity", definition)
    assert not any(f.custom for f in s.catalog["opportunity"])


def test_only_administrators_define(crm, s, people):
    with crm.as_user("li") as li:
        with pytest.raises(guanxi.Permission):
            li.define_field("account", {"name": "x_tier", "type": "integer"})
        with pytest.raises(guanxi.Permission):
            li.define_entity({"name": "x_visit", "label": {"en": "Visit"},
                              "fields": [{"name": "subject", "type": "text"}]})
    assert "x_tier" not in s.catalog["account"]
