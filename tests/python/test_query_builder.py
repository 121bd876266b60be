"""Queries from Python values and from JSON: what they print, what they answer, what is refused."""

import datetime
import json
import re
import runpy
from decimal import Decimal
from pathlib import Path

import guanxi
import pytest
from guanxi import col, count, cube, dates, lit, param, rollup, select
from guanxi.query_builder import (all_, any_, case_if, coalesce, concat, figure, first_reached,
                                  greatest, least, none_, now, periods_between, prior_reached,
                                  reached, step, step_name, today)

ROOT = Path(__file__).parents[2]


def blocks_of(language, *pages):
    """Each with the name of its page."""
    return [(page, block) for page in pages
            for block in re.findall(rf"^```{language}\n(.*?)^```$",
                                    (ROOT / "docs" / page).read_text(encoding="utf-8"),
                                    re.MULTILINE | re.DOTALL)]


FORM_PAGES = ["query_builder.md", "query_builder.zh-CN.md"]
QUERIES = blocks_of("sql", "query.md", "query.zh-CN.md", *FORM_PAGES)
FORMS = blocks_of("json", *FORM_PAGES)


def where(condition):
    text = str(select("name").from_("account").where(condition))
    return text.removeprefix("select name from account where ")


def item(expression):
    return str(select(expression).from_("a")).removeprefix("select ").removesuffix(" from a")


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with guanxi.open(str(tmp_path_factory.mktemp("forms") / "forms.gx")) as crm:
        with crm.as_system("the forms of a query") as s:
            s.generate_sample(seed=7, opportunities=500)
            s.delete("account", s.query("select id from account order by id limit 1")[0].id)
            yield s


@pytest.mark.parametrize("condition, text", [
    (col("a") == "it's", "a = 'it''s'"),
    (col("a") != "' or 1 = 1 --", "a != ''' or 1 = 1 --'"),
    (col("a") == Decimal("10.50"), "a = 10.50"),
    (col("a") == Decimal("1E+3"), "a = 1000"),
    (col("a") > 5, "a > 5"),
    (5 > col("a"), "a < 5"),
    (col("a") == 2**62, f"a = {2**62}"),
    (col("a") == True, "a = true"),  # noqa: E712
    (col("a") == None, "a is null"),  # noqa: E711
    (col("a") != None, "a is not null"),  # noqa: E711
    (col("a") < datetime.date(2026, 3, 1), "a < date '2026-03-01'"),
    (col("a") <= datetime.datetime(2026, 3, 1, 8, tzinfo=datetime.timezone(
        datetime.timedelta(hours=8))), "a <= instant '2026-03-01T00:00:00Z'"),
    (col("a") >= datetime.datetime(2026, 3, 1, 0, 0, 0, 5, tzinfo=datetime.timezone.utc),
     "a >= instant '2026-03-01T00:00:00.000005Z'"),
    (col("a") == param("p"), "a = :p"),
    (col("a") & col("b") & ~col("c"), "a and b and not c"),
    ((col("a") | col("b")) & col("c"), "(a or b) and c"),
    (col("a").is_in(["x", None, 3]), "a in ('x', null, 3)"),
    (col("a").not_in([]), "a not in ()"),
    (col("a").is_in(param("list")), "a in (:list)"),
    (col("a").is_in(dates("this_month")), "a in this_month"),
    (col("a").not_in(dates("last_n_days", 7)), "a not in last_n_days(7)"),
    (col("a").is_in(dates("next_n_weeks", param("n"))), "a in next_n_weeks(:n)"),
    (col("a").is_in(select("b").from_("c").where(col("d"))), "a in (select b from c where d)"),
    (col("a").between(1, 2), "a >= 1 and a <= 2"),
    (col("a").like("%x\\%") | col("a").not_like("y_"), "a like '%x\\%' or a not like 'y_'"),
    (col("a").is_null() & col("b").is_not_null(), "a is null and b is not null"),
    (any_("account.contacts", col("b") == 1), "any(account.contacts: b = 1)"),
    (all_("bs", none_("cs", lit(True))), "all(bs: none(cs: true))"),
])
def test_conditions_print_as_text(condition, text):
    assert where(condition) == text


