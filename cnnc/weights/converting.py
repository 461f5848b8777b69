"""A file's arrays as the program's parameters: reordered, in float32, with a new head if asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

import numpy as np

from cnnc.weights.layers import Shape
from cnnc.weights.mapping import Mapped, Match, eps_of
from cnnc.weights.stored import Array, Stored, refused, shown
from compiler.graph import Graph

LISTED = 12


def convert(graph: Graph, stored: Stored, mapped: Mapped, seed: int = 0) -> dict[str, Array]:
    """By the program's keys, in float32. Raises CnnError E0905 where parameters lack arrays."""
    lacking = mapped.lacking
    if lacking:
        more = len(lacking) - LISTED
        notes = [f"{each.key} {shown(each.shape)}: {each.why}" for each in lacking[:LISTED]]
        notes += [f"and {more} more"] if more > 0 else []
        title = f"{len(lacking)} of {len(mapped.matches)} parameters have no weights"
        help = "--rules FILE says which array is which; --new-head makes the last layer anew"
        raise refused("E0905", stored.path, title, help, tuple(notes))
    orders = flattened(graph) if stored.channels_last else {}
    other = next((key for key in orders if len(graph.weight_shapes()[key]) != 2), None)
    if other:
        title = f"{other} belongs to a flattened map, which the file has in the order H, W, C"
        raise refused("E0905", stored.path, title, "flatten behind this layer, not before it")
    random = np.random.default_rng(seed)
    return {
        each.key: _array(each, orders.get(each.key)) if each.part else _made(each, random)
        for each in mapped.matches
    }


def _array(match: Match, volume: Shape | None) -> Array:
    assert match.part is not None
    array = match.part.array.astype(np.float32)
    if volume is not None:
        channels, high, wide = volume
        array = array.reshape(-1, high, wide, channels).transpose(0, 3, 1, 2)
    return np.ascontiguousarray(array).reshape(match.shape)


def _made(match: Match, random: np.random.Generator) -> Array:
    """As torchvision begins: FC with a deviation of 0.01, convolutions by He et al., biases 0."""
    if len(match.shape) < 2:
        return np.zeros(match.shape, np.float32)
    fan_out = match.shape[0] * prod(match.shape[2:])
    deviation = 0.01 if len(match.shape) == 2 else (2 / fan_out) ** 0.5
    return (random.standard_normal(match.shape) * deviation).astype(np.float32)


def flattened(graph: Graph) -> dict[str, Shape]:
    """By key, of arrays for the values of a map that was flattened: its C, H, W, which is the order
    of PyTorch. They are those of FC, or of a norm behind FLATTEN."""
    found: dict[str, Shape] = {}
    for node in graph:
        weights = graph.weights(node)
        if not weights or not graph[node].shape.flat:
            continue
        (source,) = graph.inputs(node)
        while graph[source].shape.flat and not graph.weights(source) and graph.inputs(source):
            source = graph.inputs(source)[0]
        volume = graph[source].shape
        if volume.h * volume.w > 1:
            by_value = [each for each in weights if each.name != "bias" or len(weights) > 2]
            found |= {
                f"{graph[node].path}.{each.name}": (volume.c, volume.h, volume.w)
                for each in by_value
            }
    return found


def doubts(graph: Graph, mapped: Mapped, stored: Stored) -> Iterator[str]:
    """What fits and may still compute something else, one line each."""
    eps = eps_of(graph)
    layers: Mapping[str, float] = {
        each.key.rpartition(".")[0]: each.part.eps
        for each in mapped.matches
        if each.part is not None and each.part.eps is not None
    }
    for layer, theirs in layers.items():
        if layer in eps and not np.isclose(eps[layer], theirs, rtol=1e-4):
            yield f"{layer}: eps is {eps[layer]:g} in the program and {theirs:g} in the file"
    for each in mapped.matches:
        if each.part is not None and each.part.array.dtype.kind == "f":
            wrong = int((~np.isfinite(each.part.array)).sum())
            if wrong:
                yield f"{each.key}: {wrong:,} of the values in {each.part.key} are not finite"
    if stored.channels_last:
        for key, (channels, high, wide) in flattened(graph).items():
            yield f"{key}: reordered from {high} x {wide} x {channels} to C, H, W"
