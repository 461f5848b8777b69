"""Layers that leave values of this size as they are."""

from __future__ import annotations

from compiler.graph import Graph
from compiler.ops.arrangement import Slice
from compiler.ops.linear import Flatten, Reshape
from compiler.ops.pooling import AdaptiveAvgPool


def drop_unchanged(graph: Graph) -> Graph:
    """Joins what flows into a layer that changes nothing with what reads it.

    Such are PAD and CROP of no rows, SHUFFLE of one group, UPSAMPLE and PIXEL_SHUFFLE by 1, SLICE
    of all channels, the second of two FLATTENs, and RESHAPE to the same volume. An adaptive pool of
    its input's size stays: it changes images of other sizes.

    Given
        pad = PAD(0) <- x
        conv = CONV(8) <- pad
    Result
        conv = CONV(8) <- x
    """
    found = [node for node in graph if _changes_nothing(graph, node)]
    if not found:
        return graph
    graph = graph.copy()
    for node in found:
        graph.bypass(node)
    return graph


def _changes_nothing(graph: Graph, node: int) -> bool:
    op, volumes = graph[node].op, graph.input_shapes(node)
    if len(volumes) != 1 or isinstance(op, AdaptiveAvgPool):
        return False
    before, after = volumes[0], graph[node].shape
    if before != after or before.flat != after.flat:
        return False
    return isinstance(op, Flatten | Reshape | Slice) or op.is_identity(volumes)
