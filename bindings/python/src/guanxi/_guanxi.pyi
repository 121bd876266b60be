import datetime
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from types import TracebackType
from typing import Any, Literal, Protocol, SupportsIndex, TypeAlias, TypeVar, final, overload

import pandas  # type: ignore[import-untyped, unused-ignore]
import polars
import pyarrow  # type: ignore[import-untyped, unused-ignore]

from guanxi.actions import Actions
from guanxi.checking import StoreFault
from guanxi.query_builder import Select

_T = TypeVar("_T")

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

_Given: TypeAlias = (
    None | bool | int | Decimal | str | datetime.date | datetime.datetime | Record | SupportsIndex
)
_Text: TypeAlias = str | Select | Mapping[str, Any]
_Parameter: TypeAlias = _Given | Iterable[_Given]
_Path: TypeAlias = str | os.PathLike[str]
_Json: TypeAlias = dict[str, Any] | _Path
_Clock: TypeAlias = datetime.datetime | Callable[[], datetime.datetime]
_Progress: TypeAlias = Callable[[int, int], object]
_Store: TypeAlias = Literal["sqlite", "memory"]
_Language: TypeAlias = Literal["en", "zh"]
_Action: TypeAlias = Literal["read", "create", "edit", "delete", "remove", "transfer", "share"]

__version__: str

def open(
    path: _Path,
    *,
    store: _Store = "sqlite",
    create: bool = True,
    read_only: bool = False,
    base_currency: str = "USD",
    clock: _Clock | None = None,
    busy_timeout: float = 5.0,
    vfs: str = "",
    may_lose_last_commits: bool = False,
) -> Tenant: ...
def open_in(
    connection: Any,
    *,
    prefix: str = "gx_",
    create: bool = True,
    base_currency: str = "USD",
    clock: _Clock | None = None,
) -> Tenant: ...
def restore(
    backup: _Path, path: _Path, *, overwrite: bool = False, progress: _Progress | None = None
) -> dict[str, Any]: ...
def salvage(
    path: _Path, into: _Path, *, progress: _Progress | None = None, max_findings: int = 1000
) -> dict[str, Any]: ...

_Row: TypeAlias = tuple[Any, ...]

def statement_to_json(text: str) -> dict[str, Any]: ...
def statement_from_json(query: _Text) -> str: ...
def prepare(query: _Text) -> Prepared: ...

class _OwnStore(Protocol):
    def get(self, entity: str, id: int, /) -> Iterable[Any] | None: ...
    def put(self, entity: str, row: _Row, expected_revision: int, /) -> object: ...
    def erase(self, entity: str, id: int, /) -> object: ...
    def scan(self, entity: str, after: int, at_most: int, /) -> Iterable[Iterable[Any]]: ...

def open_store(
    store: _OwnStore,
    *,
    read_only: bool = False,
    base_currency: str = "USD",
    clock: _Clock | None = None,
    busy_timeout: float = 5.0,
) -> Tenant: ...
def store_check(
    store: _OwnStore | Callable[[], _OwnStore],
    *,
    seed: int = 1,
    operations: int = 5000,
    reopen: Callable[[Any], _OwnStore] | None = None,
    progress: _Progress | None = None,
) -> list[StoreFault]: ...
@final
class Tenant:
    def as_user(self, login: str) -> Session: ...
    def as_system(self, cause: str) -> Session: ...
    def save(self, path: _Path | None = None) -> None: ...
    def outcome_of(self, token: str) -> Literal["committed", "not_committed", "unknown"]: ...
    def verify(
        self, *, progress: _Progress | None = None, max_findings: int = 1000
    ) -> list[Finding]: ...
    def backup(self, path: _Path, *, progress: _Progress | None = None) -> dict[str, Any]: ...
    def tick(
        self,
        *,
        at_most: int = 10_000,
        deadline_ms: int | None = None,
        progress: _Progress | None = None,
    ) -> dict[str, Any]: ...
    def close(self) -> None: ...
    @property
    def closed(self) -> bool: ...
    @property
    def store(self) -> str: ...
    @property
    def fresh(self) -> bool: ...
    def __enter__(self) -> Tenant: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        thrown: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class Finding:
    @property
    def part(self) -> Literal["file", "record", "index", "log"]: ...
    @property
    def entity(self) -> str | None: ...
    @property
    def record(self) -> int | None: ...
    @property
    def text(self) -> str: ...

