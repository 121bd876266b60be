"""Actions as attributes of a session.

    s.actions.lead.convert(lead=lead)              # a Result of one row: account, contact, …
    s.actions.lead.convert.preview(lead=lead)      # what it would write; nothing is written
    s.actions.lead.convert.parameters              # what it takes
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from guanxi._guanxi import Result, Session


class Parameter(NamedTuple):
    """What an action takes, or a column of what it answers."""

    name: str
    kind: str
    """boolean, integer, decimal, money, text, choice, date, instant or reference."""
    target: str | None
    """The entity that a reference leads to; None: any."""
    required: bool
    default: str | None
    """An expression of the query language."""
    choices: tuple[str, ...]


class Action:
    """One action of a session's; call it."""

    def __init__(self, session: Session, name: str) -> None:
        self._session = session
        self.name = name

    def __call__(self, *, cause: str | None = None, **parameters: Any) -> Result:
        return self._session.invoke(self.name, parameters, cause=cause)

    def preview(self, **parameters: Any) -> Result:
        """What it would write, a row for each field; nothing is written."""
        return self._session.invoke(self.name, parameters, preview=True)

    @property
    def label(self) -> str | None:
        return next((row.label_en for row in self._rows()), None)

    @property
    def writes(self) -> bool:
        """Whether it may write; one that only reads runs beside writers."""
        return any(row.writes for row in self._rows())

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return self._fields("parameter")

    @property
    def results(self) -> tuple[Parameter, ...]:
        """The columns of what it answers."""
        return self._fields("result")

    def _rows(self) -> Iterator[Any]:
        return (row for row in self._session.action_table() if row.action == self.name)

    def _fields(self, role: str) -> tuple[Parameter, ...]:
        return tuple(
            Parameter(
                row.name,
                row.kind,
                row.target,
                row.required,
                row.default,
                tuple(row.choices.split(",")) if row.choices else (),
            )
            for row in self._rows()
            if row.role == role
        )

    def __repr__(self) -> str:
        return f"<guanxi action {self.name}>"


class ActionGroup:
    """The actions about one entity, as attributes."""

    def __init__(self, session: Session, entity: str, verbs: frozenset[str]) -> None:
        self._session = session
        self._entity = entity
        self._verbs = verbs

    def __getattr__(self, verb: str) -> Action:
        if verb.startswith("_"):
            raise AttributeError(verb)
        if verb not in self._verbs:
            raise AttributeError(f"there is no action {self._entity}.{verb}")
        return Action(self._session, f"{self._entity}.{verb}")

    def __dir__(self) -> list[str]:
        return sorted(self._verbs)

    def __repr__(self) -> str:
        return f"<guanxi actions about {self._entity}: {', '.join(sorted(self._verbs))}>"


class Actions:
    """What a user can do beside create, change, delete and query; by name, or as attributes."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({row.action for row in self._session.action_table()}))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:
        return name in list(iter(self))

    def __getitem__(self, name: str) -> Action:
        if name not in self:
            raise KeyError(name)
        return Action(self._session, name)

    def __getattr__(self, entity: str) -> ActionGroup:
        if entity.startswith("_"):
            raise AttributeError(entity)
        verbs = frozenset(
            name.partition(".")[2] for name in self if name.partition(".")[0] == entity
        )
        if not verbs:
            raise AttributeError(f"there is no action about {entity!r}")
        return ActionGroup(self._session, entity, verbs)

    def __dir__(self) -> list[str]:
        return sorted({name.partition(".")[0] for name in self})

    def __repr__(self) -> str:
        return f"<guanxi actions: {', '.join(self)}>"
