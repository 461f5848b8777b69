"""Activations that leave the values that reach them as they are."""

from __future__ import annotations

from compiler.graph import Graph
from compiler.ops.activation import Elu, LeakyRelu, Relu, Relu6
from compiler.signs import not_negative


def drop_idle_activations(graph: Graph) -> Graph:
    """Joins what flows into an idle activation with what reads it: RELU, LEAKY_RELU and ELU of
    values that are not negative, RELU6 of a RELU6.

    PRELU stays: its slopes are weights of the program.

    Given
        relu = RELU <- x
        pool = POOL <- relu
        again = RELU <- pool
    Result
        relu = RELU <- x
        pool = POOL <- relu
    """
    positive = not_negative(graph)
    found = [node for node in graph if _is_idle(graph, node, positive)]
    if not found:
        return graph
    graph = graph.copy()
    for node in found:
        graph.bypass(node)
    return graph


def _is_idle(graph: Graph, node: int, positive: frozenset[int]) -> bool:
    op, inputs = graph[node].op, graph.inputs(node)
    if isinstance(op, Relu | LeakyRelu | Elu):
        return inputs[0] in positive
    return isinstance(op, Relu6) and isinstance(graph[inputs[0]].op, Relu6)