@final
class Session:
    def create(
        self,
        entity: str,
        values: Mapping[str, _Given] | None = None,
        /,
        *,
        cause: str | None = None,
        **fields: _Given,
    ) -> Record: ...
    @overload
    def get(
        self,
        record: Record | tuple[str, int],
        /,
        *,
        as_of: int | datetime.datetime | None = None,
    ) -> Record: ...
    @overload
    def get(
        self, entity: str, id: int, /, *, as_of: int | datetime.datetime | None = None
    ) -> Record: ...
    @overload
    def change(
        self,
        record: Record | tuple[str, int],
        values: Mapping[str, _Given] | None = None,
        /,
        *,
        expected_revision: int | None = None,
        cause: str | None = None,
        **fields: _Given,
    ) -> Record: ...
    @overload
    def change(
        self,
        entity: str,
        id: int,
        values: Mapping[str, _Given] | None = None,
        /,
        *,
        expected_revision: int | None = None,
        cause: str | None = None,
        **fields: _Given,
    ) -> Record: ...
    @overload
    def delete(
        self,
        record: Record | tuple[str, int],
        /,
        *,
        expected_revision: int | None = None,
        cause: str | None = None,
    ) -> None: ...
    @overload
    def delete(
        self,
        entity: str,
        id: int,
        /,
        *,
        expected_revision: int | None = None,
        cause: str | None = None,
    ) -> None: ...
    @overload
    def restore(
        self, record: Record | tuple[str, int], /, *, cause: str | None = None
    ) -> int: ...
    @overload
    def restore(self, entity: str, id: int, /, *, cause: str | None = None) -> int: ...
    def restore_batch(self, batch: int, *, cause: str | None = None) -> int: ...
    @overload
    def archive(
        self,
        record: Record | tuple[str, int],
        /,
        *,
        expected_revision: int | None = None,
        cause: str | None = None,
    ) -> Record: ...
    @overload
    def archive(
        self,
        entity: str,
        id: int,
        /,
        *,
        expected_revision: int | None = None,
        cause: str | None = None,
    ) -> Record: ...
    @overload
    def unarchive(
        self,
        record: Record | tuple[str, int],
        /,
        *,
        expected_revision: int | None = None,
        cause: str | None = None,
    ) -> Record: ...
    @overload
    def unarchive(
        self,
        entity: str,
        id: int,
        /,
        *,
        expected_revision: int | None = None,
        cause: str | None = None,
    ) -> Record: ...
    def purge(
        self,
        before: datetime.datetime | None = None,
        *,
        cause: str | None = None,
        progress: _Progress | None = None,
    ) -> dict[str, Any]: ...
    def put_many(
        self,
        entity: str,
        rows: Iterable[dict[str, _Given]],
        *,
        cause: str | None = None,
        progress: _Progress | None = None,
    ) -> list[int]: ...
    def put_table(
        self,
        entity: str,
        table: _ArrowStream,
        *,
        cause: str | None = None,
        progress: _Progress | None = None,
    ) -> list[int]: ...
    def delete_many(
        self,
        entity: str,
        ids: Iterable[int | Record],
        *,
        cause: str | None = None,
        progress: _Progress | None = None,
    ) -> None: ...
    def get_many(self, entity: str, ids: Iterable[int | Record]) -> list[Record | None]: ...
    def query(
        self,
        query: _Text | Prepared,
        values: Mapping[str, _Parameter] | None = None,
        /,
        *,
        deadline_ms: int | None = None,
        max_rows: int | None = None,
        max_memory: int | None = None,
        as_of: int | datetime.datetime | None = None,
        time_zone: str | None = None,
        **parameters: _Parameter,
    ) -> Result: ...
    def invoke(
        self,
        action: str,
        values: Mapping[str, _Parameter] | None = None,
        /,
        *,
        preview: bool = False,
        cause: str | None = None,
        **parameters: _Parameter,
    ) -> Result: ...
    def action_table(self) -> Result: ...
    @property
    def actions(self) -> Actions: ...
    def search(
        self,
        typed: str,
        *,
        entities: Iterable[str] | None = None,
        limit: int = 20,
        deadline_ms: int | None = None,
    ) -> Result: ...
    def pages(
        self,
        query: _Text | Prepared,
        values: Mapping[str, _Parameter] | None = None,
        /,
        *,
        deadline_ms: int | None = None,
        max_rows: int | None = None,
        max_memory: int | None = None,
        as_of: int | datetime.datetime | None = None,
        time_zone: str | None = None,
        **parameters: _Parameter,
    ) -> Pages: ...
    def transaction(self) -> Transaction: ...
    @property
    def in_transaction(self) -> bool: ...
    def savepoint(self) -> Savepoint: ...
    def transact(self, work: Callable[[Session], _T], *, attempts: int = 5) -> _T: ...
    def reading(self) -> Reading: ...
    @property
    def deadline_ms(self) -> int | None: ...
    @deadline_ms.setter
    def deadline_ms(self, ms: int | None, /) -> None: ...
    @overload
    def explain(
        self, action: _Action, record: Record | tuple[str, int], field: str = ..., /
    ) -> Explanation: ...
    @overload
    def explain(
        self, action: _Action, entity: str, id: int, field: str = ..., /
    ) -> Explanation: ...
    @overload
    def explain_for(
        self, login: str, action: _Action, record: Record | tuple[str, int], /
    ) -> Explanation: ...
    @overload
    def explain_for(self, login: str, action: _Action, entity: str, id: int, /) -> Explanation: ...
    def explain_query(
        self,
        query: _Text,
        values: Mapping[str, _Parameter] | None = None,
        /,
        *,
        login: str | None = None,
        time_zone: str | None = None,
        **parameters: _Parameter,
    ) -> dict[str, Any]: ...
    @overload
    def history(
        self, record: Record | tuple[str, int], field: str = ..., /
    ) -> list[HistoryEntry]: ...
    @overload
    def history(self, entity: str, id: int, field: str = ..., /) -> list[HistoryEntry]: ...
    def changes(
        self,
        cursor: str,
        *,
        entities: Iterable[str] = (),
        fields: Iterable[str] = (),
        actions: Iterable[str] = (),
        start_after: int | None = None,
    ) -> Feed: ...
    def cursors(self) -> dict[tuple[int | None, str], int]: ...
    def move_cursor(self, cursor: str, sequence: int, *, user: int | None = None) -> None: ...
    def drop_cursor(self, cursor: str, *, user: int | None = None) -> None: ...
    def last_change(self) -> int: ...
    def prune_changes(
        self,
        older_than: datetime.datetime | None = None,
        *,
        up_to: int | None = None,
        unread: bool = False,
        progress: _Progress | None = None,
    ) -> int: ...
    @property
    def catalog(self) -> Catalog: ...
    def define_entity(self, definition: _Json) -> None: ...
    def define_field(self, entity: str, definition: _Json) -> None: ...
    def preview_schema(self, requests: list[dict[str, Any]] | _Json) -> list[dict[str, Any]]: ...
    def change_schema(self, requests: list[dict[str, Any]] | _Json) -> list[dict[str, Any]]: ...
    def import_files(
        self, mapping: _Json, directory: _Path, progress: _Progress | None = None
    ) -> dict[str, Any]: ...
    def report(self, definition: _Json, /, **parameters: _Parameter) -> dict[str, Any]: ...
    def report_json(self, definition: _Json, /, **parameters: _Parameter) -> str: ...
    def report_text(
        self,
        definition: _Json,
        /,
        *,
        language: _Language = "en",
        width: int = 80,
        ascii: bool = False,
        colour: bool = False,
        parameters: Mapping[str, _Parameter] | None = None,
    ) -> str: ...
    def report_page(
        self,
        definition: _Json,
        /,
        *,
        language: _Language = "en",
        library: str | None = None,
        theme: Literal["system", "light", "dark"] = "system",
        title: str | None = None,
        parameters: Mapping[str, _Parameter] | None = None,
    ) -> str: ...
    def generate_sample(
        self,
        seed: int = 1,
        opportunities: int = 2000,
        progress: _Progress | None = None,
        *,
        currency: str | None = None,
        mixed_currencies: bool = False,
        records: int = 0,
        users: int = 0,
        roles: int = 0,
        role_levels: int = 0,
    ) -> dict[str, Any]: ...
    def interrupt(self) -> None: ...
    def close(self) -> None: ...
    @property
    def closed(self) -> bool: ...
    @property
    def login(self) -> str | None: ...
    @property
    def user(self) -> int | None: ...
    @property
    def base_currency(self) -> str: ...
    def __enter__(self) -> Session: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        thrown: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class Transaction:
    def __enter__(self) -> Session: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        thrown: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class Savepoint:
    def __enter__(self) -> Session: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        thrown: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class Reading:
    def __enter__(self) -> Session: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        thrown: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class Record:
    @property
    def entity_name(self) -> str: ...
    @property
    def id(self) -> int: ...
    @property
    def revision(self) -> int: ...
    def keys(self) -> list[str]: ...
    def to_dict(self) -> dict[str, Any]: ...
    def __getattr__(self, field: str, /) -> Any: ...
    def __setattr__(self, field: str, content: object, /) -> None: ...
    def __getitem__(self, field: str, /) -> Any: ...
    def __contains__(self, field: object, /) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def __dir__(self) -> list[str]: ...

