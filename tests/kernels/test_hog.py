"""Histograms of oriented gradients against scikit-image; its photographs are in conformance."""

from typing import Any

import numpy as np
import pytest

from backends.numpy.kernels.hog import cell_histograms, hog, strongest_gradient
from tests.kernels.compare import agree, noise

feature = pytest.importorskip("skimage.feature")


@pytest.mark.parametrize("shape", [(1, 1, 16, 19), (2, 3, 21, 18), (1, 2, 5, 33)])
@pytest.mark.parametrize("cell", [(1, 1), (2, 2), (5, 3), (4, 6)])
@pytest.mark.parametrize("block", [(1, 1), (1, 3)])
@pytest.mark.parametrize("bins", [1, 4, 9, 18])
def test_hog(shape: Any, cell: tuple[int, int], block: tuple[int, int], bins: int) -> None:
    x = noise(*shape)
    options: dict[str, Any] = {"channel_axis": 0, "feature_vector": False}
    made = [feature.hog(image, bins, cell, block, **options) for image in x]
    blocks = np.stack(made).astype(np.float32)
    theirs = blocks.reshape(*blocks.shape[:3], -1).transpose(0, 3, 1, 2)
    agree(hog(x, cell=cell, block=block, bins=bins), theirs)


def test_too_small() -> None:
    with pytest.raises(ValueError):
        hog(noise(1, 1, 15, 64), cell=(8, 8), block=(2, 2), bins=9)


def test_the_strongest_channel_wins_and_the_first_of_equals() -> None:
    x = np.zeros((1, 3, 3, 3), np.float32)
    x[0, 1, :, 2] = 2.0  # along 2
    x[0, 2, 2, :] = 2.0  # down 2, as long
    down, along = strongest_gradient(x)
    assert (down[0, 1, 1], along[0, 1, 1]) == (0.0, 2.0)


def test_directions_are_those_of_edges() -> None:
    """By hand: a gradient along rows only is at 90 degrees, one along columns at 0 or 180."""
    down, along = np.ones((1, 2, 2), np.float32), np.zeros((1, 2, 2), np.float32)
    assert cell_histograms(down, along, (2, 2), 4)[0, :, 0, 0].tolist() == [0, 0, 1, 0]
    assert cell_histograms(along, -down, (2, 2), 4)[0, :, 0, 0].tolist() == [1, 0, 0, 0]
    assert cell_histograms(down, down, (2, 2), 4)[0, 1, 0, 0] == pytest.approx(2**0.5)
