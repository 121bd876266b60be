"""A fresh CRM for each test, with a clock that stands at a known time and two agents who do not see
each other's records."""

import datetime
from types import SimpleNamespace

import guanxi
import pytest

NOW = datetime.datetime(2026, 1, 5, 9, 0, tzinfo=datetime.timezone.utc)


@pytest.fixture
def crm(tmp_path):
    with guanxi.open(tmp_path / "crm.gx", clock=NOW) as tenant:
        yield tenant


@pytest.fixture
def s(crm):
    """A session of the administrator."""
    with crm.as_user("admin") as session:
        yield session


@pytest.fixture
def pipeline(s):
    """A pipeline with the stages Talks, Won and Lost."""
    sales = s.create("pipeline", name="Sales")

    def stage(name, **fields):
        return s.create("stage", fields, name=name, pipeline=sales)

    return SimpleNamespace(
        talks=stage("Talks", probability=40),
        won=stage("Won", **{"class": "won"}),
        lost=stage("Lost", **{"class": "lost"}),
    )


@pytest.fixture
def people(s):
    """li and wang: peers with the rights of the standard user."""
    standard = s.query("select id from permission_set where name = 'Standard user'")[0].id
    found = {}
    for login, name in (("li", "李雷"), ("wang", "王芳")):
        found[login] = s.create("user", login=login, name=name)
        s.create("permission_assignment", user=found[login], permission_set=standard)
    return SimpleNamespace(**found)


@pytest.fixture
def reader(s):
    """A user `reader` who sees of accounts the name and nothing else, and of no other entity."""
    some = s.create("permission_set", name="Names only")
    s.create("entity_right", {"entity": "account"}, permission_set=some, may_read=True,
             view_all=True, listed_fields_only=True)
    s.create("field_right", {"entity": "account", "field": "name"}, permission_set=some,
             may_read=True)
    user = s.create("user", login="reader", name="Reader")
    s.create("permission_assignment", user=user, permission_set=some)
    return user
