"""Q1 and Q2: a company's questions to our stores and to others, on the same records.

    queries.measure(build, sizes, rounds)        from run.py: measures, and what is told of each size
    queries.section(told, verdicts, reasons)     the section "A company's questions" of the page

Each size is made and measured by processes of its own, so that the memory of each is its own.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import datetime
import gc
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import table
from company.questions import MOST_FRAME_ROWS
from company.tables import MOST_MADE
from compare import Side, turns
from goals import COMPANY_GOALS, FRAME_SPEED, REPORT_SPEED, SQLITE_COST, Verdict

HEADING = "## A company's questions"
SIZES = (100_000, 1_000_000, 10_000_000)
MOST_SECONDS_A_QUESTION = 240
# A step that takes longer is given up; what it has told until then is kept.
SECONDS_A_STEP, SECONDS_A_DEAL = 1_800, 0.001


# A size, in its own process


def status(key: str) -> int:
    """Bytes that the process has: VmRSS now, VmHWM at most since it was last set back."""
    found = re.search(rf"{key}:\s*(\d+)", pathlib.Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 if found else 0


def set_peak_back() -> None:
    try:
        pathlib.Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass  # the peak is that of the whole run, then


def let_go() -> None:
    """Gives back what nobody uses, so that the next does not seem to need less."""
    import pyarrow

    gc.collect()
    pyarrow.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def systems(folder: pathlib.Path, viewers: list[Any], note: Callable[..., None]) -> list[Any]:
    """All of them with the company in them; what each holds and took to load is noted."""
    from company import in_duckdb, in_guanxi, in_pandas, in_polars, in_sqlite
    from company.tables import open_store, store_of

    file = store_of(folder, "sqlite")
    loaders: list[Callable[[], Any]] = [
        lambda: in_guanxi.Guanxi("memory", open_store(folder, "memory"), viewers),
        lambda: in_duckdb.DuckDb(folder), lambda: in_polars.Polars(folder),
        lambda: in_pandas.Pandas(folder),
        lambda: in_guanxi.Guanxi("SQLite", open_store(folder, "sqlite"), viewers),
        lambda: in_sqlite.Sqlite(file), lambda: in_sqlite.Sqlite(file, tuned=True),
        lambda: in_sqlite.Trigrams(file, folder)]
    if not store_of(folder, "memory").exists():
        del loaders[0]
    # Their code is no part of what the company takes.
    import duckdb  # noqa: F401
    import pandas  # noqa: F401
    import polars  # noqa: F401
    import pyarrow.compute  # noqa: F401

    out = []
    for load in loaders:
        let_go()
        set_peak_back()
        before, begun = status("VmRSS"), time.process_time()
        out.append(load())
        seconds = time.process_time() - begun
        let_go()
        note(system=out[-1].name, held=status("VmRSS") - before, peak=status("VmHWM") - before,
             seconds=seconds)
    return out


def ask(folder: pathlib.Path, deals: int, rounds: int, note: Callable[..., None]) -> None:
    """Every question to every system, in turns."""
    from company import tables
    from company.questions import questions

    viewers = tables.viewers(folder)
    note(viewer=viewers[1].login, roles=len(viewers[1].below or ()))
    everybody = systems(folder, viewers, note)
    for question in questions(tables.rare_name(folder)):
        for viewer in viewers if question.trimmed else viewers[:1]:
            sides: dict[str, Side] = {}
            for system in everybody:
                if (work := system.asks(question, viewer)) is not None:
                    sides[system.name] = (
                        work, lambda got, system=system: system.rows(question, got))
            if not {"memory", "SQLite"} & sides.keys():
                continue  # not in this version
            print(f"bench: {deals:,} deals: {question.key}, {viewer.name}", file=sys.stderr)
            peaks: dict[str, int] = {}

            def before(name: str) -> None:
                let_go()
                set_peak_back()
                peaks[name] = -status("VmRSS")

            def after(name: str) -> None:
                peaks[name] += status("VmHWM")

            taken, answers = turns(sides, rounds, most_seconds=MOST_SECONDS_A_QUESTION,
                                   repeated=True, before=before, after=after)
            right = answers["SQLite"]
            note(question=question.key, text=question.text, viewer=viewer.name, taken=taken,
                 equal={name: answer == right for name, answer in answers.items()},
                 peaks=peaks, answer=len(right))


def step(given: argparse.Namespace) -> None:
    from company import tables

    began, cpu = time.perf_counter(), time.process_time()
    with given.out.open("a") as out:
        def note(**told: Any) -> None:
            out.write(json.dumps(told) + "\n")
            out.flush()

        if given.step == "hand-over":
            tables.hand_over(given.folder)
        elif given.step == "ask":
            ask(given.folder, given.deals, given.rounds, note)
        else:
            tables.make(given.folder, given.step, given.deals)
        note(step=given.step, wall=time.perf_counter() - began, cpu=time.process_time() - cpu,
             peak=status("VmHWM"))


# All of the sizes


def memory_needed(deals: int) -> int:
    """Bytes while the memory store is filled: a deal of the sample brings visits, activities, leads
    and its part of the log along; what is written at once is held until it is kept."""
    made, copied = min(deals, MOST_MADE), max(deals - MOST_MADE, 0)
    return 5_800 * made + 450 * copied + 2_000 * min(made, copied)


def disk_needed(deals: int) -> int:
    """Bytes in the folder: both stores, the SQLite file's log, and the tables for the others."""
    made, copied = min(deals, MOST_MADE), max(deals - MOST_MADE, 0)
    return 8_700 * made + 1_200 * copied + 1_500 * min(made, copied)


