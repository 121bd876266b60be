"""A CRM in the database of a connection of the host's: its transaction decides."""

import sqlite3

import apsw
import guanxi
import pytest


def stdlib(path):
    return sqlite3.connect(path)


def other_copy(path):
    """apsw brings a SQLite of its own, of another version than the one that guanxi links."""
    return apsw.Connection(str(path))


@pytest.fixture(params=[stdlib, other_copy])
def host(request, tmp_path):
    connection = request.param(tmp_path / "erp.db")
    connection.execute("CREATE TABLE account (number TEXT)")
    yield connection
    connection.close()


def names(session):
    return [row[0] for row in session.query("select name from account order by name")]


def test_commits_and_rolls_back_with_the_host(host):
    with guanxi.open_in(host) as crm, crm.as_user("admin") as s:
        host.execute("BEGIN")
        host.execute("INSERT INTO account VALUES ('1')")
        s.create("account", name="Acme")
        assert names(s) == ["Acme"]
        host.execute("ROLLBACK")
        assert names(s) == []
        assert list(host.execute("SELECT * FROM account")) == []
        host.execute("BEGIN")
        host.execute("INSERT INTO account VALUES ('1')")
        s.create("account", name="Beta")
        host.execute("COMMIT")
        assert names(s) == ["Beta"]
    assert [tuple(r) for r in host.execute("SELECT name FROM gx_account")] == [("Beta",)]
    with guanxi.open_in(host, create=False) as crm, crm.as_user("admin") as s:
        assert names(s) == ["Beta"]


def test_functions_of_the_query_language_run_in_the_hosts_sqlite(host):
    with guanxi.open_in(host, prefix="crm_") as crm, crm.as_user("admin") as s:
        for name, city in (("Ärger", "Bonn"), ("Zorn", "Bonn"), ("Ruhe", "Ulm")):
            s.create("account", name=name, city=city)
        assert [tuple(r) for r in s.query("select city, count() from account where lower(name) "
                                          "like '%r%' group by city order by city")] == [
            ("Bonn", 2), ("Ulm", 1)]


def test_the_implicit_transaction_of_sqlite3_holds_ours(tmp_path):
    with sqlite3.connect(tmp_path / "erp.db") as host:
        host.execute("CREATE TABLE orders (amount INTEGER)")
        with guanxi.open_in(host) as crm, crm.as_user("admin") as s:
            host.execute("INSERT INTO orders VALUES (5)")
            assert host.in_transaction
            s.create("account", name="Acme")
            host.rollback()
            assert names(s) == []


def test_the_connection_lives_as_long_as_the_tenant(tmp_path):
    crm = guanxi.open_in(sqlite3.connect(tmp_path / "erp.db"))
    s = crm.as_user("admin")
    s.create("account", name="Acme")
    assert names(s) == ["Acme"]
    crm.close()


def test_what_is_no_connection_is_refused(tmp_path):
    with pytest.raises(guanxi.Error, match="extensions"):
        guanxi.open_in(tmp_path)
    with sqlite3.connect(tmp_path / "erp.db") as host:
        with pytest.raises(guanxi.Error, match="prefix"):
            guanxi.open_in(host, prefix="no prefix")
        with pytest.raises(guanxi.Error, match="no CRM"):
            guanxi.open_in(host, create=False)
        with pytest.raises(sqlite3.OperationalError):
            host.load_extension("anything")  # they are off again
