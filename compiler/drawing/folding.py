"""How much of a network is shown: parts deeper than a depth are folded."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from compiler.drawing.part import Part

MOST_BOXES = 24


def fold(network: Part, depth: int | None = None, unfolded: Set[str] = frozenset()) -> Part:
    """The network with `depth` levels of parts, 1 for those right within it.

    Unless told otherwise it is the deepest level at which at most MOST_BOXES boxes are drawn, or 1.
    `unfolded`: paths of parts that are shown with what is right within them at any depth.
    """
    level = depth if depth is not None else readable_depth(network)
    return _folded(network, level, unfolded)


def readable_depth(network: Part) -> int:
    level, depth, shown = [network], 0, 1
    while True:
        shown += sum(len(part.items) - 1 for part in level if part.items)
        if depth and shown > MOST_BOXES:
            return depth
        level = [item for part in level for item in part.items]
        depth += 1
        if not any(part.items for part in level):
            return depth


def _folded(part: Part, depth: int, unfolded: Set[str]) -> Part:
    if not part.items:
        return part
    if depth <= 0 and not _holds(part, unfolded):
        return replace(part, items=(), wires=())
    items = tuple(_folded(item, depth - 1, unfolded) for item in part.items)
    return replace(part, items=items)


def _holds(part: Part, unfolded: Set[str]) -> bool:
    return any(path == part.path or path.startswith(f"{part.path}.") for path in unfolded)