@pytest.mark.parametrize("expression, text", [
    (col("a") * 2 + 1, "a * 2 + 1"),
    ((1 - col("a")) / 3, "(1 - a) / 3"),
    (-col("a"), "-a"),
    (2 * (col("a") - col("b")), "2 * (a - b)"),
    (1 + col("a"), "1 + a"),
    (1 / col("a"), "1 / a"),
    ((col("a") / col("b")).round(2), "round(a / b, 2)"),
    (abs(col("a")).abs(), "abs(abs(a))"),
    (col("a").bucket(1000), "bucket(a, 1000)"),
    (col("a").bucket(0, Decimal("0.5"), param("top")), "bucket(a, 0, 0.5, :top)"),
    (concat(col("a").lower(), "/", col("b").upper()), "concat(lower(a), '/', upper(b))"),
    (coalesce(col("a"), 0), "coalesce(a, 0)"),
    (col("a").coalesce("x").nullif(""), "nullif(coalesce(a, 'x'), '')"),
    (case_if(col("a"), 1, None), "if(a, 1, null)"),
    (col("a").year() + col("a").quarter() + col("a").month() + col("a").day() + col("a").weekday(),
     "year(a) + quarter(a) + month(a) + day(a) + weekday(a)"),
    (col("a").date().period("fiscal_quarter"), "period(date(a), fiscal_quarter)"),
    (today() - 30, "today() - 30"),
    (now(), "now()"),
    (col("a").length(), "length(a)"),
    (lit(None), "null"),
    (lit("x"), "'x'"),
    (lit(Decimal("1.50")), "1.50"),
    (count(), "count()"),
    (count("a").distinct(), "count(distinct a)"),
    (col("a").count(), "count(a)"),
    (col("a").sum().filter(col("b")).filter(col("c"), col("d")),
     "sum(a) filter (where b and c and d)"),
    (col("a").avg() + col("a").mean(), "avg(a) + avg(a)"),
    (col("a").min() - col("a").max(), "min(a) - max(a)"),
    (col("a").median(), "median(a)"),
    (col("a").percentile(Decimal("0.9")), "percentile(a, 0.9)"),
    (col("a").first().by("b"), "first(a by b)"),
    (col("a").last().by(col("b"), "c").filter(col("d")), "last(a by b, c) filter (where d)"),
    (count().share().round(3), "round(share(count()), 3)"),
    (col("a").sum().prior(1, "year"), "prior(sum(a), 1 year)"),
    (count().delta(param("n"), "month"), "delta(count(), prior :n month)"),
    (count().running_sum(), "running_sum(count())"),
    (col("a").convert("EUR").sum(), "sum(convert(a, 'EUR'))"),
    (col("a").convert(param("to"), at=col("b"), or_null=True),
     "convert(a, :to, at b, else null)"),
    ((col("a") * 2).convert("EUR", at=datetime.date(2026, 3, 1)).round(1),
     "round(convert(a * 2, 'EUR', at date '2026-03-01'), 1)"),
    (col("a").grouping(), "grouping(a)"),
    (col("a").sum().as_("the sum"), "sum(a) as \"the sum\""),
    (lit(5).alias("five"), "5 as five"),
])
def test_expressions_print_as_text(expression, text):
    assert item(expression) == text


def test_whole_queries():
    q = (
        select("currency", col("owner.name").as_("agent"), total=col("amount").sum())
        .from_("opportunity").with_archived().scope("team").as_of(datetime.date(2026, 3, 1))
        .where(col("a"), col("b")).where(col("c"))
        .group_by("currency", rollup("agent", col("x")), cube("y"))
        .having(count() > param("least"))
        .order_by("currency", col("total").desc().nulls_last(), col("agent").asc().nulls_first())
        .limit(3, per=["currency", col("agent")]).limit(50).offset(param("skip"))
    )
    text = ("select currency, owner.name as agent, sum(amount) as total from opportunity with "
            "archived scope team as of date '2026-03-01' where a and b and c group by currency, "
            "rollup(agent, x), cube(y) having count() > :least order by currency, total desc nulls "
            "last, agent nulls first limit 3 per currency, agent limit 50 offset :skip")
    assert str(q) == text
    assert repr(q) == f"<Select {text}>"
    assert guanxi.statement_to_json(text) == guanxi.statement_to_json(str(q))
    assert guanxi.statement_from_json(q.to_json()) == text
    assert json.loads(q.to_json()) == q.to_dict()
    pivoted = select("a").from_("b").group_by(col("c").period("month"), "a").fill_gaps()
    assert str(pivoted.pivot(count(), of="d.e", values=["x", 3])) == (
        "select a from b group by period(c, month), a fill gaps pivot (count()) for d.e in ('x', 3)")
    assert str(pivoted.pivot(total=col("f").sum(), of=col("d") > 1, values={"yes": True})) == (
        "select a from b group by period(c, month), a fill gaps pivot (sum(f) as total) "
        "for (d > 1) in (true as yes)")
    won = figure(select(col("d").min()).from_("visits").where(col("won")))
    steps = select(step(), step_name(), count().conversion(), count().conversion(1),
                   count().prior(1, "step"), (reached() - prior_reached()).avg(),
                   first_reached().max()).from_("b").funnel(any_("c", col("d")), a="a", won=won)
    assert str(steps) == (
        "select step(), step_name(), conversion(count()), conversion(count(), prior 1 step), "
        "prior(count(), 1 step), avg(reached() - prior_reached()), max(first_reached()) from b "
        "funnel (any(c: d), a as a, (select min(d) from visits where won) as won)")
    aged = select(periods_between(won, "a", "month").as_("age"), count().retention(),
                  least(col("a"), 1), greatest(col("a"), won)).from_("b").group_by("age")
    assert str(aged.order_by(won)) == (
        "select periods_between((select min(d) from visits where won), a, month) as age, "
        "retention(count()), least(a, 1), greatest(a, (select min(d) from visits where won)) "
        "from b group by age order by (select min(d) from visits where won)")
    assert str(select("*").from_("a").deleted().limit(1, per="b")) == (
        "select * from a deleted limit 1 per b")
    assert str(select("b").from_("a").archived().as_of("2026-03-01")) == (
        "select b from a archived as of '2026-03-01'")


