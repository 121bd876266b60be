"""What is asked, by whom, and what an answer is, whoever gives it."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Literal, Protocol

MOST_FRAME_ROWS = 1_000_000
SEARCH_LIMIT = 20
FRAME = ("id", "name", "number", "account", "contact", "product", "stage", "amount", "currency",
         "probability", "forecast_category", "opened_on", "close_date", "source", "owner")
MONEY = frozenset({"amount", "probability"})  # with two decimals

Shape = Literal["rows", "frame"]


@dataclasses.dataclass(frozen=True)
class Viewer:
    name: str
    login: str
    id: int = 0
    below: tuple[int, ...] | None = None
    """The roles whose records this user sees beside the user's own; None: all of them."""


@dataclasses.dataclass(frozen=True)
class Question:
    key: str
    text: str
    """As the page has it."""
    typed: str = ""
    """A part of a name that is looked for; with `search` by that condition, else by like."""
    search: bool = False
    trimmed: bool = True
    """Whether a manager sees less of it than an administrator."""
    shape: Shape = "rows"

    @property
    def kind(self) -> str:
        """What a system calls it: questions of one kind differ by what is typed."""
        return "named" if self.typed else self.key



def questions(rare: str) -> tuple[Question, ...]:
    """Rare is a name that few have, so that all of the names are looked through."""
    return (
        Question("pipeline", "sum and count by owner's region, stage and month of closing"),
        Question("win_rate", "win rate by agent"),
        Question("top", "the 50 largest open deals, with customer and agent"),
        Question("funnel", "created, started, decided, won: from stage visits"),
        Question("name", "20 contacts with 张 in the name, by like", typed="张", trimmed=False),
        Question("rare name", "a contact by the whole of a rare name, by like", typed=rare,
                 trimmed=False),
        Question("search", "20 contacts by `search('张')`", typed="张", search=True, trimmed=False),
        Question("rare search", "a contact by `search` for the whole of a rare name", typed=rare,
                 search=True, trimmed=False),
        Question("pinyin", "20 contacts by `search('zhang')`, which is pinyin", typed="zhang",
                 search=True, trimmed=False),
        Question("frame", "15 fields of each deal as a frame of pandas", shape="frame"),
    )


class System(Protocol):
    """A system with the company in it. Each gives what it gives of itself, in work that is measured;
    `rows` makes of it, unmeasured, what is compared."""

    name: str

    def asks(self, question: Question, viewer: Viewer) -> Callable[[], Any] | None:
        """The work, ready to be done many times; None: the system offers nothing of the kind."""

    def rows(self, question: Question, got: Any) -> list[tuple]: ...


def exact(value: Any, money: bool = False, cents: bool = False) -> Any:
    """One value as all of them are compared: money as a Decimal with two decimals, days as dates."""
    if value is None or value != value:
        return None
    if money:
        return Decimal(int(value)).scaleb(-2) if cents else round(Decimal(value), 2)
    if isinstance(value, datetime.datetime):
        return value.date()
    return int(value) if isinstance(value, float) else value


def exact_rows(rows: Iterable[Any], money: frozenset[int] = frozenset(),
               cents: bool = False) -> list[tuple]:
    """Rows with money at these places, as hundredths if cents."""
    return [tuple(exact(v, at in money, cents) for at, v in enumerate(row)) for row in rows]


MONEY_AT = {"pipeline": frozenset({3}), "top": frozenset({3}), "win_rate": frozenset({4})}


def rate(won: int, decided: int) -> Decimal:
    """As a report has it: four decimals, half away from zero."""
    return Decimal((20_000 * won + decided) // (2 * decided)).scaleb(-4)


def rated(rows: Iterable[tuple]) -> list[tuple]:
    """Rows of agent, name, won, decided and a rate in binary, whose rate is looked at and made
    exact."""
    out = []
    for owner, agent, won, decided, found in rows:
        won, decided = int(won), int(decided)
        if abs(float(found) - won / decided) > 1e-9:
            raise ValueError(f"a win rate of {found} for {won} of {decided}")
        out.append((int(owner), agent, won, decided, rate(won, decided)))
    return out


def frame_rows(frame: Any, cents: bool = False) -> list[tuple]:
    """Of a frame: the first rows, every hundredth or so, and how many there are."""
    picked = [*range(min(1_000, len(frame))), *range(1_000, len(frame), 101)]
    some = frame.iloc[picked].astype(object)
    some = some.where(some.notna(), None)
    money = frozenset(at for at, name in enumerate(FRAME) if name in MONEY)
    rows = exact_rows(some.itertuples(index=False, name=None), money, cents)
    days = [at for at, name in enumerate(FRAME) if name in ("opened_on", "close_date")]
    if cents:  # days as numbers, too
        first = datetime.date(1970, 1, 1)
        rows = [tuple(first + datetime.timedelta(v) if at in days and v is not None else v
                      for at, v in enumerate(row)) for row in rows]
    return [(len(frame),), *rows]
