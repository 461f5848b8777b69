"""Layers that compute the same (common subexpressions)."""

from __future__ import annotations

from compiler.graph import Graph
from compiler.op import Op


def share_equal_layers(graph: Graph) -> Graph:
    """Lets one layer stand for all of the same operator and arguments that read the same values.

    Layers with weights are never equal: their weights are, by their paths, arrays of their own.
    Neither are those that act at random in training. The order of arguments counts, as that of
    rounding does.

    Given
        a = RELU <- x
        b = RELU <- x
        sum = ADD <- a, b
    Result
        a = RELU <- x
        sum = ADD <- a, a
    """
    shared = graph.copy()
    first: dict[tuple[Op, tuple[int, ...]], int] = {}
    for node in graph:
        op, inputs = graph[node].op, shared.inputs(node)
        if op.inputs == "none" or op.identity_at_inference or graph.weights(node):
            continue
        earlier = first.setdefault((op, inputs), node)
        if earlier != node:
            shared.stand_in(node, earlier)
    return shared if len(shared) < len(graph) else graph
