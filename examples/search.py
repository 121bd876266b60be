"""One box for everything: what a person types finds records of all entities."""

import guanxi
from guanxi import col, select
from guanxi.query_builder import relevance, search

with guanxi.open(":memory:") as crm, crm.as_user("admin") as s:
    s.create("account", name="張記茶業")
    s.create("contact", name="张三", mobile="138 0013 8000")
    hits = s.search("zhang")
    assert [(hit.entity, hit.title) for hit in hits] == [("account", "張記茶業"), ("contact", "张三")]
    assert [hit.title for hit in s.search("+86 13800138000", entities=["contact"])] == ["张三"]
    found = s.query("select name from contact where search(:typed)", typed="zs")
    assert [row.name for row in found] == ["张三"]
    best = (
        select(col("name"), relevance("chaye").as_("relevance"))
        .from_("account")
        .where(search("chaye"))
        .order_by(col("relevance").desc())
    )
    print(s.query(best))
