"""Dropout, which does nothing at inference."""

from __future__ import annotations

from compiler.graph import Graph
from compiler.op import Op
from compiler.ops.regularisation import Identity


def acts_in_training_only(op: Op) -> bool:
    return op.identity_at_inference and not isinstance(op, Identity)


def drop_dropout(graph: Graph) -> Graph:
    """Joins what flows into a dropout with what reads it.

    Given
        drop = DROPOUT <- x
        fc = FC(10) <- drop
    Result
        fc = FC(10) <- x
    """
    found = [node for node in graph if acts_in_training_only(graph[node].op)]
    if not found:
        return graph
    graph = graph.copy()
    for node in found:
        graph.bypass(node)
    return graph
