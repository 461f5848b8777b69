"""Batch norm into the layer before it (Jacob et al., 2018, section 3.2)."""

from __future__ import annotations

from compiler.folding import fold_behind
from compiler.graph import Graph
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
    return fold_behind(graph, BatchNorm)
