"""In which order the values of a flattened map lie: C, H, W in PyTorch and here, H, W, C in Keras
and TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cnnc.weights.layers import Shape
from compiler.graph import Graph

# The maps, each C, H, W, whose values lie one behind the other; None: they lie in no one order.
Maps: TypeAlias = tuple[Shape, ...] | None


def flattened(graph: Graph) -> dict[str, Maps]:
    """By key, of the arrays along whose last axis the values of flattened maps lie.

    They are those of FC and of norms behind FLATTEN, and those of convolutions over all of a map,
    which a file may have as FC.
    """
    held: dict[int, Maps] = {}
    found: dict[str, Maps] = {}
    for node in graph:
        inputs = [held[source] for source in graph.inputs(node)]
        held[node] = _maps(graph, node, inputs)
        for name, shape in ((each.name, each.shape) for each in graph.weights(node)):
            maps = _read(graph, node, inputs, shape)
            if maps is None or any(high * wide > 1 for _, high, wide in maps):
                found[f"{graph[node].path}.{name}"] = maps
    return found


def _maps(graph: Graph, node: int, inputs: Sequence[Maps]) -> Maps:
    """What the values of a node are, in their order."""
    shape = graph[node].shape
    if not shape.flat:
        return ((shape.c, shape.h, shape.w),)
    plain = ((shape.c, 1, 1),)
    if graph[node].op.name == "FC" or not inputs:
        return plain
    known = [each for each in inputs if each is not None]
    if len(known) < len(inputs):
        return None
    joined = tuple(each for maps in known for each in maps)
    if graph[node].op.name == "CONCAT":
        return joined
    if len(set(known)) > 1:
        return None
    if sum(map(prod, known[0])) == shape.c:
        return known[0]
    (source, *_) = graph.inputs(node)
    return None if graph[source].shape.flat and _spatial(known[0]) else plain


def _spatial(maps: Sequence[Shape]) -> bool:
    return any(high * wide > 1 for _, high, wide in maps)


def _read(graph: Graph, node: int, inputs: Sequence[Maps], shape: Shape) -> Maps:
    """What lies along the last axis of an array; () where that is no matter of order."""
    if graph[node].op.name == "FC":
        return inputs[0] if len(shape) == 2 else ()
    if len(shape) == 4:
        return ((shape[1], shape[2], shape[3]),)
    if not graph[node].shape.flat:
        return ()
    maps = inputs[0]
    return maps if maps is None or sum(map(prod, maps)) == prod(shape) else ()


def order(maps: Sequence[Shape]) -> NDArray[np.intp]:
    """Where each value of C, H, W lies in H, W, C."""
    return np.concatenate(list(_orders(maps)))


def _orders(maps: Sequence[Shape]) -> Iterator[NDArray[np.intp]]:
    start = 0
    for channels, high, wide in maps:
        count = channels * high * wide
        places = np.arange(start, start + count).reshape(high, wide, channels)
        yield places.transpose(2, 0, 1).ravel()
        start += count
