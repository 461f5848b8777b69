"""HOG of both backends against `skimage.feature.hog`, on scikit-image's own photographs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import cnnc

data = pytest.importorskip("skimage.data")
feature = pytest.importorskip("skimage.feature")

Image = NDArray[np.float32]

# Of those that come inside the package: colours, greys, text, textures.
PHOTOGRAPHS: dict[str, Callable[[], Any]] = {
    "astronaut": data.astronaut,
    "brick": data.brick,
    "camera": data.camera,
    "cat": data.chelsea,
    "coffee": data.coffee,
    "coins": data.coins,
    "page": data.page,
    "rocket": data.rocket,
    "face": lambda: data.lfw_subset()[0],
}
# Cell, block, bins: the language's own, those of the paper, and bins that diagonals lie between.
ARGUMENTS = ((8, 2, 9), (6, 3, 9), (5, 1, 8), ((4, 9), (3, 1), 12))


def photograph(name: str) -> Image:
    """H x W x C, from 0 to 1."""
    pixels = np.atleast_3d(PHOTOGRAPHS[name]())
    scale = 255 if pixels.dtype == np.uint8 else 1
    return (pixels / scale).astype(np.float32)


def reference(image: Image, cell: Any, block: Any, bins: int) -> Image:
    """scikit-image's own numbers, as the channels of a volume: K x BH x BW."""
    sizes = [size if isinstance(size, tuple) else (size, size) for size in (cell, block)]
    blocks = feature.hog(image, bins, *sizes, channel_axis=2, feature_vector=False)
    result: Image = blocks.reshape(*blocks.shape[:2], -1).transpose(2, 0, 1)
    return result


def described(image: Image, arguments: tuple[Any, Any, int]) -> tuple[Image, Image]:
    """By NumPy and by PyTorch."""
    h, w, c = image.shape
    net = cnnc.loads(f"INPUT(({h}, {w}, {c})) -> HOG{arguments}")
    x = np.ascontiguousarray(image.transpose(2, 0, 1)[np.newaxis])
    with torch.inference_mode():
        theirs = net.build("torch").eval()(torch.from_numpy(x))
    return net.build("numpy")(x)[0], theirs.numpy()[0]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_photograph(name: str, arguments: tuple[Any, Any, int]) -> None:
    """Numbers are 0.2 or so; no vote may go to another bin, which would be a thousandth of it."""
    image = photograph(name)
    expected = reference(image, *arguments)
    for ours in described(image, arguments):
        assert ours.shape == expected.shape
        assert np.abs(ours - expected).max() < 1e-6


def test_images_without_edges_and_on_diagonals() -> None:
    """Every direction is the border of a bin, and channels are as long as one another."""
    flat = np.full((16, 16, 2), 0.5, np.float32)
    slope = np.add.outer(np.arange(16.0), np.arange(16.0)).astype(np.float32)
    diagonal = np.stack((slope, slope[::-1], -slope), axis=2)
    step = np.zeros((16, 16, 1), np.float32)
    step[:, 8:] = 1.0
    for image in (flat, diagonal, step, step.transpose(1, 0, 2), -step):
        for arguments in ((4, 2, 9), (4, 2, 4), (4, 2, 8)):
            expected = reference(image, *arguments)
            for ours in described(image, arguments):
                assert np.abs(ours - expected).max() < 1e-6


def test_the_comparison_can_fail() -> None:
    image = photograph("camera")
    ours, _ = described(image, (8, 2, 9))
    assert np.abs(ours - reference(image.transpose(1, 0, 2), 8, 2, 9)).max() > 0.1
