"""Comparing ways of doing the same work, in turns; the Python half of measure.hpp."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from typing import Any

Side = tuple[Callable[[], Any], Callable[[Any], Any]]
"""Work that is measured, and what makes an answer of what it gives, unmeasured."""

LEAST_ROUNDS, LEAST_SECONDS, MOST_REPEATS = 3, 0.02, 200


def timed(work: Callable[[], Any], repeats: int = 1) -> tuple[float, Any]:
    """CPU seconds for one, and what the last gave."""
    gc.collect()
    begun = time.process_time()
    for _ in range(repeats):
        got = work()
    return max((time.process_time() - begun) / repeats, 1e-9), got


def turns(sides: dict[str, Side], rounds: int, *, prepare: Callable[[], object] = lambda: None,
          most_seconds: float | None = None, repeated: bool = False,
          before: Callable[[str], object] = lambda name: None,
          after: Callable[[str], object] = lambda name: None
          ) -> tuple[dict[str, list[float]], dict[str, Any]]:
    """CPU seconds of each side in each round, after one to warm up, which gives the answers.

    Every other round goes backwards. With most_seconds there are fewer rounds, 3 at least, if all of
    them would take longer; repeated does work that is over in no time many times a round. before and
    after are told of each side in the round that warms up.
    """
    taken: dict[str, list[float]] = {name: [] for name in sides}
    answers, repeats, cost = {}, {}, 0.0
    for name in reversed(sides):
        work, answer = sides[name]
        prepare()
        before(name)
        begun = time.perf_counter()
        seconds, got = timed(work)
        cost += time.perf_counter() - begun
        after(name)
        answers[name] = answer(got)
        del got
        repeats[name] = min(MOST_REPEATS, int(LEAST_SECONDS / seconds) + 1) if repeated else 1
    if most_seconds is not None and cost * rounds > most_seconds:
        rounds = max(min(LEAST_ROUNDS, rounds), int(most_seconds / cost))
    for at in range(rounds):
        for name in reversed(sides) if at % 2 else sides:
            prepare()
            seconds, got = timed(sides[name][0], repeats[name])
            taken[name].append(seconds)
            del got
    return taken, answers


def compare(goal: str, part: str, *, items: int, pairs: int, ours: Callable[[], Any],
            theirs: Callable[[], Any], prepare: Callable[[], object] = lambda: None,
            ours_answer: Callable[[Any], Any] = lambda got: got,
            theirs_answer: Callable[[Any], Any] = lambda got: got) -> dict:
    """A measure of two sides, whose answers must be equal."""
    print(f"bench: {goal} {part}", file=sys.stderr)
    taken, answers = turns({"ours": (ours, ours_answer), "theirs": (theirs, theirs_answer)}, pairs,
                           prepare=prepare)
    return {"goal": goal, "part": part, "items": items,
            "equal": answers["ours"] == answers["theirs"], **taken}
