"""Batch norm and SCALE into the layer behind them."""

from __future__ import annotations

from compiler.folding import can_fold, has_bias, is_read_by, put, trains
from compiler.graph import Fold, Graph
from compiler.ops.convolution import Conv, DepthwiseConv
from compiler.ops.linear import FullyConnected
from compiler.ops.normalisation import BatchNorm, Scale


def fold_norm_before(graph: Graph) -> Graph:
    """Makes a BN or SCALE part of the convolution or FC that alone reads it.

    Of x * s + t a layer sums w * (x * s + t): its weights become w * s, its bias grows by the sum
    of w * t. That is so only where every window lies in the volume: zeros of padding are put behind
    the norm and would have to be -t / s before it. So a convolution with padding is left alone, one
    with round=ceil, whose last window may reach beyond, and a transposed one, whose border has
    fewer terms. Left alone, too, are layers that carry a fold already, a norm that an output reads,
    and graphs for training.

    Given
        bn = BN <- x
        conv = CONV(8, pad=0) <- bn
    Result
        conv = CONV(8, pad=0) <- x folded bn before it
    """
    if trains(graph):
        return graph
    folded = graph.copy()
    for node in graph:
        if node not in folded or not isinstance(folded[node].op, BatchNorm | Scale):
            continue
        readers = folded.consumers(node)
        if len(readers) != 1 or not is_read_by(folded, node, readers[0]):
            continue
        (reader,) = readers
        if can_fold(folded, reader) and _sees_whole_windows(folded, reader):
            norm, bias = folded[node], has_bias(folded[reader].op)
            put(folded, reader, Fold(norm.path, norm.op, bias, before=True, volume=norm.shape))
            folded.bypass(node)
    return folded if len(folded) < len(graph) else graph


def _sees_whole_windows(graph: Graph, node: int) -> bool:
    """Of images of any size that the network takes."""
    op, volumes = graph[node].op, graph.input_shapes(node)
    if isinstance(op, Conv):
        return op.pad != "same" and op.round != "ceil" and not any(op.sides(volumes[0]))
    if isinstance(op, DepthwiseConv):
        return op.pad != "same" and not any(op.sides(volumes[0]))
    return isinstance(op, FullyConnected)
