"""Ours: a line a question, on either store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import guanxi

from .questions import (
    FRAME, MONEY_AT, MOST_FRAME_ROWS, SEARCH_LIMIT, Question, Viewer, exact_rows, frame_rows)

QUERIES = {
    "pipeline": """
        select owner.region as region, stage.name as stage, period(close_date, month) as month,
               sum(amount) as total, count() as deals
        from opportunity
        group by region, stage, month order by region, stage, month""",
    "win_rate": """
        select owner, owner.name as agent, count() filter (where stage.is_won) as won,
               count() as decided, round(count() filter (where stage.is_won) / count(), 4) as rate
        from opportunity where not stage.is_open
        group by owner, agent order by agent, owner""",
    "top": """
        select name, account.name as customer, owner.name as agent, amount, close_date
        from opportunity where stage.is_open
        order by amount desc limit 50""",
    "funnel": """
        select count(distinct opportunity) as created,
               count(distinct opportunity) filter (where stage.position > 1) as started,
               count(distinct opportunity) filter (where not stage.is_open) as decided,
               count(distinct opportunity) filter (where stage.is_won) as won
        from stage_visit""",
    "frame": f"select {', '.join(FRAME)} from opportunity order by id limit {MOST_FRAME_ROWS}",
}


class Guanxi:
    def __init__(self, name: str, crm: Any, viewers: list[Viewer]) -> None:
        self.name = name
        self.sessions = {viewer: crm.as_user(viewer.login) for viewer in viewers}
        try:
            next(iter(self.sessions.values())).query(searching("张", True))
            self.searches = True
        except guanxi.Query:
            self.searches = False

    def asks(self, question: Question, viewer: Viewer) -> Callable[[], Any] | None:
        if question.search and not self.searches:
            return None
        session = self.sessions[viewer]
        if question.shape == "frame":
            return lambda: session.query(QUERIES["frame"]).to_pandas()
        text = QUERIES.get(question.kind) or searching(question.typed, question.search)
        return lambda: list(session.query(text))

    def rows(self, question: Question, got: Any) -> list[tuple]:
        if question.shape == "frame":
            return frame_rows(got)
        if question.key == "win_rate":
            return [tuple(row) for row in got]
        return exact_rows(got, MONEY_AT.get(question.key, frozenset()))


def searching(typed: str, search: bool) -> str:
    condition = f"search('{typed}')" if search else f"name like '%{typed}%'"
    return f"select id, name from contact where {condition} limit {SEARCH_LIMIT}"
