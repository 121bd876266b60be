"""What the tidy checkers share: how they report, and how they prove on themselves that they can.

A checker is a function from a project's folder to a list of complaints. Run plainly it checks the
project; with --self-test it is given small trees with a fault planted in each, and fails unless it
complains about that fault, and unless it is silent on the tree without one.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

Check = Callable[[Path], list[str]]


class Planted:
    """A small tree, and a piece of the complaint that it must raise (none: it must raise nothing)."""

    def __init__(self, name: str, files: dict[str, str], complaint: str | None) -> None:
        self.name = name
        self.files = files
        self.complaint = complaint


def self_test(check: Check, cases: list[Planted]) -> list[str]:
    failures = []
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for path, text in case.files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(text.encode("utf-8", "surrogateescape"))
            found = check(root)
        if case.complaint is None and found:
            failures.append(f"{case.name}: complained about nothing wrong: {found}")
        if case.complaint is not None and not any(case.complaint in line for line in found):
            failures.append(f"{case.name}: did not complain of `{case.complaint}`, but: {found}")
    return failures


def run(check: Check, cases: list[Planted]) -> None:
    if "--self-test" in sys.argv[1:]:
        complaints = self_test(check, cases)
        good = f"{len(cases)} planted trees judged rightly"
    else:
        complaints = check(Path(__file__).resolve().parents[2])
        good = "nothing to complain about"
    for line in complaints:
        print(line)
    print(f"{len(complaints)} complaints" if complaints else good)
    sys.exit(1 if complaints else 0)
