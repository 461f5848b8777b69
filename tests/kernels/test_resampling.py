"""Photographs are scaled to the same bytes as Pillow's, and prepared as torchvision does it."""

from __future__ import annotations

from typing import Any

import numpy as np
import PIL
import pytest
from PIL import Image

from backends.numpy.kernels.preparing import Preparation, as_channels, prepare_photograph
from backends.numpy.kernels.resampling import Pixels, resample

IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}
# Pillow before 13 scales the rows first whatever the sizes are.
COLUMNS_FIRST = int(PIL.__version__.split(".")[0]) >= 13
PHOTOGRAPHS = ("astronaut", "camera", "chelsea", "coffee", "hubble_deep_field", "retina", "rocket")


def pixels(height: int, width: int, channels: int = 3, seed: int = 0) -> Pixels:
    made = np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)
    return made if seed % 3 else np.where(made > 127, 255, 0).astype(np.uint8)


def pillows(image: Pixels, height: int, width: int) -> Pixels:
    squeezed = image[:, :, 0] if image.shape[2] == 1 else image
    made = Image.fromarray(squeezed).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(made, np.uint8).reshape(height, width, -1)


def is_comparable(height: int, width: int, high: int, wide: int) -> bool:
    return COLUMNS_FIRST or not (height > high and height - high > 2 * (width - wide))


def test_random_sizes() -> None:
    """Up and down by any factor, noise and black and white, one channel and three."""
    sizes = np.random.default_rng(1).integers(1, 300, (400, 4))
    compared = 0
    for seed, (height, width, high, wide) in enumerate(sizes.tolist()):
        if is_comparable(height, width, high, wide):
            image = pixels(height, width, 1 if seed % 4 == 0 else 3, seed)
            assert (resample(image, high, wide) == pillows(image, high, wide)).all()
            compared += 1
    assert compared > 200


@pytest.mark.parametrize(
    ("size", "scaled"),
    [
        ((1, 1), (5, 7)),
        ((5, 7), (1, 1)),
        ((1, 300), (1, 2)),
        ((300, 1), (2, 1)),
        ((224, 224), (224, 224)),
        ((224, 300), (224, 299)),
        ((300, 224), (299, 224)),
        ((200, 60), (159, 40)),  # the columns first
        ((200, 60), (160, 40)),  # the rows first: 40 less are not more than twice 20
        ((2000, 500), (1024, 256)),
        ((3000, 4000), (256, 341)),
    ],
)
def test_sizes(size: tuple[int, int], scaled: tuple[int, int]) -> None:
    if not is_comparable(*size, *scaled):
        pytest.skip("this Pillow scales the rows first")
    image = pixels(*size, seed=2)
    assert (resample(image, *scaled) == pillows(image, *scaled)).all()


def photograph(name: str) -> Any:
    from skimage import data  # slow to import

    return getattr(data, name)()


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_the_same_as_torchvision(name: str) -> None:
    """Bit for bit, what the weights of torchvision were trained with."""
    transforms = pytest.importorskip("torchvision.transforms")
    image = photograph(name)
    theirs = transforms.Compose(
        [
            transforms.Resize(256),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize(IMAGENET["mean"], IMAGENET["std"]),
        ]
    )(Image.fromarray(image).convert("RGB"))
    ours = prepare_photograph(image, Preparation(3, (256,), (224, 224), **IMAGENET))
    assert ours.shape == (1, 3, 224, 224) and ours.dtype == np.float32
    assert (ours[0] == theirs.numpy()).all()


@pytest.mark.parametrize("size", [(261, 256), (256, 259), (300, 701), (256, 256)])
@pytest.mark.parametrize("crop", [(224, 224), (225, 191)])
def test_odd_middles(size: tuple[int, int], crop: tuple[int, int]) -> None:
    transforms = pytest.importorskip("torchvision.transforms")
    image = pixels(*size, seed=4)
    steps = [transforms.Resize(256), transforms.CenterCrop(crop), transforms.ToTensor()]
    theirs = transforms.Compose(steps)(Image.fromarray(image)).numpy()
    assert (prepare_photograph(image, Preparation(3, (256,), crop))[0] == theirs).all()


def test_channels() -> None:
    """As Pillow's `convert`: grey of colours, colours of grey; how opaque it is is left out."""
    image = pixels(40, 50, 3, seed=1)
    grey = np.asarray(Image.fromarray(image).convert("L"))
    assert (as_channels(image, 1)[:, :, 0] == grey).all()
    assert (as_channels(grey, 1)[:, :, 0] == grey).all()
    assert (as_channels(grey, 3) == grey[:, :, np.newaxis]).all()
    assert (as_channels(grey[:, :, np.newaxis], 3) == grey[:, :, np.newaxis]).all()
    clear = np.concatenate([image, pixels(40, 50, 1, seed=5)], axis=2)
    assert (as_channels(clear, 3) == image).all()
    every = np.arange(256, dtype=np.uint8)
    cube = np.stack(np.meshgrid(every, every[::5], every[::7]), axis=-1).reshape(256, -1, 3)
    assert (as_channels(cube, 1)[:, :, 0] == np.asarray(Image.fromarray(cube).convert("L"))).all()


@pytest.mark.parametrize(
    ("image", "told"),
    [
        (np.zeros((4, 4, 3), np.float32), "float32, 4 x 4 x 3"),
        (np.zeros((4, 4, 2), np.uint8), "uint8, 4 x 4 x 2"),
        (np.zeros((1, 4, 4, 3), np.uint8), "uint8, 1 x 4 x 4 x 3"),
        (np.zeros((0, 4, 3), np.uint8), "uint8, 0 x 4 x 3"),
        ([[1, 2]], "list, 1 x 2"),
        (None, "NoneType, a single value"),
    ],
)
def test_what_is_no_photograph(image: Any, told: str) -> None:
    with pytest.raises(ValueError, match=f"the photograph is {told}; expected a NumPy array of"):
        prepare_photograph(image, Preparation(3))


def test_a_small_one_has_no_middle() -> None:
    how = Preparation(3, crop=(224, 224))
    with pytest.raises(ValueError, match="is 100 x 300, and 224 x 224 are taken"):
        prepare_photograph(pixels(100, 300), how)
