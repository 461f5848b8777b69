"""The weights of a program: what they are called, and their folded form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from backends.numpy.kernels.types import Array
from backends.numpy.runtime.checking import check_parameters
from backends.numpy.runtime.norms import FoldedNorm, fold_norms
from compiler.check import CheckedGraph
from compiler.graph import Fold, Graph, Node
from compiler.op import Weight
from compiler.ops.convolution import Conv, DepthwiseConv, TransposedConv
from compiler.ops.fused import first_of
from compiler.ops.normalisation import BatchNorm


def transform_weights(
    checked: CheckedGraph, weights: Mapping[str, NDArray[Any]], unused: Sequence[str] = ()
) -> dict[str, Array]:
    """The folded form of the program's weights, as `cnnc compile --weights` writes it.

    `unused`: keys that may be there besides, `About.dropped_weights`. Raises ValueError that names
    what is missing, unknown or misshapen.
    """
    ours = check_parameters(weights, expected_weights(checked), unused)
    return fold_norms(ours, folded_norms(checked))


def metadata(checked: CheckedGraph) -> dict[str, str]:
    """What a file with the folded form must say for the emitted module to take it as it is."""
    return {"cnnc": "folded", "net": checked.graph.name}


def expected_weights(checked: CheckedGraph) -> dict[str, tuple[int, ...]]:
    """The program's own weights, before any folding: key to shape, in the order of the layers."""
    return dict(_weights(checked.graph))


def folded_norms(checked: CheckedGraph) -> tuple[FoldedNorm, ...]:
    found = []
    for number in checked.graph:
        node = checked.graph[number]
        if node.fold:
            found.append(_folded_norm(node, node.fold))
    return tuple(found)


def _folded_norm(node: Node, fold: Fold) -> FoldedNorm:
    eps = fold.op.eps if isinstance(fold.op, BatchNorm) else None
    norm = FoldedNorm(node.path, fold.path, eps, first=fold.first, before=fold.before)
    op = first_of(node.op)
    if isinstance(op, TransposedConv):
        return norm._replace(channel_axis=1, groups=op.groups)
    if fold.before and isinstance(op, Conv):
        return norm._replace(groups=op.groups)
    if fold.before and isinstance(op, DepthwiseConv):
        assert fold.volume is not None
        return norm._replace(groups=fold.volume.c)
    return norm


def norms(checked: CheckedGraph) -> dict[str, float]:
    """The batch norms that are computed by themselves: path to eps."""
    nodes = (checked.graph[number] for number in checked.graph)
    layers = [(node.path, first_of(node.op)) for node in nodes]
    return {path: op.eps for path, op in layers if isinstance(op, BatchNorm)}


def _weights(graph: Graph) -> Iterator[tuple[str, tuple[int, ...]]]:
    for number in graph:
        node = graph[number]
        weights = graph.weights(number)
        if node.fold:
            weights = _own(weights, node.fold, node.shape.c)
        for weight in weights:
            yield f"{node.path}.{weight.name}", weight.shape
        if node.fold:
            for weight in node.fold.weights(node.shape):
                yield f"{node.fold.path}.{weight.name}", weight.shape


def _own(weights: tuple[Weight, ...], fold: Fold, channels: int) -> tuple[Weight, ...]:
    """The weights that a layer had before a batch norm was folded into it."""
    kept = tuple(weight for weight in weights if weight.role != "bias")
    return (*kept, Weight("bias", (channels,), "bias")) if fold.bias else kept
