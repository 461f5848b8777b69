"""Batch norm into the layer before it (Jacob et al., 2018, section 3.2)."""

from __future__ import annotations

from dataclasses import replace

from compiler.graph import Fold, Graph
from compiler.ops.convolution import Conv, DepthwiseConv, TransposedConv
from compiler.ops.linear import FullyConnected
from compiler.ops.normalisation import BatchNorm


def fold_batch_norm(graph: Graph) -> Graph:
    """Makes a batch norm part of the convolution or FC that feeds it, which gets a bias.

    w' = w * gamma / sqrt(var + eps) and b' = (b - mean) * gamma / sqrt(var + eps) + beta, computed
    from the program's own weights when the emitted module loads them. Left alone where the layer's
    value is read by another layer or is an output, where it carries a fold already, where the layer
    before is of another kind, and where the graph is for training, since its statistics are not
    frozen. The weights have one user because paths are unique, which `check` verifies.

    Given
        conv = CONV(8, bias=false) <- input
        bn = BN <- conv
        relu = RELU <- bn
    Result
        conv = CONV(8) <- input folded bn
        relu = RELU <- conv
    """
    if any(output.train for output in graph.outputs):
        return graph
    folded = graph.copy()
    for node in graph:
        norm = folded[node].op
        if not isinstance(norm, BatchNorm):
            continue
        (source,) = folded.inputs(node)
        layer = folded[source]
        if not isinstance(layer.op, Conv | DepthwiseConv | TransposedConv | FullyConnected):
            continue
        if layer.fold or folded.consumers(source) != (node,) or folded.is_output(source):
            continue
        fold = Fold(folded[node].path, norm.eps, norm.affine, layer.op.bias)
        folded.replace(source, replace(layer, op=replace(layer.op, bias=True), fold=fold))
        folded.bypass(node)
    return folded if len(folded) < len(graph) else graph
