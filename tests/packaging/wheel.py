"""The Python package as a stranger installs it: from the folder by docs/install.md, and from the
source distribution, each into an environment of its own; what they contain, and that it runs.

wheel.py sdist --scratch S      the source distribution, and the wheel made of it
wheel.py folder --scratch S     `pip install .`, by the page
wheel.py isolated --scratch S   the same with pip's own environment for building (asks the registry)
wheel.py --self-test            proves that a bad archive is noticed

The first two build with the tools of the environment that runs this.
"""

import argparse
import email
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

from page import ROOT, block

FIRST_LINES = """
import guanxi, sys
assert guanxi.__file__.startswith(sys.prefix), guanxi.__file__
with guanxi.open("first.gx") as shop, shop.as_user("admin") as s:
    s.create("account", name="Acme")
    assert [row.name for row in s.query("select name from account")] == ["Acme"]
"""
SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")
PACKAGE = ROOT / "bindings" / "python" / "src"
MODULE = {str(path.relative_to(PACKAGE)) for path in (PACKAGE / "guanxi").rglob("*")
          if path.is_file() and "__pycache__" not in path.parts} | {f"guanxi/_guanxi{SUFFIX}"}
SOURCES = {"bindings", "cmake", "include", "src", "CMakeLists.txt", "LICENSE", "NOTICE", "PKG-INFO",
           "README.md", "pyproject.toml"}


def run(*command: str | Path, folder: Path = ROOT, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=folder, env={**kept, **environment}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def fresh(folder: Path) -> Path:
    """An environment without a package, and the Python in it."""
    shutil.rmtree(folder, ignore_errors=True)
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    return folder / "bin" / "python"


def lend_tools(python: Path) -> None:
    """Behind its own packages the environment then finds those of the one that runs this."""
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    Path(site, "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")


def try_it(python: Path, folder: Path) -> None:
    """It runs with no package beside it; with those of its extras, the README's lines run too; and
    its stubs are true."""
    empty = folder / "run"
    shutil.rmtree(empty, ignore_errors=True)
    empty.mkdir()
    run(python, "-c", FIRST_LINES, folder=empty)
    lend_tools(python)
    run(python, ROOT / "examples" / "readme_python.py", folder=empty)
    run(python, "-m", "mypy.stubtest", "guanxi", "--allowlist",
        ROOT / "bindings" / "python" / "stubtest_allowlist.txt", folder=empty)


def sdist_faults(names: list[str]) -> list[str]:
    inner = [name.split("/", 1)[1] for name in names]
    tops = {name.split("/")[0] for name in inner}
    found = [f"the source distribution has {name}" for name in sorted(tops - SOURCES)]
    found += [f"the source distribution lacks {name}" for name in sorted(SOURCES - tops)]
    found += [f"the source distribution has {name}" for name in inner if "__pycache__" in name]
    return found


def wheel_faults(names: list[str]) -> list[str]:
    module = {name for name in names if ".dist-info/" not in name}
    found = [f"the wheel has {name}" for name in sorted(module - MODULE)]
    found += [f"the wheel lacks {name}" for name in sorted(MODULE - module)]
    found += [f"the wheel lacks {name}" for name in ("guanxi/py.typed", "guanxi/_guanxi.pyi")
              if name not in names and name not in MODULE]
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in names):
        found.append("the wheel lacks the licence")
    return found


def metadata_faults(text: str) -> list[str]:
    fields = email.message_from_string(text)
    found = [f"the metadata lacks {name}"
             for name in ("Summary", "Version", "Requires-Python", "License-Expression", "Classifier",
                          "Keywords", "License-File") if not fields[name]]
    if fields.get_payload() != (ROOT / "README.md").read_text(encoding="utf-8"):
        found.append("the metadata's description is not the README")
    if set(fields.get_all("Provides-Extra", [])) != {"pandas", "polars", "arrow"}:
        found.append("the metadata's extras are not pandas, polars and arrow")
    return found


def shown_symbols(library: Path) -> list[str]:
    listed = run("nm", "--dynamic", "--defined-only", library)
    return [name for name in re.findall(r" [A-TV-Z] (\S+)", listed) if "guanxi" in name]


def from_folder(scratch: Path) -> None:
    python = fresh(scratch / "venv")
    lend_tools(python)
    page = block("pip", (ROOT / "docs" / "install.md").read_text(encoding="utf-8"))
    run("bash", "-euo", "pipefail", "-c", page, PIP_NO_BUILD_ISOLATION="false", PIP_NO_INDEX="1",
        PIP_DISABLE_PIP_VERSION_CHECK="1", PATH=f"{python.parent}:{os.environ['PATH']}")
    module = next((scratch / "venv").rglob(f"_guanxi{SUFFIX}"))
    if shown_symbols(module) != ["PyInit__guanxi"]:
        sys.exit(f"the module shows {shown_symbols(module)}")


def make_sdist(scratch: Path) -> Path:
    made = scratch / "dist"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    run(sys.executable, "-c",
        f"import scikit_build_core.build as b; b.build_sdist({str(made)!r})")
    return next(made.glob("*.tar.gz"))


def from_sdist(scratch: Path) -> None:
    sources = make_sdist(scratch)
    run(sys.executable, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index",
        "--wheel-dir", scratch / "dist", sources)
    wheel = next((scratch / "dist").glob("*.whl"))
    with tarfile.open(sources) as archive:
        found = sdist_faults([member.name for member in archive if member.isfile()])
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        found += wheel_faults(names)
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        found += metadata_faults(archive.read(metadata).decode())
    if found:
        sys.exit("\n".join(found))
    python = fresh(scratch / "venv_of_wheel")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel)
    try_it(python, scratch)


def isolated(scratch: Path) -> None:
    sources = make_sdist(scratch)
    folder = scratch / "venv_isolated"
    shutil.rmtree(folder, ignore_errors=True)
    run(sys.executable, "-m", "venv", folder)
    python = folder / "bin" / "python"
    run(python, "-m", "pip", "install", sources)
    try_it(python, scratch)


def self_test() -> None:
    good = [f"guanxi-0/{name}" for name in SOURCES]
    assert sdist_faults(good) == []
    assert len(sdist_faults([*good, "guanxi-0/tests/a.cpp"])) == 1
    assert len(sdist_faults([*good, "guanxi-0/src/__pycache__/a.pyc"])) == 1
    assert len(sdist_faults(good[1:])) == 1
    good = [*MODULE, "guanxi-0.dist-info/licenses/LICENSE"]
    assert wheel_faults(good) == []
    assert len(wheel_faults([*good, "guanxi/test.py"])) == 1
    assert len(wheel_faults(good[1:])) == 1 and len(wheel_faults(good[:-1])) == 1
    assert len(metadata_faults("Name: guanxi\n\nA CRM.\n")) == 9


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("way", nargs="?", choices=["folder", "sdist", "isolated"])
    reader.add_argument("--scratch", type=Path)
    reader.add_argument("--self-test", action="store_true")
    given = reader.parse_args()
    if given.self_test:
        self_test()
    else:
        {"folder": from_folder, "sdist": from_sdist, "isolated": isolated}[given.way](given.scratch)
