"""Zero padding into the layer that reads it."""

from __future__ import annotations

from dataclasses import replace

from compiler.arguments import Sides
from compiler.graph import Graph
from compiler.op import Op, ShapeError
from compiler.ops.arrangement import Pad
from compiler.ops.convolution import Conv, DepthwiseConv
from compiler.ops.pooling import AvgPool, MaxPool
from compiler.signs import not_negative
from compiler.volume import Volume


def fold_pad(graph: Graph) -> Graph:
    """Makes PAD with zeros part of the padding of the convolution, AVGPOOL, POOL or PAD behind it,
    whichever of these are all its readers.

    Left alone where an output is the padded value; behind AVGPOOL with padding of its own that does
    not count, since PAD's zeros do; behind POOL, whose padding never wins, unless the values are
    not negative; behind a dilated POOL; where the layer would refuse so much padding; and where its
    padding depends on the size of the image: with round=ceil, and with pad=same and a stride.

    Given
        pad = PAD(1) <- x
        conv = CONV(8, pad=0) <- pad
    Result
        conv = CONV(8, pad=1) <- x
    """
    folded = graph.copy()
    positive = not_negative(graph)
    for node in graph:
        op, readers = folded[node].op, set(folded.consumers(node))
        if not isinstance(op, Pad) or op.mode != "zeros" or folded.is_output(node) or not readers:
            continue
        (source,) = folded.inputs(node)
        inner, outer = folded[source].shape, folded[node].shape
        made = {
            reader: _padded(folded[reader].op, op.sides, inner, outer, source in positive)
            for reader in readers
        }
        if any(each is None for each in made.values()):
            continue
        for reader, each in made.items():
            if each is not None:
                folded.replace(reader, replace(folded[reader], op=each))
        folded.bypass(node)
    return folded if len(folded) < len(graph) else graph


def _padded(op: Op, around: Sides, inner: Volume, outer: Volume, is_positive: bool) -> Op | None:
    """The layer that pads the inner volume as it and PAD did, None where there is none."""
    if isinstance(op, Pad) and op.mode == "zeros":
        return replace(op, sides=_sum(op.sides, around))
    if not isinstance(op, Conv | DepthwiseConv | AvgPool | MaxPool):
        return None
    if not isinstance(op, DepthwiseConv) and op.round == "ceil":
        return None
    if op.pad == "same" and op.stride != (1, 1):
        return None
    own = op.sides(outer)
    made = replace(op, pad=_sum(own, around))
    if isinstance(made, AvgPool):
        if any(own) and not made.count_pad:
            return None
        made = replace(made, count_pad=True)
    elif isinstance(made, MaxPool) and (
        type(made) is not MaxPool or not is_positive or made.dilation != (1, 1)
    ):
        return None
    try:
        made.shape((inner,))
    except ShapeError:
        return None
    return made


def _sum(one: Sides, other: Sides) -> Sides:
    top, bottom, left, right = (a + b for a, b in zip(one, other, strict=True))
    return top, bottom, left, right
