"""Channels that are divided into groups."""

from __future__ import annotations

from math import isqrt

from compiler.op import ShapeError


def nearest_divisor(number: int, wanted: int) -> int:
    """The divisor of a number that is nearest to another number, the smaller of two."""
    small = [each for each in range(1, isqrt(number) + 1) if number % each == 0]
    divisors = [*small, *(number // each for each in reversed(small))]
    return min(divisors, key=lambda each: abs(each - wanted))


def need_divisible(groups: int, channels: int) -> None:
    """Raises ShapeError E0306 where an operator's groups do not divide its channels."""
    if channels % groups:
        title = f"groups={groups} does not divide the {channels} channels"
        near = nearest_divisor(channels, groups)
        raise ShapeError("E0306", title, f"groups={near} divides them")
