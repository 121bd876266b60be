"""Measures and judges: what scripts/bench.sh runs once everything is built.

    python benchmarks/run.py --build build/bench [--goal ID]… [--rows N] [--quick] [--long]
    python benchmarks/run.py --build build/bench --load …        a company at work: load.py

Leaves goals.txt and performance.md in the build folder, and after a whole run of normal size also
docs/performance.md; a company's questions go there at 10,000,000 deals and alone, too. Ends with 1 if
an answer is wrong; a goal that is missed is no error.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import load  # noqa: E402
import queries  # noqa: E402
import table  # noqa: E402
from goals import GOALS, judge  # noqa: E402

IN_PYTHON = {"F1", "F2", "R1"}
OF_COMPANY = {"Q1", "Q2"}
NORMAL_ROWS, LONG_ROWS, QUICK_ROWS = 1_000_000, 10_000_000, 1_000


def arguments() -> argparse.Namespace:
    known = [goal.id for goal in GOALS]
    parse = argparse.ArgumentParser(prog="bench.sh", description=__doc__.splitlines()[0])
    parse.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parse.add_argument("--goal", nargs="+", action="extend", choices=known, default=[],
                       help="only these goals")
    parse.add_argument("--rows", type=int, help=f"records, by default {NORMAL_ROWS:,}")
    parse.add_argument("--quick", action="store_true",
                       help=f"{QUICK_ROWS:,} records and 3 pairs: tells whether it runs, no more")
    parse.add_argument("--long", action="store_true", help=f"{LONG_ROWS:,} records")
    given = parse.parse_args()
    given.pairs = 3 if given.quick else 7
    given.rows = given.rows or (QUICK_ROWS if given.quick else
                                LONG_ROWS if given.long else NORMAL_ROWS)
    if given.rows < 100:
        parse.error("--rows must be 100 or more")
    return given


def run_program(build: pathlib.Path, *options: str) -> None:
    done = subprocess.run([build / "benchmarks" / "guanxi_benchmarks", *options], check=False)
    if done.returncode:
        sys.exit(f"bench: guanxi_benchmarks ended with {done.returncode}")


def in_cpp(folder: pathlib.Path, given: argparse.Namespace) -> list[dict]:
    lines = folder / "measures.jsonl"
    chosen = [option for goal in given.goal for option in ("--goal", goal)]
    run_program(given.build, "--out", str(lines), "--folder", str(folder),
                "--rows", str(given.rows), "--pairs", str(given.pairs), *chosen)
    return [json.loads(line) for line in lines.read_text().splitlines()]


def in_python(folder: pathlib.Path, given: argparse.Namespace) -> list[dict]:
    wanted = IN_PYTHON if not given.goal else IN_PYTHON & set(given.goal)
    if not wanted:
        return []
    import python_goals

    run_program(given.build, "--files", "--folder", str(folder), "--rows", str(given.rows))
    return python_goals.measure(folder, given.build, given.rows, given.pairs, wanted.__contains__)


def of_company(given: argparse.Namespace) -> tuple[list[dict], list[dict]]:
    if given.goal and not OF_COMPANY & set(given.goal):
        return [], []
    sizes = tuple(n for n in queries.SIZES if n < given.rows) if given.rows in queries.SIZES else ()
    measures, told = queries.measure(given.build, (*sizes, given.rows), given.pairs)
    return [m for m in measures if not given.goal or m["goal"] in given.goal], told


def keep(page: str, asked: str) -> None:
    """docs/performance.md, with what this run has of it; what another has written stays."""
    kept = HERE.parent / "docs" / "performance.md"
    old = kept.read_text() if kept.exists() else ""
    new = page or old
    old_asked = table.section_of(old, queries.HEADING)
    asked = queries.kept_sizes(old_asked, asked) if asked else old_asked
    new = table.with_section(new, queries.HEADING, asked)
    kept.write_text(table.with_section(new, load.HEADING, table.section_of(old, load.HEADING)))


def main() -> int:
    if "--load" in sys.argv[1:]:
        return load.main(sys.argv[1:])
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-", dir=given.build) as name:
        folder = pathlib.Path(name)
        measures = in_cpp(folder, given) + in_python(folder, given)
    of_sizes, told = of_company(given)
    measures += of_sizes
    verdicts = judge(measures)
    reasons = table.reasons_of((HERE / "missed.md").read_text())
    page = table.page(verdicts, given.rows, given.pairs, reasons)
    asked = queries.section(told, verdicts, reasons) if told else ""
    goals = table.goals_file(verdicts)
    (given.build / "goals.txt").write_text(goals)
    (given.build / "performance.md").write_text(
        table.with_section(page, queries.HEADING, asked))
    whole = not given.goal and given.rows == NORMAL_ROWS
    if given.rows in (NORMAL_ROWS, LONG_ROWS) and (whole or asked) and not given.quick:
        keep(page if whole else "", asked)
    print(goals, end="")
    wrong = [v for v in verdicts if not v.equal]
    for v in wrong:
        print(f"bench: {v.goal.id} {v.part.name}: the answers differ", file=sys.stderr)
    for one, asked_of in queries.differing(told):
        print(f"bench: {one:,} deals: {asked_of}: the answers differ", file=sys.stderr)
    return 1 if wrong or queries.differing(told) else 0


if __name__ == "__main__":
    sys.exit(main())
