"""Which algorithm a 3x3 convolution takes, for one image of the declared size on two lanes."""

from __future__ import annotations

from backends.numpy.kernels.fast.choosing import (
    Work,
    choose,
    seconds,
    square_choices,
    squares_seconds,
)
from compiler.volume import Volume

LEAST_CHANNELS = 32  # with fewer, transforms cost more than the products that they save


def square_of(source: Volume, target: Volume, passes: int) -> int:
    """The side of the squares that Winograd's algorithm makes at once, 2 or 4; 0 for columns."""
    if min(source.c, target.c) < LEAST_CHANNELS:
        return 0
    rows = -(-target.h // 2)
    work = Work(
        pixels=rows * target.w,
        width=target.w,
        depth=9 * source.c,
        channels=target.c,
        copies=True,
        run=3 * source.c,
        passes=1 + passes,
        splits=(1, 3, 9) if source.c >= 64 else (1,),
    )
    best = (seconds(work, choose(work)), 0)
    for square in (2, 4):
        wide = -(-target.w // square)
        count = -(-rows // square) * wide
        volumes = (source.c, target.c, square + 2)
        times = (
            squares_seconds(count, *volumes, passes, choice)
            for choice in square_choices(count, wide, *volumes)
        )
        best = min(best, (min(times), square))
    return best[1]
