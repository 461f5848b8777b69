"""What differs between two reports: frozen data, in the order in which it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from compiler.report import Report, Row

Status: TypeAlias = Literal["same", "affected", "changed", "moved", "renamed", "added", "removed"]
Fate: TypeAlias = Literal["moved", "renamed", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a layer, as a program would write its values. `name` is empty where the
    operator itself was replaced, and then the values are the two calls; it is `inputs` where the
    layer reads other layers than before."""

    name: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.name} {self.old} → {self.new}".strip()


@dataclass(frozen=True, slots=True)
class Pair:
    """A layer before and after; one of the two is None where it was added or removed.

    `moved`: it stands elsewhere in the order of layers. `renamed`: its path differs in more than
    numbers, which say a position and not a name.
    """

    old: Row | None
    new: Row | None
    arguments: tuple[Argument, ...] = ()
    moved: bool = False
    renamed: bool = False

    @property
    def row(self) -> Row:
        """The layer as it is now, or as it was."""
        row = self.new or self.old
        assert row is not None
        return row

    @property
    def status(self) -> Status:
        """`affected`: the same call, whose volume or numbers follow what changed before it."""
        if self.old is None or self.new is None:
            return "added" if self.old is None else "removed"
        if self.arguments:
            return "changed"
        if self.moved or self.renamed:
            return "moved" if self.moved else "renamed"
        return "same" if _costs(self.old) == _costs(self.new) else "affected"


def _costs(row: Row) -> tuple[object, ...]:
    return row.volume, row.inputs, row.macs, tuple((each.role, each.size) for each in row.arrays)


@dataclass(frozen=True, slots=True)
class Block:
    """Pairs of one fate that fill a whole block, or several equal ones in a row.

    `old` and `new` are their paths, empty where the blocks were added or removed; `name` is the
    block that was called there, "" for a label. `pairs` are indices into `Difference.pairs`.
    """

    status: Fate
    old: tuple[str, ...]
    new: tuple[str, ...]
    name: str
    pairs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """A number of the whole network before and after; None where the network has none."""

    name: str
    title: str
    unit: str
    old: int | None
    new: int | None

    @property
    def change(self) -> int | None:
        return None if self.old is None or self.new is None else self.new - self.old

    @property
    def percent(self) -> float | None:
        """Of the old number; None where that is 0 or unknown."""
        return None if self.change is None or not self.old else 100 * self.change / self.old


@dataclass(frozen=True, slots=True)
class Difference:
    """`pairs` has every layer of both reports once; layers that were removed stand where they
    stood. `sentences` say what kind of change this is, the most important first."""

    old: Report
    new: Report
    pairs: tuple[Pair, ...]
    blocks: tuple[Block, ...]
    totals: tuple[Total, ...]
    sentences: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing differs but perhaps names of files, of the network and of its params."""
        return not self.sentences
