#!/usr/bin/env python3
"""What it costs to include each public header: writes docs/compile_time.md.

    scripts/measure_headers.py                     every header; takes minutes
    scripts/measure_headers.py guanxi/guanxi.hpp   the named ones, printed alone
    scripts/measure_headers.py --self-test         proves that a heavy header is told from a light one

A file that includes one header is compiled at -O0, both checked alone (-fsyntax-only) and to an
object, as a user of the compiled library and, on the floors that have it, as a user of the headers
alone. Figures are CPU time (user and system), which other programs disturb less than the clock, and
each stands beside that of a fixed set of standard headers compiled in the same round: the ratio is
what to compare between machines and days. Of several rounds the median is taken.
"""

import argparse
import datetime
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FLOORS = "base schema expr policy query store work crm session edge".split()
HEADER_ONLY = FLOORS[:5]
ANCHOR = "algorithm functional memory optional string unordered_map variant vector".split()
UMBRELLA = "guanxi/guanxi.hpp"
GOAL_SECONDS = 0.5
COMPILER = os.environ.get("CXX", "g++")
CHECK, OBJECT = ["-fsyntax-only"], ["-c", "-o", os.devnull]
INLINE = ["-DGUANXI_HEADER_ONLY"]


def cpu_seconds(text: str, options: list[str], include: Path) -> float:
    """CPU time of compiling a text."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "one.cpp")
        source.write_text(text, encoding="utf-8")
        command = [COMPILER, "-std=c++20", "-O0", "-I", str(include), str(source), *options]
        process = subprocess.Popen(command)
        _, status, used = os.wait4(process.pid, 0)
        if status != 0:
            raise SystemExit(f"`{' '.join(command)}` failed; nothing was written")
        return used.ru_utime + used.ru_stime


def including(headers: list[str]) -> str:
    return "".join(f"#include <{header}>\n" for header in headers)


class Cost:
    """Seconds and the ratio to the anchor, of one header compiled one way."""

    def __init__(self, rounds: list[tuple[float, float]]) -> None:
        self.seconds = statistics.median(own for own, _ in rounds)
        self.ratio = statistics.median(own / anchor for own, anchor in rounds)

    def __str__(self) -> str:
        return f"{self.seconds:.2f} | {self.ratio:.2f}"


def measure(jobs: list[tuple[str, list[str]]], rounds: int, include: Path) -> list[Cost]:
    """The cost of each (header, options), the anchor being compiled again before every eighth."""
    seen: list[list[tuple[float, float]]] = [[] for _ in jobs]
    for number in range(rounds):
        anchor = 0.0
        for at, (header, options) in enumerate(jobs):
            if at % 8 == 0:
                anchor = cpu_seconds(including(ANCHOR), CHECK, include)
                if sys.stderr.isatty():
                    print(f"\rround {number + 1} of {rounds}, {at} of {len(jobs)} ", end="",
                          file=sys.stderr)
            seen[at].append((cpu_seconds(including([header]), options, include), anchor))
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return [Cost(one) for one in seen]


def public_headers() -> list[str]:
    include = ROOT / "include"
    found = [path.relative_to(include) for path in include.rglob("*.hpp")
             if not path.name.endswith("-inl.hpp")]
    order = {floor: number for number, floor in enumerate(FLOORS)}
    return [str(path) for path in
            sorted(found, key=lambda path: (order.get(path.parts[1], len(FLOORS)), str(path)))]


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    name = next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")
    return f"{name or platform.machine()}, {os.cpu_count()} cores"


def page(headers: list[str], rounds: int) -> str:
    jobs = [(header, CHECK) for header in headers] + [(header, OBJECT) for header in headers]
    inline = [header for header in headers if header.split("/")[1] in HEADER_ONLY]
    jobs += [(header, CHECK + INLINE) for header in inline]
    costs = measure(jobs, rounds, ROOT / "include")
    checked = dict(zip(headers, costs))
    whole = dict(zip(headers, costs[len(headers):]))
    alone = dict(zip(inline, costs[2 * len(headers):]))
    umbrella = whole[UMBRELLA].seconds
    compiler = subprocess.run([COMPILER, "--version"], capture_output=True, text=True, check=True)
    counted = f"median of {rounds} rounds" if rounds > 1 else "one round"
    lines = [
        "# What including a header costs", "",
        "Written by `scripts/measure_headers.py`, which says how. Seconds are CPU time at -O0; the "
        "ratio is to a", f"file that includes `{'`, `'.join(ANCHOR)}`.", "",
        f"{compiler.stdout.splitlines()[0]}; {processor()}; "
        f"{datetime.date.today()}; {counted}. Load when the run began: "
        f"{os.getloadavg()[0]:.1f}.", "",
        f"Goal: `<{UMBRELLA}>` within {GOAL_SECONDS} s at -O0. "
        f"**{'Met' if umbrella <= GOAL_SECONDS else 'Missed'}: {umbrella:.2f} s**, "
        f"{whole[UMBRELLA].ratio:.2f} of those standard headers.", "",
        "| header | checked, s | ratio | to an object, s | ratio | header-only, checked, s | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    lines += [f"| `{header}` | {checked[header]} | {whole[header]} | {alone.get(header, ' | ')} |"
              for header in headers]
    return "\n".join(lines) + "\n"


def self_test() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "light.hpp").write_text("#pragma once\nstruct light {};\n", encoding="utf-8")
        Path(folder, "heavy.hpp").write_text("#pragma once\n#include <regex>\n", encoding="utf-8")
        light, heavy = measure([("light.hpp", CHECK), ("heavy.hpp", CHECK)], 1, Path(folder))
    assert light.ratio < 0.5 < heavy.ratio, (str(light), str(heavy))
    assert UMBRELLA in public_headers()


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("headers", nargs="*")
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--self-test", action="store_true")
    given = reader.parse_args()
    if given.self_test:
        self_test()
    elif given.headers:
        wanted = [(header, CHECK) for header in given.headers]
        for header, cost in zip(given.headers, measure(wanted, given.rounds, ROOT / "include")):
            print(f"{header}: {cost.seconds:.2f} s, {cost.ratio:.2f} of the standard headers")
    else:
        text = page(public_headers(), given.rounds)
        (ROOT / "docs" / "compile_time.md").write_text(text, encoding="utf-8")
