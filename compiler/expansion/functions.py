"""The functions that expressions may call. All are total: they give a value or raise Refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

LONGEST = 100_000


class Refused(Exception):
    """The arguments do not fit; the message says why."""


def _numbers(values: Sequence[object]) -> list[int | float]:
    numbers: list[int | float] = []
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refused("takes numbers")
        numbers.append(value)
    return numbers


def _one(values: Sequence[object]) -> int | float:
    if len(values) != 1:
        raise Refused(f"takes one number, not {len(values)}")
    return _numbers(values)[0]


def _several(values: Sequence[object]) -> list[int | float]:
    """Numbers as arguments, or one list of them."""
    if len(values) == 1 and isinstance(values[0], list | tuple):
        values = values[0]
    if not values:
        raise Refused("takes at least one number")
    return _numbers(values)


def _range(*values: object) -> list[int]:
    bounds = _numbers(values)
    if not 1 <= len(bounds) <= 3 or not all(isinstance(bound, int) for bound in bounds):
        raise Refused("takes one to three whole numbers")
    whole = [int(bound) for bound in bounds]
    if len(whole) == 3 and whole[2] == 0:
        raise Refused("cannot go in steps of 0")
    numbers = range(*whole)
    if numbers[LONGEST:]:
        raise Refused(f"would have more than {LONGEST:,} numbers")
    return list(numbers)


def _round(*values: object) -> int:
    return round(_one(values))


def _len(*values: object) -> int:
    if len(values) != 1 or not isinstance(values[0], list | tuple):
        raise Refused("takes one list")
    return len(values[0])


def _positive(*values: object) -> float:
    number = _one(values)
    if number <= 0:
        raise Refused("takes a number above 0")
    return float(number)


def _sqrt(*values: object) -> float:
    number = _one(values)
    if number < 0:
        raise Refused("takes a number from 0 up")
    return math.sqrt(number)


def make_divisible(value: float, divisor: int = 8) -> int:
    """The nearest multiple of divisor, never below 0.9 of the value.

    As in the MobileNet code (Sandler et al., 2018): at least the divisor itself.
    """
    nearest = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return nearest + divisor if nearest < 0.9 * value else nearest


def _make_divisible(*values: object) -> int:
    numbers = _numbers(values)
    if len(numbers) not in (1, 2):
        raise Refused("takes a number and a divisor")
    divisor = numbers[1] if len(numbers) == 2 else 8
    if not isinstance(divisor, int) or divisor < 1:
        raise Refused("takes a whole divisor from 1 up")
    return make_divisible(numbers[0], divisor)


FUNCTIONS: dict[str, Callable[..., object]] = {
    "range": _range,
    "min": lambda *values: min(_several(values)),
    "max": lambda *values: max(_several(values)),
    "sum": lambda *values: sum(_several(values)),
    "round": _round,
    "floor": lambda *values: math.floor(_one(values)),
    "ceil": lambda *values: math.ceil(_one(values)),
    "abs": lambda *values: abs(_one(values)),
    "int": lambda *values: int(_one(values)),
    "len": _len,
    "log2": lambda *values: math.log2(_positive(*values)),
    "sqrt": _sqrt,
    "make_divisible": _make_divisible,
}
