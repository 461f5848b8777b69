"""A picture in words, for those who have it read out."""

from __future__ import annotations

from compiler.drawing import labels
from compiler.drawing.part import Part

MOST = 60


def describe(doc: str, network: Part) -> str:
    """What the program says of the network, and what is drawn, in computing order."""
    drawn = _leaves(network)
    words = ", ".join(map(_said, drawn[:MOST]))
    more = f", and {len(drawn) - MOST} more" if len(drawn) > MOST else ""
    return " ".join(part for part in (" ".join(doc.split()), f"{words}{more}.") if part)


def _leaves(part: Part) -> list[Part]:
    if not part.items:
        return [part]
    return [leaf for item in part.items for leaf in _leaves(item)]


def _said(part: Part) -> str:
    times = f"{part.count} times " if part.count > 1 else ""
    return f"{times}{part.call or part.name} to {labels.volume(part.volume, part.last)}"
