"""pandas; amounts are whole cents, since its decimals are Python objects."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

from .questions import MONEY_AT, SEARCH_LIMIT, Question, Viewer, exact_rows, rated
from .tables import read


class Pandas:
    name = "pandas"

    def __init__(self, folder: pathlib.Path) -> None:
        import pandas as pd
        import pyarrow as pa
        import pyarrow.compute as pc

        users = read(folder, "user").to_pandas()
        users["region"] = users["region"].astype("category")
        self.users = users.rename(columns={"id": "owner", "name": "agent"})
        stages = read(folder, "stage").to_pandas()
        stages["name"] = stages["name"].astype("category")
        self.stages = stages.rename(columns={"id": "stage", "name": "stage_name"})
        self.stages["decided"] = ~self.stages["is_open"]
        self.stages["started"] = self.stages["position"] > 1
        self.accounts = read(folder, "account").to_pandas().rename(
            columns={"id": "account", "name": "customer"})
        self.contacts = read(folder, "contact").to_pandas()
        self.visits = read(folder, "stage_visit").to_pandas()
        deals = read(folder, "opportunity").select(
            ["id", "name", "account", "stage", "amount", "close_date", "owner", "owner_role"])
        at = deals.column_names.index("amount")
        cents = pc.cast(pc.multiply(deals["amount"], 100), pa.int64(), safe=False)
        deals = deals.set_column(at, "amount", cents)
        self.deals = deals.to_pandas()
        self.deals["close_date"] = pd.to_datetime(self.deals["close_date"])

    def asks(self, question: Question, viewer: Viewer) -> Callable[[], Any] | None:
        if question.key == "pinyin" or question.shape == "frame":
            return None  # what is a frame already is not made one
        if question.typed:
            names = self.contacts
            return lambda: as_rows(
                names[names["name"].str.contains(question.typed, regex=False)].head(SEARCH_LIMIT))
        ask = getattr(self, question.kind)
        return lambda: as_rows(ask(viewer))

    def seen(self, frame: Any, viewer: Viewer) -> Any:
        if viewer.below is None:
            return frame
        return frame[(frame["owner"] == viewer.id) | frame["owner_role"].isin(viewer.below)]

    def pipeline(self, viewer: Viewer) -> Any:
        deals = (self.seen(self.deals, viewer)[["owner", "stage", "close_date", "amount"]]
                 .merge(self.stages[["stage", "stage_name"]], on="stage", how="left")
                 .merge(self.users[["owner", "region"]], on="owner", how="left"))
        deals["month"] = deals["close_date"].to_numpy().astype("datetime64[M]")
        found = (deals.groupby(["region", "stage_name", "month"], observed=True, dropna=False)
                 ["amount"].agg(["sum", "count"]).reset_index())
        found["month"] = found["month"].dt.strftime("%Y-%m")
        return found.sort_values(["region", "stage_name", "month"], na_position="first")

    def win_rate(self, viewer: Viewer) -> Any:
        stages = self.stages[self.stages["decided"]][["stage", "is_won"]]
        found = (self.seen(self.deals, viewer)[["owner", "stage"]].merge(stages, on="stage")
                 .groupby("owner")["is_won"].agg(["sum", "count"]).reset_index()
                 .merge(self.users[["owner", "agent"]], on="owner", how="left"))
        found["rate"] = found["sum"] / found["count"]
        return found[["owner", "agent", "sum", "count", "rate"]].sort_values(["agent", "owner"])

    def top(self, viewer: Viewer) -> Any:
        still = self.stages[self.stages["is_open"]]["stage"]
        deals = self.seen(self.deals, viewer)
        # Of equals nlargest keeps those that come first, and the table is in the order of ids.
        return (deals[deals["stage"].isin(still)].nlargest(50, "amount")
                .merge(self.accounts, on="account", how="left")
                .merge(self.users[["owner", "agent"]], on="owner", how="left")
                [["name", "customer", "agent", "amount", "close_date"]])

    def funnel(self, viewer: Viewer) -> Any:
        steps = ["started", "decided", "won"]
        stages = self.stages.rename(columns={"is_won": "won"})[["stage", *steps]]
        reached = (self.seen(self.visits, viewer)[["opportunity", "stage"]]
                   .merge(stages, on="stage").groupby("opportunity")[steps].max())
        found = reached.sum().to_frame().T
        found.insert(0, "created", len(reached))
        return found

    def rows(self, question: Question, got: Any) -> list[tuple]:
        if question.key == "win_rate":
            return rated(got)
        return exact_rows(got, MONEY_AT.get(question.key, frozenset()), cents=True)


def as_rows(frame: Any) -> list[tuple]:
    return list(frame.itertuples(index=False, name=None))
