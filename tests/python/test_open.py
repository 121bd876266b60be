"""Opening, acting as a user, closing."""

import datetime

import guanxi
import pytest


def test_a_new_file_has_an_administrator(tmp_path):
    path = tmp_path / "shop.gx"
    with guanxi.open(path) as crm, crm.as_user("admin") as s:
        assert crm.fresh
        assert s.login == "admin"
        s.create("account", name="Acme")
    with guanxi.open(str(path)) as crm, crm.as_user("admin") as s:
        assert not crm.fresh
        assert s.query("select name from account")[0].name == "Acme"


def test_a_missing_file_is_made_only_if_wanted(tmp_path):
    with pytest.raises(guanxi.Store, match="shop.gx") as refusal:
        guanxi.open(tmp_path / "shop.gx", create=False)
    assert refusal.value.name == "file_missing"
    assert not (tmp_path / "shop.gx").exists()


def test_a_foreign_file_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("remember the milk" * 100)
    with pytest.raises(guanxi.Store) as refusal:
        guanxi.open(path)
    assert refusal.value.name == "not_a_database"
    assert path.read_text().startswith("remember")


def test_a_store_can_be_opened_for_reading_only(tmp_path):
    with guanxi.open(tmp_path / "a.gx") as crm, crm.as_user("admin") as s:
        s.create("account", name="Acme")
    with guanxi.open(tmp_path / "a.gx", read_only=True) as crm, crm.as_user("admin") as s:
        assert len(s.query("select name from account")) == 1
        with pytest.raises(guanxi.Error):
            s.create("account", name="Other")


def test_amounts_take_the_base_currency(tmp_path):
    with guanxi.open(tmp_path / "a.gx", base_currency="CNY") as crm, crm.as_user("admin") as s:
        assert s.base_currency == "CNY"
        assert s.create("account", name="万科", annual_revenue=5).currency == "CNY"


@pytest.mark.parametrize("currency", ["usd", "EURO", ""])
def test_the_base_currency_is_a_code(tmp_path, currency):
    with pytest.raises(guanxi.Error):
        guanxi.open(tmp_path / "a.gx", base_currency=currency)


def test_an_unknown_user_is_refused(crm):
    with pytest.raises(guanxi.Query, match="nobody") as refusal:
        crm.as_user("nobody")
    assert refusal.value.name == "unknown_name"


def test_system_sight_writes_its_cause(crm):
    with crm.as_system("nightly import") as s:
        assert s.login is None
        acme = s.create("account", name="Acme")
        entry = s.history(acme)[0]
        assert entry.cause == "nightly import"
        assert entry.user is None


def test_a_closed_session_says_so(crm):
    with crm.as_user("admin") as s:
        pass
    assert s.closed
    s.close()
    with pytest.raises(guanxi.Error, match="closed"):
        s.query("select name from account")


def test_closing_the_tenant_closes_its_sessions(tmp_path):
    crm = guanxi.open(tmp_path / "a.gx")
    s = crm.as_user("admin")
    crm.close()
    crm.close()
    assert crm.closed and s.closed
    with pytest.raises(guanxi.Error, match="closed"):
        crm.as_user("admin")


def test_the_clock_is_the_callers(tmp_path):
    times = [datetime.datetime(2026, 1, 5, 9, 0, tzinfo=datetime.timezone.utc)]
    with guanxi.open(tmp_path / "a.gx", clock=lambda: times[-1]) as crm, crm.as_user("admin") as s:
        acme = s.create("account", name="Acme")
        assert acme.created_at == times[0]
        times.append(times[0] + datetime.timedelta(days=1, microseconds=1))
        acme = s.change(acme, name="Acme & Co")
        assert (acme.created_at, acme.modified_at) == tuple(times)


def test_what_a_clock_throws_comes_back_and_nothing_is_written(tmp_path):
    broken = []

    def clock():
        if broken:
            raise OSError("the battery is flat")
        return datetime.datetime(2026, 1, 5, tzinfo=datetime.timezone.utc)

    with guanxi.open(tmp_path / "a.gx", clock=clock) as crm, crm.as_user("admin") as s:
        broken.append(True)
        with pytest.raises(OSError, match="battery"):
            s.create("account", name="Acme")
        broken.clear()
        assert len(s.query("select id from account")) == 0


def test_a_clock_needs_a_time_zone(tmp_path):
    with pytest.raises(guanxi.Validation, match="time zone"):
        guanxi.open(tmp_path / "a.gx", clock=datetime.datetime(2026, 1, 5))


def test_handles_show_themselves(crm, tmp_path):
    assert "crm.gx" in repr(crm)
    s = crm.as_user("admin")
    assert "admin" in repr(s)
    s.close()
    assert "closed" in repr(s)