def available_memory() -> int:
    found = re.search(r"MemAvailable:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())
    return int(found[1]) * 1024 if found else 0


def run_step(name: str, folder: pathlib.Path, out: pathlib.Path, deals: int, rounds: int) -> str:
    """Why it did not come to its end; empty: it did."""
    print(f"bench: {deals:,} deals: {name}", file=sys.stderr)
    try:
        done = subprocess.run(
            [sys.executable, __file__, "--step", name, "--folder", str(folder), "--out", str(out),
             "--deals", str(deals), "--rounds", str(rounds)], check=False,
            timeout=SECONDS_A_STEP + SECONDS_A_DEAL * deals)
    except subprocess.TimeoutExpired as late:
        return f"given up after {late.timeout:,.0f} s"
    return f"ended with {done.returncode}" if done.returncode else ""


def measure_size(folder: pathlib.Path, deals: int, rounds: int) -> dict:
    """What is told of a size: what was made, what each holds, and each question's times."""
    out = folder / "told.jsonl"
    notes = []

    def give(name: str) -> bool:
        if why := run_step(name, folder, out, deals, rounds):
            notes.append(f"{name}: {why}")
        return not why

    busy = os.getloadavg()[0]
    if (free := shutil.disk_usage(folder).free) < disk_needed(deals):
        notes.append(f"not measured: it takes {size(disk_needed(deals))} of disk, and {size(free)} "
                     "are free")
    else:
        if (free := available_memory()) < memory_needed(deals):
            notes.append("memory: not measured, for filling the store takes "
                         f"{size(memory_needed(deals))}, and {size(free)} are free")
        elif not give("memory"):
            (folder / "company.memory").unlink(missing_ok=True)
        if give("sqlite") and give("hand-over"):
            give("ask")
    told = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    return {"deals": deals, "notes": notes, "told": told,
            "at": datetime.date.today().isoformat(), "busy": busy}


def measures_of(told: dict) -> list[dict]:
    """The pairs that are goals, as the other comparisons have them."""
    out = []
    for asked in (line for line in told["told"] if "question" in line):
        for goal, ours, others in COMPANY_GOALS:
            theirs = others.get(asked["question"])
            if theirs and {ours, theirs} <= asked["taken"].keys():
                out.append({
                    "goal": goal, "part": f"{asked['question']}, {asked['viewer']}",
                    "deals": told["deals"], "items": 1,
                    "equal": asked["equal"][ours] and asked["equal"][theirs],
                    "ours": asked["taken"][ours], "theirs": asked["taken"][theirs]})
    return out


def measure(build: pathlib.Path, sizes: tuple[int, ...], rounds: int) -> tuple[list[dict], list]:
    told = []
    for deals in sizes:
        with tempfile.TemporaryDirectory(prefix="guanxi-company-", dir=build) as name:
            told.append(measure_size(pathlib.Path(name), deals, rounds))
    return [m for size in told for m in measures_of(size)], told


def differing(told: list[dict]) -> list[tuple[int, str]]:
    """Who of all gave a wrong answer, goal or not."""
    return [(one["deals"], f"{line['question']}, {line['viewer']}, {name}")
            for one in told for line in one["told"] if "equal" in line
            for name, equal in line["equal"].items() if not equal]


# The page

INTRODUCTION = f"""{HEADING}

What is asked of a CRM every day, asked of our stores and of others with the same records: the sample
company's, made from a seed. `scripts/bench.sh` measures it and writes this section.

- **Sizes.** {SIZES[0]:,} and {SIZES[1]:,} deals with all that belongs to them, three visits of a stage
  to each; with `--long` also {SIZES[2]:,}, which are the {MOST_MADE:,} again and again, a deal each with
  one visit.
- **Goals**, at every size. Q1: the memory store's reports are {{reports:g}} times as quick as DuckDB's,
  and a frame {{frame:g}} times as quick as from sqlite3. Q2: our SQLite store takes at most {{cost:g}}
  times what the same SQL by hand does.
- **Frames** are of {MOST_FRAME_ROWS:,} deals at most.
- **As whom.** An *administrator* sees all; a *manager* the own deals and those of all roles below. Ours
  trims by itself. By hand the condition is written into each query, and the roles below are found by a
  recursive one (Polars and pandas are given their list).
- **The others** have what lives in tables of their own, without deleted or archived records, and each
  question in the best form that it has. DuckDB and Polars use one thread, as ours does. pandas counts
  in whole cents. Amounts in DuckDB's frames are floats, in ours and Polars' they are exact.
- **SQLite by hand** is SQL on the tables of our own file, indices and all, through Python's `sqlite3`,
  *tuned* the same with what an expert adds: `not indexed`, where SQLite takes the wrong index, and a
  funnel without sets of ids. Its frame is `pandas.read_sql`, amounts in cents and days as numbers.
- **Answers** of all systems are compared, exact amounts and order included.
- **Times** are CPU times, medians of rounds in which all systems take turns; in brackets how many times
  ours they are, the median of the rounds' ratios. A question that takes long has fewer rounds, 3 at
  least.
- **Names** are looked for with `like '%…%'` and by `search`; pinyin is known to ours alone. A table of
  FTS5 trigrams finds three characters or more.
"""
NO_SEARCH = ("- `search` is not in this version: names were looked for with `like` alone.\n")
BESIDE_MEMORY = ("DuckDB", "Polars", "pandas")
BESIDE_SQLITE = ("SQLite by hand", "SQLite, tuned", "FTS5 trigrams")


def size(count: float) -> str:
    count = max(count, 0)
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def cell(asked: dict, name: str, ours: str) -> str:
    if name not in asked["taken"]:
        return "–"
    if not asked["equal"][name]:
        return "**wrong answer**"
    theirs = asked["taken"][name]
    shown = table.each(median(theirs), 1)
    if name == ours or ours not in asked["taken"]:
        return shown
    ratios = [t / o for t, o in zip(theirs, asked["taken"][ours], strict=True)]
    return f"{shown} ({table.number(median(ratios))})"


def matrix(told: dict, ours: str, others: tuple[str, ...], verdicts: list[Verdict],
           goal: str) -> list[str]:
    """A row a question and viewer, a column a system; the goal's verdict behind them."""
    asked = [line for line in told["told"] if "question" in line and ours in line["taken"]]
    if not asked:
        return []
    judged = {v.part.name: v for v in verdicts if v.goal.id == goal and v.deals == told["deals"]}
    out = [f"| question | as | ours, {ours} | {' | '.join(others)} | {goal} | |",
           "| --- | --- |" + " ---: |" * (len(others) + 1) + " --- | --- |"]
    for line in asked:
        verdict = judged.get(f"{line['question']}, {line['viewer']}")
        said = ["", ""] if verdict is None else [
            f"{table.number(verdict.ratio)}, {table.limit(verdict)}",
            "met" if verdict.met else "**missed**"]
        out.append(" | ".join([f"| {line['text']}", line["viewer"],
                               *(cell(line, name, ours) for name in (ours, *others)), *said])
                   + " |")
    return [*out, ""]


def facts(told: dict) -> list[str]:
    """What was made, and what it takes."""
    lines = told["told"]
    out = [f"- {told['at']}; {told['busy']:.1f} processes ran on the machine (load average)."]
    for line in lines:
        if line.get("step") in ("memory", "sqlite"):
            out.append(f"- Made on the {line['step']} store in {line['wall']:,.0f} s, with at most "
                       f"{size(line['peak'])} of memory.")
        if "roles" in line:
            out.append(f"- The manager has {line['roles']} roles below.")
    for line in lines:
        if line.get("system") == "FTS5 trigrams":
            out.append(f"- The table of trigrams was built in {line['seconds']:.3g} s.")
    rounds = {len(times) for line in lines if "taken" in line for times in line["taken"].values()}
    if rounds:
        out.append(f"- Rounds: {' to '.join(map(str, sorted({min(rounds), max(rounds)})))}.")
    return out + [f"- {note}." for note in told["notes"]]


def memory_taken(told: dict) -> list[str]:
    held = [line for line in told["told"] if "system" in line]
    if not held:
        return []
    most: dict[str, int] = {}
    for line in told["told"]:
        for name, peak in line.get("peaks", {}).items():
            most[name] = max(most.get(name, 0), peak)
    return ["| memory | with the company | more while loading | more while asking |",
            "| --- | ---: | ---: | ---: |",
            *(f"| {line['system']} | {size(line['held'])} | "
              f"{size(line['peak'] - max(line['held'], 0))} | {size(most.get(line['system'], 0))} |"
              for line in held), ""]


def reasons_why(missed: list[Verdict], reasons: dict[str, str]) -> list[str]:
    """A line a question that is missed by somebody, where a reason is known."""
    found = {f"{v.goal.id} {v.part.name.rpartition(', ')[0]}": None for v in missed}
    return [f"- *{key}*: {reasons[key]}" for key in found if key in reasons]


def part(told: dict, verdicts: list[Verdict], reasons: dict[str, str]) -> str:
    deals = told["deals"]
    mine = [v for v in verdicts if v.deals == deals]
    met = [f"{sum(v.met for v in mine)} of {len(mine)} goals are met.\n"] if mine else []
    why = reasons_why([v for v in mine if not v.met], reasons)
    return "\n".join([
        f"### {deals:,} deals\n", *met,
        *matrix(told, "memory", BESIDE_MEMORY, verdicts, "Q1"),
        *matrix(told, "SQLite", BESIDE_SQLITE, verdicts, "Q2"),
        *why, *([""] if why else []), *memory_taken(told), *facts(told)]).rstrip() + "\n"


def section(told: list[dict], verdicts: list[Verdict], reasons: dict[str, str]) -> str:
    text = INTRODUCTION.format(reports=REPORT_SPEED, frame=FRAME_SPEED, cost=SQLITE_COST)
    if not any(line.get("question") == "search" for one in told for line in one["told"]):
        text += NO_SEARCH
    return "\n".join([text, *(part(one, verdicts, reasons) for one in told)]).rstrip() + "\n"


def kept_sizes(old: str, new: str) -> str:
    """The new section, with the sizes that only the old one has."""
    parts = re.findall(r"^### [0-9,]+ deals\n(?:(?!## |### ).*\n?)*", old, re.MULTILINE)
    missing = [text for text in parts if text.partition("\n")[0] + "\n" not in new]
    return "\n".join([new.rstrip() + "\n", *(text.rstrip() + "\n" for text in missing)])


if __name__ == "__main__":
    parse = argparse.ArgumentParser(description="One step of a size; run.py calls it.")
    parse.add_argument("--step", choices=("memory", "sqlite", "hand-over", "ask"), required=True)
    parse.add_argument("--folder", type=pathlib.Path, required=True)
    parse.add_argument("--out", type=pathlib.Path, required=True)
    parse.add_argument("--deals", type=int, required=True)
    parse.add_argument("--rounds", type=int, required=True)
    step(parse.parse_args())
