"""What the tests of kernels share: seeded arrays, and what agreement means."""

from typing import Any

import numpy as np

from backends.numpy.kernels.types import Array


def noise(*shape: int, seed: int = 0) -> Array:
    """Normal values, the same for the same shape and seed."""
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def agree(ours: Array, theirs: Any, tolerance: float = 1e-5) -> None:
    """Assert the same shape, float32, and a difference small beside the largest expected value."""
    expected = np.asarray(theirs)
    assert ours.dtype == np.float32
    assert ours.shape == expected.shape
    np.testing.assert_allclose(ours, expected, rtol=0, atol=tolerance * np.abs(expected).max())
