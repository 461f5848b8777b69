"""A network's parts for the page: what every one shows, where it stands, and its rows of the table.

Places come without pixels. The page computes those for what is unfolded, with fonts that it knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from compiler.drawing import labels
from compiler.drawing.folding import readable_depth
from compiler.drawing.layers import places
from compiler.drawing.part import Part
from compiler.drawing.scopes import parts
from compiler.graph import Graph

# Of each run around a part, outermost first: for every further member, its row for each row of the
# first.
Copies: TypeAlias = tuple[Sequence[Mapping[int, int]], ...]


def drawing(graph: Graph, numbers: Sequence[int] | None = None) -> dict[str, object]:
    """`depth`: how many levels are unfolded at first. Rows are numbered in the graph's order, or as
    `numbers` says for each of them."""
    network = parts(graph)
    content = _Rows(graph, numbers or range(len(graph))).content(network, ())
    return {"depth": readable_depth(network), "network": content}


class _Rows:
    """Which rows belong to a part. A run is drawn as its first member, whose parts stand for those
    of all members."""

    def __init__(self, graph: Graph, numbers: Sequence[int]) -> None:
        self.numbers = numbers
        self.names = [graph[node].op.name for node in graph]
        self.within: dict[str, list[int]] = {"": list(range(len(graph)))}
        for row, node in enumerate(graph):
            names = graph[node].path.split(".")
            for end in range(1, len(names) + 1):
                self.within.setdefault(".".join(names[:end]), []).append(row)

    def content(self, part: Part, copies: Copies) -> dict[str, object]:
        rows = [row for path in part.members for row in self.within[path]]
        for members in reversed(copies):
            rows += [copy[row] for copy in members for row in rows if row in copy]
        found: dict[str, object] = {
            "path": part.path,
            "name": part.name,
            "kind": part.kind,
            "call": part.call,
            "written": part.written,
            "joined": part.joined,
            "volume": labels.volume(part.volume, part.last),
            "count": part.count,
            "layers": part.layers,
            "outputs": part.outputs,
            "rows": ranges(self.numbers[row] for row in rows),
        }
        if not part.items:
            return found
        inner = (*copies, self._copies(part)) if part.count > 1 else copies
        where = places(part)
        return found | {
            "entries": part.entries,
            "exits": part.exits,
            "items": [self.content(item, inner) for item in part.items],
            "wires": [(each.source, each.exit, each.target, each.entry) for each in part.wires],
            "bands": [
                (each.first, each.last, each.wide, each.thin, int(each.centred))
                for each in where.bands
            ],
            "places": [(each.rank, each.band, each.lane) for each in where.items],
            "ways": [way and (way.band, way.lane, way.first, way.last) for way in where.ways],
        }

    def _copies(self, run: Part) -> list[dict[int, int]]:
        """Equal members have equal layers in the same order."""
        size = len(run.members) // run.count
        members = [
            [row for path in run.members[at : at + size] for row in self.within[path]]
            for at in range(0, len(run.members), size)
        ]
        first, *others = members
        called = [self.names[row] for row in first]
        return [
            dict(zip(first, rows, strict=True))
            for rows in others
            if [self.names[row] for row in rows] == called
        ]


def ranges(rows: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of rows that follow one another."""
    found: list[tuple[int, int]] = []
    for row in sorted(set(rows)):
        if found and row == found[-1][1] + 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
