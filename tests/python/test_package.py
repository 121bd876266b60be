"""The package as such: stubs that are true, pages whose lines run."""

import copy
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import guanxi
import pytest

PROJECT = Path(__file__).resolve().parents[2]


def test_errors_have_one_base():
    kinds = [guanxi.NotFound, guanxi.Conflict, guanxi.Validation, guanxi.Permission, guanxi.Busy,
             guanxi.Interrupted, guanxi.Store, guanxi.Query]
    assert all(issubclass(kind, guanxi.Error) for kind in kinds)
    assert issubclass(guanxi.Error, Exception)


def test_an_error_can_travel_between_processes(s):
    with pytest.raises(guanxi.Query) as refusal:
        s.query("select nmae from account")
    again = pickle.loads(pickle.dumps(refusal.value))
    assert type(again) is guanxi.Query
    assert (str(again), vars(again)) == (str(refusal.value), vars(refusal.value))


def test_the_version_is_that_of_the_header():
    header = (PROJECT / "include/guanxi/base/config.hpp").read_text(encoding="utf-8")
    assert f'GUANXI_VERSION_STRING "{guanxi.__version__}"' in header


def test_everything_public_is_documented():
    for name in guanxi.__all__:
        assert name == "__version__" or getattr(guanxi, name).__doc__, name
    for kind in (guanxi.Session, guanxi.Tenant, guanxi.Result):
        assert kind.__module__ == "guanxi"


def test_objects_come_from_calls_alone(s):
    made = [s, s.catalog, s.transaction(), s.query("select id from account"),
            s.create("account", name="Acme")]
    for kind in map(type, made):
        with pytest.raises(TypeError):
            kind()
        with pytest.raises(TypeError):
            kind.__new__(kind)
        with pytest.raises(TypeError):
            type("Mine", (kind,), {})
    for one in made:
        with pytest.raises(TypeError):
            copy.copy(one)


def test_stubs_tell_the_truth(tmp_path):
    # A module that is built with the address sanitizer is loaded only where its runtime is there
    # before it, so the subprocess inherits what this process runs with.
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "guanxi", "--allowlist",
         PROJECT / "bindings/python/stubtest_allowlist.txt"],
        cwd=tmp_path, capture_output=True, text=True, timeout=600,
        env={**os.environ, "MYPYPATH": str(PROJECT / "bindings/python/src")})
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", ["docs/python.md", "docs/reports.md", "docs/own_store.md",
                                  "docs/query_builder.md", "docs/query_builder.zh-CN.md"])
def test_the_lines_of_the_page_run(tmp_path, monkeypatch, page):
    monkeypatch.chdir(tmp_path)
    text = (PROJECT / page).read_text(encoding="utf-8")
    found = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(found) > 2
    names = {}
    for number, block in enumerate(found, 1):
        exec(compile(block, f"{page}, block {number}", "exec"), names)
