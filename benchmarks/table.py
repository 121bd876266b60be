"""docs/performance.md and goals.txt, from what was measured."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import pathlib
import re
import sqlite3
import subprocess
import sys

from goals import GOALS, Verdict

BESIDE = ("duckdb", "polars", "pandas", "numpy", "pyarrow")


def goals_file(verdicts: list[Verdict]) -> str:
    """A line a part that has a limit: id, ratio, goal, verdict, part, separated by tabs; behind the
    part the size, where there are several."""
    return "".join(
        "\t".join((v.goal.id, number(v.ratio), limit(v), "met" if v.met else "missed",
                   v.part.name + (f", {v.deals:,} deals" if v.deals else ""))) + "\n"
        for v in verdicts if v.part.limit is not None)


def limit(v: Verdict) -> str:
    if v.part.limit is None:
        return "–"
    sign = ">=" if v.part.kind == "speed" else "<="
    return f"{sign} {v.part.limit:g}"


def number(ratio: float) -> str:
    if ratio < 0.1:
        return f"{ratio:.2g}"
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}"


def each(seconds: float, items: int) -> str:
    """Time an item, in a unit that suits it."""
    ns = seconds / items * 1e9
    for unit, size in (("ns", 1), ("µs", 1e3), ("ms", 1e6)):
        if ns < 1_000 * size:
            return f"{ns / size:.3g} {unit}"
    return f"{ns / 1e9:.3g} s"


def sizes(v: Verdict) -> tuple[str, str]:
    if v.part.kind == "size":
        return f"{v.ours:.0f} B", f"{v.theirs:.0f} B"
    # A report is one item, however many records it reads.
    items = 1 if "report" in v.part.name or "group-by" in v.part.name else v.items
    return each(v.ours, items), each(v.theirs, items)


def machine() -> list[str]:
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())
    compiler = subprocess.run(["g++", "--version"], capture_output=True, text=True, check=True)
    return [
        f"{cpu[1].strip() if cpu else 'unknown processor'}, {os.cpu_count()} cores, "
        f"{int(memory[1]) / 2**20:.0f} GB" if memory else "",
        f"{compiler.stdout.splitlines()[0]}, -O3",
        f"SQLite {sqlite3.sqlite_version}, Python {sys.version.split()[0]}, "
        + ", ".join(f"{name} {importlib.metadata.version(name)}" for name in BESIDE),
    ]


INTRODUCTION = """# Performance

What Guanxi costs, beside what one would otherwise write by hand and beside the best of its
neighbours. `scripts/bench.sh` measures all of it, on any machine, and writes this page.

- **Ratios.** Both sides do the same work on the same data in one run, in turns, {pairs} pairs after
  one to warm up; a ratio is the median of the pairs'. What counts is CPU time of the process.
- **Answers.** Both sides give their answer, and the two are compared: a wrong one scores nothing.
- **Data.** {rows:,} deals with 15 fields of {users:,} owners, made from a seed: choices, currencies,
  amounts that are a price times a quantity less a discount, references, dates, and two texts; about
  105 bytes a record. Four ordered indices: owner, account, stage, close date; ours keeps two more,
  since every custom reference has one.
- **Levels.** *Structure* is what the memory store keeps its records in; *bare store* is a store
  without rules, validation and log, in transactions; *with rules* and *session* are what programs
  call.
- **Ways of saying it.** A speed is how many times faster ours is, a cost how many times what the
  other takes; a time is for one record, one call or one report.
"""


def page(verdicts: list[Verdict], rows: int, pairs: int, reasons: dict[str, str]) -> str:
    out = [INTRODUCTION.format(rows=rows, pairs=pairs,
                                    users=min(10_000, max(10, rows // 100)))]
    verdicts = [v for v in verdicts if v.deals is None]  # the others have a section of their own
    out.append("## The machine\n")
    out += [f"- {line}" for line in machine()]
    out.append(f"- {datetime.date.today().isoformat()}\n")
    judged = [v for v in verdicts if v.part.limit is not None]
    met = sum(v.met for v in judged)
    out.append(f"## Goals\n\n{met} of {len(judged)} are met. Where a goal is missed, a reason that "
               "begins with \"profile:\" was\nmeasured; any other is read from the code.\n")
    for goal in GOALS:
        mine = [v for v in verdicts if v.goal is goal]
        if not mine:
            continue
        out.append(f"### {goal.id} {goal.text}\n")
        out.append("| part | ours | beside | theirs | ratio | goal | |")
        out.append("| --- | ---: | --- | ---: | ---: | --- | --- |")
        for v in mine:
            ours, theirs = sizes(v)
            verdict = "" if v.part.limit is None else "met" if v.met else "**missed**"
            if not v.equal:
                verdict = "**wrong answer**"
            out.append(f"| {v.part.name} | {ours} | {v.part.beside} | {theirs} | "
                       f"{number(v.ratio)} | {limit(v)} | {verdict} |")
        out.append("")
        for v in mine:
            if not v.met and (reason := reasons.get(f"{goal.id} {v.part.name}")):
                out.append(f"- *{v.part.name}*: {reason}")
        if out[-1]:
            out.append("")
    return "\n".join(out).rstrip() + "\n"


def section_of(page_text: str, heading: str) -> str:
    """A section of the page, from its heading to the next of its level; empty: it has none."""
    found = re.search(rf"^{re.escape(heading)}\n(?:(?!## ).*\n?)*", page_text, re.MULTILINE)
    return found[0] if found else ""


def with_section(page_text: str, heading: str, text: str) -> str:
    """The page with that section in place of its own, or at its end; all else as it is."""
    if not text:
        return page_text
    old = section_of(page_text, heading)
    if not old:
        return page_text.rstrip() + "\n\n" + text.rstrip() + "\n"
    before, _, after = page_text.partition(old)
    return before + text.rstrip() + "\n" + ("\n" + after if after else "")


def reasons_of(text: str) -> dict[str, str]:
    """`## <goal> <part>` and what the profile says, from missed.md."""
    found = re.findall(r"^## (.+)\n+((?:(?!## ).*\n?)+)", text, re.MULTILINE)
    return {title.strip(): " ".join(body.split()) for title, body in found}
