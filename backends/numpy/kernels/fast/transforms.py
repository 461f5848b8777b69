"""Filters of 3x3 as Winograd's algorithm takes them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backends.numpy.kernels.types import Array

# Of the filters, and of the results, by the outputs of a square (Lavin and Gray, "Fast Algorithms
# for Convolutional Neural Networks", 2015).
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
COMBINATIONS = {
    2: ((1, 1, 1, 0), (0, 1, -1, -1)),
    4: ((1, 1, 1, 1, 1, 0), (0, 1, -1, 2, -2, 0), (0, 1, 1, 4, 4, 0), (0, 1, -1, 8, -8, 1)),
}


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
    """The largest part of the results that transformed filters in float32 lose, from the filters.

    Filters whose transforms cancel have a large one; the layer then takes another algorithm.
    """
    transform = np.abs(np.array(FILTERS[square]))
    bound = np.abs(np.array(COMBINATIONS[square])).sum(1).max() ** 2
    norms = np.abs(weight).sum(axis=(1, 2, 3)).max() or 1.0
    half = np.tensordot(np.abs(weight).astype(np.float64), transform, (2, 1))
    whole = np.tensordot(half, transform, (2, 1)).sum(axis=1).max()
    return float(np.finfo(np.float32).eps * bound * whole / norms)
