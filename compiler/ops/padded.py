"""Padding that PyTorch's layers do not take: the padded volume is then a value of its own."""

from __future__ import annotations

from compiler.arguments import Sides, Window
from compiler.volume import Volume
from compiler.windows import extent


def is_even(sides: Sides) -> bool:
    """Whether convolutions take it: as much at the far end as at the near one."""
    return sides[0] == sides[1] and sides[2] == sides[3]


def is_poolable(sides: Sides, k: Window) -> bool:
    """Whether pooling takes it: even, and half of the window at most."""
    return is_even(sides) and 2 * sides[0] <= k[0] and 2 * sides[2] <= k[1]


def fitted(
    volume: Volume, output: Volume, sides: Sides, k: Window, stride: Window, dilation: Window
) -> Sides:
    """Padding whose far ends make rounding down give the windows that the output has."""
    far = []
    for axis, (near, end) in enumerate((sides[:2], sides[2:])):
        size, span = volume.spatial[axis], extent(k[axis], dilation[axis])
        counted = (size + near + end - span) // stride[axis] + 1
        windows = output.spatial[axis]
        reached = (windows - 1) * stride[axis] + span
        far.append(end if counted == windows else reached - size - near)
    return sides[0], far[0], sides[2], far[1]


def padded(volume: Volume, sides: Sides) -> int:
    """The values of a padded volume."""
    return (volume.h + sides[0] + sides[1]) * (volume.w + sides[2] + sides[3]) * volume.c
