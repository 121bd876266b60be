"""Pages by key, from Python."""

import guanxi
import pytest

QUERY = "select name from account order by name limit 2 after :cursor"


@pytest.fixture
def five(s):
    for name in "EDCBA":
        s.create("account", name=name)
    return s


def test_pages_come_one_after_the_other(five):
    pages = list(five.pages(QUERY))
    assert [[row.name for row in page] for page in pages] == [["A", "B"], ["C", "D"], ["E"]]
    assert all(isinstance(page, guanxi.Result) for page in pages)
    assert pages[-1].next_page is None
    assert len({page.since for page in pages}) == 1
    assert five.query(QUERY, cursor=pages[0].next_page)[0].name == "C"


def test_pages_are_asked_for_as_they_are_wanted(five):
    pages = five.pages("select name from account where name > :least order by name limit 2 "
                       "after :cursor", least="A")
    assert [row.name for row in next(pages)] == ["B", "C"]
    five.create("account", name="Ba")  # before where the walk is
    five.create("account", name="Cc")
    assert [row.name for row in next(pages)] == ["Cc", "D"]
    assert [row.name for row in next(pages)] == ["E"]
    with pytest.raises(StopIteration):
        next(pages)


def test_an_empty_answer_is_one_empty_page(s):
    assert [len(page) for page in s.pages(QUERY)] == [0]


def test_a_cursor_of_something_else_is_refused(five):
    cursor = five.query(QUERY, cursor=None).next_page
    with pytest.raises(guanxi.Validation, match="first page again") as refusal:
        five.query(QUERY.replace("name limit", "name desc limit"), cursor=cursor)
    assert refusal.value.offset == QUERY.replace("name limit", "name desc limit").index(":cursor")
    with pytest.raises(guanxi.Validation):
        five.query(QUERY, cursor=cursor[:-1])
    assert five.query("select name from account").next_page is None
