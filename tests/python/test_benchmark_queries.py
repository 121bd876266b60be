"""A company's questions, as scripts/bench.sh asks them: that every system answers alike, that who
answers wrongly is found out, and that the page says so. No test here looks at a clock."""

import json
import pathlib
import subprocess
import sys
from decimal import Decimal

import guanxi
import pytest

for needed in ("duckdb", "polars", "pandas", "pyarrow"):
    pytest.importorskip(needed)

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "benchmarks"))

import goals  # noqa: E402
import queries  # noqa: E402
import run  # noqa: E402
from company import in_guanxi, in_pandas, in_sqlite, questions, tables  # noqa: E402
from compare import turns  # noqa: E402

DEALS = 1_000
IN_MEMORY = {"memory", *queries.BESIDE_MEMORY}
BY_SQLITE = {"SQLite", *queries.BESIDE_SQLITE}


def searches():
    with guanxi.open(":memory:", store="memory") as crm, crm.as_system("test") as session:
        try:
            session.query("select id from contact where search('a')")
        except guanxi.Query:
            return False
    return True


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    measures, told = queries.measure(tmp_path_factory.mktemp("sizes"), (DEALS,), 3)
    return measures, told[0]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """300 deals of the sample, and 700 that repeat them."""
    folder = tmp_path_factory.mktemp("company")
    for store in ("memory", "sqlite"):
        tables.make(folder, store, DEALS, most_made=300)
    tables.hand_over(folder)
    return folder


def test_every_system_answers_every_question_alike(told):
    _, one = told
    assert one["notes"] == []
    asked = {(line["question"], line["viewer"]): line for line in one["told"] if "question" in line}
    known = [q for q in questions.questions("张三丰") if searches() or not q.search]
    assert asked.keys() == {(q.key, viewer) for q in known
                            for viewer in goals.VIEWERS[:2 if q.trimmed else 1]}
    assert queries.differing([one]) == []
    for (question, _), line in asked.items():
        assert all(line["equal"].values()) and line["answer"] > 0 or question == "pinyin"
        assert all(len(times) == 3 and min(times) > 0 for times in line["taken"].values())
    for question in goals.REPORTS:
        for viewer in goals.VIEWERS:
            assert asked[question, viewer]["taken"].keys() == (
                IN_MEMORY | BY_SQLITE - {"FTS5 trigrams"})
    assert asked["rare name", "administrator"]["taken"].keys() == (
        IN_MEMORY | BY_SQLITE - {"SQLite, tuned"})
    # A manager sees something, and not everything.
    for question in ("pipeline", "win_rate", "frame"):
        assert 0 < asked[question, "manager"]["answer"] < asked[question, "administrator"]["answer"]


def test_every_goal_is_judged_and_shown(told):
    measures, one = told
    verdicts = goals.judge(measures)
    wanted = {(g.id, p.name) for g in goals.GOALS if g.id in run.OF_COMPANY for p in g.parts}
    assert {(v.goal.id, v.part.name) for v in verdicts} == wanted
    assert all(v.ratio > 0 and v.deals == DEALS for v in verdicts)
    page = queries.section([one], verdicts, {"Q2 top": "It is so."})
    assert f"### {DEALS:,} deals" in page and "**wrong answer**" not in page
    shown = page.partition("### ")[2]
    assert shown.count("met |") + shown.count("**missed** |") == len(wanted)
    assert all(f"| {name} |" in shown for name in (*IN_MEMORY, *BY_SQLITE))
    late = [v for v in verdicts if v.part.name.startswith("top") and not v.met]
    assert ("- *Q2 top*: It is so." in page) == bool(late)


def test_deals_that_repeat_others_are_deals_on_every_store(company):
    with guanxi.open(company / "company.sqlite", clock=tables.CLOCK) as crm:
        with crm.as_user("admin") as session:
            found, = session.query("select count() as deals, count(number) as numbered, "
                                   "count(distinct name) as names from opportunity")
            assert found.deals == DEALS and found.numbered == 300 and found.names <= 300
    notes = []
    queries.ask(company, DEALS, 1, lambda **told: notes.append(told))
    asked = [note for note in notes if "question" in note]
    assert len(asked) >= 10 and all(all(note["equal"].values()) for note in asked)


class Forgetful(in_pandas.Pandas):
    """It leaves out the last deal."""

    def seen(self, frame, viewer):
        return super().seen(frame, viewer)[:-1]


def test_a_system_that_forgets_a_deal_is_found_out(company, monkeypatch):
    monkeypatch.setattr(in_pandas, "Pandas", Forgetful)
    notes = []
    queries.ask(company, DEALS, 1, lambda **told: notes.append(json.loads(json.dumps(told))))
    one = {"deals": DEALS, "told": notes, "notes": [], "at": "today", "busy": 0.0}
    wrong = queries.differing([one])
    assert (DEALS, "pipeline, administrator, pandas") in wrong
    assert all(name.endswith(", pandas") for _, name in wrong)
    assert "**wrong answer**" in queries.section([one], [], {})


