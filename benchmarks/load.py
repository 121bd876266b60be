"""A company at work: what scripts/bench.sh --load runs once everything is built.

Leaves load.md in the build folder, and after a whole run (no size given) also the section "A company
at work" of docs/performance.md. Ends with 1 if a call failed, or the store has not kept what it has
acknowledged; how fast it was is no error.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import table

HEADING = "## A company at work"
NORMAL_ROWS, NORMAL_SECONDS = (100_000, 1_000_000), 30
# A thread a user, so that all may meet in the store; and many users behind a server's few threads.
NORMAL_CREWS = ((50, 50), (500, 8))
MOST_THREADS = 50
STORES = ("sqlite", "memory")

INTRODUCTION = f"""{HEADING}

Users who act at once on the sample company, in one process, each as a person of it with that
person's rights: whole teams, from the head of sales down. `scripts/bench.sh --load` measures it and
writes this section.

- **What they do.** Of a thousand actions 400 are lists, 320 look at records, 275 write and 5 are
  reports; what each user does follows from a seed, on every store. Users do not think: they do
  in a minute what people do in an hour or more. Where there are more users than people, some have
  two windows open.
- **Threads.** 50 users have a thread each, as many as can meet in the store; 500 share 8, as behind
  a server, and sessions wander between the threads.
- **Times** are those of the whole action, waiting and trying again included. A write that is told
  `conflict` or `busy` is tried again, at most 20 times; any other error is a
  failure.
- **Kept.** Afterwards the store is closed and opened again, and the change log and the records are
  compared with what every user was told: each change once, in order, none besides; every record as
  its last change left it; `verify` sound.
"""


def arguments(given: list[str]) -> argparse.Namespace:
    parse = argparse.ArgumentParser(prog="bench.sh --load", description=__doc__.splitlines()[0])
    parse.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parse.add_argument("--load", action="store_true", help=argparse.SUPPRESS)
    parse.add_argument("--users", type=int, help="users at once, by default 50 and then 500")
    parse.add_argument("--threads", type=int,
                       help=f"threads that drive them, by default one each up to {MOST_THREADS}")
    parse.add_argument("--rows", type=int,
                       help="records, by default " + " and then ".join(f"{n:,}" for n in NORMAL_ROWS))
    parse.add_argument("--seconds", type=int,
                       help=f"for each number of users, by default {NORMAL_SECONDS}")
    parse.add_argument("--store", choices=STORES, help="by default both")
    parse.add_argument("--seed", type=int, default=1)
    parse.add_argument("--plant", default="", help=argparse.SUPPRESS)
    how = parse.parse_args(given)
    how.whole = not (how.users or how.threads or how.rows or how.seconds or how.store)
    for name in ("users", "threads", "seconds", "seed"):
        if (number := getattr(how, name)) is not None and number < 1:
            parse.error(f"--{name} must be 1 or more")
    if how.rows is not None and not 1_000 <= how.rows <= 10_000_000:
        parse.error("--rows must be 1000 to 10000000")
    if how.threads and not how.users:
        parse.error("--threads needs --users")
    how.crews = (NORMAL_CREWS if not how.users else
                 ((how.users, how.threads or min(how.users, MOST_THREADS)),))
    return how


def run(how: argparse.Namespace) -> tuple[list[dict], bool]:
    found, well = [], True
    crews = [option for users, threads in how.crews for option in ("--crew", f"{users}:{threads}")]
    for rows in (how.rows,) if how.rows else NORMAL_ROWS:
        for store in (how.store,) if how.store else STORES:
            with tempfile.TemporaryDirectory(prefix="guanxi-load-", dir=how.build) as name:
                out = pathlib.Path(name, "load.jsonl")
                done = subprocess.run(
                    [how.build / "benchmarks" / "guanxi_benchmarks", "--load", "--folder", name,
                     "--out", str(out), "--store", store, "--rows", str(rows), "--seed",
                     str(how.seed), "--seconds", str(how.seconds or NORMAL_SECONDS), *crews,
                     *(["--plant", how.plant] if how.plant else [])], check=False)
                well = well and done.returncode == 0
                if out.exists():
                    found += [json.loads(line) for line in out.read_text().splitlines()]
    return found, well


def each(seconds: float) -> str:
    return table.each(seconds, 1)


def times(counted: dict[str, int]) -> str:
    return ", ".join(f"{count:,} `{code}`" for code, count in counted.items()) or "none"


def part(run: dict) -> str:
    """One crew on one store."""
    done = sum(k["done"] for k in run["kinds"])
    writes = sum(k["done"] for k in run["kinds"] if k["writes"])
    seconds = run["seconds"]
    store = {"sqlite": "SQLite", "memory": "memory"}[run["store"]]
    out = [f"### {store}, {run['rows']:,} records: {run['users']} users, {run['threads']} threads\n",
           f"{done / seconds:,.0f} actions a second, {writes / seconds:,.0f} of them writes, by "
           f"users who are {min(run['users'], run['people'])} people.\n",
           "| action | done | a second | p50 | p99 | max |",
           "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for k in run["kinds"]:
        shown = [each(k[at]) for at in ("p50", "p99", "max")] if k["done"] else ["–"] * 3
        out.append(f"| {k['kind']} | {k['done']:,} | {k['done'] / seconds:,.1f} | "
                   + " | ".join(shown) + " |")
    out.append("")
    out.append(f"- Tried again, and then well: {times(run['retried'])}. "
               f"Failed: {times(run['failed'])}.")
    if run["first_failure"]:
        out.append(f"- **The first failure**: {run['first_failure']}")
    out.append(f"- {run['changes']:,} changes were acknowledged; the log's sequence grew by "
               f"{run['sequences']:,}; `verify` read {run['verified']:,} records.")
    out += [f"- **Found**: {finding}" for finding in run["findings"]]
    if not run["failed"] and not run["findings"]:
        out.append("- All was kept.")
    return "\n".join(out) + "\n"


def section(runs: list[dict], busy: float) -> str:
    machine = "\n".join(f"- {line}" for line in table.machine()[:2])
    loaded = f"- {busy:.1f} processes ran on the machine before it began (load average)\n"
    return "\n".join([INTRODUCTION, machine, loaded, *map(part, runs)]).rstrip() + "\n"


def main(given: list[str]) -> int:
    how = arguments(given)
    busy = os.getloadavg()[0]
    runs, well = run(how)
    text = section(runs, busy)
    (how.build / "load.md").write_text(text)
    if how.whole and well:
        page = pathlib.Path(__file__).resolve().parent.parent / "docs" / "performance.md"
        page.write_text(table.with_section(page.read_text(), HEADING, text))
    print(text, end="")
    if not well:
        print("load: a call failed, or the store has not kept what it acknowledged",
              file=sys.stderr)
    return 0 if well else 1
