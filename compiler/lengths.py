"""Heights or widths: which a network takes, and what a layer's depends on the image's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import gcd, lcm


@dataclass(frozen=True, slots=True)
class Lengths:
    """`least` and more, of them those whose rest by `every` lies in one of `rests` (first, last).

    `least` is itself one of them.

    >>> print(Lengths(16, 16), Lengths(188, 16, ((12, 12),)), sep="; ")
    16 or more, multiples of 16; 188 or more, in steps of 16
    >>> print(Lengths(9, 8, ((0, 1), (5, 7))))
    9 or more, 0, 1 or 5 to 7 more than a multiple of 8
    """

    least: int = 1
    every: int = 1
    rests: tuple[tuple[int, int], ...] = ((0, 0),)

    def __contains__(self, length: int) -> bool:
        rest = length % self.every
        return length >= self.least and any(first <= rest <= last for first, last in self.rests)

    def __str__(self) -> str:
        if self.every == 1:
            return f"{self.least} or more"
        if self.rests == ((0, 0),):
            return f"{self.least} or more, multiples of {self.every}"
        if len(self.rests) == 1 and self.rests[0][0] == self.rests[0][1]:
            return f"{self.least} or more, in steps of {self.every}"
        return f"{self.least} or more, {self._rests()} more than a multiple of {self.every}"

    def _rests(self) -> str:
        shown: list[str] = []
        for first, last in self.rests:
            close = last - first < 2
            shown += map(str, range(first, last + 1)) if close else [f"{first} to {last}"]
        return " or ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)


@dataclass(frozen=True, slots=True)
class Steps:
    """A length as a function of the image's, n: values[n % every] + gain * (n // every).

    That holds for each n for which the layers before it work. gain 0: it does not depend on n.
    """

    values: tuple[int, ...]
    gain: int

    @property
    def every(self) -> int:
        return len(self.values)

    def __call__(self, n: int) -> int:
        times, rest = divmod(n, self.every)
        return self.values[rest] + self.gain * times

    def plus(self, more: int) -> Steps:
        return Steps(tuple(value + more for value in self.values), self.gain)

    def shortest(self) -> Steps:
        """The same with its least period."""
        for every in _divisors(self.every):
            gain, rest = divmod(self.gain * every, self.every)
            if not rest and all(
                value == self.values[n % every] + gain * (n // every)
                for n, value in enumerate(self.values)
            ):
                return Steps(self.values[:every], gain)
        return self

    def first_from(self, least: int, every: int, rests: frozenset[int]) -> int:
        """The n from which on, among those whose rest by `every` is one of `rests`, the length is
        `least` or more."""
        found = 1
        for n in range(period := lcm(self.every, every)):
            if n % every in rests:
                gain = self.gain * (period // self.every)
                missing = -(-(least - self(n)) // gain)
                found = max(found, n + period * (missing - 1) + 1)
        return found


IMAGE = Steps((0,), 1)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a layer makes of a length: values[r] of start + r, and `gain` more for `step` more.

    `values` are None where it refuses the length whatever its size, or would be another layer.
    `least` is what it needs; whole[r]: nothing at the far end is left out.
    """

    start: int
    step: int
    gain: int
    values: tuple[int | None, ...]
    least: int
    whole: tuple[bool, ...]

    @property
    def keeps(self) -> bool:
        """Whether every length stays what it is."""
        return self.step == self.gain == self.least == 1 and self.values == (self.start,)

    def after(self, before: Steps) -> Steps:
        """The length behind the layer, as a function of the image's."""
        if self.step == self.gain == 1 and self.values[0] is not None:
            more = self.values[0] - self.start
            return before.plus(more) if more else before
        every = self.period(before)
        values = []
        for n in range(every):
            times, rest = divmod(before(n) - self.start, self.step)
            values.append((self.values[rest] or 0) + self.gain * times)
        gain = self.gain * (before.gain * (every // before.every) // self.step)
        return Steps(tuple(values), gain).shortest()

    def rest(self, length: int) -> int:
        return (length - self.start) % self.step

    def period(self, before: Steps) -> int:
        """After how many n the rest of the length before the layer repeats."""
        return before.every * (self.step // gcd(self.step, before.gain))


@dataclass(slots=True)
class Rests:
    """Which n are taken, as far as n % every decides."""

    every: int = 1
    taken: frozenset[int] = frozenset({0})

    def keep(self, every: int, test: Callable[[int], bool]) -> None:
        """Takes only those that pass a test, which depends on n % every."""
        together = lcm(self.every, every)
        passing = [n for n in range(every) if test(n)]
        if len(passing) == every:
            return
        kept = frozenset(passing)
        self.taken = frozenset(
            n for n in range(together) if n % self.every in self.taken and n % every in kept
        )
        self.every = together

    def copy(self) -> Rests:
        return Rests(self.every, self.taken)

    def lengths(self, least: int) -> Lengths | None:
        """With a lower bound, in the shortest form."""
        if not self.taken:
            return None
        for every in _divisors(self.every):
            rests = {n % every for n in self.taken}
            if len(rests) * (self.every // every) == len(self.taken):
                break
        first = next(n for n in range(least, least + every) if n % every in rests)
        return Lengths(first, every, _runs(sorted(rests)))


def _runs(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Sorted numbers as (first, last) of those that follow each other."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        follows = runs and runs[-1][1] == number - 1
        runs[-1:] = [(runs[-1][0], number)] if follows else [*runs[-1:], (number, number)]
    return tuple(runs)


def _divisors(number: int) -> list[int]:
    return [each for each in range(1, number + 1) if number % each == 0]
