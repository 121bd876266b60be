"""The libraries show the functions of capi/api.yaml and nothing else.

exports.py <shared library> <C archive> <C++ archive>
exports.py --self-test      proves that it can complain

Of the shared library: its dynamic symbols are the listed functions, stable ones under the version of
the release. Of the archives, which a linker puts into a host's program: no plain C name but the
listed ones is global, each other global symbol is C++ of namespace guanxi, and is hidden, so that a
host's own shared library does not show it again.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
MAP_NODE = re.compile(r"^(\w[\w.]*) \{\n(.*?)^\};", re.MULTILINE | re.DOTALL)
SYMBOL = re.compile(r"^\s*\d+: \w+\s+\w+\s+(\w+)\s+(\w+)\s+(\w+)\s+(?:\[.*?\]\s+)?(\w+)\s+(\S+)", re.MULTILINE)
# What the sanitizers add, and what the compiler names for itself.
NOT_OURS = re.compile(r"^(__odr_asan|__asan|__ubsan|DW\.ref\.|_GLOBAL_|__gxx|__cxa)")


def listed(map_text: str) -> dict[str, str]:
    """Each function of the map, and the node that it stands in."""
    return {name: node for node, body in MAP_NODE.findall(map_text)
            for name in re.findall(r"^\s+(guanxi_\w+);", body, re.MULTILINE)}


def symbols(path: str, *options: str) -> list[tuple[str, str, str]]:
    """Binding, visibility and name of each defined symbol."""
    text = subprocess.run(["readelf", "--wide", *options, path], capture_output=True, text=True,
                          check=True, env={**os.environ, "LC_ALL": "C"}).stdout
    return [(binding, visibility, name)
            for _, binding, visibility, section, name in SYMBOL.findall(text)
            if section != "UND" and binding in ("GLOBAL", "WEAK", "UNIQUE")]


def shared_faults(path: str, known: dict[str, str]) -> list[str]:
    found = []
    shown = {}
    for _, _, name in symbols(path, "--dyn-syms"):
        plain, _, node = name.partition("@@")
        if node:
            shown[plain] = node
        elif plain not in known.values():  # a node of the map is a symbol too
            found.append(f"{path} shows {plain}, which has no version")
    found += [f"{path} shows {name}, which api.yaml does not list" for name in shown.keys() - known]
    found += [f"{path} does not show {name}" for name in known.keys() - shown]
    found += [f"{path} shows {name} under {node}, not {known[name]}"
              for name, node in shown.items() if name in known and known[name] != node]
    dynamic = subprocess.run(["readelf", "--dynamic", path], capture_output=True, text=True,
                             check=True, env={**os.environ, "LC_ALL": "C"}).stdout
    if "Library soname: [libguanxi.so.0]" not in dynamic:
        found.append(f"{path} is not named libguanxi.so.0")
    return found


def archive_faults(path: str, known: dict[str, str], whole: bool) -> list[str]:
    found = []
    plain = set()
    for binding, visibility, name in symbols(path, "--symbols"):
        if NOT_OURS.match(name):
            continue
        if not name.startswith("_Z"):
            plain.add(name)
            if visibility != "DEFAULT":
                found.append(f"{path} hides {name}")
        elif binding == "GLOBAL" and "6guanxi" not in name and "guanxi_" not in name:
            found.append(f"{path} has {name}, which is not of namespace guanxi")
        elif binding == "GLOBAL" and visibility != "HIDDEN":
            found.append(f"{path} does not hide {name}")
    found += [f"{path} has the plain name {name}" for name in plain - known.keys()]
    if whole:
        found += [f"{path} lacks {name}" for name in known.keys() - plain]
    return found


def check(shared: str, c_archive: str, cpp_archive: str, map_text: str) -> list[str]:
    known = listed(map_text)
    return (shared_faults(shared, known) + archive_faults(c_archive, known, whole=True)
            + archive_faults(cpp_archive, known, whole=False))


MAP = "GUANXI_0.1 {\n  global:\n    guanxi_a;\n  local:\n    *;\n};\n"
GOOD = """extern "C" __attribute__((visibility("default"))) int guanxi_a() { return 1; }
namespace guanxi { int inner(); int inner() { return 2; } }
"""
CASES = [
    ("all in order", GOOD, "", MAP, None),
    ("a plain name", GOOD + 'extern "C" int helper() { return 3; }\n', "", MAP,
     "has the plain name helper"),
    ("a name outside the namespace", GOOD + "int helper() { return 3; }\n", "", MAP,
     "not of namespace guanxi"),
    ("a C++ name that shows", GOOD + 'namespace guanxi { __attribute__((visibility("default"))) '
     "int open() { return 4; } }\n", "", MAP, "does not hide _ZN6guanxi4openEv"),
    ("a hidden export", GOOD.replace("default", "hidden"), "", MAP, "hides guanxi_a"),
    ("an export that is missing", GOOD, "", MAP.replace("  local", "    guanxi_b;\n  local"),
     "does not show guanxi_b"),
    ("an export too many", GOOD, "", MAP.replace("*", "guanxi_c"), "shows _ZN6guanxi"),
    ("another version", GOOD, "GUANXI_9 {\n  global:\n    guanxi_a;\n  local:\n    *;\n};\n", MAP,
     "under GUANXI_9, not GUANXI_0.1"),
]


def build(folder: Path, source: str, map_text: str) -> tuple[str, str]:
    (folder / "a.cpp").write_text(source)
    (folder / "a.map").write_text(map_text)
    shared, archive = str(folder / "libguanxi.so"), str(folder / "libguanxi.a")
    compiler = os.environ.get("CXX", "g++")
    run = [[compiler, "-fPIC", "-fvisibility=hidden", "-c", "a.cpp", "-o", "a.o"],
           [compiler, "-shared", "-o", shared, "a.o", "-Wl,--version-script=a.map",
            "-Wl,-soname,libguanxi.so.0"],
           ["ar", "rcs", archive, "a.o"]]
    for command in run:
        subprocess.run(command, cwd=folder, check=True)
    return shared, archive


def self_test() -> list[str]:
    failures = []
    for name, source, other_map, told, complaint in CASES:
        with tempfile.TemporaryDirectory() as folder:
            given = other_map or told
            if name == "an export too many":
                source = source.replace("namespace guanxi", 'namespace guanxi __attribute__((visibility("default")))')
            shared, archive = build(Path(folder), source, given)
            found = check(shared, archive, archive, told)
        if complaint is None and found:
            failures.append(f"{name}: complained about nothing wrong: {found}")
        if complaint is not None and not any(complaint in line for line in found):
            failures.append(f"{name}: did not complain of `{complaint}`, but: {found}")
    return failures


if __name__ == "__main__":
    if "--self-test" in sys.argv:
        complaints = self_test()
    else:
        complaints = check(*sys.argv[1:4], (PROJECT / "capi/guanxi.map").read_text(encoding="utf-8"))
    print("\n".join(complaints) or "nothing to complain about")
    sys.exit(1 if complaints else 0)
