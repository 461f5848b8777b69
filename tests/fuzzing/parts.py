"""Parts of random programs: a text, and what it makes of a volume; what arguments take.

Operators are taken from the registry, and their arguments from what the kinds of their fields
accept, so that a new operator needs nothing here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from compiler.arguments import Kind, Unfit
from compiler.op import Op, ShapeError
from compiler.ops import OPS
from compiler.volume import Volume

ONE = tuple(op for op in OPS if op.inputs == "one")
MERGES = tuple(op for op in OPS if op.inputs == "merge")
INPUT = next(op for op in OPS if op.inputs == "none")
# Of many kinds one accepts some: whole numbers, windows, sides, ratios, flags, volumes, lists.
WHOLE = (1, 2, 3, 4, 6, 8, 12)
POOL: tuple[object, ...] = (
    *WHOLE,
    *(0, 0, 5, 7, 9, 0.5, 0.25, 0.1, 1.0, 1e-3, 1e-5, 2.0),
    *((1, 2), (2, 1), (3, 1), (1, 3), (2, 2), (3, 3), (0, 1), (1, 0)),
    *((0, 0, 1, 1), (1, 0, 0, 1), (1, 1, 1, 1), (0, 1, 0, 1), (2, 1, 1, 2)),
    *((2, 2, 4), (4, 4, 2), (1, 1, 8), (2, 4, 4), (1, 4, 2), (8, 2, 1), (4, 2, 3)),
    *(True, False, True, False),
    *((0.5, 0.25, 0.125), (1.0, 2.0, 3.0), (0.5, 0.25), (0.5,), [0.5, 0.25], [0.5, 0.25, 0.125]),
)
MOST_VALUES = 1_500
MOST_SIZE = 16
# A value of the program, as the network goes on from it.
Flow = Volume
Step = Callable[[Flow], Flow]


class Stuck(Exception):
    """This part does not fit what flows into it."""


@dataclass(frozen=True)
class Part:
    """A text of the program, and the volume that it makes of another. `heavy`: how many layers."""

    text: str
    step: Step
    layers: int = 1


@cache
def accepted(kind: Kind) -> tuple[object, ...]:
    """What of POOL, and of the kind's words, an argument takes."""
    found = []
    for candidate in (*kind.words * 4, *POOL):
        with suppress(Unfit):
            found.append(kind.accept(candidate))
    assert found, f"nothing in POOL is {kind.expects}"
    return tuple(found)


def single(op: Op, text: str) -> Part:
    return Part(text, lambda volume: shaped(op, (volume,)))


def shaped(op: Op, inputs: tuple[Volume, ...]) -> Volume:
    """Raises Stuck where the volumes do not fit, or grow beyond what a test can run."""
    try:
        volume = op.shape(inputs)
    except ShapeError:
        raise Stuck from None
    if sum(weight.size for weight in op.weights(inputs)) > 20_000:
        raise Stuck
    bounded(volume.h, volume.w, volume.c)
    return volume


def bounded(h: int, w: int, c: int) -> Volume:
    if h * w * c > MOST_VALUES or max(h, w) > MOST_SIZE:
        raise Stuck
    return Volume(h, w, c)


def joined(parts: list[Part]) -> Part:
    def step(volume: Volume) -> Volume:
        for part in parts:
            volume = part.step(volume)
        return volume

    return Part(" -> ".join(part.text for part in parts), step, sum(each.layers for each in parts))
