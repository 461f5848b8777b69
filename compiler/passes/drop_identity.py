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
    found = [node for node in graph if isinstance(graph[node].op, Identity)]
    if not found:
        return graph
    graph = graph.copy()
    for node in found:
        graph.bypass(node)
    return graph
