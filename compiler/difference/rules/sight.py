"""What a rule looks at, and how rules word things."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from compiler.difference.model import Block, Pair
from compiler.difference.network import Network


@dataclass(frozen=True, slots=True)
class Sight:
    old: Network
    new: Network
    pairs: Sequence[Pair]
    blocks: Sequence[Block]

    @property
    def kept(self) -> float:
        """The share of the layers that have a partner."""
        both = sum(pair.old is not None and pair.new is not None for pair in self.pairs)
        return both / max(len(self.old.rows), len(self.new.rows), 1)

    @property
    def is_mostly_kept(self) -> bool:
        """Whether it says something of the change to name whole blocks."""
        return self.kept >= 0.5

    @property
    def is_small(self) -> bool:
        """Whether it says something of the change to name single layers."""
        return self.kept >= 0.75


Rule: TypeAlias = Callable[[Sight], list[str]]


def listed(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, last = list(words) or [""]
    return f"{', '.join(others)} and {last}" if others else last


def some(names: Sequence[str], most: int = 4) -> str:
    """The names, or the first of them and how many more there are."""
    if len(names) <= most:
        return listed(names)
    return f"{', '.join(names[: most - 1])} and {len(names) - most + 1:,} more"


def counted(number: int, thing: str, things: str = "") -> str:
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def instead(new: int, old: int, thing: str, things: str = "") -> str:
    """`16 shortcuts instead of none`; `no shortcuts instead of 16` where there are none now."""
    many = counted(new, thing, things) if new else f"no {things or thing + 's'}"
    return f"{many} instead of {old:,}" if old else many


def distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def plain(number: float) -> str:
    """Two digits or more: `0.67`, `2`, `2.2`, `24`, `1,739`."""
    if number == int(number):
        return f"{number:,.0f}"
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}" if number < 1 else f"{number:.1f}"
