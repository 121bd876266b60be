"""Polars, lazily, on one thread; who is below whom is known before."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

from .questions import (
    FRAME, MONEY_AT, MOST_FRAME_ROWS, SEARCH_LIMIT, Question, Viewer, exact_rows, frame_rows,
    rated)
from .tables import read


class Polars:
    name = "Polars"

    def __init__(self, folder: pathlib.Path) -> None:
        import polars as pl

        def table(name: str) -> Any:
            return pl.DataFrame(read(folder, name)).rechunk()

        self.pl = pl
        self.users = table("user").with_columns(pl.col("region").cast(pl.Categorical))
        self.stages = table("stage").with_columns(pl.col("name").cast(pl.Categorical))
        self.accounts, self.contacts = table("account"), table("contact")
        self.deals, self.visits = table("opportunity"), table("stage_visit")

    def asks(self, question: Question, viewer: Viewer) -> Callable[[], Any] | None:
        if question.key == "pinyin":
            return None
        if question.typed:
            contains = self.pl.col("name").str.contains(question.typed, literal=True)
            found = self.contacts.lazy().filter(contains).head(SEARCH_LIMIT)
            return lambda: found.collect().rows()
        query = getattr(self, question.kind)(self.pl, viewer)
        if question.shape == "frame":
            return lambda: query.collect().to_pandas()
        return lambda: query.collect().rows()

    def seen(self, frame: Any, viewer: Viewer) -> Any:
        if viewer.below is None:
            return frame.lazy()
        own = self.pl.col("owner") == viewer.id
        return frame.lazy().filter(own | self.pl.col("owner_role").is_in(list(viewer.below)))

    def pipeline(self, pl: Any, viewer: Viewer) -> Any:
        stages = self.stages.lazy().select(pl.col("id").alias("stage"),
                                             pl.col("name").alias("stage_name"))
        users = self.users.lazy().select(pl.col("id").alias("owner"), pl.col("region"))
        return (self.seen(self.deals, viewer)
                .join(stages, on="stage", how="left").join(users, on="owner", how="left")
                .group_by("region", "stage_name",
                          pl.col("close_date").dt.truncate("1mo").alias("month"))
                .agg(pl.col("amount").sum(), pl.len())
                .with_columns(pl.col("region", "stage_name").cast(pl.String),
                              pl.col("month").dt.strftime("%Y-%m"))
                .sort("region", "stage_name", "month"))

    def win_rate(self, pl: Any, viewer: Viewer) -> Any:
        decided = (self.stages.lazy().filter(~pl.col("is_open"))
                   .select(pl.col("id").alias("stage"), pl.col("is_won")))
        names = self.users.lazy().select(pl.col("id").alias("owner"), pl.col("name").alias("agent"))
        return (self.seen(self.deals, viewer).join(decided, on="stage")
                .group_by("owner").agg(pl.col("is_won").sum().alias("won"), pl.len())
                .join(names, on="owner", how="left")
                .select("owner", "agent", "won", "len", (pl.col("won") / pl.col("len")).alias("r"))
                .sort("agent", "owner"))

    def top(self, pl: Any, viewer: Viewer) -> Any:
        still = self.stages.lazy().filter(pl.col("is_open")).select(pl.col("id").alias("stage"))
        agents = self.users.lazy().select(pl.col("id").alias("owner"), pl.col("name").alias("agent"))
        customers = self.accounts.lazy().select(pl.col("id").alias("account"),
                                                pl.col("name").alias("customer"))
        return (self.seen(self.deals, viewer).join(still, on="stage", how="semi")
                .sort("amount", "id", descending=[True, False], nulls_last=True).head(50)
                .join(customers, on="account", how="left", maintain_order="left")
                .join(agents, on="owner", how="left", maintain_order="left")
                .select("name", "customer", "agent", "amount", "close_date"))

    def funnel(self, pl: Any, viewer: Viewer) -> Any:
        stages = self.stages.lazy().select(
            pl.col("id").alias("stage"), (pl.col("position") > 1).alias("started"),
            (~pl.col("is_open")).alias("decided"), pl.col("is_won").alias("won"))
        steps = pl.col("started", "decided", "won")
        return (self.seen(self.visits, viewer).join(stages, on="stage")
                .group_by("opportunity").agg(steps.any())
                .select(pl.len(), steps.sum()))

    def frame(self, pl: Any, viewer: Viewer) -> Any:
        # The table is in the order of ids.
        return self.seen(self.deals, viewer).select(FRAME).head(MOST_FRAME_ROWS)

    def rows(self, question: Question, got: Any) -> list[tuple]:
        if question.shape == "frame":
            return frame_rows(got)
        if question.key == "win_rate":
            return rated(got)
        return exact_rows(got, MONEY_AT.get(question.key, frozenset()))