def test_ours_that_is_wrong_scores_nothing():
    times = {"memory": [1.0], "DuckDB": [9.0]}
    one = {"deals": DEALS, "told": [{"question": "pipeline", "viewer": "manager", "taken": times,
                                     "equal": {"memory": False, "DuckDB": True}}]}
    verdict, = goals.judge(queries.measures_of(one))
    assert verdict.ratio == 0 and not verdict.met


def test_by_hand_a_manager_sees_what_ours_lets_a_manager_see(company):
    _, manager = tables.viewers(company)
    assert manager.below
    file = tables.store_of(company, "sqlite")
    frame = next(q for q in questions.questions("") if q.key == "frame")
    with guanxi.open(file, clock=tables.CLOCK) as crm:
        ours = in_guanxi.Guanxi("SQLite", crm, [manager])
        hand = in_sqlite.Sqlite(file)
        mine = ours.asks(frame, manager)()
        theirs = hand.asks(frame, manager)()
        assert 0 < len(mine) < DEALS
        assert sorted(mine["id"]) == sorted(theirs["id"])
        # One deal less, and it shows.
        assert ours.rows(frame, mine) == hand.rows(frame, theirs)
        assert ours.rows(frame, mine) != hand.rows(frame, theirs[:-1])


def test_rates_are_exact():
    assert questions.rate(1, 32) == Decimal("0.0313")  # half away from zero
    assert questions.rate(1, 3) == Decimal("0.3333")
    assert questions.rated([(7, "A", 1, 3, 1 / 3)]) == [(7, "A", 1, 3, Decimal("0.3333"))]
    with pytest.raises(ValueError):
        questions.rated([(7, "A", 1, 3, 0.3)])
    assert questions.exact(Decimal("2.50"), money=True) == questions.exact(250, True, cents=True)
    assert questions.exact(2.5, money=True) == Decimal("2.50")


def test_rounds_turn_about_and_are_fewer_where_they_take_long():
    order = []
    sides = {name: (lambda name=name: order.append(name), lambda got: None) for name in "abc"}
    taken, _ = turns(sides, 3)
    assert "".join(order) == "cba" "abc" "cba" "abc"
    assert all(len(times) == 3 for times in taken.values())
    taken, _ = turns(sides, 7, most_seconds=0)
    assert all(len(times) == 3 for times in taken.values())


def test_a_size_that_does_not_fit_is_told_and_not_measured(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(queries, "run_step", lambda name, *_: made.append(name) or "")
    monkeypatch.setattr(queries, "available_memory", lambda: 1_000_000)
    one = queries.measure_size(tmp_path, 10_000_000, 3)
    assert made in (["sqlite", "hand-over", "ask"], []) and len(one["notes"]) == 1
    monkeypatch.setattr(queries, "disk_needed", lambda deals: 1 << 62)
    made.clear()
    one = queries.measure_size(tmp_path, 10_000_000, 3)
    assert made == [] and one["notes"][0].startswith("not measured: it takes ")
    assert "not measured" in queries.section([one], [], {})


def test_a_step_that_fails_is_told(tmp_path):
    done = subprocess.run([sys.executable, PROJECT / "benchmarks/queries.py", "--step", "ask",
                           "--folder", tmp_path, "--out", tmp_path / "told", "--deals", "5",
                           "--rounds", "1"], capture_output=True, check=False)
    assert done.returncode != 0
    assert queries.run_step("ask", tmp_path, tmp_path / "told", 5, 1).startswith("ended with ")


def test_sizes_of_another_run_stay():
    def section(*sizes):
        return "\n".join([queries.HEADING + "\n\nwords\n",
                          *(f"### {size} deals\n\n{text}\n" for size, text in sizes)])

    old = section(("100,000", "old"), ("10,000,000", "long"))
    new = section(("100,000", "new"), ("1,000,000", "more"))
    assert queries.kept_sizes(old, new) == section(
        ("100,000", "new"), ("1,000,000", "more"), ("10,000,000", "long"))
    assert queries.kept_sizes("", new) == new


def test_a_run_writes_what_it_has_measured_and_leaves_the_rest(tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "performance.md"
    monkeypatch.setattr(run, "HERE", tmp_path / "benchmarks")
    goals_page = "# Performance\n\n## Goals\n\nfigures\n"
    asked = queries.HEADING + "\n\nwords\n\n### 100,000 deals\n\nanswers\n"
    at_work = run.load.HEADING + "\n\nusers\n"
    page.write_text(goals_page + "\n" + at_work)
    run.keep("", asked)
    assert page.read_text() == "\n".join([goals_page, at_work, asked])
    run.keep(goals_page.replace("figures", "others"), "")
    assert page.read_text() == "\n".join([goals_page.replace("figures", "others"), asked, at_work])
    run.keep("", asked.replace("answers", "more"))
    assert page.read_text() == "\n".join(
        [goals_page.replace("figures", "others"), asked.replace("answers", "more"), at_work])
