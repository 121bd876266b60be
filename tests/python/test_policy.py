"""The permission model beside policy/reference.py: check, list, count, pages, search, writes and
explanations, for every user and record of random companies, on every store that Python opens.
`python -m pytest tests/python/test_policy.py`; GUANXI_TEST_SEED repeats a run, GUANXI_TEST_WORLDS
makes it longer."""

import os
import random
import runpy
from pathlib import Path

import guanxi
import pytest
from policy import reference, worlds
from policy.company import Company
from test_own_store import Ledger, Planner

SEED = int(os.environ.get("GUANXI_TEST_SEED") or random.randrange(2**32))
WORLDS = int(os.environ.get("GUANXI_TEST_WORLDS") or 0)

OPENINGS = {
    "memory": lambda path: guanxi.open(":memory:", store="memory"),
    "sqlite": lambda path: guanxi.open(path, may_lose_last_commits=True),
    "own": lambda path: guanxi.open_store(Ledger()),
    "planner": lambda path: guanxi.open_store(Planner()),
}


def difference(operations, opened, seed=1, every=5):
    """The first answer that differs from the reference's, or nothing."""
    world = worlds.empty()
    dice = random.Random(seed)
    with opened as crm:
        at = Company(crm)
        try:
            for number, op in enumerate(operations):
                expected = worlds.apply(world, op)
                if expected is None:
                    continue
                if at.apply(op) != expected:
                    return f"{op} is {'refused' if expected else 'taken'}"
                due = number % every == 0 or number + 1 == len(operations) or op[0] == "default"
                if not due or not world["records"]:
                    continue
                for wrong in at.differences(world, dice):
                    return f"after {op}: {wrong}"
        finally:
            at.close()
    return None


@pytest.mark.parametrize(("store", "count"), [("memory", 6), ("sqlite", 2), ("own", 2),
                                              ("planner", 1)])
def test_answers_are_those_of_the_rules(store, count, tmp_path):
    opened = iter(range(10**9))

    def run(operations):
        return difference(operations, OPENINGS[store](tmp_path / f"{next(opened)}.gx"))

    for seed in range(SEED, SEED + (WORLDS or count)):
        operations = worlds.generate(seed)
        wrong = run(operations)
        if wrong:
            fewest = worlds.shrink(operations, run)
            listing = "\n".join(map(repr, fewest))
            pytest.fail(f"GUANXI_TEST_SEED={seed} on {store}: {run(fewest)}\n{listing}")
    print(f"{store}: {WORLDS or count} worlds from seed {SEED}")


def null_matches(condition, values):
    """What a criterion must not do: take unknown for true."""
    known = holds_for(condition, values)
    return True if known is None else known


def own_paths(world, user, record, implied=True):
    """What must not be: a record that its parent controls has a level of its own."""
    settings = world["entities"][record["entity"]]
    if settings["default"] != "parent":
        return all_paths(world, user, record, implied)
    return list(reference.owner_paths(world, user, record))


def paths_of_users(world, user, record):
    return () if record["owner"][0] == "queue" else owner_paths(world, user, record)


holds_for, all_paths, owner_paths = reference.holds_for, reference.paths, reference.owner_paths

FAULTS = {
    "null matches": ("holds_for", null_matches),
    "peers are superiors": ("ancestors", lambda world, role: [role] if role else []),
    "restrictions are ignored": ("unrestricted", lambda world, user, record: True),
    "shares stay with a new owner": (
        "change_owner", lambda world, key, owner, keep_team=True: bool(world["records"][key].update(owner=owner)) or True),
    "a raised default drops nothing": ("recalculate", lambda world: None),
    "shares of the default's level are taken": ("share_fault", lambda world, entity, level: None),
    "nothing is lifted": ("granted_to", lambda world, user, entity, to: reference.belongs(
        world, user, to) and "own"),
    "hierarchy cannot be switched off": ("hierarchy_counts", lambda world, entity, to: True),
    "explicit grants are ignored": ("explicit_paths", lambda world, user, record: ()),
    "rules are ignored": ("rule_paths", lambda world, user, record: ()),
    "parents control nothing": ("paths", own_paths),
    "a parent's level has no cap": ("lowest", lambda one, other: one),
    "children show nothing": ("child_paths", lambda world, user, record: ()),
    "whoever has the parent has nothing": ("parent_paths", lambda world, user, record: ()),
    "queues have no members": ("owner_paths", paths_of_users),
    "territories are ignored": ("territory_paths", lambda world, user, record: ()),
}


# Where the search for a company that shows the fault begins, so that it is short.
FIRST = {"shares stay with a new owner": 20, "nothing is lifted": 5, "hierarchy cannot be switched off": 5}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_rule_is_noticed(fault, monkeypatch):
    name, wrong = FAULTS[fault]
    monkeypatch.setattr(reference, name, wrong)
    first = FIRST.get(fault, 1)
    for seed in range(first, first + 40):
        if difference(worlds.generate(seed), OPENINGS["memory"](None)):
            return
    pytest.fail(f"nobody noticed: {fault}")


def test_a_failure_shrinks_to_what_it_needs():
    operations = worlds.generate(1)
    needed = [op for op in operations if op[0] in ("group", "share")][:3]
    assert worlds.shrink(operations, lambda some: all(op in some for op in needed)) == needed


def test_the_example_runs():
    runpy.run_path(str(Path(__file__).parents[2] / "examples" / "permissions.py"))
