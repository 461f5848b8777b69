"""Layers whose value nothing reads."""

from __future__ import annotations

from compiler.graph import Graph


def remove_dead(graph: Graph) -> Graph:
    """Removes what no output needs. INPUTs stay: they are the network's signature.

    Given
        a = CONV(8) <- input
        b = CONV(8) <- input
        output output: a
    Result
        a = CONV(8) <- input
        output output: a
    """
    alive = graph.needed(graph.outputs)
    dead = [node for node in graph if node not in alive]
    if not dead:
        return graph
    graph = graph.copy()
    for node in dead:
        graph.remove(node)
    return graph
