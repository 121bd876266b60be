"""Statements by chance in every store and in a naive interpreter, which knows the pages alone."""

import itertools



import pytest

from oracle.generator import Generator
from oracle.harness import Stores, first_disagreement
from oracle.interpreter import Interpreter, rounded
from oracle.printer import printed

COMPANIES = 100
STATEMENTS = 500  # of each company: 50,000 in all


@pytest.mark.parametrize("seed", range(COMPANIES))
def test_every_store_answers_as_the_pages_say(seed):
    found = first_disagreement([seed], STATEMENTS, host=seed % 20 == 3)
    assert found is None, str(found)


@pytest.mark.parametrize("seed", range(COMPANIES, COMPANIES + 12))
def test_a_condition_parts_rows_in_three(seed):
    """What it is true of, what it is false of, and what it is unknown of."""
    with Stores(seed) as stores:
        for number in range(60):
            parts = Generator(stores.company, number, stores.user.hidden).partition()
            for store in stores.sessions:
                whole, *three = [stores.told(store, query, {}) for query in parts]
                if {kind for kind, _ in (whole, *three)} != {"rows"}:
                    continue
                rows = sorted(itertools.chain.from_iterable(rows for _, rows in three))
                assert rows == whole[1], (store, printed(parts[1]))


class NullsGreatest(Interpreter):
    def rank(self, value):
        return value is None, 0 if value is None else value


class UnsafeNotIn(Interpreter):
    def among(self, value, members, negated):
        found = super().among(value, members, negated)
        return None if value not in members and None in members else found


class RoundedMedian(Interpreter):
    def percentile(self, values, p, digits):
        return rounded(super().percentile(values, p, digits), 0)


class EverythingInReach(Interpreter):
    def within_reach(self, entity, row):
        return True


class ArchivedShown(Interpreter):
    def candidates(self, query):
        query = query if query.standing != "current" else Query(**{
            **vars(query), "standing": "with archived"})
        return super().candidates(query)
