"""How the time of a difference grows with the number of layers.

It is that of the processor, which other processes on the machine do not lengthen.

python -m benchmarks.diff [LAYERS ...]
"""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time

from benchmarks._timing import print_table
from cnnc.pipeline import Journey
from compiler.difference.compare import diff
from compiler.report import Report
from dsl.source import Source

SIZES = (1_000, 5_000, 20_000)
BLOCKS = """
block residual(k) = ADD{ CONV(8, k) -> BN -> RELU | ID }
block other(k) = CONCAT{ CONV(4, k) -> TANH | DWCONV(5) -> CONV(4, 1) -> LRN } -> RELU6
"""
UNIT = 5  # layers of a residual unit
STAGE = 20  # units of a stage


@dataclass(frozen=True)
class Stage:
    """A label, and for each of its units the block and the window."""

    name: str
    units: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        return f"{self.name}: [{' -> '.join(f'{block}({k})' for block, k in self.units)}]"


def stages(layers: int, block: str = "residual") -> list[Stage]:
    return [Stage(f"stage{i}", ((block, 3),) * STAGE) for i in range(layers // (UNIT * STAGE))]


def report(network: Sequence[Stage]) -> Report:
    chain = " -> ".join(map(str, network))
    source = Source("net.cnn", f"{BLOCKS}\nINPUT(32x32x8) -> {chain}\n")
    return Journey(source, None, None, {}, 10**6).report()


def with_windows(network: list[Stage], share: float) -> list[Stage]:
    """Some of the units, at random, with another window."""
    chance = random.Random(0)
    return [
        Stage(
            each.name,
            tuple((block, 5 if chance.random() < share else k) for block, k in each.units),
        )
        for each in network
    ]


def thinned(network: list[Stage]) -> list[Stage]:
    """Of every ten units about one is left out, at random: what is behind it in its stage has
    another number."""
    chance = random.Random(0)
    return [
        Stage(each.name, each.units[:1] + tuple(u for u in each.units[1:] if chance.random() > 0.1))
        for each in network
    ]


def inserted(network: list[Stage]) -> list[Stage]:
    middle = len(network) // 2
    extra = Stage("extra", (("residual", 3),) * STAGE)
    return [*network[:middle], extra, *network[middle:]]


def moved(network: list[Stage]) -> list[Stage]:
    """The last quarter stands first."""
    cut = len(network) * 3 // 4
    return [*network[cut:], *network[:cut]]


CHANGES: dict[str, Callable[[list[Stage]], list[Stage]]] = {
    "nothing": lambda network: network,
    "every third unit": lambda network: with_windows(network, 1 / 3),
    "every unit": lambda network: with_windows(network, 1),
    "a stage inserted": inserted,
    "a tenth left out": thinned,
    "a quarter moved": moved,
    "all names": lambda network: [Stage(f"part{i}", s.units) for i, s in enumerate(network)],
    "another network": lambda network: stages(len(network) * STAGE * UNIT, "other"),
}


def main() -> None:
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    rows = []
    for name, change in CHANGES.items():
        for size in sizes:
            network = stages(size)
            old, new = report(network), report(change(network))
            gc.collect()
            start = process_time()
            found = diff(old, new)
            seconds = process_time() - start
            kinds = [pair.status for pair in found.pairs]
            counts = [f"{kinds.count(kind):,}" for kind in ("same", "changed", "moved", "added")]
            layers = len(old.rows) + len(new.rows)
            rows.append(
                (
                    name,
                    f"{len(old.rows):,}",
                    f"{len(new.rows):,}",
                    *counts,
                    f"{seconds:.2f}",
                    f"{seconds / layers * 1e6:.0f}",
                )
            )
    heading = ("changed", "old", "new", "same", "changed", "moved", "added", "s", "us a layer")
    print_table(heading, rows)


if __name__ == "__main__":
    main()
