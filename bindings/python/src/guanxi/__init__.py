"""Guanxi: a CRM that other programs embed.

    import guanxi

    with guanxi.open("shop.gx") as crm, crm.as_user("admin") as s:
        acme = s.create("account", name="Acme", industry="retail")
        frame = s.query("select name, industry from account").to_pandas()

Every read is trimmed to what the acting user may see; every write passes the rules of the CRM.
Amounts are Decimal, dates are date, instants are datetime in UTC, ids are int.
"""

from guanxi._guanxi import (
    Catalog,
    Choice,
    Column,
    Entity,
    Explanation,
    Feed,
    Field,
    Finding,
    HistoryEntry,
    Reading,
    Reason,
    Record,
    Result,
    Row,
    RowIterator,
    Savepoint,
    Session,
    Tenant,
    Transaction,
    __version__,
    open,
    open_in,
    restore,
    salvage,
    open_store,
    statement_from_json,
    statement_to_json,
    store_check,
)
from guanxi.checking import StoreFault
from guanxi.errors import (
    Busy,
    CommitUnknown,
    Conflict,
    Error,
    Interrupted,
    NotFound,
    Permission,
    Query,
    Store,
    Validation,
)
from guanxi.query_builder import Select, col, count, cube, dates, lit, param, rollup, select

__all__ = [
    "Busy",
    "Catalog",
    "Choice",
    "Column",
    "CommitUnknown",
    "Conflict",
    "Entity",
    "Error",
    "Explanation",
    "Field",
    "Finding",
    "Feed",
    "HistoryEntry",
    "Interrupted",
    "NotFound",
    "Permission",
    "Query",
    "Reading",
    "Reason",
    "Record",
    "Result",
    "Row",
    "RowIterator",
    "Savepoint",
    "Select",
    "Session",
    "Store",
    "StoreFault",
    "Tenant",
    "Transaction",
    "Validation",
    "__version__",
    "open",
    "open_in",
    "restore",
    "salvage",
    "open_store",
    "col",
    "count",
    "cube",
    "dates",
    "lit",
    "param",
    "rollup",
    "select",
    "statement_from_json",
    "statement_to_json",
    "store_check",
]
