"""DuckDB, in memory, on one thread, with the quickest types that it has."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

from .questions import (
    FRAME, MONEY_AT, MOST_FRAME_ROWS, SEARCH_LIMIT, Question, Viewer, exact_rows, frame_rows,
    rated)
from .tables import read

BELOW = """with recursive below(id) as (
    select r.id from role r join "user" u on r.parent = u.role where u.id = $me
    union all select r.id from role r join below b on r.parent = b.id) """

QUERIES = {
    "pipeline": """
        select region::varchar, stage::varchar, strftime(month, '%Y-%m'), total, deals from (
            select u.region, s.name as stage, date_trunc('month', o.close_date) as month,
                   sum(o.amount) as total, count(*) as deals
            from opportunity o left join stage s on s.id = o.stage
                 left join "user" u on u.id = o.owner
            where {seen} group by all)
        order by 1 nulls first, 2, 3""",
    "win_rate": """
        select g.owner, u.name, won, decided, won / decided from (
            select o.owner, count(*) filter (s.is_won) as won, count(*) as decided
            from opportunity o join stage s on s.id = o.stage
            where {seen} and not s.is_open group by o.owner) g
        left join "user" u on u.id = g.owner order by u.name, g.owner""",
    "top": """
        select o.name, a.name, u.name, o.amount, o.close_date
        from opportunity o join stage s on s.id = o.stage left join "user" u on u.id = o.owner
             left join account a on a.id = o.account
        where {seen} and s.is_open order by o.amount desc nulls last, o.id limit 50""",
    "funnel": """
        select count(*), count(*) filter (started), count(*) filter (decided), count(*) filter (won)
        from (select bool_or(s.position > 1) as started, bool_or(not s.is_open) as decided,
                     bool_or(s.is_won) as won
              from stage_visit o join stage s on s.id = o.stage where {seen}
              group by o.opportunity)""",
    "frame": f"select {', '.join(FRAME)} from opportunity o where {{seen}} order by id "
             f"limit {MOST_FRAME_ROWS}",
}


class DuckDb:
    name = "DuckDB"

    def __init__(self, folder: pathlib.Path) -> None:
        import duckdb

        self.db = duckdb.connect(config={"threads": 1})
        self.db.execute("set enable_progress_bar = false")
        for name in ("role", "user", "stage", "account", "contact", "opportunity", "stage_visit"):
            self.db.register("arrived", read(folder, name))
            if name in ("user", "stage"):
                choice = "region" if name == "user" else "name"
                self.db.execute(f"create type {choice}s as enum (select distinct {choice} "
                                f"from arrived where {choice} is not null)")
                self.db.execute(f'create table "{name}" as select * replace '
                                f"({choice}::{choice}s as {choice}) from arrived")
            else:
                self.db.execute(f"create table {name} as select * from arrived")
            self.db.unregister("arrived")

    def asks(self, question: Question, viewer: Viewer) -> Callable[[], Any] | None:
        if question.typed:
            return None if question.key == "pinyin" else lambda: self.db.execute(
                "select id, name from contact where name like $part order by id "
                f"limit {SEARCH_LIMIT}", {"part": f"%{question.typed}%"}).fetchall()
        trim = viewer.below is not None
        text = (BELOW if trim else "") + QUERIES[question.key].format(
            seen="(o.owner = $me or o.owner_role in (select id from below))" if trim else "true")
        values = {"me": viewer.id} if trim else {}
        if question.shape == "frame":
            return lambda: self.db.execute(text, values).df()
        return lambda: self.db.execute(text, values).fetchall()

    def rows(self, question: Question, got: Any) -> list[tuple]:
        if question.shape == "frame":
            return frame_rows(got)
        if question.key == "win_rate":
            return rated(got)
        return exact_rows(got, MONEY_AT.get(question.key, frozenset()))
