"""The types that an operator's arguments have: what each accepts, and how it is written again.

An operator is a dataclass; each field is made by one of the functions below, which attach the kind.
A field without a default is required.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field
from typing import Any, Literal, TypeAlias

from compiler.volume import Volume

Window: TypeAlias = tuple[int, int]
Sides: TypeAlias = tuple[int, int, int, int]
Padding: TypeAlias = Literal["half", "same"] | Sides
Rounding: TypeAlias = Literal["floor", "ceil", "strict"]

LARGEST = 2**40


class Unfit(Exception):
    """A value is not of the kind that the argument takes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`accept` gives the argument's value, or raises Unfit; `words` are names that it knows."""

    expects: str
    accept: Callable[[object], object]
    words: tuple[str, ...] = ()


def _whole(minimum: int) -> Callable[[object], int]:
    def accept(value: object) -> int:
        if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
            raise Unfit
        if value > LARGEST:
            raise Unfit
        return value

    return accept


def _window(minimum: int) -> Callable[[object], Window]:
    one = _whole(minimum)

    def accept(value: object) -> Window:
        if isinstance(value, tuple) and len(value) == 2:
            return one(value[0]), one(value[1])
        if isinstance(value, tuple):
            raise Unfit
        return one(value), one(value)

    return accept


def _padding(value: object) -> Padding:
    if value == "half":
        return "half"
    if value == "same":
        return "same"
    return _sides(value)


def _sides(value: object) -> Sides:
    if isinstance(value, tuple) and len(value) == 4:
        one = _whole(0)
        return one(value[0]), one(value[1]), one(value[2]), one(value[3])
    high, wide = _window(0)(value)
    return high, high, wide, wide


def _number(low: float, high: float) -> Callable[[object], float]:
    def accept(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Unfit
        if not (low <= value <= high and math.isfinite(value)):
            raise Unfit
        return float(value)

    return accept


def _numbers(positive: bool) -> Callable[[object], tuple[float, ...]]:
    one = _number(-1e38, 1e38)

    def accept(value: object) -> tuple[float, ...]:
        several = value if isinstance(value, list | tuple) else [value]
        numbers = tuple(map(one, several))
        if not numbers or (positive and min(numbers) <= 0):
            raise Unfit
        return numbers

    return accept


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit
    return value


def _volume(value: object) -> Volume:
    if not isinstance(value, tuple) or len(value) != 3:
        raise Unfit
    one = _whole(1)
    return Volume(one(value[0]), one(value[1]), one(value[2]))


def _field(kind: Kind, default: object) -> Any:
    return field(default=default, metadata={"kind": kind})


def whole(default: object = MISSING, minimum: int = 1) -> Any:
    return _field(Kind(f"a whole number from {minimum} up", _whole(minimum)), default)


def window(default: object = MISSING, minimum: int = 1) -> Any:
    expects = f"a number or a window such as 3 or 1x7, from {minimum} up"
    return _field(Kind(expects, _window(minimum)), default)


def padding(default: object) -> Any:
    expects = "a number from 0 up, a pair, four sides (top, bottom, left, right), half or same"
    return _field(Kind(expects, _padding, ("half", "same")), default)


def sides(default: object = MISSING) -> Any:
    expects = "a number from 0 up, a pair, or four sides (top, bottom, left, right)"
    return _field(Kind(expects, _sides), default)


def numbers(default: object = MISSING, positive: bool = False) -> Any:
    """One number a channel, or one for all of them, which is a tuple of one."""
    above = " above 0" if positive else ""
    expects = f"a number{above}, or a list of one{above} for each channel"
    return _field(Kind(expects, _numbers(positive)), default)


def number(default: object = MISSING, low: float = -1e38, high: float = 1e38) -> Any:
    limits = "" if low <= -1e38 else f" from {low:g} up"
    limits = limits if high >= 1e38 else f" from {low:g} to {high:g}"
    return _field(Kind(f"a number{limits}", _number(low, high)), default)


def flag(default: bool) -> Any:
    return _field(Kind("true or false", _flag), default)


def volume(default: object = MISSING) -> Any:
    return _field(
        Kind("a volume such as 224x224x3 or (h, w, c), sizes from 1 up", _volume), default
    )


def word(default: str, *words: str) -> Any:
    def accept(value: object) -> str:
        if value not in words:
            raise Unfit
        return str(value)

    return _field(Kind(" or ".join(words), accept, words), default)


def written(value: object) -> str:
    """A value as a program would write it: `7`, `1x7`, `(1, 2, 1, 2)`, `[0.5, 0.4]`, `true`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple) and all(isinstance(each, float) for each in value):
        numbers = ", ".join(map(written, value))
        return numbers if len(value) == 1 else f"[{numbers}]"
    if isinstance(value, tuple):
        if len(set(value)) == 1:
            return str(value[0])
        if len(value) == 4 and value[0] == value[1] and value[2] == value[3]:
            return f"({value[0]}, {value[2]})"
        if len(value) == 2:
            return "x".join(map(str, value)) if all(value) else str(value)
        return str(value)
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return str(value)
