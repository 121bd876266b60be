"""SQL by hand on the tables of our own SQLite file, through Python's sqlite3: first as one writes it,
then tuned, where that is another statement."""

from __future__ import annotations

import datetime
import pathlib
import sqlite3
from collections.abc import Callable
from typing import Any

from .questions import (
    FRAME, MONEY_AT, MOST_FRAME_ROWS, SEARCH_LIMIT, Question, Viewer, exact_rows, frame_rows,
    rated)

LIVE = "deletion_batch is null and {0}.archived is not 1"
BELOW = """with recursive below(id) as (
    select r.id from role r join user u on r.parent = u.role where u.id = :me
    union all select r.id from role r join below b on r.parent = b.id) """

WRITTEN = {
    "pipeline": """
        select u.region, s.name, strftime('%Y-%m', o.close_date * 86400, 'unixepoch') as month,
               sum(o.amount), count(*)
        from {deals} left join stage s on s.id = o.stage left join user u on u.id = o.owner
        where {seen} group by 1, 2, 3 order by 1, 2, 3""",
    "win_rate": """
        select o.owner, u.name, sum(s.is_won), count(*), 1.0 * sum(s.is_won) / count(*)
        from {deals} join stage s on s.id = o.stage left join user u on u.id = o.owner
        where {seen} and not s.is_open group by o.owner order by u.name, o.owner""",
    "top": """
        select o.name, a.name, u.name, o.amount, date(o.close_date * 86400, 'unixepoch')
        from {deals} join stage s on s.id = o.stage left join user u on u.id = o.owner
             left join account a on a.id = o.account
        where {seen} and s.is_open order by o.amount desc, o.id limit 50""",
    "funnel": """
        select count(distinct o.opportunity),
               count(distinct case when s.position > 1 then o.opportunity end),
               count(distinct case when not s.is_open then o.opportunity end),
               count(distinct case when s.is_won then o.opportunity end)
        from {visits} join stage s on s.id = o.stage where {seen}""",
    "frame": f"select {', '.join('o.' + name for name in FRAME)} from {{deals}} where {{seen}} "
             f"order by o.id limit {MOST_FRAME_ROWS}",
}
# An index on few of the rows, by the null of a mark of deletion, is what SQLite's planner likes to
# walk in place of the table; and a deal's visits, put together, need no sets of ids.
TUNED = {
    **{key: WRITTEN[key] for key in ("pipeline", "win_rate", "top")},
    "funnel": """
        select count(*), sum(started), sum(decided), sum(won) from (
            select max(s.position > 1) as started, max(not s.is_open) as decided,
                   max(s.is_won) as won
            from {visits} join stage s on s.id = o.stage where {seen} group by o.opportunity)""",
}


class Sqlite:
    def __init__(self, file: pathlib.Path, *, tuned: bool = False) -> None:
        self.name = "SQLite, tuned" if tuned else "SQLite by hand"
        self.tuned = tuned
        self.db = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
        # As much as ours has.
        self.db.execute("pragma cache_size = -32768")

    def asks(self, question: Question, viewer: Viewer) -> Callable[[], Any] | None:
        text = (TUNED if self.tuned else WRITTEN).get(question.kind)
        if question.typed:
            return None if self.tuned or question.key == "pinyin" else self.like(question)
        if text is None:
            return None
        trim = viewer.below is not None
        # A plus keeps an index out of it: who sees much is served best by the whole table.
        plus = "+" if self.tuned else ""
        seen = "o." + LIVE.format("o") + (
            f" and ({plus}o.owner = :me or {plus}o.owner_role in below)" if trim else "")
        hint = " not indexed" if self.tuned else ""
        statement = (BELOW if trim else "") + text.format(
            seen=seen, deals=f"opportunity o{hint}", visits=f"stage_visit o{hint}")
        values = {"me": viewer.id} if trim else {}
        if question.shape == "frame":
            import pandas

            return lambda: pandas.read_sql(statement, self.db, params=values)
        return lambda: self.db.execute(statement, values).fetchall()

    def like(self, question: Question) -> Callable[[], Any]:
        return lambda: self.db.execute(
            "select c.id, c.name from contact c where c.name like :part and c." + LIVE.format("c")
            + f" order by c.id limit {SEARCH_LIMIT}", {"part": f"%{question.typed}%"}).fetchall()

    def rows(self, question: Question, got: Any) -> list[tuple]:
        if question.shape == "frame":
            return frame_rows(got, cents=True)
        if question.key == "win_rate":
            return rated(got)
        rows = exact_rows(got, MONEY_AT.get(question.key, frozenset()), cents=True)
        return with_days(rows) if question.key == "top" else rows


class Trigrams:
    """A full-text table of SQLite over the names, by hand: it finds what has three characters."""

    name = "FTS5 trigrams"

    def __init__(self, file: pathlib.Path, folder: pathlib.Path) -> None:
        own = folder / "trigrams.sqlite"
        own.unlink(missing_ok=True)
        self.db = sqlite3.connect(own, uri=True)
        self.db.execute("attach ? as crm", (f"{file.resolve().as_uri()}?mode=ro",))
        self.db.execute("create virtual table names using fts5(name, content = '', "
                        "tokenize = 'trigram')")
        self.db.execute("insert into names(rowid, name) select id, name from crm.contact "
                        "where deletion_batch is null")
        self.db.commit()

    def asks(self, question: Question, viewer: Viewer) -> Callable[[], Any] | None:
        if not question.typed or len(question.typed) < 3 or question.key == "pinyin":
            return None
        return lambda: self.db.execute(
            "select c.id, c.name from names f join crm.contact c on c.id = f.rowid "
            f"where f.name match :part and c.{LIVE.format('c')} order by f.rowid "
            f"limit {SEARCH_LIMIT}", {"part": f'"{question.typed}"'}).fetchall()

    def rows(self, question: Question, got: Any) -> list[tuple]:
        return [tuple(row) for row in got]


def with_days(rows: list[tuple]) -> list[tuple]:
    return [(*row[:-1], datetime.date.fromisoformat(row[-1])) for row in rows]
