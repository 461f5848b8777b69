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
    graph = graph.copy()
    for node in list(graph):
        if acts_in_training_only(graph[node].op):
            graph.bypass(node)
    return graph
