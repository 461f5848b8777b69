"""Programs that are compared, and their changes as short texts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cnnc
from cnnc.pipeline import Journey
from compiler.difference.compare import diff
from compiler.difference.model import Difference, Pair
from compiler.report import Report, Stage
from dsl.source import Source

EXAMPLES = Path(__file__).parents[2] / "examples"
BLOCKS = """
block unit(c, k = 3) = ADD{ conv: CONV(c, k) -> bn: BN -> RELU | ID }
block pair(c) = first: CONV(c) -> TANH -> second: CONV(c, 1)
"""


def report(text: str, stage: Stage = "source", **settings: str) -> Report:
    source = Source("net.cnn", f"{BLOCKS}\n{text}\n")
    return Journey(source, None, None, settings).report(stage)


@cache
def example(target: str) -> Report:
    return cnnc.load(EXAMPLES / target).journey.report()


def change(old: str, new: str) -> Difference:
    return diff(report(old), report(new))


def shown(pair: Pair) -> str:
    """`changed conv1 k 3 → 5`, `renamed a → b`, `added x`; `+moved` and `+renamed` come behind."""
    old, new = pair.old, pair.new
    path = pair.row.path
    if old is not None and new is not None and old.path != new.path:
        path = f"{old.path} → {new.path}"
    notes = [f"+{note}" for note in ("moved", "renamed") if getattr(pair, note)]
    notes = [note for note in notes if note != f"+{pair.status}"]
    return " ".join([pair.status, path, *map(str, pair.arguments), *notes])


def changes(difference: Difference) -> list[str]:
    """What is not the same, nor only affected."""
    quiet = ("same", "affected")
    return [shown(pair) for pair in difference.pairs if pair.status not in quiet]


def blocks(difference: Difference) -> list[str]:
    """`moved a,b unit`: new paths, or the old ones where there are none."""
    return [
        f"{block.status} {','.join(block.new or block.old)} {block.name}".strip()
        for block in difference.blocks
    ]
