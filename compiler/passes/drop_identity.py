"""The identity, by which a program writes a shortcut."""

from __future__ import annotations

from compiler.graph import Graph
from compiler.ops.regularisation import Identity


def drop_identity(graph: Graph) -> Graph:
    """Joins what flows into an identity with what reads it.

    Given
        id = ID <- x
        sum = ADD <- conv, id
    Result
        sum = ADD <- conv, x
    """
    graph = graph.copy()
    for node in list(graph):
        if isinstance(graph[node].op, Identity):
            graph.bypass(node)
    return graph
