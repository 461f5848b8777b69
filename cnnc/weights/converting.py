"""A file's arrays as the program's parameters: reordered, in float32, with a new head if asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

import numpy as np

from cnnc.weights import finite
from cnnc.weights.flattening import Maps, flattened, order
from cnnc.weights.layers import Shape
from cnnc.weights.mapping import Mapped, Match, eps_of
from cnnc.weights.stored import Array, Part, Stored, refused, shown
from compiler.graph import Graph


def convert(graph: Graph, stored: Stored, mapped: Mapped, seed: int = 0) -> dict[str, Array]:
    """By the program's keys, in float32.

    Raises CnnError E0905 where parameters lack arrays, and E0907 where values are no numbers.
    """
    lacking = mapped.lacking
    if lacking:
        title = f"{len(lacking)} of {len(mapped.matches)} parameters have no weights"
        help = "--rules FILE says which array is which; --new-head makes the last layer anew"
        lines = [f"{each.key} {shown(each.shape)}: {each.why}" for each in lacking]
        raise refused("E0905", stored.path, title, help, finite.listed(lines))
    finite.refuse(stored.path, broken(mapped))
    maps = flattened(graph) if stored.channels_last else {}
    mixed = next((key for key, each in maps.items() if each is None), None)
    if mixed:
        title = f"{mixed} reads flattened maps in several orders, and the file has them as H, W, C"
        raise refused("E0905", stored.path, title, "flatten behind the layer that joins them")
    random = np.random.default_rng(seed)
    return {
        each.key: _array(each.part, each.shape, maps.get(each.key))
        if each.part is not None
        else _made(each, random)
        for each in mapped.matches
    }


def broken(mapped: Mapped) -> list[str]:
    """A line for each array that a parameter takes and whose values are no numbers."""
    return finite.not_finite(
        (each.key, each.part.key, each.part.array)
        for each in mapped.matches
        if each.part is not None
    )


def _array(part: Part, shape: Shape, maps: Maps) -> Array:
    array = part.array.astype(np.float32)
    if maps and is_reordered(part):
        array = array[..., order(maps)]
    return np.ascontiguousarray(array).reshape(shape)


def is_reordered(part: Part) -> bool:
    """A kernel, which has four axes, lies as PyTorch's already."""
    return part.array.ndim <= 2


def _made(match: Match, random: np.random.Generator) -> Array:
    """As torchvision begins: FC with a deviation of 0.01, convolutions by He et al., biases 0."""
    if len(match.shape) < 2:
        return np.zeros(match.shape, np.float32)
    fan_out = match.shape[0] * prod(match.shape[2:])
    deviation = 0.01 if len(match.shape) == 2 else (2 / fan_out) ** 0.5
    return (random.standard_normal(match.shape) * deviation).astype(np.float32)


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
    lying = flattened(graph)
    for each in mapped.matches if stored.channels_last else ():
        maps = lying.get(each.key)
        if maps and each.part is not None and is_reordered(each.part):
            sizes = ", ".join(f"{high} x {wide} x {channels}" for channels, high, wide in maps)
            yield f"{each.key}: reordered from {sizes} to C, H, W"
