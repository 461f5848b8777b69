"""Which layers are drawn as one box, and which as none."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.drawing.labels import kind
from compiler.graph import Graph

JOINING = frozenset({"normalisation", "activation", "regularisation"})


@dataclass(frozen=True, slots=True)
class Boxes:
    """Layers by box. Only a box's last value leaves it, so a box stands for its value, too.

    nodes     the layers of each box, in computing order
    sources   the boxes whose values flow into each box, by argument
    readers   the boxes into which each box's value flows
    outputs   the names under which the network returns each box's value
    """

    nodes: tuple[tuple[int, ...], ...]
    sources: tuple[tuple[int, ...], ...]
    readers: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[str, ...], ...]


def boxes(graph: Graph) -> Boxes:
    """Normalisations, activations and dropout join the layer before them: where they stand in its
    scope, its value goes nowhere else, and it is no INPUT. An ID is a mere line: no box at all."""
    origin: dict[int, int] = {}  # an ID stands for what flows into it
    uses: dict[int, int] = {}
    for node in graph:
        sources = graph.inputs(node)
        origin[node] = origin[sources[0]] if graph[node].op.name == "ID" else node
        if origin[node] == node:
            for source in sources:
                uses[origin[source]] = uses.get(origin[source], 0) + 1
    names: dict[int, list[str]] = {}
    for output in graph.outputs:
        names.setdefault(origin[output.node], []).append(output.name)

    nodes: list[list[int]] = []
    sources_of: list[tuple[int, ...]] = []
    box_of: dict[int, int] = {}
    for node in graph:
        if origin[node] != node:
            continue
        sources = tuple(origin[source] for source in graph.inputs(node))
        if _joins(graph, node, sources) and uses[sources[0]] == 1 and sources[0] not in names:
            box_of[node] = box_of[sources[0]]
            nodes[box_of[node]].append(node)
            continue
        box_of[node] = len(nodes)
        nodes.append([node])
        sources_of.append(tuple(box_of[source] for source in sources))
    readers: list[list[int]] = [[] for _ in nodes]
    for box, sources in enumerate(sources_of):
        for source in sources:
            readers[source].append(box)
    return Boxes(
        tuple(map(tuple, nodes)),
        tuple(sources_of),
        tuple(map(tuple, readers)),
        tuple(tuple(names.get(each[-1], ())) for each in nodes),
    )


def _joins(graph: Graph, node: int, sources: tuple[int, ...]) -> bool:
    return (
        len(sources) == 1
        and kind(graph[node].op) in JOINING
        and graph[sources[0]].op.inputs != "none"
        and scope_of(graph[sources[0]].path) == scope_of(graph[node].path)
    )


def scope_of(path: str) -> str:
    return path.rpartition(".")[0]
