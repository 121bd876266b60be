"""Answers saved to files, from Python."""

import csv
import json

import guanxi
import pytest


@pytest.fixture
def answer(s):
    for name in ("Acme", "=Bolt", "长城"):
        s.create("account", name=name)
    return s.query("select name, employees from account order by id")


def test_the_ending_says_the_format(answer, tmp_path):
    answer.save(tmp_path / "a.csv")
    with open(tmp_path / "a.csv", encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["name", "employees"], ["Acme", ""], ["'=Bolt", ""],
                                          ["长城", ""]]
    answer.save(str(tmp_path / "a.json"))
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == json.loads(answer.to_json())
    answer.save(tmp_path / "a.txt", format="jsonl")
    lines = (tmp_path / "a.txt").read_text("utf-8").splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["Acme", "=Bolt", "长城"]


def test_progress_tells_rows_and_cancels(answer, tmp_path):
    told = []
    answer.save(tmp_path / "a.csv", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)
    with pytest.raises(guanxi.Interrupted):
        answer.save(tmp_path / "b.csv", progress=lambda done, total: False)
    with pytest.raises(ZeroDivisionError):
        answer.save(tmp_path / "b.csv", progress=lambda done, total: 1 // 0)
    assert not list(tmp_path.glob("b*"))


def test_what_cannot_be_is_refused(answer, tmp_path):
    with pytest.raises(guanxi.Validation, match="the path says no format"):
        answer.save(tmp_path / "a")
    with pytest.raises(guanxi.Validation, match="no format `xml`"):
        answer.save(tmp_path / "a.csv", format="xml")
    with guanxi.open(tmp_path / "crm.gx"):
        pass
    with pytest.raises(guanxi.Validation, match="is a store"):
        answer.save(tmp_path / "crm.gx", format="csv")
