"""F1, F2 and R1: records, rows and reports in Python, beside what one would write by hand."""

from __future__ import annotations

import importlib.util
import pathlib
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from types import ModuleType, SimpleNamespace
from typing import Any

from compare import compare

FIELDS = ("id", "name", "number", "account", "contact", "product", "stage", "region", "amount",
          "currency", "probability", "forecast_category", "source", "close_date", "owner")
EVERYTHING = f"select {', '.join(FIELDS)} from x_deal order by id"
REPORT = """
    select region, stage, year(close_date) as y, month(close_date) as m, sum(amount) as total,
           count() as deals
    from x_deal group by region, stage, year(close_date), month(close_date)
    order by region, stage, y, m
"""


class Deal:
    """What a Python programmer writes for a record that must be small and quick."""

    __slots__ = FIELDS


def load_by_hand(build: pathlib.Path) -> ModuleType:
    """The C side of F1, built beside the benchmarks."""
    file = next((build / "benchmarks").glob("by_hand*.so"))
    spec = importlib.util.spec_from_file_location("by_hand", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class PythonGoals:
    def __init__(self, folder: pathlib.Path, build: pathlib.Path, rows: int, pairs: int) -> None:
        import guanxi

        self.rows, self.pairs, self.build, self.folder = rows, pairs, build, folder
        self.crm = guanxi.open(folder / "deals.gxm", store="memory", create=False)
        self.session = self.crm.as_system("benchmark")
        self.measures: list[dict] = []

    def compare(self, goal: str, part: str, items: int, **sides: Any) -> None:
        self.measures.append(compare(goal, part, items=items, pairs=self.pairs, **sides))

    # F1

    def attributes(self) -> None:
        some = list(self.session.query("select id from x_deal order by id limit 100"))
        ours = [self.session.get("x_deal", row.id) for row in some]
        theirs = []
        for record in ours:
            deal = Deal()
            for name in FIELDS:
                setattr(deal, name, record[name])
            theirs.append(deal)
        rounds = max(1, min(self.rows // 500, 2_000))

        def read(deals: list[Any]) -> Any:
            last = None
            for _ in range(rounds):
                for d in deals:
                    d.name, d.amount, d.stage, d.close_date, d.account, d.currency
                    d.number, d.region, d.probability, d.source, d.owner, d.id
                    last = d.amount
            return last

        self.compare("F1", "attribute", rounds * len(ours) * 13,
                     ours=lambda: read(ours), theirs=lambda: read(theirs))

    def calls(self) -> None:
        by_hand = load_by_hand(self.build)
        record = self.session.get("x_deal", self.session.query(
            "select id from x_deal order by id limit 1")[0].id)
        names = by_hand.Names(list(record.keys()))
        rounds = max(10, min(self.rows, 100_000))

        def ask(of: Any) -> Any:
            got = None
            for _ in range(rounds):
                got = of.keys()
            return got

        self.compare("F1", "call, keys()", rounds,
                     ours=lambda: ask(record), theirs=lambda: ask(names))
        ids = [row.id for row in self.session.query("select id from x_deal order by id limit 1000")]
        session, hand = self.session, by_hand.Session(str(self.folder / "deals.gxm"))
        rounds = max(1, rounds // 2_000)

        def get(of: Any) -> int:
            for _ in range(rounds):
                for key in ids:
                    got = of.get("x_deal", key)
            return int(got.id)

        self.compare("F1", "call, get()", rounds * len(ids),
                     ours=lambda: get(session), theirs=lambda: get(hand))

    # F2

    def all_fields(self) -> None:
        file = sqlite3.connect(self.folder / "deals.sqlite")
        session = self.session

        def by_sqlite() -> list[tuple]:
            found = file.execute(EVERYTHING).fetchall()
            for i, n, u, a, c, p, s, r, m, k, b, f, o, d, w in found:
                pass
            return found

        def by_rows() -> Any:
            found = session.query(EVERYTHING)
            for i, n, u, a, c, p, s, r, m, k, b, f, o, d, w in found:
                pass
            return found

        self.compare("F2", "rows, all fields read", self.rows, ours=by_rows, theirs=by_sqlite,
                     ours_answer=lambda found: digest(map(plain, found)),
                     theirs_answer=digest)
        for name, convert, back in (
            ("Arrow", lambda r: r.to_arrow(), lambda t: zip(*(c.to_pylist() for c in t.columns))),
            ("NumPy", as_numpy, lambda a: zip(*(to_list(c) for c in a.values()))),
            ("Polars", lambda r: r.to_polars(), lambda t: t.iter_rows()),
            ("pandas", lambda r: r.to_pandas(), lambda t: t.itertuples(index=False, name=None)),
        ):
            self.compare("F2", f"columns to {name}", self.rows,
                         ours=lambda convert=convert: convert(session.query(EVERYTHING)),
                         ours_answer=lambda t, back=back: digest(map(plain, back(t))),
                         theirs=by_sqlite, theirs_answer=digest)

    # R1

    def reports(self) -> None:
        session = self.session
        table = session.query("select region, stage, close_date, amount from x_deal").to_arrow()
        for name, ask in (("DuckDB", duckdb_report(table)), ("Polars", polars_report(table)),
                          ("pandas", pandas_report(table))):
            self.compare("R1", f"repeated report, {name}", self.rows, theirs=ask,
                         ours=lambda: list(session.query(REPORT)),
                         ours_answer=lambda got: [tuple(row) for row in got],
                         theirs_answer=lambda got: [tuple(row) for row in got])

    def run(self, wanted: Callable[[str], bool]) -> list[dict]:
        if wanted("F1"):
            self.attributes()
            self.calls()
        if wanted("F2"):
            self.all_fields()
        if wanted("R1"):
            self.reports()
        return self.measures


def as_numpy(result: Any) -> dict[str, Any]:
    """Numbers, references and days as arrays, a chunk each; texts and decimals, for which NumPy has
    no type, as the buffers of Arrow."""
    import pyarrow.types as kinds

    def plain_chunk(chunk: Any) -> bool:
        return not (kinds.is_string(chunk.type) or kinds.is_decimal(chunk.type) or chunk.null_count)

    table = result.to_arrow()
    return {name: [chunk.to_numpy(zero_copy_only=False) if plain_chunk(chunk) else chunk
                   for chunk in column.chunks]
            for name, column in zip(table.column_names, table.columns, strict=True)}


def to_list(chunks: Any) -> list[Any]:
    out: list[Any] = []
    for chunk in chunks:
        out.extend(chunk.to_pylist() if hasattr(chunk, "to_pylist") else chunk.tolist())
    return out


def plain(row: Any) -> tuple:
    """A row as SQLite keeps it: amounts as coefficients, dates as days."""
    return tuple(plain_value(v) for v in row)


def plain_value(v: Any) -> Any:
    import datetime

    if v is None or v != v:
        return None
    if isinstance(v, Decimal):
        return int(v.scaleb(2))
    if isinstance(v, datetime.date):
        return (v - datetime.date(1970, 1, 1)).days
    return int(v) if isinstance(v, float) else v


def digest(rows: Any) -> int:
    """Of the first, every hundredth and the number of rows: enough to tell whether they differ."""
    found, count = [], 0
    for count, row in enumerate(rows, 1):
        if count < 1_000 or count % 101 == 0:
            found.append(tuple(row))
    return hash((count, tuple(found)))


def duckdb_report(table: Any) -> Callable[[], list]:
    import duckdb

    db = duckdb.connect(config={"threads": 1})
    # A table of its own with its quickest types.
    db.register("arrived", table)
    db.execute("create type region as enum (select distinct region from arrived)")
    db.execute("create type stage as enum (select distinct stage from arrived)")
    db.execute("create table x_deal as select region::region region, stage::stage stage, "
               "close_date, amount::decimal(18, 2) amount from arrived")
    return lambda: db.execute(
        "select region::varchar r, stage::varchar s, y, m, total, n from (select region, stage, "
        "year(close_date) y, month(close_date) m, sum(amount) total, count(*) n "
        "from x_deal group by all) order by r, s, y, m").fetchall()


def polars_report(table: Any) -> Callable[[], list]:
    import polars as pl

    frame = pl.DataFrame(table).with_columns(pl.col("region", "stage").cast(pl.Categorical))
    month = pl.col("close_date").dt
    query = (frame.lazy()
             .group_by("region", "stage", month.year().alias("y"), month.month().alias("m"))
             .agg(pl.col("amount").sum(), pl.len())
             .with_columns(pl.col("region", "stage").cast(pl.String))
             .sort("region", "stage", "y", "m"))
    return lambda: query.collect().rows()


def pandas_report(table: Any) -> Callable[[], list]:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    # Decimals of pandas are Python objects; a quick hand takes the cents as integers.
    amounts = table["amount"].cast(pa.decimal128(18, 2))
    cents = pc.cast(pc.multiply(amounts, 100), "int64").to_numpy()
    frame = pd.DataFrame({
        "region": table["region"].to_pandas().astype("category"),
        "stage": table["stage"].to_pandas().astype("category"),
        "day": pd.to_datetime(table["close_date"].to_pandas()), "cents": cents})

    def report() -> list:
        month = frame["day"].dt
        got = frame.groupby(["region", "stage", month.year, month.month], observed=True,
                            sort=True)["cents"].agg(["sum", "count"])
        return [(*key, Decimal(int(s)).scaleb(-2), int(n))
                for key, s, n in zip(got.index, got["sum"], got["count"], strict=True)]

    return report


def measure(folder: pathlib.Path, build: pathlib.Path, rows: int, pairs: int,
            wanted: Callable[[str], bool]) -> list[dict]:
    return PythonGoals(folder, build, rows, pairs).run(wanted)
