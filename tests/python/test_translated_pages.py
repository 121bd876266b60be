"""A Chinese page of the docs is its English page, section by section: what can be counted is equal."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.zh-CN.md"))
BLOCK = re.compile(r"^(?:<!-- [^\n]* -->\n)?```\w*\n.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)


def parts_of(text):
    """Of each section: the level of its heading, its blocks, its rows of tables, what it sets as code."""
    blocks = []

    def kept(found):
        blocks.append(found.group())
        return f"@@{len(blocks) - 1}@@"

    out = []
    for section in re.split(r"^(?=#+ )", BLOCK.sub(kept, text), flags=re.MULTILINE)[1:]:
        rows = [len(re.findall(r"(?<!\\)\|", line)) for line in section.split("\n")
                if line.startswith("|")]
        out.append((re.match("#+", section).group(),
                    [blocks[int(n)] for n in re.findall(r"@@(\d+)@@", section)], rows,
                    sorted({code for _, code in CODE.findall(section)})))
    return out


def pair(page):
    english = page.replace(".zh-CN.md", ".md")
    return ((DOCS / english).read_text(encoding="utf-8"),
            (DOCS / page).read_text(encoding="utf-8"))


def test_there_are_pages():
    assert {"query.zh-CN.md", "calendars.zh-CN.md", "query_builder.zh-CN.md", "actions.zh-CN.md",
            "assignment.zh-CN.md", "forecast.zh-CN.md", "service_levels.zh-CN.md",
            "tick.zh-CN.md"} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_the_page_says_what_the_english_one_says(page):
    english, chinese = pair(page)
    wanted, found = parts_of(english), parts_of(chinese)
    assert [part[0] for part in found] == [part[0] for part in wanted], "headings"
    for number, (one, other) in enumerate(zip(wanted, found), 1):
        for what, a, b in zip(("blocks", "rows of tables", "code in the text"), one[1:], other[1:]):
            assert b == a, f"{what} of section {number}"


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_lead_to_each_other(page):
    english, chinese = pair(page)
    name = Path(page).name
    assert english.split("\n")[2] == f"[中文]({name})"
    assert chinese.split("\n")[2] == f"[English]({name.replace('.zh-CN.md', '.md')})"
    for target in re.findall(r"\]\(([^)#:]+)\)", chinese):
        assert (DOCS / page).parent.joinpath(target).exists(), target


@pytest.mark.parametrize("old, new", [
    ("## 分页\n", ""),
    ("limit 3 per industry", "limit 4 per industry"),
    ("| 引用 | 一个 id | |\n", ""),
    ("`share` 可以", "`shares` 可以"),
    ("| 引用 | 一个 id | |", "| 引用 | 一个 id |"),
])
def test_a_page_that_drifts_is_noticed(old, new):
    _, chinese = pair("query.zh-CN.md")
    assert chinese.count(old) == 1
    assert parts_of(chinese.replace(old, new)) != parts_of(chinese)
