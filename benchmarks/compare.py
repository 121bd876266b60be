"""Comparing two ways of doing the same work, in turns; the Python half of measure.hpp."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from typing import Any


def compare(goal: str, part: str, *, items: int, pairs: int, ours: Callable[[], Any],
            theirs: Callable[[], Any], prepare: Callable[[], object] = lambda: None,
            ours_answer: Callable[[Any], Any] = lambda got: got,
            theirs_answer: Callable[[Any], Any] = lambda got: got) -> dict:
    """A measure: CPU seconds of each run, after one of each to warm up.

    What the two sides give is turned into answers, unmeasured, and the answers must be equal.
    """
    print(f"bench: {goal} {part}", file=sys.stderr)
    taken: dict[str, list[float]] = {"ours": [], "theirs": []}
    equal = True
    sides = [("ours", ours, ours_answer), ("theirs", theirs, theirs_answer)]
    for pair in range(pairs + 1):
        answers = []
        for name, work, answer in sides if pair % 2 else sides[::-1]:
            prepare()
            gc.collect()
            begun = time.process_time()
            got = work()
            seconds = time.process_time() - begun
            if pair:
                taken[name].append(max(seconds, 1e-9))
            else:
                answers.append(answer(got))
            del got
        if not pair:
            equal = answers[0] == answers[1]
    return {"goal": goal, "part": part, "items": items, "equal": equal, **taken}
