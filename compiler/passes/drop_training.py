"""Outputs that exist for training alone."""

from __future__ import annotations

from compiler.graph import Graph


def drop_training(graph: Graph) -> Graph:
    """Takes training outputs away; the layers that only they need are dead after it.

    Given
        aux = FC(10) <- x
        output output: y
        output aux: aux (train, weight=0.3)
    Result
        aux = FC(10) <- x
        output output: y
    """
    if not any(output.train for output in graph.outputs):
        return graph
    graph = graph.copy()
    graph.outputs = tuple(output for output in graph.outputs if not output.train)
    return graph
