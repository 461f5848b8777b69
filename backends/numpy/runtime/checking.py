"""What is checked before anything is computed."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.numpy.kernels.types import Array
from backends.numpy.kernels.weights import check_weights

Lengths = tuple[int, int, tuple[tuple[int, int], ...]]


def check_input(x: Array, channels: int, height: int | None, width: int | None) -> None:
    """Raise ValueError unless x is float32, N x channels x height x width; None is any size."""
    array = isinstance(x, np.ndarray) and x.dtype == np.float32 and x.ndim == 4
    sizes = zip((channels, height, width), x.shape[1:], strict=True) if array else ()
    if not array or any(size not in (None, found) for size, found in sizes):
        shape = " x ".join(map(str, np.shape(x))) or "a single value"
        kind = getattr(x, "dtype", type(x).__name__)
        wanted = f"float32, N x {channels} x {height or 'H'} x {width or 'W'}"
        raise ValueError(f"the input is {kind}, {shape}; expected a NumPy array, {wanted}")


def check_size(size: tuple[int, ...], heights: Lengths, widths: Lengths, taken: str) -> None:
    """Raise ValueError that says what is taken unless height and width are.

    heights, widths: the least; a divisor; ranges, ends included, one of which has the rest by it.
    """
    for length, (least, every, rests) in zip(size, (heights, widths), strict=True):
        fits = any(first <= length % every <= last for first, last in rests)
        if length < least or not fits:
            shown = " x ".join(map(str, size))
            raise ValueError(f"images of {shown} do not fit the layers: {taken}")


def chosen_size(
    size: tuple[int, int] | None, heights: Lengths, widths: Lengths, taken: str
) -> tuple[int, int] | tuple[None, None]:
    """Check a height and a width that were asked for; (None, None) where none were."""
    if size is None:
        return None, None
    check_size(size, heights, widths, taken)
    return size


def check_parameters(
    weights: Mapping[str, NDArray[Any]],
    shapes: Mapping[str, tuple[int, ...]],
    unused: Sequence[str] = (),
) -> dict[str, Array]:
    """check_weights, but the counters of PyTorch's batch norms, which nothing reads, may be there.

    unused: keys that are no error either, those of layers that act in training alone.
    """
    counter = ".num_batches_tracked"
    kept = {key: array for key, array in weights.items() if not key.endswith(counter)}
    return check_weights(kept, shapes, tuple(unused))


def is_folded(metadata: Mapping[str, str], net: str, path: str | os.PathLike[str]) -> bool:
    """Tell whether `cnnc compile --weights` wrote a file, so that its batch norms are folded.

    Raises ValueError where it wrote it for another net.
    """
    owner = metadata.get("net", net) if "cnnc" in metadata else net
    if owner != net:
        raise ValueError(f"{path}: these are weights of {owner}, expected those of {net}")
    if metadata.get("cnnc") == "packed":
        raise ValueError(f"{path}: these weights are packed, for the bundle beside them")
    return metadata.get("cnnc") == "folded"
