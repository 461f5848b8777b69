"""Filters of 3x3 as Winograd's algorithm takes them."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from backends.numpy.kernels.types import Array

# Of the filters, the values and the results, by the outputs of a square (Lavin and Gray, "Fast
# Algorithms for Convolutional Neural Networks", 2015).
FILTERS = {
    2: ((1, 0, 0), (1 / 2, 1 / 2, 1 / 2), (1 / 2, -1 / 2, 1 / 2), (0, 0, 1)),
    4: (
        (1 / 4, 0, 0),
        (-1 / 6, -1 / 6, -1 / 6),
        (-1 / 6, 1 / 6, -1 / 6),
        (1 / 24, 1 / 12, 1 / 6),
        (1 / 24, -1 / 12, 1 / 6),
        (0, 0, 1),
    ),
}
VALUES = {
    2: ((1, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, 1, 0, -1)),
    4: (
        (4, 0, -5, 0, 1, 0),
        (0, -4, -4, 1, 1, 0),
        (0, 4, -4, -1, 1, 0),
        (0, -2, -1, 2, 1, 0),
        (0, 2, -1, -2, 1, 0),
        (0, 4, 0, -5, 0, 1),
    ),
}
COMBINATIONS = {
    2: ((1, 1, 1, 0), (0, 1, -1, -1)),
    4: ((1, 1, 1, 1, 1, 0), (0, 1, -1, 2, -2, 0), (0, 1, 1, 4, 4, 0), (0, 1, -1, 8, -8, 1)),
}
FILTERS_ASKED = 32  # by winograd_error


@dataclass(frozen=True, slots=True)
class SquareBlocks:
    """The order of filters that squares are multiplied by: places x O/block x I x block.

    What the transformed filters were made of cannot be had again.
    """

    square: int
    block: int

    def pack(self, weight: Array) -> Array:
        """O x I x 3 x 3, or filters of O x I that are transformed already, in this order."""
        transformed = weight.shape[2] == self.square + 2
        filters = weight if transformed else transform_filters(weight, self.square)
        outputs, inputs = filters.shape[:2]
        cut = filters.reshape(outputs // self.block, self.block, inputs, -1)
        return np.ascontiguousarray(cut.transpose(3, 0, 2, 1))

    def unpack(self, packed: Array, shape: tuple[int, ...]) -> Array:
        """The transformed filters, O x I x (square + 2) x (square + 2)."""
        side = self.square + 2
        return packed.transpose(1, 3, 2, 0).reshape(*shape[:2], side, side)


def transform_filters(weight: Array, square: int) -> Array:
    """O x I x 3 x 3 as O x I x (square + 2) x (square + 2), computed in float64."""
    matrix: NDArray[np.float64] = np.array(FILTERS[square])
    half = np.tensordot(weight.astype(np.float64), matrix, (2, 1))  # O I 3 n
    return np.tensordot(half, matrix, (2, 1)).astype(np.float32)


def winograd_error(weight: Array, square: int) -> float:
    """What squares lose of the largest result, measured on a few beside sums in float64.

    Half of them are of noise, half of values that differ by a thousandth: of these, filters that
    take differences leave little, and what the transforms round away is much of it. Infinite where
    a value does not fit into float32. Of many filters the largest are asked.
    """
    sizes = np.abs(weight).sum(axis=(1, 2, 3), dtype=np.float64)
    filters = weight[np.argsort(sizes)[-FILTERS_ASKED:]]
    noise = np.random.default_rng(0).standard_normal((8, weight.shape[1], square + 2, square + 2))
    noise[:4] = np.abs(noise[:4])
    noise[4:] = 1 + noise[4:] / 1000
    values = noise.astype(np.float32)
    seen = sliding_window_view(values.astype(np.float64), (3, 3), axis=(2, 3))
    right = np.tensordot(seen, filters.astype(np.float64), ((1, 4, 5), (1, 2, 3)))
    with np.errstate(all="ignore"):
        lost = np.abs(in_squares(values, filters, square) - right)
    worst = [
        each.max() / (np.abs(exact).max() or 1.0)
        for each, exact in ((lost[:4], right[:4]), (lost[4:], right[4:]))
    ]
    return float(np.nan_to_num(max(worst), nan=np.inf))


def in_squares(values: Array, weight: Array, square: int) -> Array:
    """N x I x (square + 2) x (square + 2) convolved: N x square x square x O, in float32."""
    turn: Array = np.array(VALUES[square], np.float32)
    combine: Array = np.array(COMBINATIONS[square], np.float32)
    turned = turn @ values @ turn.T
    filters = transform_filters(weight, square).transpose(2, 3, 1, 0)
    made = (turned.transpose(2, 3, 0, 1) @ filters).transpose(2, 3, 0, 1)
    results: Array = np.matmul(np.matmul(combine, made), combine.T)
    return results.transpose(0, 2, 3, 1)
