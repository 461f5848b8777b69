"""Taking times in turns."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import TypeAlias

from cnnc.benching.contender import Contender, Run

Tell: TypeAlias = Callable[[str], None]
Times: TypeAlias = Mapping[str, Sequence[float]]

MOST_CALLS = 5
LONG_ENOUGH = 0.2  # seconds of timed calls, after which a turn ends


def take_turns(
    contenders: Sequence[Contender],
    rounds: int,
    set_blas: Callable[[int], None] | None,
    tell: Tell,
) -> Times:
    """Seconds of the fastest call of each contender in each round.

    In a round each has its turn, so that what else the machine does strikes all alike; who begins
    changes from round to round, so that none always comes behind the same other.
    """
    times: dict[str, list[float]] = {each.name: [] for each in contenders}
    for number in range(rounds):
        tell(f"round {number + 1} of {rounds}")
        first = number % len(contenders)
        for each in (*contenders[first:], *contenders[:first]):
            if each.most_rounds is not None and number >= each.most_rounds:
                continue
            if set_blas is not None:
                set_blas(each.blas_threads)
            times[each.name].append(turn(each.run))
    return times


def turn(run: Run) -> float:
    """The fastest of some calls, behind one that is not counted.

    That one finds the caches full of another's values, and maybe another's threads, which still
    wait for work.
    """
    run()
    collects = gc.isenabled()
    gc.disable()
    try:
        fastest, spent = float("inf"), 0.0
        for _ in range(MOST_CALLS):
            start = perf_counter()
            run()
            took = perf_counter() - start
            fastest, spent = min(fastest, took), spent + took
            if spent >= LONG_ENOUGH:
                break
        return fastest
    finally:
        if collects:
            gc.enable()