@final
class Row:
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, column: slice, /) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, column: str | SupportsIndex, /) -> Any: ...
    def __getattr__(self, column: str, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __dir__(self) -> list[str]: ...
    def to_dict(self) -> dict[str, Any]: ...

@final
class RowIterator:
    def __iter__(self) -> RowIterator: ...
    def __next__(self) -> Row: ...

@final
class Prepared:
    @property
    def text(self) -> str: ...
    @property
    def parameters(self) -> tuple[str, ...]: ...

@final
class Pages:
    def __iter__(self) -> Pages: ...
    def __next__(self) -> Result: ...

@final
class Result:
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def schema(self) -> tuple[Column, ...]: ...
    @property
    def next_page(self) -> str | None: ...
    @property
    def since(self) -> int: ...
    def __len__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: None  # type: ignore[assignment]
    @overload
    def __getitem__(self, row: slice, /) -> list[Row]: ...
    @overload
    def __getitem__(self, row: SupportsIndex, /) -> Row: ...
    def __iter__(self) -> RowIterator: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def to_arrow(self) -> pyarrow.Table: ...
    def to_pandas(self) -> pandas.DataFrame: ...
    def to_polars(self) -> polars.DataFrame: ...
    def to_json(self) -> str: ...
    def to_csv(self) -> str: ...
    def save(
        self,
        path: _Path,
        *,
        format: Literal["csv", "json", "jsonl"] | None = None,
        progress: _Progress | None = None,
    ) -> None: ...
    def _repr_html_(self) -> str: ...

@final
class Column:
    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def scale(self) -> int | None: ...
    @property
    def money(self) -> bool: ...
    @property
    def children(self) -> tuple[Column, ...] | None: ...
    def label(self, language: _Language = "en") -> str: ...

@final
class Catalog:
    @property
    def entities(self) -> tuple[Entity, ...]: ...
    def __getitem__(self, name: str, /) -> Entity: ...
    def __contains__(self, name: object, /) -> bool: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Entity]: ...

