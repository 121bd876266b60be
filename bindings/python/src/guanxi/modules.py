"""Modules: entities, effects, actions and timers that a vendor adds to a CRM.

    desk = guanxi.Module("desk")

    @desk.action("ticket.take", needs="edit",
                 parameters=[{"name": "ticket", "type": "reference", "target": "ticket"}])
    def take(call):
        call.change("ticket", call.arguments["ticket"], by="action", owner=call.user)

    guanxi.open("shop.gx", modules=[desk])

A function gets what it may use, a Call or a Reaction, which is good until it returns; it must not
use the tenant that is calling it. What it raises comes back from the call as itself, and nothing is
written then.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from guanxi._guanxi import Call, Reaction

_Run = TypeVar("_Run", bound=Callable[[Call], object])
_Follow = TypeVar("_Follow", bound=Callable[[Reaction], object])
_Definition = Mapping[str, Any] | str


class Module:
    """What a vendor adds. What it holds when a store is opened with it is what that store has."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entities: list[_Definition] = []
        self._actions: list[dict[str, Any]] = []
        self._timers: list[dict[str, Any]] = []
        self._effects: list[dict[str, Any]] = []

    def entity(self, definition: _Definition) -> None:
        """Adds an entity, as Session.define_entity takes it, for stores that do not have it."""
        self._entities.append(definition)

    def action(
        self,
        name: str,
        *,
        entity: str | None = None,
        needs: str = "read",
        writes: bool = True,
        parameters: Iterable[_Definition] = (),
        results: Iterable[_Definition] = (),
        label_en: str = "",
        label_zh: str = "",
    ) -> Callable[[_Run], _Run]:
        """Adds the function below it as an action, "entity.verb".

        needs is the right on the entity without which it is refused; parameters and results are
        fields, as Session.define_field takes them. One that does not write runs beside writers.
        """

        def add(run: _Run) -> _Run:
            self._actions.append({
                "name": name,
                "entity": name.partition(".")[0] if entity is None else entity,
                "needs": needs,
                "writes": writes,
                "parameters": list(parameters),
                "results": list(results),
                "label_en": label_en,
                "label_zh": label_zh,
                "run": run,
            })
            return run

        return add

    def timer(
        self, name: str, *, due: str, entity: str | None = None, where: str = ""
    ) -> Callable[[_Run], _Run]:
        """Adds the function below it as a timer, "entity.what".

        It runs in Tenant.tick for each record whose due field has come and for which where holds,
        and must leave the record no longer due.
        """

        def add(run: _Run) -> _Run:
            self._timers.append({
                "name": name,
                "entity": name.partition(".")[0] if entity is None else entity,
                "due": due,
                "where": where,
                "run": run,
            })
            return run

        return add

    def effect(
        self,
        name: str,
        *,
        entity: str | None = None,
        on: Iterable[str] = ("created", "updated"),
        fields: Iterable[str] = (),
        paths: Iterable[str] = (),
        queries: Iterable[str] = (),
        writes: Iterable[str] = (),
        after: Iterable[str] = (),
        write_class: str = "rule",
    ) -> Callable[[_Follow], _Follow]:
        """Adds the function below it as an effect, which follows from changes of an entity.

        fields: an update counts only if one of these changed. paths and queries are what it reads,
        writes what it may write: own fields, and "entity.field" or "entity.*" of others. after
        names effects that run before it. write_class says whose value a field keeps: "initial" <
        "caller" < "rule" < "derived".
        """

        def add(run: _Follow) -> _Follow:
            self._effects.append({
                "name": name,
                "entity": name.partition(".")[0] if entity is None else entity,
                "on": list(on),
                "fields": list(fields),
                "paths": list(paths),
                "queries": list(queries),
                "writes": list(writes),
                "after": list(after),
                "write_class": write_class,
                "run": run,
            })
            return run

        return add
