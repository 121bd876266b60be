"""What calls raise: one class for each thing that a caller may want to do about it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guanxi import Record


class Error(Exception):
    """A call did not succeed. The text is one sentence that says what was not done, and why.

    A mistake of type, such as a float for an amount, is Python's own TypeError.
    """

    code: int = 0
    """The stable number of the error."""
    name: str = ""
    """Its stable name, such as "not_found"."""
    entity: str | None = None
    field: str | None = None
    record: int | None = None
    """The id of the record it is about."""
    line: int | None = None
    """The line of the input, or the row of a batch, from 1."""
    offset: int | None = None
    """The byte of the query or expression text, from 0."""
    store_code: int | None = None
    """The store's own code, such as an extended result code of SQLite."""
    aborted: bool = False
    """Whether the open transaction is gone."""
    retriable: bool = False
    """Whether the same call may succeed later, unchanged."""
    token: str | None = None
    """Of a CommitUnknown: what Tenant.outcome_of is asked by."""
    others: tuple["Error", ...] = ()
    """Further faults: validation reports them all."""


class NotFound(Error):
    """There is no such record, or none that the acting user may see."""


class Conflict(Error):
    """The record has changed since it was read."""

    stored: "Record | None" = None
    """The record as it stands, as the acting user may see it."""
    wanted: "Record | None" = None
    """The same with the values that were to be written; None for a deletion."""


class Validation(Error):
    """A value or a rule does not hold: required, unique, range, currency, encoding."""


class Permission(Error):
    """The acting user may not do this."""


class Busy(Error):
    """Another writer holds the store; try again."""


class Interrupted(Error):
    """The call was stopped, by interrupt() or by a progress callback."""


class Store(Error):
    """The file is missing, foreign, newer, full, damaged, read-only or cannot be reached."""


class CommitUnknown(Store):
    """Nobody knows whether the commit was made: open the store again and ask by its token."""


class Query(Error):
    """A text cannot be read, a name is not known, or types do not go together."""
