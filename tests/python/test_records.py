"""Creating, reading, changing, deleting; and being refused."""

import datetime

import guanxi
import pytest
from conftest import NOW


def test_a_record_reads_by_attribute_and_by_key(s):
    acme = s.create("account", name="Acme", industry="retail")
    assert acme.name == acme["name"] == "Acme"
    assert acme.entity_name == "account"
    assert acme.id == acme["id"] > 0
    assert acme.revision == 1
    assert acme.created_at == NOW
    assert acme.phone is None
    again = s.get("account", acme.id)
    assert again.to_dict() == acme.to_dict() == dict(acme)
    assert "industry" in acme and "nonsense" not in acme and 3 not in acme
    assert "industry" in dir(acme) and "to_dict" in dir(acme)


def test_an_unknown_field_is_an_attribute_error_in_the_library_s_words(s):
    acme = s.create("account", name="Acme")
    with pytest.raises(AttributeError, match="no field `industri` on `account`; did you mean"):
        acme.industri
    with pytest.raises(KeyError, match="no field `industri` on `account`"):
        acme["industri"]
    assert not hasattr(acme, "__array__")


def test_a_hidden_field_is_an_unknown_field(crm, s, reader):
    acme = s.create("account", name="Acme", industry="retail")
    with crm.as_user("reader") as r:
        seen = r.get("account", acme.id)
        assert seen.name == "Acme"
        for ask in (lambda name: getattr(seen, name), lambda name: seen[name],
                    lambda name: r.query(f"select {name} from account"),
                    lambda name: r.query(f"select name from account order by {name}"),
                    lambda name: r.query(f"select count() from account where {name} is null")):
            told = []
            for name in ("industry", "zzdustry"):
                with pytest.raises((AttributeError, KeyError, guanxi.Query)) as refusal:
                    ask(name)
                told.append((refusal.type, str(refusal.value).replace(name, "?")))
            assert told[0] == told[1]
        assert "industry" not in dir(seen)
        assert "industry" not in seen.to_dict()
        assert "industry" not in r.catalog["account"]
        assert "contact" not in r.catalog and "account" in r.catalog
        with pytest.raises(guanxi.Query, match="contact") as hidden:
            r.query("select name from contact")
        with pytest.raises(guanxi.Query) as unknown:
            r.query("select name from contant")
        assert hidden.value.name == unknown.value.name == "unknown_name"


def test_a_hidden_field_cannot_be_written_either(crm, s, reader):
    right = s.query("select id from entity_right where listed_fields_only and may_read "
                    "order by id desc limit 1")[0].id
    s.change("entity_right", right, may_create=True, may_edit=True, modify_all=True)
    listed = s.query("select id from field_right where field = 'name'")[0].id
    s.change("field_right", listed, may_edit=True)
    acme = s.create("account", name="Acme", industry="retail")
    with crm.as_user("reader") as r:
        assert r.change("account", acme.id, name="Acme & Co").name == "Acme & Co"
        for write in (lambda name: r.change("account", acme.id, {name: "x"}),
                      lambda name: r.create("account", {name: "x"}, name="New")):
            told = []
            for name in ("industry", "zzdustry"):
                with pytest.raises(guanxi.Error) as refusal:
                    write(name)
                told.append((refusal.type, str(refusal.value).replace(name, "?")))
            assert told[0] == told[1]
    assert s.get(acme).industry == "retail"


def test_a_record_shows_itself_in_bounds(s):
    acme = s.create("account", name="万" * 5000)
    assert repr(acme).startswith(f"<guanxi.Record account {acme.id} `万万")
    assert len(repr(acme)) < 120


def test_a_record_is_a_value(s):
    acme = s.create("account", name="Acme")
    with pytest.raises(AttributeError, match=r"session\.change\(record, name=…\)"):
        acme.name = "Other"
    other = s.change(acme, name="Other")
    assert (acme.name, other.name) == ("Acme", "Other")


def test_a_stage_change_moves_what_follows_from_it(s, pipeline):
    deal = s.create("opportunity", name="Tills", stage=pipeline.talks, amount=1200)
    assert deal.probability == 40
    won = s.change(deal, stage=pipeline.won)
    assert won.probability == 100
    assert won.forecast_category == "closed"
    visits = s.query("select stage.name as stage from stage_visit where opportunity = :deal "
                     "order by id", deal=deal)
    assert [v.stage for v in visits] == ["Talks", "Won"]


def test_a_record_that_has_moved_on_is_a_conflict(s):
    acme = s.create("account", name="Acme")
    s.change(acme, name="Acme & Co")
    with pytest.raises(guanxi.Conflict) as refusal:
        s.change(acme, name="Acme Ltd")
    assert refusal.value.record == acme.id
    assert s.get(acme).name == "Acme & Co"
    with pytest.raises(guanxi.Conflict):
        s.delete(acme)
    assert s.change(acme, name="Forced", expected_revision=0).name == "Forced"


def test_a_record_can_be_named_in_three_ways(s):
    acme = s.create("account", name="Acme")
    assert s.change("account", acme.id, name="One").name == "One"
    assert s.change(("account", acme.id), name="Two").name == "Two"
    assert s.change(s.get(("account", acme.id)), {"name": "Three"}).name == "Three"
    with pytest.raises(guanxi.Conflict):
        s.change("account", acme.id, name="Four", expected_revision=1)
    for wrong in ((), ("account",), (3,), ("account", "x"), ("account", acme.id, 3)):
        with pytest.raises(TypeError):
            s.get(*wrong)


