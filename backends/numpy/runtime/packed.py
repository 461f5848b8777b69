"""Weights in the orders in which layers read them, as a file says them."""

import json
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.numpy.kernels.fast.columns import ColumnBlocks
from backends.numpy.kernels.fast.dense import PixelOrder
from backends.numpy.kernels.fast.depthwise import TapOrder
from backends.numpy.kernels.fast.transforms import SquareBlocks
from backends.numpy.runtime.store import Order, Piece, Store

ORDERS: dict[str, type[Order]] = {
    "ColumnBlocks": ColumnBlocks,
    "PixelOrder": PixelOrder,
    "SquareBlocks": SquareBlocks,
    "TapOrder": TapOrder,
}


def packed_store(
    arrays: Mapping[str, NDArray[Any]],
    metadata: Mapping[str, str],
    net: str,
    path: str | os.PathLike[str],
) -> Store:
    """The store that `cnnc compile --bundle` wrote: arrays, and under "packed" what they are.

    Nothing is copied. Raises ValueError for one of another net, or that does not fit together.
    """
    if metadata.get("net") != net:
        raise ValueError(f"{path}: these are weights of {metadata.get('net')}, expected {net}'s")
    try:
        told = json.loads(metadata["packed"])
        store = told_store(told, arrays)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise ValueError(f"{path}: its packed weights do not fit together: {reason}") from error
    return store


def told_store(told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Store:
    """A store of the pieces that are told, and of the groups of its layers."""
    store = Store({})
    store.shapes = {key: tuple(map(int, shape)) for key, shape in told["shapes"].items()}
    for key, pieces in told["held"].items():
        made = [told_piece(each, arrays) for each in pieces]
        check_pieces(key, store.shapes[key], made)
        store.held[key] = made
    store.facts = {(key, about): float(value) for key, about, value in told["facts"]}
    store.groups = {
        path: [told_store(each, arrays) for each in parts] for path, parts in told["groups"].items()
    }
    store.forget()
    return store


def check_pieces(key: str, shape: tuple[int, ...], pieces: list[Piece]) -> None:
    """Raise ValueError unless pieces are all of an array's outputs, one after the other."""
    ends = [0, *(piece.outputs[1] for piece in pieces)]
    if [piece.outputs[0] for piece in pieces] != ends[:-1] or ends[-1] != shape[0]:
        raise ValueError(f"{key}: its pieces are not its {shape[0]} outputs")
    for (first, last), order, array in pieces:
        each = math.prod(shape[1:])
        if isinstance(order, SquareBlocks):
            each = shape[1] * (order.square + 2) ** 2
        if array.size != (last - first) * each:
            raise ValueError(f"{key}: {array.size} values for outputs {first} to {last} of {shape}")


def told_piece(told: Sequence[Any], arrays: Mapping[str, NDArray[Any]]) -> Piece:
    """told: the first output and the end, the order with its numbers or None, the array's name."""
    first, last, order, name = told
    array = arrays[name]
    if array.dtype != np.float32:
        raise ValueError(f"{name}: holds {array.dtype}, expected float32")
    return Piece((int(first), int(last)), ORDERS[order[0]](*order[1:]) if order else None, array)


def check_packed(weights: Mapping[str, NDArray[Any]], exact: bool, tune: bool) -> None:
    """Raise ValueError where what is asked for needs weights as they were before packing."""
    if isinstance(weights, Store) and (exact or tune):
        asked = "exact" if exact else "tune"
        raise ValueError(f"{asked}=True: these weights are packed; bundle them with --unpacked")
