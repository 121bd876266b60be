"""The company: made once in a store of ours, and handed to the others table by table."""

from __future__ import annotations

import datetime
import pathlib
import sys
from collections.abc import Iterator
from typing import Any

from .questions import FRAME, Viewer

SEED = 7
# The sample's years end here, on every day that it is made.
CLOCK = datetime.datetime(2026, 6, 30, 9, tzinfo=datetime.timezone.utc)
AT_ONCE, LARGE = 500_000, 100_000
MOST_MADE = 1_000_000
# A number is of one deal; what else is missing follows from these.
COPIED = ("name", "account", "contact", "product", "stage", "amount", "currency", "opened_on",
          "close_date", "source", "owner")

TABLES = {
    "role": ("id", "name", "parent"),
    "user": ("id", "login", "name", "role", "region"),
    "stage": ("id", "name", "position", "is_open", "is_won"),
    "account": ("id", "name"),
    "contact": ("id", "name"),
    "opportunity": (*FRAME, "owner.role as owner_role"),
    "stage_visit": ("opportunity", "stage", "owner", "owner.role as owner_role"),
}


def progress(what: str) -> Any:
    """Tells every tenth of work that is large."""
    told = [0]

    def tell(done: int, total: int) -> None:
        tenth = 10 * done // total if total >= LARGE else 0
        if tenth > told[0]:
            told[0] = tenth
            print(f"bench: {what}: {done:,} of {total:,}", file=sys.stderr)

    return tell


def store_of(folder: pathlib.Path, store: str) -> pathlib.Path:
    return folder / f"company.{store}"


def open_store(folder: pathlib.Path, store: str, create: bool = False) -> Any:
    import guanxi

    return guanxi.open(store_of(folder, store), store=store, create=create, clock=CLOCK)


def make(folder: pathlib.Path, store: str, deals: int, most_made: int = MOST_MADE) -> None:
    """The sample; beyond most_made of its deals, these again and again, each a deal of its own."""
    done = min(deals, most_made)
    with open_store(folder, store, create=True) as crm, crm.as_system("benchmark") as session:
        session.generate_sample(seed=SEED, opportunities=done,
                                progress=progress(f"the company on the {store} store"))
        keep(crm)
        deals_made = list(batches(session, "opportunity", ("id", *COPIED))) if deals > done else []
    while done < deals:
        # An open store keeps something of what it has written, so it is closed from time to time.
        with open_store(folder, store) as crm, crm.as_system("benchmark") as session:
            for table in deals_made:
                if len(more := table.drop_columns("id").slice(0, deals - done)):
                    session.put_table("opportunity", more)
                    done += len(more)
            if store == "memory":  # which has its log in memory as well
                session.prune_changes(up_to=session.last_change(), unread=True)
            keep(crm)
        if deals >= LARGE:
            print(f"bench: the company on the {store} store: {done:,} of {deals:,}",
                  file=sys.stderr)


def keep(crm: Any) -> None:
    if crm.store == "memory":
        crm.save()


def path_of(folder: pathlib.Path, name: str) -> pathlib.Path:
    return folder / f"{name}.arrow"


def read(folder: pathlib.Path, name: str) -> Any:
    import pyarrow as pa

    with pa.OSFile(str(path_of(folder, name))) as file:
        return pa.ipc.open_file(file).read_all()


def hand_over(folder: pathlib.Path) -> None:
    """Writes each table into a file that the others read, in the order of ids."""
    import pyarrow as pa

    with open_store(folder, "sqlite") as crm, crm.as_system("benchmark") as session:
        for name, fields in TABLES.items():
            writer = None
            with pa.OSFile(str(path_of(folder, name)), "wb") as file:
                for batch in batches(session, name, fields):
                    if writer is None:
                        writer = pa.ipc.new_file(file, batch.schema)
                    writer.write_table(batch)
                if writer is not None:
                    writer.close()


def batches(session: Any, name: str, fields: tuple[str, ...]) -> Iterator[Any]:
    last = 0
    while True:
        chosen = fields if "id" in fields else ("id", *fields)
        got = session.query(f"select {', '.join(chosen)} from {name} where id > :last "
                            f"order by id limit {AT_ONCE}", last=last)
        table = got.to_arrow()
        if last and not len(table):
            return
        if len(table):
            last = table["id"][-1].as_py()
        yield small(table if "id" in fields else table.drop_columns("id"))
        if len(table) < AT_ONCE:
            return


def small(table: Any) -> Any:
    """Amounts in 18 digits, which is what others compute with quickest."""
    import pyarrow as pa

    for at, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            table = table.set_column(at, field.name,
                                     table.column(at).cast(pa.decimal128(18, field.type.scale)))
    return table


def viewers(folder: pathlib.Path) -> list[Viewer]:
    """The administrator, and the manager who is not at the top and has the most deals below."""
    children: dict[int | None, list[int]] = {}
    for role in read(folder, "role").to_pylist():
        children.setdefault(role["parent"], []).append(role["id"])
    deals: dict[int, int] = {}
    for counted in read(folder, "opportunity")["owner_role"].value_counts().to_pylist():
        deals[counted["values"]] = counted["counts"]

    def below(role: int) -> list[int]:
        return [r for child in children.get(role, []) for r in (child, *below(child))]

    top = set(children.get(None, []))
    managers = []
    for user in read(folder, "user").to_pylist():
        if user["role"] is not None and user["role"] not in top:
            roles = below(user["role"])
            managers.append((sum(deals.get(r, 0) for r in roles), -user["id"], user, roles))
    _, _, user, roles = max(managers, key=lambda found: found[:2])
    return [Viewer("administrator", "admin"),
            Viewer("manager", user["login"], user["id"], tuple(roles))]


def rare_name(folder: pathlib.Path) -> str:
    """Of the names of three Chinese characters the one that the fewest contacts have, and of those
    the last that is met."""
    import re

    counts: dict[str, int] = {}
    for counted in read(folder, "contact")["name"].value_counts().to_pylist():
        if re.fullmatch("[\u4e00-\u9fff]{3}", counted["values"]):
            counts[counted["values"]] = counted["counts"]
    return max(counts, key=lambda name: (-counts[name], name))
