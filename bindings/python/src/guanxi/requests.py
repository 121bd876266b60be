"""What a store of your own is asked that finds rows itself, with plan and execute."""

from typing import Any, NamedTuple


class Term(NamedTuple):
    """A condition on one field of a row; None passes "is null" alone."""

    field: str
    slot: int
    """The place of the field in a row."""
    comparison: str
    """"=", "<>", "<", "<=", ">", ">=", "in", "is null", "is not null" or "starts with".

    Texts compare by their UTF-8 bytes, that is by code points. "starts with" is of the text in NFKC
    with case folding, and so is its constant.
    """
    constants: tuple[Any, ...]
    """What the field is compared with: of its type; none for the two of null, of "in" any number."""


class SortKey(NamedTuple):
    """A key of an order."""

    field: str
    slot: int
    descending: bool
    nulls_first: bool


class Request(NamedTuple):
    """What is asked of plan; and of execute, where it is what plan has taken and nothing else."""

    terms: tuple[Term, ...]
    """A row passes all of them."""
    sort: tuple[SortKey, ...]
    """Rows that are equal in all keys come by rising id; without keys all do."""
    limit: int | None
    """How many rows are wanted of those that pass; None, of plan alone: all."""
    after: int
    """Of execute without keys: rows with an id above this one are wanted."""
    slots: tuple[int, ...]
    """The places that are looked at; in others None does as well."""
