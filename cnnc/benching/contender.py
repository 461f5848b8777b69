"""One that takes part: what it is, and what it computed first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float32]
Run: TypeAlias = Callable[[], Any]

LONGEST_REASON = 160


class Absent(Exception):
    """A contender that cannot take part here; its text is the reason."""


@dataclass(frozen=True, slots=True)
class Maker:
    """`make` gives a call that computes once. Raises Absent, and so may the call at first.

    `blas_threads`: what NumPy's BLAS is to have in its turns. `most_rounds`: of a slow one, which
    then sits out the others; None for all.
    """

    name: str
    what: str
    make: Callable[[], Run]
    blas_threads: int
    most_rounds: int | None = None


@dataclass(frozen=True, slots=True)
class Contender:
    """Times in seconds; `outputs` in the network's order."""

    name: str
    what: str
    run: Run
    blas_threads: int
    most_rounds: int | None
    construction: float
    first_call: float
    outputs: tuple[Array, ...]


def construct(maker: Maker) -> Contender:
    """Made, and run once. Raises Absent."""
    start = perf_counter()
    run = maker.make()
    made = perf_counter()
    first = run()
    ran = perf_counter()
    return Contender(
        maker.name,
        maker.what,
        run,
        maker.blas_threads,
        maker.most_rounds,
        made - start,
        ran - made,
        _arrays(first),
    )


def _arrays(result: Any) -> tuple[Array, ...]:
    """Copies, as the next call may write where this one did. Of a tensor, a mapping or a list."""
    if isinstance(result, Mapping):
        result = list(result.values())
    several = result if isinstance(result, list | tuple) else [result]
    plain = (each.numpy() if hasattr(each, "numpy") else each for each in several)
    return tuple(np.array(each, dtype=np.float32) for each in plain)


def reason(error: Exception) -> str:
    """What another's error says, as part of a line."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return first if len(first) <= LONGEST_REASON else first[: LONGEST_REASON - 3] + "..."
