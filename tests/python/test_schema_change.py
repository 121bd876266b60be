"""Changes of a schema that has records: previewed in words, taken as one."""

import json
from decimal import Decimal

import guanxi
import pytest

REQUESTS = [
    {"define": {"name": "x_car", "fields": [{"name": "x_seats", "type": "decimal", "scale": 1}]}},
    {"rename": {"entity": "x_car", "field": "x_plate", "to": "x_number"}},
    {"drop": {"entity": "x_car", "field": "x_note"}},
]


@pytest.fixture
def admin(crm):
    with crm.as_user("admin") as session:
        session.define_entity({"name": "x_car", "fields": [
            {"name": "x_plate", "type": "text"},
            {"name": "x_seats", "type": "integer"},
            {"name": "x_note", "type": "text"},
        ]})
        session.create("x_car", x_plate="A 1", x_seats=4, x_note="old")
        yield session


def test_a_preview_says_what_a_change_does(admin):
    told = admin.preview_schema(REQUESTS)
    assert [(step["kind"], step["records"]) for step in told] == [
        ("convert_field", 1), ("redefine_field", 1), ("rename_field", 0), ("drop_field", 1)]
    assert told[2]["words"] == "renames the field `x_plate` of `x_car` to `x_number`"
    assert "x_plate" in admin.catalog["x_car"]
    assert admin.change_schema(REQUESTS) == told
    assert [tuple(r) for r in admin.query("select x_number, x_seats from x_car")] == [
        ("A 1", Decimal("4.0"))]
    assert "x_note" not in admin.catalog["x_car"]


def test_requests_come_as_text_or_file_too(admin, tmp_path):
    assert len(admin.preview_schema(json.dumps(REQUESTS))) == 4
    path = tmp_path / "requests.json"
    path.write_text(json.dumps(REQUESTS), encoding="utf-8")
    assert len(admin.change_schema(path)) == 4


def test_what_does_not_fit_is_refused_whole(admin):
    admin.create("x_car", x_plate="B 2")
    with pytest.raises(guanxi.Validation, match="1 record of `x_car` has no `x_seats`"):
        admin.change_schema([*REQUESTS[1:], {"define": {"name": "x_car", "fields": [
            {"name": "x_seats", "type": "integer", "required": True}]}}])
    assert "x_plate" in admin.catalog["x_car"]
    with pytest.raises(guanxi.Error, match="did you mean `drop`"):
        admin.preview_schema([{"drp": {}}])
