"""Selects of children among what a query selects, from Python."""

import json
from decimal import Decimal

import guanxi
import pytest
from guanxi import col, count, select


@pytest.fixture
def furnished(s, pipeline):
    for name, people, deals in (("Acme", ["Ann", "Bob", "张三"], [10, 20]), ("Bolt", [], [5]), ("Cedar", ["Dan"], [])):
        account = s.create("account", name=name)
        for person in people:
            s.create("contact", name=person, account=account)
        for amount in deals:
            s.create("opportunity", name=f"{name} {amount}", account=account, stage=pipeline.talks,
                     amount=amount)
    return s


QUERY = ("select name, (select name from contacts order by name limit 2) as people, "
         "(select sum(amount) from opportunities) as value from account order by name")


def test_rows_have_results(furnished):
    rows = furnished.query(QUERY)
    assert rows.columns == ("name", "people", "value")
    acme, bolt, cedar = rows
    assert [p.name for p in acme.people] == ["Ann", "Bob"] and acme.people is acme["people"]
    assert (acme.value, bolt.value, cedar.value) == (Decimal(30), Decimal(5), None)
    assert len(bolt.people) == 0 and bolt.people.columns == ("name",)
    assert acme.to_dict() == {"name": "Acme", "people": [{"name": "Ann"}, {"name": "Bob"}],
                              "value": Decimal(30)}
    kinds = [(c.name, c.type) for c in rows.schema]
    assert kinds == [("name", "text"), ("people", "children"), ("value", "decimal")]
    assert [c.name for c in rows.schema[1].children] == ["name"] and rows.schema[0].children is None
    assert "Acme" in repr(rows) and "Acme" in rows._repr_html_()


def test_frames_have_lists_of_structs(furnished):
    rows = furnished.query(QUERY)
    wanted = [[{"name": "Ann"}, {"name": "Bob"}], [], [{"name": "Dan"}]]
    assert rows.to_arrow().column("people").to_pylist() == wanted
    assert rows.to_polars()["people"].to_list() == wanted
    assert [list(cell) for cell in rows.to_pandas()["people"]] == wanted


def test_deep_children_in_arrow(s):
    top = s.create("role", name="top")
    for a in "ab":
        middle = s.create("role", name=a, parent=top)
        for n in range(3):
            s.create("role", name=f"{a}{n}", parent=middle)
    rows = s.query("select (select name, (select name, (select count() from roles_by_parent) as n from roles_by_parent order by name "
                   "limit 2) as below from roles_by_parent order by name) as below from role where name = 'top'")
    wanted = [{"name": a, "below": [{"name": f"{a}{n}", "n": 0} for n in range(2)]} for a in "ab"]
    assert rows.to_arrow().column("below").to_pylist() == [wanted]
    assert [json.loads(rows.to_json())[0]["below"]] == [wanted]
    assert [r.to_dict() for r in rows] == [{"below": wanted}]


def test_many_rows_in_many_batches(s):
    s.put_many("account", [{"name": f"n{i:05}"} for i in range(3000)]) if hasattr(s, "put_many") else [
        s.create("account", name=f"n{i:05}") for i in range(3000)]
    ids = {row.name: row.id for row in s.query("select id, name from account")}
    for i in range(0, 3000, 100):
        s.create("contact", name=f"c{i}", account=ids[f"n{i:05}"])
    rows = s.query("select name, (select name from contacts) as people from account order by name")
    lists = rows.to_arrow().column("people").to_pylist()
    assert [len(x) for x in lists] == [int(i % 100 == 0) for i in range(3000)]


def test_texts_have_children(furnished, tmp_path):
    rows = furnished.query("select name, (select name from contacts order by name) as people from account "
                           "where name != 'Bolt' order by name")
    assert json.loads(rows.to_json()) == [
        {"name": "Acme", "people": [{"name": "Ann"}, {"name": "Bob"}, {"name": "张三"}]},
        {"name": "Cedar", "people": [{"name": "Dan"}]}]
    assert rows.to_csv().split("\r\n")[2] == 'Cedar,"[{""name"": ""Dan""}]"'
    rows.save(tmp_path / "people.jsonl")
    lines = (tmp_path / "people.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[1])["people"] == [{"name": "Dan"}]


def test_built_queries_select_children(furnished):
    q = (select("name", select("name").from_("contacts").order_by("name").limit(2).as_("people"),
                value=select(col("amount").sum()).from_("opportunities"))
         .from_("account").order_by("name"))
    assert str(q) == QUERY
    assert guanxi.statement_from_json(json.dumps(guanxi.statement_to_json(QUERY))) == QUERY
    assert [row.value for row in furnished.query(q)] == [Decimal(30), Decimal(5), None]
    plain = select(select(count()).from_("account.contacts")).from_("opportunity")
    assert str(plain) == "select (select count() from account.contacts) from opportunity"


def test_what_is_no_select_of_children_is_refused(s):
    with pytest.raises(guanxi.Validation, match="/select/0/from"):
        s.query({"select": [{"select": ["name"], "from": ".contacts"}], "from": "account"})
    with pytest.raises(guanxi.Query, match="contakts"):
        s.query("select (select name from contakts) from account")
