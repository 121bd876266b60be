"""What the conformance kit says of a store."""

from typing import NamedTuple


class StoreFault(NamedTuple):
    """Something that a store does wrong, as guanxi.store_check gives it."""

    function: str
    """The function to look at, such as "rollback"."""
    text: str
    """What came back, what should have, and where to look."""
    steps: tuple[str, ...]
    """The shortest way there that was found, a call each."""
    found_by: str
    """The case that found it, or "chance"."""
    seed: int | None
    """Of what was found by chance."""

    def __str__(self) -> str:
        return self.text
