"""SCALE into the layer before it."""

from __future__ import annotations

from compiler.folding import fold_behind
from compiler.graph import Graph
from compiler.ops.normalisation import Scale


def fold_scale(graph: Graph) -> Graph:
    """Makes a SCALE part of the convolution or FC that feeds it: w' = w * s and b' = b * s.

    As with batch norms the arrays are computed when the emitted module loads the program's own
    weights, and the same is left alone: a layer whose value another layer or an output reads, one
    that carries a fold already, and graphs for training.

    Given
        conv = CONV(8) <- x
        scale = SCALE <- conv
    Result
        conv = CONV(8) <- x folded scale
    """
    return fold_behind(graph, Scale)
