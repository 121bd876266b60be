"""Runs a block of docs/install.md as it stands there, as a reader would.

page.py prefix --scratch S         installs by the page, then moves what was installed to S/<block>
page.py c_shared --scratch S       compiles and runs a program by the page, against S/prefix
page.py --self-test                proves that a bad installation and a bad page are noticed

The installation is checked on the way: it names no folder of the build, its headers include nothing
that a host would have to find, and its shared libraries bear the names that were promised.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ["host.c", "host.cpp", "values.cpp"]
WANTED = ["include/guanxi.h", "include/guanxi/guanxi.hpp", "share/doc/guanxi/LICENSE", "bin/guanxi"]
THIRD_PARTY = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*[<"]'
                         rb"((?:fmt|unicode|nlohmann|boost|pybind11)/|sqlite3|libpq|sodium)", re.M)
INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*[<"](guanxi[^>"]*)[>"]', re.M)


def block(name: str, text: str) -> str:
    found = re.findall(rf"^<!-- run: {re.escape(name)} -->\n```sh\n(.*?)^```$", text, re.M | re.S)
    if len(found) != 1:
        sys.exit(f"the page has {len(found)} blocks `{name}`, not one")
    return str(found[0])


def run(script: str, folder: Path, **environment: str) -> None:
    subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, check=True,
                   env={**os.environ, **environment})


def soname(library: Path) -> str:
    listed = subprocess.run(["readelf", "--dynamic", "--wide", library], capture_output=True,
                            text=True, check=True, env={**os.environ, "LC_ALL": "C"})
    found = re.search(r"\(SONAME\).*\[(.*)\]", listed.stdout)
    return found[1] if found else ""


def faults(prefix: Path, paths: list[Path]) -> list[str]:
    """What is wrong with an installation; `paths` are folders that it must not name."""
    found = []
    for file in sorted(p for p in prefix.rglob("*") if p.is_file()):
        name, content = file.relative_to(prefix), file.read_bytes()
        for path in paths:
            if str(path).encode() in content:
                found.append(f"{name} names {path}")
        if file.suffix in {".hpp", ".h"}:
            found += [f"{name} includes {m[1].decode()}" for m in THIRD_PARTY.finditer(content)]
            found += [f"{name} includes {m[1].decode()}, which is not installed"
                      for m in INCLUDE.finditer(content)
                      if not (prefix / "include" / m[1].decode()).exists()]
    for wanted in WANTED:
        if not (prefix / wanted).exists():
            found.append(f"{wanted} is missing")
    return found


def misnamed(prefix: Path) -> list[str]:
    """The C library's name lasts; that of C++ is good for one version."""
    header = (prefix / "include/guanxi/base/config.hpp").read_text(encoding="utf-8")
    version = re.search(r'VERSION_STRING "(.*)"', header)[1]  # type: ignore[index]
    found = []
    for library in sorted(prefix.rglob("*.so")):
        wanted = {"libguanxi.so": "libguanxi.so.0",
                  "libguanxi_cpp.so": f"libguanxi_cpp.so.{version}"}[library.name]
        if soname(library) != wanted:
            found.append(f"{library.name} calls itself {soname(library)}, not {wanted}")
    return found


def install(name: str, script: str, scratch: Path) -> None:
    first, moved = scratch / f"{name}_first", scratch / name
    for folder in (first, moved):
        shutil.rmtree(folder, ignore_errors=True)
    run(script, ROOT, PREFIX=str(first))
    first.rename(moved)
    found = faults(moved, [ROOT, first]) + misnamed(moved)
    run("bin/guanxi create --file packed.gx && bin/guanxi verify --file packed.gx", moved)
    if found:
        sys.exit("\n".join(found))


def compile_and_run(name: str, script: str, scratch: Path, prefix: Path) -> None:
    folder = scratch / f"page_{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for program in PROGRAMS:
        shutil.copy(Path(__file__).with_name(program), folder)
    libraries = next(prefix.rglob("pkgconfig")).parent
    run(script + "./host\n", folder, PKG_CONFIG_PATH=str(libraries / "pkgconfig"),
        LD_LIBRARY_PATH=str(libraries))


def self_test() -> None:
    page = "<!-- run: a -->\n```sh\ntrue\n```\n"
    assert block("a", page) == "true\n"
    try:
        block("b", page)
    except SystemExit as refused:
        assert "0 blocks" in str(refused)
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(folder)
        for name in WANTED:
            (prefix / name).parent.mkdir(parents=True, exist_ok=True)
            (prefix / name).write_text("good\n")
        assert faults(prefix, [ROOT]) == []
        planted = {"lib/x.cmake": f"set(a {ROOT}/include)\n", "lib/x.a": f"\0{ROOT}/a.cpp\0",
                   "include/guanxi/x.hpp": "#include <sqlite3.h>\n",
                   "include/guanxi/y.hpp": '#include "guanxi/base/none.hpp"\n'}
        for name, text in planted.items():
            (prefix / name).parent.mkdir(parents=True, exist_ok=True)
            (prefix / name).write_text(text)
            assert len(faults(prefix, [ROOT])) == 1, name
            (prefix / name).unlink()
        (prefix / "share/doc/guanxi/LICENSE").unlink()
        assert len(faults(prefix, [ROOT])) == 1


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("block", nargs="?")
    reader.add_argument("--scratch", type=Path)
    reader.add_argument("--prefix", default="prefix", help="which installation to compile against")
    reader.add_argument("--self-test", action="store_true")
    given = reader.parse_args()
    if given.self_test:
        self_test()
        sys.exit()
    lines = block(given.block, (ROOT / "docs/install.md").read_text(encoding="utf-8"))
    given.scratch.mkdir(parents=True, exist_ok=True)
    if given.block.startswith("prefix"):
        install(given.block, lines, given.scratch)
    else:
        compile_and_run(given.block, lines, given.scratch, given.scratch / given.prefix)
