"""Search beside a reference that is written from docs/search.md alone, and beside another table of
readings. `python -m pytest tests/python/test_search.py`; GUANXI_TEST_SEED repeats a run."""

import os
import random
import re
import unicodedata

import guanxi
import pypinyin
import pytest
from guanxi import col, select
from guanxi.query_builder import relevance, search

SEED = int(os.environ.get("GUANXI_TEST_SEED") or random.randrange(2**32))

READ = {"张": ["zhang"], "三": ["san"], "长": ["chang", "zhang"], "城": ["cheng"], "单": ["dan", "shan", "chan"],
        "曾": ["zeng", "ceng"], "吕": ["lv"], "布": ["bu"], "安": ["an"], "西": ["xi"], "鹅": ["e"], "二": ["er"],
        "日": ["ri"], "昂": ["ang"]}
SIMPLE = {"張": "张", "長": "长", "單": "单", "呂": "吕", "鵝": "鹅"}


def compared(text):
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(c for c in unicodedata.normalize("NFD", folded) if not "\u0300" <= c <= "\u036f")
    plain = unicodedata.normalize("NFC", plain)
    return "".join(SIMPLE.get(c, c) if unicodedata.category(c)[0] in "LMN" else " " for c in plain)


def in_run(c):
    return "\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7ff"


def words(text):
    """The words in order: letters and digits, or runs."""
    return re.findall(r"[\u3040-\u9fff\uac00-\ud7ff]+|[^\s\u3040-\u9fff\uac00-\ud7ff]+", text)


def spoken(run, word):
    """Whether the word is the beginning of a reading of the run."""
    if not word:
        return True
    if not run:
        return False
    return any(syllable.startswith(word) or word.startswith(syllable) and spoken(run[1:], word[len(syllable):])
               for syllable in READ.get(run[0], []))


def initials(run, word):
    return len(run) >= len(word) and all(
        any(syllable[0] == letter for syllable in READ.get(c, [])) for c, letter in zip(run, word))


def points(word, text):
    """The relevance of one word that was typed in one text that is no telephone number."""
    whole = re.sub(r"(?<=[\u3040-\u9fff\uac00-\ud7ff]) +(?=[\u3040-\u9fff\uac00-\ud7ff])", "", compared(text))
    parts = words(whole)
    if parts == [word]:
        return 6
    best = 0
    for place, part in enumerate(parts):
        if in_run(part[0]) and in_run(word[0]):
            at = part.find(word)
            got = 0 if at < 0 else 5 if place == at == 0 else 4
        elif in_run(part[0]):
            tails = [part[at:] for at in range(len(part))]
            got = 0
            if re.fullmatch("[a-z]+", word):
                got = (3 if spoken(part, word) else 2 if any(spoken(t, word) for t in tails)
                       or initials(part, word) else 1 if any(initials(t, word) for t in tails) else 0)
        else:
            got = 0 if not part.startswith(word) else 5 if place == 0 else 4
        best = max(best, got)
    return best


def wanted(typed, texts):
    each = [max((points(word, text) for text in texts if text is not None), default=0)
            for word in words(compared(typed))[:32]]
    return sum(each) if each and all(each) else 0


def test_random_texts_are_found_as_the_page_says(s):
    print("seed", SEED)
    pick = random.Random(SEED)
    signs = [*READ, *SIMPLE, *"张三长城AÉébz", "Ｚ", " ", " ", "　", "-", "zhang", "san", "12", "カ", "가"]
    letters = ["zhang", "chang", "san", "zs", "c", "z", "an", "lv", "e", "r", "er", "xi", "ang", "s",
               *READ, *SIMPLE, " ", " ", "A", "é", "12", "カ", "가", "·"]
    text = lambda of, most: "".join(pick.choices(of, k=pick.randint(0, most)))
    found = 0
    s.create("account", name="one")
    for _ in range(3000):
        name, other = text(signs, 8), pick.choice([None, text(signs, 3)])
        typed = text(letters, 4)
        row = s.query("select search(:t, :a, :b), relevance(:t, :a, :b) from account",
                      t=typed, a=name, b=other)[0]
        should = wanted(typed, [name, other])
        assert (row[0], row[1]) == (should > 0, should), (SEED, typed, name, other)
        found += should > 0
    assert found > 100


def test_the_reference_knows_right_from_wrong():
    assert wanted("zs", ["张三"]) == 2 and wanted("zs", ["三张"]) == 0
    assert wanted("shan", ["單"]) == 3 and wanted("zhangsan", ["长三"]) == 3


def test_readings_are_those_of_another_table(s):
    """Of the 3,755 commonest characters (level 1 of GB 2312)."""
    common = [c for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)
              if (c := bytes([row, cell]).decode("gb2312", errors="ignore"))]
    assert len(common) == 3755
    s.create("account", name="one")
    missing = []
    for c in common:
        [[reading]] = pypinyin.pinyin(c, style=pypinyin.Style.NORMAL, v_to_u=False)
        [row] = s.query("select search(:t, :c) from account", t=reading, c=c)
        if not row[0]:
            missing.append((c, reading))
    assert missing == []


def test_traditional_characters_find_simplified_ones(s):
    s.create("account", name="one")
    for traditional, simplified in (("長城電器有限公司", "长城电器有限公司"), ("臺灣積體電路", "台湾积体电路"),
                                    ("國際貿易", "国际贸易"), ("東風汽車", "东风汽车"), ("張學友", "张学友")):
        for typed, text in ((traditional, simplified), (simplified, traditional)):
            assert s.query("select relevance(:t, :x) from account", t=typed, x=text)[0][0] == 6, typed


def test_one_box(s):
    s.create("account", name="張記茶業", phone="010-8888 6666")
    s.create("contact", name="张三")
    hits = s.search("zhang")
    assert hits.columns == ("entity", "id", "title", "relevance")
    assert [(h.entity, h.title, h.relevance) for h in hits] == [("account", "張記茶業", 3), ("contact", "张三", 3)]
    assert s.get(hits[1].entity, hits[1].id).name == "张三"
    assert [h.title for h in s.search("+86 10 88886666")] == ["張記茶業"]
    assert len(s.search("zhang", entities=("contact",), limit=1)) == 1
    with pytest.raises(guanxi.Error, match="contakt"):
        s.search("x", entities=["contakt"])
    with pytest.raises(guanxi.Error, match="1,000|1000"):
        s.search("x", limit=0)
    with pytest.raises(TypeError):
        s.search("x", entities="contact")


def test_built_queries_search(s):
    s.create("account", name="张三", city="上海")
    best = (select("name", relevance("zs").as_("r")).from_("account").where(search("zs") & search("shanghai", "city"))
            .order_by(col("r").desc()))
    assert str(best) == ("select name, relevance('zs') as r from account where search('zs') and "
                         "search('shanghai', city) order by r desc")
    assert [tuple(row) for row in s.query(best)] == [("张三", 2)]
