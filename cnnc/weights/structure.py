"""Which layers of two networks stand for one another, by how they hang together or by their order.

Networks are compared by colours that are refined along the wires, in both directions (Weisfeiler
and Leman, "The reduction of a graph to canonical form", 1968).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cnnc.weights.layers import Layer, by_name
from cnnc.weights.stored import Vertex

MOST_TWINS = 1_000  # of one network, that are told apart by choosing one


def by_structure(
    ours: Sequence[Vertex],
    our_layers: Mapping[str, Layer],
    theirs: Sequence[Vertex],
    their_layers: Mapping[str, Layer],
) -> dict[str, str]:
    """By our layer, theirs; empty where the networks are not the same.

    Layers that nothing tells apart are exchangeable: whichever is chosen, the network is the same.
    """
    chosen: dict[str, str] = {}
    for _ in range(MOST_TWINS):
        mine = _colours(ours, our_layers, {name: name for name in chosen})
        other = _colours(theirs, their_layers, {name: key for key, name in chosen.items()})
        if Counter(mine.values()) != Counter(other.values()):
            return {}
        twins = Counter(mine.values())
        double = next((name for name, colour in mine.items() if twins[colour] > 1), None)
        if double is None:
            named = {colour: name for name, colour in other.items()}
            return {name: named[colour] for name, colour in mine.items()}
        chosen[double] = next(name for name, each in other.items() if each == mine[double])
    return {}


def _colours(
    vertices: Sequence[Vertex], layers: Mapping[str, Layer], marks: Mapping[str, str]
) -> dict[str, int]:
    """By layer: a number that says what it is, what comes before and what comes behind.

    Equal numbers are equal histories: Python's hash of tuples is the same within one process.
    """
    own = [
        (each.kind, layers[each.layer].signature, marks.get(each.layer, ""))
        if each.kind == "layer"
        else (each.kind,)
        for each in vertices
    ]
    before: list[int] = []
    for vertex, colour in zip(vertices, own, strict=True):
        inputs = [before[each] for each in vertex.inputs]
        before.append(hash((colour, tuple(inputs if _ordered(vertex) else sorted(inputs)))))
    readers: list[list[int]] = [[] for _ in vertices]
    behind = [0] * len(vertices)
    for number in reversed(range(len(vertices))):
        vertex = vertices[number]
        behind[number] = hash((own[number], before[number], tuple(sorted(readers[number]))))
        for place, source in enumerate(vertex.inputs):
            readers[source].append(hash((behind[number], place if _ordered(vertex) else 0)))
    return {
        vertex.layer: behind[number]
        for number, vertex in enumerate(vertices)
        if vertex.kind == "layer"
    }


def _ordered(vertex: Vertex) -> bool:
    return vertex.kind in ("concat", "difference")


def by_order(ours: Sequence[Layer], theirs: Sequence[Layer]) -> dict[str, str]:
    """By our layer, theirs, where both have the same layers in the same order; else empty.

    The order is that of the file or, as some forms sort by name, that of its names as numbered.
    Norms and other layers may each have their order: a file may tell them apart as a block does.
    """
    norms = [each for each in ours if _is_norm(each)]
    others = [each for each in ours if not _is_norm(each)]
    for order in (theirs, by_name(theirs)):
        their_norms = [each for each in order if _is_norm(each)]
        their_others = [each for each in order if not _is_norm(each)]
        found = _paired(ours, order)
        if not found and _paired(others, their_others):
            apart = _paired(norms, their_norms)
            found = {**_paired(others, their_others), **apart} if apart else {}
        if found:
            return found
    return {}


def _paired(ours: Sequence[Layer], theirs: Sequence[Layer]) -> dict[str, str]:
    if [each.signature for each in ours] != [each.signature for each in theirs]:
        return {}
    return {each.name: other.name for each, other in zip(ours, theirs, strict=True)}


def _is_norm(layer: Layer) -> bool:
    return len(layer.shapes.get("weight", (1, 1))) == 1


def by_shape(ours: Sequence[Layer], theirs: Sequence[Layer]) -> dict[str, str]:
    """By our layer, theirs, where there is one of these shapes on either side and no more."""
    mine = Counter(each.signature for each in ours)
    other = Counter(each.signature for each in theirs)
    named = {each.signature: each.name for each in theirs}
    return {
        each.name: named[each.signature]
        for each in ours
        if mine[each.signature] == other[each.signature] == 1
    }
