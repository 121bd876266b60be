"""A file includes only its own floor or lower ones, and public headers name no third-party library.

floors.py               checks the project
floors.py --self-test   proves that it can complain
"""

import re
from pathlib import Path

from checker import Planted, run

FLOORS = "base schema expr policy query store work crm session edge".split()
STORES = "sqlite memory postgres host".split()
# Edges outside the library stand on the session, and speak the nouns of the floors that it does.
OUTSIDE = ("capi", "bindings", "cli", "tools")
CLOSED_TO_OUTSIDE = "store work crm".split()
THIRD_PARTY = re.compile(r"^(fmt|unicode|nlohmann|boost|pybind11)/|^sqlite3|^libpq|^pqxx|^sodium")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)
SUFFIXES = {".hpp", ".h", ".cpp", ".c"}


class Place:
    """Where a file stands: a floor, and within the store floor which store."""

    def __init__(self, floor: str, store: str | None) -> None:
        self.floor = floor
        self.store = store


def place_of(parts: tuple[str, ...]) -> Place | None:
    """The place of a path below include/guanxi or src."""
    if len(parts) < 2 or parts[0] not in FLOORS:
        return None
    store = None
    if parts[0] == "store":
        first = parts[1].split(".")[0]
        named = (name for name in STORES if first == name or first.startswith((f"{name}_", f"{name}-")))
        store = next(named, None)
    return Place(parts[0], store)


def target_of(included: str, path: Path, root: Path) -> Place | None:
    """The place of an included file, or None for one that is not of the library."""
    if included.startswith("guanxi/"):
        return place_of(Path(included).parts[1:])
    for base in (path.parent, root / "src"):
        candidate = base / included
        if candidate.exists():
            for top in (root / "src", root / "include" / "guanxi"):
                if candidate.resolve().is_relative_to(top.resolve()):
                    return place_of(candidate.resolve().relative_to(top.resolve()).parts)
    return None


def check_library_file(path: Path, top: Path, root: Path) -> list[str]:
    name = path.relative_to(root)
    own = place_of(path.relative_to(top).parts)
    public = top.name == "guanxi"
    # One header may gather all the others.
    gathers = public and path.relative_to(top).parts == ("guanxi.hpp",)
    if own is None and not gathers:
        return [f"{name}: stands on no floor; the floors are {', '.join(FLOORS)}"]
    found = []
    for included in INCLUDE.findall(path.read_text(encoding="utf-8")):
        if public and THIRD_PARTY.search(included):
            found.append(f"{name}: a public header includes `{included}`; move it into a source")
        target = target_of(included, path, root)
        if own is None or target is None:
            continue
        if FLOORS.index(target.floor) > FLOORS.index(own.floor):
            found.append(f"{name}: {own.floor} includes `{included}`, of the higher {target.floor}")
        elif own.store and target.store and own.store != target.store:
            found.append(f"{name}: store {own.store} includes `{included}`, of {target.store}")
    return found


def check_outside_file(path: Path, root: Path) -> list[str]:
    found = []
    for included in INCLUDE.findall(path.read_text(encoding="utf-8")):
        target = target_of(included, path, root)
        if target and target.floor in CLOSED_TO_OUTSIDE:
            found.append(f"{path.relative_to(root)}: an edge includes `{included}`, "
                         f"of {target.floor}; go through the session")
    return found


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in SUFFIXES)


def check(root: Path) -> list[str]:
    found = []
    for top in (root / "include" / "guanxi", root / "src"):
        for path in files_below(top):
            found += check_library_file(path, top, root)
    for folder in OUTSIDE:
        for path in files_below(root / folder):
            found += check_outside_file(path, root)
    return found


def including(name: str) -> str:
    return f'#pragma once\n#include "{name}"\n'


CASES = [
    Planted("own and lower floors",
            {"include/guanxi/expr/tree.hpp": including("guanxi/base/value.hpp"),
             "src/store/sqlite/open.cpp": including("guanxi/store/store.hpp"),
             "src/store/open.cpp": including("store/sqlite/driver.hpp"),
             "src/store/sqlite/driver.hpp": including("sqlite3.h"),
             "capi/guanxi.cpp": including("guanxi/session/session.hpp"),
             "include/guanxi/guanxi.hpp": including("guanxi/session/session.hpp")},
            None),
    Planted("a higher floor in a header",
            {"include/guanxi/base/value.hpp": including("guanxi/schema/row.hpp")},
            "base includes `guanxi/schema/row.hpp`, of the higher schema"),
    Planted("a higher floor in angle brackets, indented",
            {"src/query/run.cpp": "#  include <guanxi/store/store.hpp>\n"},
            "query includes `guanxi/store/store.hpp`"),
    Planted("a higher floor by a path of src",
            {"src/query/run.cpp": including("store/plan.hpp"), "src/store/plan.hpp": ""},
            "query includes `store/plan.hpp`"),
    Planted("a higher floor by a relative path",
            {"src/query/run.cpp": including("../store/plan.hpp"), "src/store/plan.hpp": ""},
            "query includes `../store/plan.hpp`"),
    Planted("one store in another",
            {"src/store/memory/open.cpp": including("guanxi/store/sqlite.hpp")},
            "store memory includes `guanxi/store/sqlite.hpp`, of sqlite"),
    Planted("one store in another, by folder",
            {"src/store/host/open.cpp": including("store/sqlite/driver.hpp"),
             "src/store/sqlite/driver.hpp": ""},
            "store host includes `store/sqlite/driver.hpp`, of sqlite"),
    Planted("the C interface on a store",
            {"capi/store.cpp": including("guanxi/store/sqlite.hpp")}, "go through the session"),
    Planted("the command line on the pipeline",
            {"cli/shell.cpp": including("guanxi/work/pipeline.hpp")}, "go through the session"),
    Planted("a file on no floor", {"src/misc/thing.cpp": ""}, "stands on no floor"),
    Planted("a file between floors", {"include/guanxi/thing.hpp": ""}, "stands on no floor"),
] + [
    Planted(f"{header} in a public header", {"include/guanxi/base/x.hpp": f"#include <{header}>\n"},
            f"a public header includes `{header}`")
    for header in ("fmt/format.h", "unicode/unistr.h", "sqlite3.h", "nlohmann/json.hpp",
                   "boost/multi_index_container.hpp", "libpq-fe.h")
]

if __name__ == "__main__":
    run(check, CASES)
