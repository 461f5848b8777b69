"""Colours, the map over the photograph, contact sheets."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnc.imaging.pictures import enlarged, factor, jet, overlay
from cnnc.imaging.sheets import BETWEEN, GAP, activations_sheet, filters_sheet

cv2 = pytest.importorskip("cv2")  # it comes with grad-cam
data = pytest.importorskip("skimage.data")


def test_colours_are_opencvs() -> None:
    theirs = cv2.applyColorMap(np.arange(256, dtype=np.uint8)[:, None], cv2.COLORMAP_JET)
    difference = np.abs(jet().astype(int) - theirs[:, 0, ::-1].astype(int))
    assert difference.max() <= 2


def test_over_a_photograph_as_the_package_draws_it() -> None:
    package = pytest.importorskip("pytorch_grad_cam.utils.image")
    photograph = data.astronaut()[::2, ::2]
    rows, columns = np.mgrid[0:256, 0:256] / np.float32(255)
    cam = (rows * columns).astype(np.float32)
    theirs = package.show_cam_on_image(photograph / np.float32(255), cam, use_rgb=True)
    ours = overlay(photograph, cam)
    assert ours.shape == photograph.shape and ours.max() == 255
    assert np.abs(ours.astype(int) - theirs.astype(int)).max() <= 3


def test_small_pictures_are_enlarged() -> None:
    sizes = [(28, 28), (20, 100), (223, 2), (224, 224), (3000, 10)]
    assert [factor(each) for each in sizes] == [8, 3, 2, 1, 1]
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert enlarged(pixels, 2).tolist() == [[0, 0, 1, 1, 2, 2]] * 2 + [[3, 3, 4, 4, 5, 5]] * 2


def tile(page: NDArray[np.uint8], row: int, column: int, side: int) -> NDArray[np.uint8]:
    top, left = row * (side + GAP) + GAP, column * (side + GAP) + GAP
    return page[top : top + side, left : left + side]


def test_filters_of_colours() -> None:
    weights = np.random.default_rng(0).standard_normal((10, 3, 7, 7)).astype(np.float32)
    page = filters_sheet(weights)
    side = 49  # 7 times 7, the first multiple from 48 on
    assert page.shape == (3 * (side + GAP) + GAP, 4 * (side + GAP) + GAP, 3)
    unit = (weights / np.abs(weights).max() + 1) * 127.5
    for number in range(10):
        found = tile(page, number // 4, number % 4, side)[3::7, 3::7]
        assert np.abs(found - unit[number].transpose(1, 2, 0)).max() <= 0.5
    assert (tile(page, 2, 2, side) == BETWEEN).all()  # beyond the tenth
    assert (page[:GAP] == BETWEEN).all() and (page[:, -GAP:] == BETWEEN).all()


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_filters_of_other_channels(channels: int) -> None:
    """One of several channels is a row of them."""
    weights = np.random.default_rng(0).standard_normal((6, channels, 3, 3)).astype(np.float32)
    page = filters_sheet(weights)
    columns = 3 if channels == 1 else channels
    rows = 6 * channels // columns
    side = 48
    assert page.shape == (rows * (side + GAP) + GAP, columns * (side + GAP) + GAP, 3)
    unit = ((weights / np.abs(weights).max() + 1) * 127.5).reshape(-1, 3, 3)
    for number in range(6 * channels):
        found = tile(page, number // columns, number % columns, side)[8::16, 8::16]
        assert np.abs(found - unit[number][..., None]).max() <= 0.5


def test_filters_of_zeros_are_grey() -> None:
    assert (tile(filters_sheet(np.zeros((1, 1, 3, 3), np.float32)), 0, 0, 48) == 128).all()


@pytest.mark.parametrize("low", [0.0, -2.0, 1.0])
def test_maps_have_one_scale(low: float) -> None:
    """Black is 0, or the least value where it is below; a map of zeros among others is black."""
    maps = np.random.default_rng(0).uniform(low, 4, (5, 60, 50)).astype(np.float32)
    page = activations_sheet(maps)
    assert page.shape == (2 * 62 + 2, 3 * 52 + 2, 3)
    black = min(maps.min(), 0)
    unit = (maps - black) / (maps.max() - black) * 255
    found = page[GAP : GAP + 60, GAP : GAP + 50]
    assert np.abs(found - unit[0][..., None]).max() <= 0.51


def test_maps_of_zeros_are_black() -> None:
    assert not tile(activations_sheet(np.zeros((1, 7, 7), np.float32)), 0, 0, 49).any()
