"""A program that was built with an earlier release runs with this one: no stable function has left
or changed, and structs have only grown at their ends.

abi.py <library>            compares the library with each dump in tests/golden/abi
abi.py --record <library>   writes the dump of the library's version anew: only before its release
abi.py --self-test          proves that it can complain

The library is one with debug information, such as the target guanxi_c_abi makes; abidw and abidiff
are of libabigail.
"""

import os
import platform
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DUMPS = PROJECT / "tests/golden/abi"
COMPATIBLE = DUMPS / "compatible.ini"


def dump(library: str, headers: Path = PROJECT / "capi/include") -> str:
    """The interface of a library, as far as its headers tell of it, without a path of a machine."""
    done = subprocess.run(
        ["abidw", "--exported-interfaces-only", "--no-elf-needed", "--no-comp-dir-path",
         "--no-corpus-path", "--no-show-locs", "--no-parameter-names", "--headers-dir", headers,
         "--drop-private-types", "--suppressions", COMPATIBLE, library],
        capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"})
    return re.sub(r"(<abi-instr [^>]*path=')[^']*/", r"\1", done.stdout)


def reached(root: tree.Element) -> set[str]:
    """The ids of the types that stable functions speak of."""
    known = {node.get("id"): node for node in root.iter() if node.get("id")}
    asked = [node for node in root.iter("function-decl")
             if not node.get("elf-symbol-id", "").endswith("GUANXI_UNSTABLE")]
    found: set[str] = set()
    while asked:
        for node in asked.pop().iter():
            spoken = node.get("type-id")
            if spoken and spoken not in found:
                found.add(spoken)
                asked += [known[spoken]] if spoken in known else []
    return found


def structs(text: str) -> dict[str, list[tuple[str, str, str]]]:
    """Name, offset and type of each member of each struct of the stable interface."""
    root = tree.fromstring(text)
    ids = reached(root)
    names = {node.get("id"): node.get("name") or node.tag for node in root.iter() if node.get("id")}
    return {struct.get("name"): [
        (member.find("var-decl").get("name"), member.get("layout-offset-in-bits"),
         names.get(member.find("var-decl").get("type-id"), ""))
        for member in struct.findall("data-member")]
        for struct in root.iter("class-decl")
        if struct.get("name", "").startswith("guanxi_") and struct.get("id") in ids}


def faults(old: str, now: str) -> list[str]:
    """What a host of the old dump would trip over in what the new one is of."""
    found = []
    # abidiff would let pass a member that changes while the struct grows.
    grown = structs(now)
    for name, members in structs(old).items():
        if grown.get(name, [])[:len(members)] != members:
            found.append(f"struct {name} is not what it was: {members} became {grown.get(name)}")
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "before.abi"), Path(folder, "after.abi")
        before.write_text(old, encoding="utf-8")
        after.write_text(now, encoding="utf-8")
        done = subprocess.run(
            ["abidiff", "--no-added-syms", "--no-show-locs", "--suppressions", COMPATIBLE,
             before, after],
            capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    if done.returncode != 0:
        found.append(f"abidiff (exit code {done.returncode}):\n{done.stdout}{done.stderr}")
    return found


def check(library: str) -> list[str]:
    dumps = sorted(DUMPS.glob("guanxi-*.abi"))
    if not dumps:
        return [f"no dump in {DUMPS}"]
    return [f"{path.name}: {fault}" for path in dumps
            for fault in faults(path.read_text(encoding="utf-8"), dump(library))]


def record(library: str) -> None:
    header = (PROJECT / "capi/include/guanxi.h").read_text(encoding="utf-8")
    version = re.search(r'GUANXI_VERSION_STRING "(.*)"', header)[1]
    path = DUMPS / f"guanxi-{version}.abi"
    path.write_text(dump(library), encoding="utf-8")
    print(f"wrote {path.relative_to(PROJECT)}")


OLD = """#include <stdint.h>
typedef struct guanxi_o { uint32_t struct_size; int32_t a; } guanxi_o;
int32_t guanxi_f(const guanxi_o *o);
int32_t guanxi_g(int32_t x);
typedef struct guanxi_p { uint32_t struct_size; int32_t a; } guanxi_p;
int32_t guanxi_u(int32_t x);
int32_t guanxi_w(const guanxi_p *p);
"""
CASES = [
    ("the same", "", "", None),
    ("a function more", "int32_t guanxi_u", "int32_t guanxi_h(void);\nint32_t guanxi_u", None),
    ("a field more at the end", "int32_t a; } guanxi_o", "int32_t a; int64_t b; } guanxi_o", None),
    ("an unstable function that changes", "guanxi_u(int32_t x)", "guanxi_u(void *x)", None),
    ("an unstable function that leaves", "guanxi_u", "inner_u", None),
    ("a struct that unstable functions alone take", "int32_t a; } guanxi_p", "int64_t b; } guanxi_p", None),
    ("a function that leaves", "guanxi_g", "inner_g", "guanxi_g"),
    ("another parameter", "guanxi_g(int32_t x)", "guanxi_g(int64_t x)", "guanxi_g"),
    ("another answer", "int32_t guanxi_g", "int64_t guanxi_g", "guanxi_g"),
    ("a field in between", "int32_t a; } guanxi_o", "int32_t b; int32_t a; } guanxi_o", "struct guanxi_o"),
    ("a field of another type", "int32_t a; } guanxi_o", "int64_t a; } guanxi_o", "struct guanxi_o"),
    ("a field less", "int32_t a; } guanxi_o", "} guanxi_o", "struct guanxi_o"),
]
MAP = """GUANXI_0.1 { global: guanxi_f; guanxi_g; guanxi_h; local: *; };
GUANXI_UNSTABLE { global: guanxi_u; guanxi_w; };
"""


def dumped(folder: Path, declared: str) -> str:
    """The dump of a library with these declarations in its header."""
    folder.mkdir()
    (folder / "guanxi.h").write_text(declared)
    bodies = re.sub(r"^(\w+ (?:guanxi|inner)_\w+\(.*\));$", r"\1 { return 0; }", declared, flags=re.MULTILINE)
    (folder / "a.c").write_text('#include "guanxi.h"\n' + "\n".join(
        line for line in bodies.splitlines() if "return" in line) + "\n")
    (folder / "a.map").write_text(MAP)
    subprocess.run([os.environ.get("CC", "gcc"), "-g", "-O0", "-shared", "-fPIC",
                    "-Wl,--version-script=a.map", "a.c", "-o", "liba.so"], cwd=folder, check=True)
    return dump(str(folder / "liba.so"), folder)


def self_test() -> list[str]:
    failures = []
    with tempfile.TemporaryDirectory() as at:
        old = dumped(Path(at, "old"), OLD)
        for number, (name, before, after, complaint) in enumerate(CASES):
            found = faults(old, dumped(Path(at, str(number)), OLD.replace(before, after) if before else OLD))
            if complaint is None and found:
                failures.append(f"{name}: complained about nothing wrong: {found}")
            if complaint is not None and not any(complaint in line for line in found):
                failures.append(f"{name}: did not complain of `{complaint}`, but: {found}")
    return failures


if __name__ == "__main__":
    if platform.machine() != "x86_64":
        print("the dumps are of x86-64; nothing to compare on this machine")
        sys.exit(0)
    if "--record" in sys.argv:
        record(sys.argv[2])
        sys.exit(0)
    complaints = self_test() if "--self-test" in sys.argv else check(sys.argv[1])
    print("\n".join(complaints) or "nothing to complain about")
    sys.exit(1 if complaints else 0)
