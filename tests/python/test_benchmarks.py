"""The harness of scripts/bench.sh: that all of it runs, that both sides of every comparison answer
alike, and that sides that cheat are found out. No test here looks at a clock."""

import json
import os
import pathlib
import re
import subprocess
import sys

import guanxi
import pytest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(guanxi.__file__).parents[2]
PROGRAM = BUILD / "benchmarks" / "guanxi_benchmarks"

sys.path.insert(0, str(PROJECT / "benchmarks"))

import compare  # noqa: E402
import goals  # noqa: E402
import load  # noqa: E402
import run  # noqa: E402
import table  # noqa: E402

pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="built without the benchmarks")


def test_every_comparison_runs_and_both_sides_answer_alike(tmp_path):
    for made in ("benchmarks", "python"):
        (tmp_path / made).symlink_to(BUILD / made)
    done = subprocess.run(
        [sys.executable, PROJECT / "benchmarks/run.py", "--build", tmp_path, "--quick"],
        capture_output=True, text=True, timeout=900, cwd=tmp_path,
        env={**os.environ, "POLARS_MAX_THREADS": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (tmp_path / "goals.txt").read_text().splitlines()
    assert done.stdout.splitlines() == lines
    wanted = [(g.id, p.name) for g in goals.GOALS for p in g.parts if p.limit is not None
              if g.id not in run.OF_COMPANY]
    found = []
    for line in lines:
        goal, ratio, limit, verdict, part = line.split("\t")
        assert float(ratio) > 0 or goal == "M2"  # whose bytes a sanitizer's heap does not tell
        assert float(ratio) > 0 or verdict == "missed"
        assert re.fullmatch(r"[<>]= [0-9.]+", limit)
        assert verdict in ("met", "missed")
        found.append((goal, part))
    assert [(goal, part) for goal, part in found if goal not in run.OF_COMPANY] == wanted
    # What becomes of these is tested beside, in test_benchmark_queries.py.
    assert {goal for goal, part in found if part.endswith(", 1,000 deals")} == run.OF_COMPANY
    page = (tmp_path / "performance.md").read_text()
    assert "wrong answer" not in page.partition("## The machine")[2]
    for goal, part in wanted:
        assert f"| {part} |" in page and f"### {goal} " in page


def planted(folder):
    out = folder / "planted.jsonl"
    subprocess.run([PROGRAM, "--goal", "planted", "--pairs", "3", "--rows", "100",
                    "--folder", folder, "--out", out], check=True, capture_output=True)
    return {m["part"]: m for m in map(json.loads, out.read_text().splitlines())}


def test_sides_that_cheat_score_nothing(tmp_path):
    found = planted(tmp_path)
    assert found["alike"]["equal"]
    for cheat in ("a baseline that does nothing", "a wrong answer of ours"):
        assert not found[cheat]["equal"]
        assert goals.ratio_of(found[cheat], "speed") == 0.0


def test_a_baseline_that_sleeps_gains_nothing(tmp_path):
    # It sleeps a hundred times as long as it works, and only work counts.
    assert goals.ratio_of(planted(tmp_path)["a baseline that sleeps"], "speed") < 10


def test_python_sides_that_cheat_score_nothing():
    def sides(ours, theirs):
        return compare.compare("F1", "attribute", items=1, pairs=2, ours=ours, theirs=theirs)

    right = sides(lambda: sum(range(100)), lambda: sum(range(100)))
    assert right["equal"] and len(right["ours"]) == len(right["theirs"]) == 2
    for ours, theirs in ((lambda: 0, lambda: sum(range(100))),
                         (lambda: sum(range(100)), lambda: None)):
        wrong = sides(ours, theirs)
        assert not wrong["equal"]
        verdict, = goals.judge([wrong])
        assert not verdict.met and verdict.ratio == 0
        assert "missed" in table.goals_file([verdict])


def test_a_goal_is_judged_by_its_side():
    def verdict(goal, part, ours, theirs):
        found, = goals.judge([{"goal": goal, "part": part, "items": 1, "equal": True,
                               "ours": ours, "theirs": theirs}])
        return found.ratio, found.met

    assert verdict("M4", "group-by, session", [2, 1, 4], [2, 2, 2]) == (1.0, True)  # a speed
    assert verdict("M4", "group-by, session", [4, 4, 4], [2, 2, 2]) == (0.5, False)
    assert verdict("F1", "attribute", [3, 3, 9], [2, 2, 2]) == (1.5, True)          # a cost
    assert verdict("F1", "attribute", [5, 5, 5], [2, 2, 2]) == (2.5, False)
    assert verdict("M2", "bytes a record, store", [180], [300]) == (180, True)      # a size
    assert verdict("M2", "bytes a record, store", [220], [300]) == (220, False)


def at_work(folder, *options):
    for made in ("benchmarks", "python"):
        (folder / made).symlink_to(BUILD / made)
    done = subprocess.run(
        [sys.executable, PROJECT / "benchmarks/run.py", "--build", folder, "--load", "--users", "8",
         "--rows", "2000", *options], capture_output=True, text=True, timeout=900, cwd=folder)
    assert done.stdout == (folder / "load.md").read_text()
    return done


@pytest.mark.parametrize("store", ["sqlite", "memory"])
def test_a_small_company_at_work_keeps_every_change(tmp_path, store):
    done = at_work(tmp_path, "--store", store, "--seconds", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "- All was kept." in done.stdout and "Failed: none." in done.stdout
    assert re.search(r"^- [1-9][0-9,]* changes were acknowledged", done.stdout, re.MULTILINE)
    assert re.search(r"`verify` read [1-9][0-9,]* records", done.stdout)


@pytest.mark.parametrize("fault, found", [
    ("dropped", "changes in the log, and"), ("invented", "is not in the log as"),
    ("misspelt", "Failed: [1-9][0-9,]* `unknown_name`")])
def test_a_planted_fault_at_work_is_found(tmp_path, fault, found):
    done = at_work(tmp_path, "--store", "memory", "--seconds", "1", "--plant", fault)
    assert done.returncode == 1
    if fault == "dropped":  # of a record that nothing else was done to, no change was told at all
        found += "|nobody was told so"
    if fault == "invented":
        found += "|were acknowledged"
    assert re.search(found, done.stdout), done.stdout
    assert "- All was kept." not in done.stdout


def test_a_run_keeps_the_section_of_another():
    first = "# Performance\n\n## Goals\n\n### M1 a\n\nold\n"
    work = load.HEADING + "\n\n### SQLite\n\nfigures\n"
    both = table.with_section(first, load.HEADING, work)
    assert both == first + "\n" + work
    assert table.section_of(both, load.HEADING) == work
    newer = table.with_section(both, load.HEADING, work.replace("figures", "others"))
    assert newer == both.replace("figures", "others")
    # A run of the goals writes all else anew.
    page = first.replace("old", "new")
    assert table.with_section(page, load.HEADING, table.section_of(newer, load.HEADING)) == (
        newer.replace("old", "new"))
    behind = both + "\n## Afterwards\n\nmore\n"
    assert table.with_section(behind, load.HEADING, work.replace("figures", "others")) == (
        behind.replace("figures", "others"))
    assert table.with_section(first, load.HEADING, "") == first
