"""What no file may have: paths of a machine, unfinished-work marks, and in C and C++ tabs and long
lines.

plain_text.py               checks the project
plain_text.py --self-test   proves that it can complain
"""

import os
import re
from pathlib import Path

from checker import Planted, run

COLUMNS = 100
CPP = {".hpp", ".h", ".cpp", ".c"}
TEXT = CPP | {".py", ".pyi", ".sh", ".cmake", ".txt", ".md", ".json", ".toml", ".yaml", ".yml"}
# Written in pieces, so that this file passes its own check.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b")
MACHINE_PATH = re.compile(r"(?<![\w.$}>])/(work|tmp|root|home|mnt|opt)" r"(/|\b(?=[\"'`\s)]))")


def text_files(root: Path) -> list[Path]:
    found = []
    for folder, folders, names in os.walk(root):
        # Built and hidden folders are not the project's text; .ci is.
        folders[:] = [f for f in folders
                      if not (f.startswith(".") and f != ".ci") and f not in ("build", "__pycache__")]
        for name in names:
            path = Path(folder, name)
            if path.suffix in TEXT or path.parent.name == ".ci":
                found.append(path)
    return sorted(found)


def check(root: Path) -> list[str]:
    found = []
    for path in text_files(root):
        name = path.relative_to(root)
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            found.append(f"{name}: is not UTF-8 at byte {error.start}")
            continue
        for number, line in enumerate(text.split("\n"), start=1):
            place = f"{name}:{number}"
            if UNFINISHED.search(line):
                found.append(f"{place}: marks unfinished work")
            if MACHINE_PATH.search(line):
                found.append(f"{place}: names a path of one machine")
            if path.suffix in CPP:
                if "\t" in line:
                    found.append(f"{place}: has a tab")
                if len(line) > COLUMNS:
                    found.append(f"{place}: is {len(line)} columns wide, over {COLUMNS}")
                if "\r" in line:
                    found.append(f"{place}: ends in a carriage return")
    return found


CASES = [
    Planted("good text",
            {"src/base/a.cpp": "// " + "关" * 97 + "\nint unfinished_todo = 4 /2; // a/work/b, usr/tmp\n",
             "docs/a.md": "x" * 300 + "\ta tab, ../work and `include/home/x`\n",
             "build/a.md": "TO" "DO\n", ".git/a.md": "TO" "DO\n"},
            None),
    Planted("an unfinished mark", {"src/a.cpp": "int a;\n// TO" "DO: more\n"},
            "src/a.cpp:2: marks unfinished work"),
    Planted("another", {"scripts/a.sh": "# FIX" "ME\n"}, "marks unfinished work"),
    Planted("a machine's path", {"tests/a.cpp": 'auto path = "/tm' 'p/x.db";\n'}, "path of one machine"),
    Planted("a machine's folder", {"tests/a.py": "cwd='/wor" "k'\n"}, "path of one machine"),
    Planted("a path in .ci", {".ci/run": "cd /roo" "t/x\n"}, "path of one machine"),
    Planted("a tab", {"include/guanxi/a.hpp": "\tint a;\n"}, "a.hpp:1: has a tab"),
    Planted("a long line", {"capi/a.h": "\n//" + "x" * 99 + "\n"}, "a.h:2: is 101 columns wide"),
    Planted("a carriage return", {"src/a.cpp": "int a;\r\n"}, "carriage return"),
    Planted("old text", {"docs/a.md": "\udcff"}, "is not UTF-8"),
]

if __name__ == "__main__":
    run(check, CASES)
