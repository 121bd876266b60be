"""Statements by chance, in every store and in a naive interpreter that knows the pages alone."""

import itertools
from dataclasses import replace

import pytest
from oracle.generator import Generator
from oracle.harness import Stores, first_disagreement
from oracle.interpreter import Interpreter, rounded
from oracle.printer import printed
from test_own_store import Planner

COMPANIES = 100
STATEMENTS = 500  # of each company: 50,000 in all
EVERYTHING = [
    "select *", " with archived", " archived", " deleted", " scope mine", " scope team", " as of '",
    " as of date '", " as of instant '", " as of :p", " where ", " group by ", " having ",
    " order by ", " desc", " nulls first", " nulls last", " limit ", " per ", " offset ", " and ",
    " or ", "not ", " is null", " is not null", " in (", " not in (", " in :p", "in (select ",
    " like ", " not like ", " between ", " not between ", "any(", "all(", "none(", " + ", " - ",
    " * ", " / ", "-", "coalesce(", "nullif(", "if(", "round(", "bucket(", "abs(", "lower(",
    "upper(",
    "length(", "concat(", "year(", "quarter(", "month(", "day(", "weekday(", "date(", "today()",
    "now()", "period(", "count()", "count(distinct ", "sum(", "avg(", "min(", "max(", "median(",
    "percentile(", "first(", "last(", " by ", " filter (where ", "rollup(", "cube(", "grouping(",
    "share(", "running_sum(", "convert(", ", at ", ", else null)", "instant '", "date '", "true", "false", "null",
    "today", "yesterday", "tomorrow", " fill gaps", " pivot (", " funnel (", "step()", "step_name()",
    "conversion(", ", prior 1 step)", "(reached()", "prior_reached()", "first_reached()", "retention(",
    "periods_between(", "least(", "greatest(", "(select count() from",
     "this_week", "last_month", "next_quarter",
    "this_fiscal_year", "_fiscal_period",
    "last_n_fiscal_quarters(", "next_n_days(", "(select ", "_by_ref"]


@pytest.mark.parametrize("seed", range(COMPANIES))
def test_every_store_answers_as_the_pages_say(seed):
    found = first_disagreement([seed], STATEMENTS, host=seed % 20 == 3)
    assert found is None, str(found)


@pytest.mark.parametrize("seed", range(COMPANIES, COMPANIES + 6))
def test_a_condition_parts_rows_in_three(seed):
    """What it is true of, what it is false of, and what it is unknown of."""
    with Stores(seed) as stores:
        for number, store in itertools.product(range(60), stores.sessions):
            parts = Generator(stores.company, number, stores.user.hidden).partition()
            answers = [stores.told(store, query, {}) for query in parts]
            assert {kind for kind, _ in answers} == {"rows"}, printed(parts[1])
            whole, *three = (rows for _, rows in answers)
            assert sorted(itertools.chain(*three)) == whole, (store, printed(parts[1]))


def test_the_statements_have_everything_that_the_language_has():
    texts = []
    for seed in range(6):
        with Stores(seed) as stores:
            texts += [printed(stores.statement(number)[0])[0] for number in range(STATEMENTS)]
    for words in EVERYTHING:
        assert any(words in text for text in texts), words


class Forgetful(Planner):
    """A row too few passes every check of a read."""

    def execute(self, entity, request):
        found = super().execute(entity, request)
        return found[:-1] if len(found) > 5 else found


def test_a_store_that_loses_rows_is_noticed():
    found = first_disagreement(range(3), 150, host=True, planner=Forgetful)
    assert found and found.store == "planner"


class NullsGreatest(Interpreter):
    def rank(self, value):
        return value is None, 0 if value is None else value


class UnsafeNotIn(Interpreter):
    def among(self, value, members, negated):
        unknown = value not in members and None in members
        return None if unknown else super().among(value, members, negated)


class RoundedMedian(Interpreter):
    def percentile(self, values, p, digits):
        return rounded(super().percentile(values, p, digits), 0)


class NothingOutOfReach(Interpreter):
    def within_reach(self, entity, row):
        return True


class ArchivedAmongTheRest(Interpreter):
    def candidates(self, query):
        more = "with archived" if query.standing == "current" else query.standing
        return super().candidates(replace(query, standing=more))


class WeeksBeginOnMonday(Interpreter):
    def __init__(self, world, *args, **options):
        super().__init__(replace(world, week_start="monday"), *args, **options)


class DaysOfUtc(Interpreter):
    def __init__(self, world, user, time_zone=None):
        super().__init__(world, user, "UTC")


class StepsAreTurned(Interpreter):
    def stepped(self, query, groups):
        return super().stepped(replace(query, funnel=query.funnel[::-1]), groups)


@pytest.mark.parametrize(("wrong", "words"), [
    (NullsGreatest, ("order by", "group by")), (UnsafeNotIn, (" in (", " in :")),
    (RoundedMedian, ("median", "percentile")), (NothingOutOfReach, ("select",)),
    (ArchivedAmongTheRest, ("select",)), (WeeksBeginOnMonday, ("_week",)),
    (StepsAreTurned, ("funnel",)),
    (DaysOfUtc, ("_at", "ins0", "instant", "now()", "today", "period", "_", "as of"))])
def test_a_planted_fault_is_found_and_made_small(wrong, words):
    """Within 3,000 statements; what is left of the one that shows it has to do with the fault."""
    found = first_disagreement(range(1, 11), 300, interpreter=wrong)
    assert found is not None
    text, _ = printed(found.query)
    assert any(word in text for word in words), str(found)
    assert len(text) < 250 and f"oracle.harness {found.seed} {found.number}" in str(found)
