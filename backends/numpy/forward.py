"""The lines that compute a network, one a layer, in the order of the graph."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from backends.header import batch, plain
from backends.numpy.calls import call
from backends.numpy.layout import remark, statement
from backends.numpy.library import Import
from backends.numpy.site import Site
from backends.values import needed
from compiler.graph import Graph, Node


@dataclass(frozen=True, slots=True)
class Forward:
    """Lines that compute a network, or tell how.

    `kernels`: names of the library that they use; `imports`: from elsewhere. `weighted`: they read
    the weights, which they call `w`. `buffers`: the body of a method that gives the buffers;
    `plan`: a table of where values lie, in words.
    """

    lines: tuple[str, ...]
    kernels: frozenset[str]
    weighted: bool
    imports: tuple[Import, ...] = ()
    buffers: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()


def forward(graph: Graph, names: Mapping[int, str], known: Collection[str]) -> Forward:
    """The lines, and which of the `known` functions they call.

    A layer that does nothing at inference, where its value keeps its name, is a comment.
    """
    alive = needed(graph, train=False)
    lines: list[str] = []
    kernels: set[str] = set()
    for number in graph:
        if number not in alive:
            continue
        node, target = graph[number], names[number]
        sources = graph.inputs(number) or (number,)
        site = Site(
            node.path,
            tuple(names[source] for source in sources),
            tuple(graph[source].shape for source in sources),
            node.shape,
            _biased(graph, number),
        )
        expression = call(node.op, site)
        if str(expression) == target:
            lines += remark(_comment(node), 2)
        else:
            lines += statement(target, expression, _comment(node), 2)
        if expression.function in known:
            kernels.add(expression.function)
    return Forward(tuple(lines), frozenset(kernels), any(map(graph.weights, alive)))


def _biased(graph: Graph, number: int) -> bool:
    folded = graph[number].fold is not None
    return folded or any(weight.role == "bias" for weight in graph.weights(number))


def _comment(node: Node) -> str:
    """`layer1.0.conv1 CONV(64) + layer1.0.bn1: N x 64 x 56 x 56`."""
    fold = f" + {node.fold.path}" if node.fold else ""
    return plain(f"{node.path} {node.op}{fold}: {batch(node.shape)}")
