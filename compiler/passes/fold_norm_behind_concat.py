"""Batch norm and SCALE of several branches into each of them."""

from __future__ import annotations

from compiler.folding import Norm, can_fold, has_bias, is_read_by, put, trains
from compiler.graph import Fold, Graph
from compiler.ops.merge import Concat
from compiler.ops.normalisation import BatchNorm, Scale


def fold_norm_behind_concat(graph: Graph) -> Graph:
    """Divides a BN or SCALE behind a CONCAT among the branches: it does each channel by itself.

    Only where every branch is a convolution or FC that no other layer and no output reads and that
    carries no fold yet: of a norm that is divided among some branches alone, the rest would stay as
    a layer and save nothing. Not in graphs for training.

    Given
        a = CONV(8) <- x
        b = CONV(4) <- x
        both = CONCAT <- a, b
        bn = BN <- both
    Result
        a = CONV(8) <- x folded bn, channels 0 to 7
        b = CONV(4) <- x folded bn, channels 8 to 11
        both = CONCAT <- a, b
    """
    if trains(graph):
        return graph
    folded = graph.copy()
    for node in graph:
        norm = folded[node]
        if not isinstance(norm.op, BatchNorm | Scale):
            continue
        (source,) = folded.inputs(node)
        if _can_divide(folded, source, node):
            _divide(folded, source, norm.path, norm.op)
            folded.bypass(node)
    return folded if len(folded) < len(graph) else graph


def _can_divide(graph: Graph, concat: int, norm: int) -> bool:
    if not isinstance(graph[concat].op, Concat) or not is_read_by(graph, concat, norm):
        return False
    return all(
        can_fold(graph, branch) and is_read_by(graph, branch, concat)
        for branch in graph.inputs(concat)
    )


def _divide(graph: Graph, concat: int, path: str, op: Norm) -> None:
    first = 0
    for branch in graph.inputs(concat):
        volume = graph[concat].shape
        bias = has_bias(graph[branch].op)
        put(graph, branch, Fold(path, op, bias, volume=volume, first=first))
        first += graph[branch].shape.c