def test_a_deleted_record_is_gone(s):
    acme = s.create("account", name="Acme")
    s.delete(acme)
    with pytest.raises(guanxi.NotFound) as refusal:
        s.get("account", acme.id)
    assert (refusal.value.entity, refusal.value.record) == ("account", acme.id)
    assert len(s.query("select id from account")) == 0


def test_an_agent_reaches_own_records_only(crm, s, people, pipeline):
    with crm.as_user("li") as li, crm.as_user("wang") as wang:
        deal = li.create("opportunity", name="Tills", stage=pipeline.talks, amount=100)
        assert deal.owner == people.li.id
        assert len(wang.query("select id from opportunity")) == 0
        missing = deal.id + 1000
        told = []
        for key in (deal.id, missing):
            with pytest.raises(guanxi.NotFound) as refusal:
                wang.get("opportunity", key)
            told.append(str(refusal.value).replace(str(key), "?"))
            with pytest.raises(guanxi.NotFound):
                wang.change("opportunity", key, amount=1)
            with pytest.raises(guanxi.NotFound):
                wang.explain("read", "opportunity", key)
            with pytest.raises(guanxi.NotFound):
                wang.history("opportunity", key)
        assert told[0] == told[1]
    assert s.get(deal).amount == 100


def test_what_may_not_be_done_is_refused(crm, s, people):
    shared = s.create("product", name="Till")
    with crm.as_user("li") as li:
        with pytest.raises(guanxi.Permission) as refusal:
            li.change("product", shared.id, name="Mine")
        assert refusal.value.entity == "product"
        assert not refusal.value.retriable
        why = li.explain("edit", "product", shared.id)
        assert not why and not why.allowed
        assert why.reasons and all(not reason.grants for reason in why.reasons)
        assert why.reasons[0].text() and why.reasons[0].text("zh")
        assert "not allowed" in str(why)
        assert li.explain("read", "product", shared.id)
        assert s.explain("edit", shared, "name").allowed
        with pytest.raises(guanxi.Error, match="no action `edid`; did you mean `edit`"):
            s.explain("edid", shared)


def test_validation_tells_field_and_entity(s):
    with pytest.raises(guanxi.Validation) as refusal:
        s.create("account", industry="retail")
    assert (refusal.value.entity, refusal.value.field) == ("account", "name")
    assert refusal.value.name == "validation"
    assert isinstance(refusal.value.code, int)
    with pytest.raises(guanxi.Query, match="nmae"):
        s.create("account", nmae="Acme")
    with pytest.raises(guanxi.Query, match="acount"):
        s.create("acount", name="Acme")
    with pytest.raises(guanxi.Validation, match="hot"):
        s.create("account", name="Acme", classification="hot")


def test_history_tells_before_and_after(crm, s, people):
    with crm.as_user("li") as li:
        acme = li.create("account", name="Acme")
        li.change(acme, name="Acme & Co", phone="+86 10")
        first, second = li.history(acme)
        assert (first.action, second.action) == ("create", "edit")
        assert second.fields["name"] == ("Acme", "Acme & Co")
        assert second.fields["phone"] == (None, "+86 10")
        assert second.user == people.li.id
        assert second.at == NOW
        assert second.sequence > first.sequence


def test_a_transaction_is_all_or_nothing(s):
    with s.transaction() as inner:
        assert inner is s and s.in_transaction
        s.create("account", name="One")
        s.create("account", name="Two")
    assert not s.in_transaction
    with pytest.raises(ZeroDivisionError):
        with s.transaction():
            s.create("account", name="Three")
            1 / 0
    assert not s.in_transaction
    names = {r.name for r in s.query("select name from account")}
    assert names == {"One", "Two"}


def test_a_refusal_inside_a_transaction_undoes_itself_only(s):
    with s.transaction():
        s.create("account", name="One")
        with pytest.raises(guanxi.Validation):
            s.create("account")
        s.create("account", name="Two")
    assert len(s.query("select id from account")) == 2


def test_transactions_do_not_nest(s):
    with s.transaction():
        with pytest.raises(guanxi.Error) as refusal:
            with s.transaction():
                pass
        assert refusal.value.name == "misuse"
        assert s.in_transaction


def test_closing_a_session_undoes_its_transaction(crm, s):
    other = crm.as_user("admin")
    other.transaction().__enter__()
    other.create("account", name="Half")
    other.close()
    assert len(s.query("select id from account")) == 0


def test_others_see_a_transaction_when_it_is_committed(crm, s):
    with crm.as_user("admin") as other:
        with s.transaction():
            s.create("account", name="One")
            assert len(s.query("select id from account")) == 1
            assert len(other.query("select id from account")) == 0
        assert len(other.query("select id from account")) == 1


def test_dates_and_instants_of_a_change_follow_the_clock(s):
    acme = s.create("account", name="Acme")
    assert acme.created_at.tzinfo is datetime.timezone.utc


def test_history_tells_nobody_of_who_may_not_be_seen(s, crm, reader):
    acme = s.create("account", name="Acme")
    assert s.history("account", acme.id)[0].user == s.user
    with crm.as_user("reader") as mine:
        (entry,) = mine.history("account", acme.id)
        assert list(entry.fields) == ["name"]
        assert not entry.user and entry.at.year == 1970
