"""How much of a network is shown: parts deeper than a depth are folded."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from compiler.drawing.part import Part
from dsl.diagnostics import did_you_mean

MOST_BOXES = 24  # of a picture
MOST_ON_PAGE = 48  # where one can move about


class NoScope(ValueError):
    """A path that is to be unfolded and names no scope."""

    def __init__(self, path: str, scopes: Set[str]) -> None:
        mend = did_you_mean(path, sorted(scopes)) or "`cnnc draw --depth 99` shows all of them"
        super().__init__(f"there is no scope `{path}` to unfold; {mend}")


def fold(network: Part, depth: int | None = None, unfolded: Set[str] = frozenset()) -> Part:
    """The network with `depth` levels of parts, 1 for those right within it.

    Unless told otherwise it is the deepest level at which at most MOST_BOXES boxes are drawn, or 1.
    `unfolded`: paths of parts that are shown with what is right within them at any depth. Raises
    NoScope where one is no part that holds others.
    """
    if unfolded:
        known = _scopes(network)
        for path in sorted(unfolded):
            if path not in known:
                raise NoScope(path, known)
    level = depth if depth is not None else readable_depth(network, MOST_BOXES)
    parts = (path.split(".") for path in unfolded)
    around = {".".join(names[:end]) for names in parts for end in range(1, len(names) + 1)}
    return _folded(network, level, around)


def readable_depth(network: Part, most: int = MOST_ON_PAGE) -> int:
    """The deepest level at which at most `most` boxes are drawn, or 1."""
    level, depth, shown = [network], 0, 1
    while True:
        shown += sum(len(part.items) - 1 for part in level if part.items)
        if depth and shown > most:
            return depth
        level = [item for part in level for item in part.items]
        depth += 1
        if not any(part.items for part in level):
            return depth


def _scopes(part: Part) -> set[str]:
    """Paths of all parts that hold others, and of all members of runs."""
    if not part.items:
        return set()
    inner = (_scopes(item) for item in part.items)
    return {part.path, *part.members}.union(*inner)


def _folded(part: Part, depth: int, around: Set[str]) -> Part:
    if not part.items:
        return part
    if depth <= 0 and not any(path in around for path in (part.path, *part.members)):
        return replace(part, items=(), wires=())
    items = tuple(_folded(item, depth - 1, around) for item in part.items)
    return replace(part, items=items)
