"""Intermediate values as what a network returns: `select(graph, paths)`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from compiler.graph import Graph, Output
from dsl.diagnostics import did_you_mean


def select(graph: Graph, paths: Sequence[str]) -> Graph:
    """The graph with the values of these layers as its outputs, in this order, under these names.

    A path is a layer's, a scope's, whose value is that of its last layer, or the name of an output
    of the network, such as `output`. Raises ValueError where there is none of them, or one twice.
    """
    outputs: list[Output] = []
    named = {each.name: each.node for each in graph.outputs}
    layers = {graph[node].path: node for node in graph}
    for path in paths:
        if any(path == each.name for each in outputs):
            raise ValueError(f"the feature {path!r} is named twice")
        node = layers.get(path, _last(graph, path))
        node = named.get(path) if node is None else node
        if node is None:
            known = (*layers, *_scopes(layers), *named)
            mend = did_you_mean(path, known) or "`cnnc report FILE` lists the layers"
            raise ValueError(f"no layer, scope or output is called {path!r}: {mend}")
        outputs.append(Output(path, node))
    return replace(graph.copy(), outputs=tuple(outputs))


def _last(graph: Graph, scope: str) -> int | None:
    """The last layer of a scope whose value leaves it, or that nothing reads."""
    inside = [node for node in graph if graph[node].path.startswith(f"{scope}.")]
    within = set(inside)
    leaving = [
        node
        for node in inside
        if not graph.consumers(node) or not within.issuperset(graph.consumers(node))
    ]
    return leaving[-1] if leaving else None


def _scopes(paths: Sequence[str] | dict[str, int]) -> list[str]:
    found: dict[str, None] = {}
    for path in paths:
        labels = path.split(".")
        found |= dict.fromkeys(".".join(labels[:depth]) for depth in range(1, len(labels)))
    return list(found)
