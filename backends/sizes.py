"""Whether a network takes images of other sizes than the one it was compiled for."""

from __future__ import annotations

from backends.values import needed
from compiler.graph import Graph
from compiler.op import Op
from compiler.ops.convolution import Conv, DepthwiseConv
from compiler.ops.pooling import AvgPool, MaxPool
from compiler.volume import Volume

_BINS = ("GAP", "GMP", "ADAPTIVE_AVGPOOL", "ADAPTIVE_MAXPOOL")
_ARRANGE = ("FC", "FLATTEN", "RESHAPE")


def size_free(graph: Graph) -> bool:
    """True where nothing that is fixed when the program is compiled depends on height and width.

    FC, FLATTEN and RESHAPE need a volume of known size before them, which a global or adaptive
    pooling makes; `same` padding with a stride, `strict`, and what `ceil` adds to a convolution or
    to unequal padding are computed from the size.
    """
    known: dict[int, bool] = {}
    sources = 0
    wanted = needed(graph, train=True)
    for node in filter(wanted.__contains__, graph):
        op, inputs = graph[node].op, graph.inputs(node)
        sources += op.inputs == "none"
        fixed = [known[each] for each in inputs]
        if op.name in _ARRANGE and not all(fixed):
            return False
        if not all(fixed) and _depends(op, graph[inputs[0]].shape):
            return False
        if any(fixed) and not all(fixed) and not _spreads(graph, node, fixed):
            return False
        known[node] = op.name in _BINS or (op.inputs != "none" and all(fixed))
    return sources == 1


def _depends(op: Op, volume: Volume) -> bool:
    """Whether an operator's windows were fitted to the size of the volume."""
    if not isinstance(op, Conv | DepthwiseConv | MaxPool | AvgPool):
        return False
    if op.pad == "same" and max(op.stride) > 1:
        return True
    rounding = "floor" if isinstance(op, DepthwiseConv) else op.round
    if rounding != "ceil":
        return rounding == "strict"
    top, bottom, left, right = op.sides(volume)
    uneven = top != bottom or left != right
    return isinstance(op, Conv) or uneven or 2 * top > op.k[0] or 2 * left > op.k[1]


def _spreads(graph: Graph, node: int, fixed: list[bool]) -> bool:
    """Whether each branch of fixed size in a merge is 1x1 and spread over the others."""
    if graph[node].op.name not in ("ADD", "MUL") or graph[node].shape.spatial == (1, 1):
        return False
    shapes = graph.input_shapes(node)
    return all(shape.spatial == (1, 1) for shape, known in zip(shapes, fixed, strict=True) if known)
