"""Python reaches what C does: each function of capi/api.yaml names where, or why it does not."""

from pathlib import Path

import guanxi
import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]


def functions():
    told = yaml.safe_load((PROJECT / "capi/api.yaml").read_text(encoding="utf-8"))
    return [item for group in told["groups"] for item in group["items"] if "function" in item]


def exists(path):
    """Whether a dotted name means something in the module."""
    at = guanxi
    for name in path.split("."):
        if not hasattr(at, name):
            return False
        at = getattr(at, name)
    return True


def test_every_function_has_its_place():
    assert len(functions()) > 100
    for function in functions():
        if "python" in function:
            assert exists(function["python"]), function["function"]
        else:
            assert len(function["not_python"]) > 10, function["function"]


@pytest.mark.parametrize("path", ["Session.qeury", "Tennant.save", "Error.cod"])
def test_a_name_that_is_not_there_is_noticed(path):
    assert not exists(path)


def test_a_tenant_says_what_keeps_it(crm):
    assert crm.store == "sqlite"
    with pytest.raises(guanxi.Store, match="unsupported|keeps|current"):
        crm.save()


def test_a_memory_store_is_saved_when_told(tmp_path):
    with guanxi.open(tmp_path / "a.snapshot", store="memory") as crm, crm.as_user("admin") as s:
        assert (crm.store, crm.fresh) == ("memory", True)
        s.create("account", name="Acme")
        crm.save()
        s.create("account", name="Beta")
        crm.save(tmp_path / "b.snapshot")
    for name, records in (("a", 1), ("b", 2)):
        with guanxi.open(tmp_path / f"{name}.snapshot", store="memory", create=False) as crm:
            assert len(crm.as_user("admin").query("select name from account")) == records
    with guanxi.open(":memory:", store="memory") as crm, pytest.raises(guanxi.Validation):
        crm.save()
    with pytest.raises(guanxi.Error, match="closed"):
        crm.save(tmp_path / "c.snapshot")


def test_a_store_is_named_by_a_word(tmp_path):
    with pytest.raises(guanxi.Validation, match="no store `memry`; did you mean `memory`"):
        guanxi.open(tmp_path / "a.gx", store="memry")
    for wrong in (-1, 601, float("nan")):
        with pytest.raises(guanxi.Validation, match="busy_timeout"):
            guanxi.open(tmp_path / "a.gx", busy_timeout=wrong)
    with guanxi.open(tmp_path / "a.gx", busy_timeout=0.25) as crm:
        assert crm.fresh
    with pytest.raises(guanxi.Error, match="nowhere"):
        guanxi.open(tmp_path / "b.gx", vfs="nowhere")


def test_a_change_says_why(s):
    acme = s.create("account", name="Acme", cause="fair")
    acme = s.change(acme, phone="1", cause="phone call")
    s.change(acme, phone="2")
    assert [entry.cause for entry in s.history(acme)] == ["fair", "phone call", "api"]
    s.delete("account", acme.id, cause="clean-up")


def test_a_query_has_limits(s):
    s.put_many("account", [{"name": f"A{n}"} for n in range(5)])
    assert len(s.query("select name from account", max_rows=5)) == 5
    with pytest.raises(guanxi.Error) as refusal:
        s.query("select name from account", max_rows=4)
    assert refusal.value.name == "limit"
    assert len(s.query("select name from account", deadline_ms=60_000)) == 5
    with pytest.raises(guanxi.Validation):
        s.query("select name from account", deadline_ms=0)
    with pytest.raises(guanxi.Validation, match="max_rows"):
        s.query("select name from account", max_rows=0)
    with pytest.raises(TypeError, match="max_rows"):
        s.query("select name from account", max_rows="4")
    assert len(s.query("select name from account", max_memory=100_000)) == 5
    with pytest.raises(guanxi.Error, match="cap of 100 bytes") as refusal:
        s.query("select name from account order by name", max_memory=100)
    assert refusal.value.name == "limit"
    with pytest.raises(guanxi.Validation, match="max_memory"):
        s.query("select name from account", max_memory=0)


def test_a_result_tells_what_its_columns_hold(s):
    answer = s.query("select name, annual_revenue, count() as n from account "
                     "group by name, annual_revenue")
    name, revenue, count = answer.schema
    assert (name.name, name.type, name.scale, name.money) == ("name", "text", None, False)
    assert (revenue.type, revenue.scale, revenue.money) == ("decimal", 2, True)
    assert revenue.label("zh") != revenue.label() != "annual_revenue"
    assert (count.label("zh"), count.type) == ("n", "integer")
    with pytest.raises(ValueError, match="no language `fr`"):
        count.label("fr")


def test_many_records_are_written_together(s):
    keys = s.put_many("account", [{"name": "Acme"}, {"name": "Beta"}], cause="fair")
    again = s.put_many("account", ({"id": key, "phone": str(key)} for key in reversed(keys)))
    assert again == keys[::-1]
    acme, gone, beta = s.get_many("account", [keys[0], 987_654, keys[1]])
    assert (acme.name, gone, beta.phone) == ("Acme", None, str(keys[1]))
    assert s.get_many("account", [acme])[0].phone == str(keys[0])
    assert s.history(acme)[0].cause == "fair"


def test_a_batch_with_a_fault_writes_nothing(s):
    rows = [{"name": "Acme"}, {"phone": "1"}]
    with pytest.raises(guanxi.Validation) as refusal:
        s.put_many("account", rows)
    assert refusal.value.line == 2
    with pytest.raises(guanxi.NotFound):
        s.put_many("account", [{"name": "Acme"}, {"id": 987_654, "name": "Beta"}])
    with pytest.raises(guanxi.Query, match="nmae"):
        s.put_many("account", [{"nmae": "Acme"}])
    with pytest.raises(TypeError, match="dict"):
        s.put_many("account", ["Acme"])
    with pytest.raises(ZeroDivisionError):
        s.put_many("account", [{"name": "Acme"}], progress=lambda done, total: 1 // 0)
    with pytest.raises(guanxi.Interrupted):
        s.put_many("account", [{"name": "Acme"}], progress=lambda done, total: False)
    with s.transaction():
        with pytest.raises(guanxi.Validation):
            s.put_many("account", rows)
        assert s.in_transaction
    assert len(s.query("select id from account")) == 0


def test_an_administrator_explains_the_rights_of_others(s, crm, people):
    acme = s.create("account", name="Acme", owner=people.li)
    assert s.explain_for("li", "edit", acme)
    assert not s.explain_for("wang", "edit", acme)
    assert not s.explain_for("wang", "edit", "account", acme.id)
    with crm.as_user("wang") as wang, pytest.raises(guanxi.Permission):
        wang.explain_for("li", "edit", acme)


def test_a_session_says_who_acts(s, crm, people):
    with crm.as_user("li") as li:
        assert li.user == people.li.id
    assert crm.as_system("test").user is None


def test_a_field_tells_its_default(s):
    initials = {field.initial for entity in s.catalog for field in entity}
    assert None in initials and len(initials) > 1


def test_a_sample_has_the_currencies_that_were_asked_for(s):
    made = s.generate_sample(opportunities=30, currency="EUR")
    assert made["currency"] == "EUR"
    assert {row.currency for row in s.query("select currency from opportunity")} == {"EUR"}


def test_a_sample_may_mix_currencies(s):
    s.generate_sample(opportunities=60, mixed_currencies=True)
    found = {row.currency for row in s.query("select currency from opportunity")}
    assert found == {"CNY", "USD"}
