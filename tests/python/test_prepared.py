"""Queries that are read once, from Python."""

from decimal import Decimal

import guanxi
import pytest


def test_a_prepared_query_takes_values(s):
    for name in "ABC":
        s.create("account", name=name, employees=ord(name) - 64)
    q = guanxi.prepare("select name from account where employees >= :least order by name limit :n")
    assert q.parameters == ("least", "n")
    assert "employees >= :least" in repr(q)
    assert [r.name for r in s.query(q, least=2, n=5)] == ["B", "C"]
    assert [r.name for r in s.query(q, least=Decimal("2.5"), n=5)] == ["C"]
    assert [r.name for r in s.query(q, {"least": 1}, n=1)] == ["A"]
    with pytest.raises(guanxi.Query, match=":least"):
        s.query(q, n=1)


def test_builders_and_pages_can_be_prepared(s):
    for name in "ABC":
        s.create("account", name=name)
    q = guanxi.prepare(guanxi.select("name").from_("account").order_by("name").limit(2).after())
    assert q.text == "select name from account order by name limit 2 after :cursor"
    assert [len(page) for page in s.pages(q)] == [2, 1]
    assert guanxi.statement_to_json(q.text)["after"] == {"parameter": "cursor"}


def test_what_cannot_be_read_is_refused_at_once():
    with pytest.raises(guanxi.Query) as refusal:
        guanxi.prepare("select name from account where")
    assert refusal.value.offset == len("select name from account where")