def test_each_clause_gives_another_query():
    base = select("name").from_("account")
    more = base.where(col("a")).limit(3)
    assert str(base) == "select name from account"
    assert str(more.where(col("b"))) == "select name from account where a and b limit 3"
    assert str(more) == "select name from account where a limit 3"
    total = col("a").sum()
    total.filter(col("b"))
    assert item(total) == "sum(a)"
    condition = col("a") == 0
    for i in range(300):
        condition = condition | (col("a") == i)
    assert where(condition).count(" or ") == 300


def test_mistakes_are_told():
    with pytest.raises(TypeError, match="join conditions with &, | and ~"):
        if col("a") == 1:
            pass
    with pytest.raises(TypeError, match="and ~"):
        1 < col("a") < 3
    with pytest.raises(TypeError, match="not exact"):
        col("a") == 0.1
    with pytest.raises(TypeError, match="holds no list"):
        col("a") == [1]
    with pytest.raises(ValueError, match="time zone"):
        col("a") == datetime.datetime(2026, 1, 1)
    with pytest.raises(ValueError, match="finite"):
        col("a") == Decimal("NaN")
    with pytest.raises(TypeError, match="takes a list"):
        col("a").is_in("abc")
    with pytest.raises(TypeError):
        hash(col("a"))
    with pytest.raises(TypeError, match="a condition is needed"):
        select("a").from_("b").where()
    unfinished = select("a")
    with pytest.raises(guanxi.Error, match="needs a `from`"):
        str(unfinished)
    assert "needs a `from`" in repr(unfinished)
    with pytest.raises(guanxi.Query, match="did you mean `this_month`"):
        where(col("a").is_in(dates("this_mont")))


def test_a_session_takes_each_form(crm, s, people):
    acme = s.create("account", name="Acme", industry="it")
    s.create("account", name="Bare")
    q = select("name").from_("account").where(col("industry") == "it")
    form = {"select": ["name"], "from": "account", "where": {"eq": [{"path": "industry"}, "it"]}}
    for query in (q, str(q), q.to_dict(), form, {**form, "where": q.to_dict()["where"]}):
        assert [row.name for row in s.query(query)] == ["Acme"]
        assert s.explain_query(query)["division"] == "store"
    by_id = select("name").from_("account").where(col("id") == acme)
    assert s.query(by_id)[0].name == "Acme"
    asked = select("name").from_("account").where(col("industry").is_in(param("all")))
    assert s.query(asked, all=["it"])[0].name == "Acme"
    assert s.query({**form, "where": {"eq": [{"path": "id"}, acme]}})[0].name == "Acme"
    with crm.as_user("li") as li:
        assert len(li.query(q)) == 0


@pytest.mark.parametrize("wrong, kind, words", [
    (5, TypeError, "not int"),
    (None, TypeError, "not NoneType"),
    ([], TypeError, "not list"),
    ({}, guanxi.Error, "needs a `select`"),
    ({"select": ["name"], "from": "account", "were": True}, guanxi.Error, "did you mean `where`"),
    ({"select": ["nmae"], "from": "account"}, guanxi.Query, "did you mean `name`"),
    ({"select": ["name"], "from": "account", "where": {"eq": [1, [2]]}}, guanxi.Error,
     "at `/where/eq/1`"),
    ({"select": ["name"], "from": "account", "limit": {1}}, TypeError, "holds no set"),
])
def test_a_session_refuses_what_is_no_query(s, wrong, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        s.query(wrong)


@pytest.mark.parametrize("page, text", QUERIES)
def test_a_query_of_the_pages_has_one_answer(company, page, text):
    form = guanxi.statement_to_json(text)
    assert guanxi.statement_to_json(guanxi.statement_from_json(form)) == form
    assert ([tuple(row) for row in company.query(json.loads(json.dumps(form)))] ==
            [tuple(row) for row in company.query(text)])


@pytest.mark.parametrize("page", FORM_PAGES)
def test_the_page_has_forms(page):
    assert len(blocks_of("json", page)) >= 3


@pytest.mark.parametrize("page, form", FORMS)
def test_a_form_of_the_page_runs(company, page, form):
    content = json.loads(form)
    assert len(company.query(content)) > 0
    assert guanxi.statement_from_json(form) == guanxi.statement_from_json(content)


def test_the_example_runs(capsys):
    runpy.run_path(str(ROOT / "examples" / "query_builder.py"))
    assert "select account.name as customer" in capsys.readouterr().out
