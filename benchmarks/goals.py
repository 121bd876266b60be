"""The goals of the comparisons: what each part must reach.

A speed is how many times faster ours is; a cost is how many times what the other takes; a size is a
number of bytes. A part without a limit is shown and judged by nobody.
"""

from __future__ import annotations

import dataclasses
import statistics
from typing import Literal

Kind = Literal["speed", "cost", "size"]


@dataclasses.dataclass(frozen=True)
class Part:
    name: str
    kind: Kind
    limit: float | None
    beside: str
    """What it is measured against."""


@dataclasses.dataclass(frozen=True)
class Goal:
    id: str
    text: str
    parts: tuple[Part, ...]


def three(name: str, kind: Kind, limit: float, beside: str, *levels: str) -> tuple[Part, ...]:
    return tuple(Part(f"{name}, {level}", kind, limit, beside) for level in levels)


CONTAINER = "Boost.MultiIndex, four ordered indices"
COLUMNS = "columns by hand, one thread"
BY_HAND = "prepared statements of SQLite's C interface"
# R1's, F2's and the store's own.
REPORT_SPEED, FRAME_SPEED, SQLITE_COST = 5.0, 20.0, 1.15
VIEWERS = ("administrator", "manager")
REPORTS = ("pipeline", "win_rate", "funnel")
NAMES = ("name", "rare name")  # `search` does what no SQL does, and is shown beside it
# The goal, who of ours, and beside whom each question is judged.
COMPANY_GOALS = (
    ("Q1", "memory", {**dict.fromkeys(REPORTS, "DuckDB"), "frame": "SQLite by hand"}),
    ("Q2", "SQLite", dict.fromkeys((*REPORTS, "top", *NAMES, "frame"), "SQLite by hand")),
)

GOALS = (
    Goal("M1", "memory: bulk load with 4 ordered indices, single insert", (
        *three("bulk load", "speed", 8, CONTAINER, "structure", "bare store", "with rules"),
        *three("single insert", "speed", 2, CONTAINER, "structure", "bare store", "with rules"),
    )),
    Goal("M2", "memory: bytes a record of 105 bytes, indices included", (
        *three("bytes a record", "size", 200, CONTAINER, "structure", "store"),
    )),
    Goal("M3", "memory: scan of an owner's records, update of indexed fields", (
        *three("owner scan", "speed", 20, CONTAINER, "structure", "session"),
        *three("owner scan by date", "speed", 3, CONTAINER, "structure", "session"),
        *three("indexed update", "speed", 1.8, CONTAINER, "structure", "bare store", "with rules"),
    )),
    Goal("M4", "memory: group by region, stage and month", (
        Part("group-by, session", "speed", 0.8, COLUMNS),
    )),
    Goal("S1", "SQLite: get, list, update, insert with 4 live indices", tuple(
        Part(f"{call}, {level}", "cost", limit, BY_HAND)
        for call in ("get", "list", "update", "insert")
        for level, limit in (("bare store", 1.15), ("with rules", 1.6))
    )),
    Goal("S2", "SQLite: 100 gets in one reading", (
        Part("100 gets in one reading", "speed", 1.8, f"{BY_HAND}, each get on its own"),
    )),
    Goal("S3", "SQLite: single creates that are on the disk when they return; wall time", (
        *three("durable create", "speed", 0.95, f"{BY_HAND}, a transaction each", "bare store",
               "with rules"),
        Part("durable creates, 8 threads", "speed", 4, "as many by one thread of ours"),
    )),
    Goal("X1", "readers beside a writer who commits without pause; wall time", (
        *(Part(f"4 readers beside a writer{store}", "speed", 0.5, "the same 4 readers alone")
          for store in ("", ", readings of 100", ", memory")),
        Part("4 readers beside a writer, by hand", "speed", None,
             "the same 4 readers alone, by hand"),
        *(Part(f"p99 of a list, {readers} beside a writer", "cost", 1.2,
               f"{BY_HAND}, as many readers and a writer")
          for readers in ("1 reader", "4 readers")),
    )),
    Goal("R1", "memory: a report of sums and counts by region, stage and month", (
        Part("repeated report, columns by hand", "cost", 1.3, COLUMNS),
        Part("repeated report, DuckDB", "speed", 5, "DuckDB, one thread"),
        Part("repeated report, Polars", "speed", None, "Polars, one thread"),
        Part("repeated report, pandas", "speed", None, "pandas"),
        Part("first report, one full read", "cost", 1.5, "one reading of every record"),
    )),
    Goal("F1", "Python: an attribute of a record, a call", (
        Part("attribute", "cost", 2, "a class with __slots__"),
        Part("call, keys()", "cost", 1.5, "the same method written in C"),
        Part("call, get()", "cost", 1.5, "the same call written against Python's C interface"),
    )),
    Goal("F2", "Python: 15 fields of every record", (
        Part("rows, all fields read", "speed", 5, "fetchall of sqlite3"),
        Part("columns to Arrow", "speed", 20, "fetchall of sqlite3"),
        Part("columns to NumPy", "speed", 20, "fetchall of sqlite3"),
        Part("columns to Polars", "speed", None, "fetchall of sqlite3"),
        Part("columns to pandas", "speed", None, "fetchall of sqlite3"),
    )),
    Goal("Q1", "memory: a company's reports, and its deals as a frame", (
        *(Part(f"{report}, {viewer}", "speed", REPORT_SPEED, "DuckDB, one thread")
          for report in REPORTS for viewer in VIEWERS),
        *(Part(f"frame, {viewer}", "speed", FRAME_SPEED, "pandas.read_sql of sqlite3")
          for viewer in VIEWERS),
    )),
    Goal("Q2", "SQLite: a company's questions", tuple(
        Part(f"{question}, {viewer}", "cost", SQLITE_COST, "the same SQL through sqlite3")
        for question in (*REPORTS, "top", *NAMES, "frame")
        for viewer in (VIEWERS[:1] if question in NAMES else VIEWERS)
    )),
)


@dataclasses.dataclass(frozen=True)
class Verdict:
    goal: Goal
    part: Part
    ratio: float
    """0 for a wrong answer, which scores nothing."""
    equal: bool
    ours: float
    theirs: float
    items: int
    pairs: int
    deals: int | None = None
    """The size of the company, where there are several."""

    @property
    def met(self) -> bool:
        if not self.equal or self.part.limit is None:
            return self.equal
        at_least = self.part.kind == "speed"
        if at_least:
            return self.ratio >= self.part.limit
        # What costs nothing was not measured: a sanitizer's heap does not tell its size, say.
        return 0 < self.ratio <= self.part.limit


def judge(measures: list[dict]) -> list[Verdict]:
    """Verdicts in the order of the goals; a part that was not measured has none."""
    found = {(m["goal"], m["part"], m.get("deals")): m for m in measures}
    sizes = dict.fromkeys(m.get("deals") for m in measures)
    out = []
    for goal in GOALS:
        for deals in sizes:
            for part in goal.parts:
                m = found.get((goal.id, part.name, deals))
                if m is None:
                    continue
                out.append(Verdict(goal, part, ratio_of(m, part.kind), m["equal"],
                                   statistics.median(m["ours"]), statistics.median(m["theirs"]),
                                   m["items"], len(m["ours"]), deals))
    return out


def ratio_of(measure: dict, kind: Kind) -> float:
    """The median of the ratios of the pairs."""
    if not measure["equal"]:
        return 0.0
    if kind == "size":
        return statistics.median(measure["ours"])
    pairs = zip(measure["ours"], measure["theirs"], strict=True)
    return statistics.median(t / o if kind == "speed" else o / t for o, t in pairs)