@final
class Entity:
    @property
    def name(self) -> str: ...
    @property
    def custom(self) -> bool: ...
    @property
    def fields(self) -> tuple[Field, ...]: ...
    def label(self, language: _Language = "en") -> str: ...
    def plural(self, language: _Language = "en") -> str: ...
    def __getitem__(self, name: str, /) -> Field: ...
    def __contains__(self, name: object, /) -> bool: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Field]: ...

@final
class Field:
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    def label(self, language: _Language = "en") -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def unique(self) -> bool: ...
    @property
    def indexed(self) -> bool: ...
    @property
    def title(self) -> bool: ...
    @property
    def derived(self) -> bool: ...
    @property
    def tracked(self) -> bool: ...
    @property
    def searchable(self) -> bool: ...
    @property
    def custom(self) -> bool: ...
    @property
    def system(self) -> bool: ...
    @property
    def target(self) -> str | None: ...
    @property
    def on_delete(self) -> str: ...
    @property
    def scale(self) -> int | None: ...
    @property
    def initial(self) -> str | None: ...
    @property
    def choices(self) -> tuple[Choice, ...]: ...

@final
class Choice:
    @property
    def code(self) -> str: ...
    def label(self, language: _Language = "en") -> str: ...

@final
class Explanation:
    @property
    def allowed(self) -> bool: ...
    @property
    def reasons(self) -> tuple[Reason, ...]: ...
    def __bool__(self) -> bool: ...

@final
class Reason:
    @property
    def grants(self) -> bool: ...
    @property
    def code(self) -> str: ...
    def text(self, language: _Language = "en") -> str: ...

@final
class Feed:
    def __iter__(self) -> Feed: ...
    def __next__(self) -> HistoryEntry: ...
    def take(self, at_most: int = 500) -> list[HistoryEntry]: ...
    def acknowledge(self) -> None: ...
    def rewind(self) -> None: ...
    @property
    def cursor(self) -> str: ...
    @property
    def acknowledged(self) -> int: ...

@final
class HistoryEntry:
    @property
    def sequence(self) -> int: ...
    @property
    def batch(self) -> int: ...
    @property
    def entity(self) -> str: ...
    @property
    def record(self) -> int: ...
    @property
    def at(self) -> datetime.datetime: ...
    @property
    def user(self) -> int | None: ...
    @property
    def cause(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def fields(self) -> dict[str, tuple[Any, Any]]: ...
