"""The SQLite store calls SQLite through the functions of the copy that opened the connection: a
direct call would use the library's own copy on a connection of the host's.

sqlite_calls.py               checks the project
sqlite_calls.py --self-test   proves that it can complain
"""

import re
from pathlib import Path

from checker import Planted, run

TABLE = "include/guanxi/store/sqlite_functions.hpp"
ENTRY = re.compile(r"\(\*(\w+)\)\(")
CALL = re.compile(r"\bsqlite3_(\w+)\s*\(")


def check(root: Path) -> list[str]:
    text = (root / TABLE).read_text(encoding="utf-8")
    entries = set(ENTRY.findall(text.split("typedef struct", 1)[1].split("} guanxi", 1)[0]))
    found = [f"{TABLE}: `{entry}` is declared and not filled"
             for entry in sorted(entries) if f"here.{entry} = sqlite3_{entry};" not in text]
    for path in sorted((root / "src").rglob("*.[ch]pp")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for called in CALL.findall(line):
                if called in entries:
                    found.append(f"{path.relative_to(root)}:{number}: calls `sqlite3_{called}` "
                                 f"directly; call `{called}` of the connection's functions")
    return found


DECLARED = "typedef struct t {\n  int (*step)(struct s *);\n} guanxi_t;\n"
FILLED = DECLARED + "here.step = sqlite3_step;\n"

CASES = [
    Planted("calls through the table, and one that the table has not",
            {TABLE: FILLED, "src/store/sqlite/a.cpp": "api.step(s);\nsqlite3_open_v2(p);\n"}, None),
    Planted("a direct call",
            {TABLE: FILLED, "src/store/sqlite/a.cpp": "\nsqlite3_step(s);\n"},
            "src/store/sqlite/a.cpp:2: calls `sqlite3_step` directly"),
    Planted("an entry that is never filled", {TABLE: DECLARED}, "`step` is declared and not filled"),
]

if __name__ == "__main__":
    run(check, CASES)
