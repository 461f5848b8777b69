"""Shuffles, padding, cropping and upsampling against PyTorch."""

import numpy as np
import pytest

from backends.numpy.kernels.arrangement import (
    channel_shuffle,
    crop,
    pad_border,
    pixel_shuffle,
    upsample_bilinear,
    upsample_nearest,
)
from tests.kernels.compare import agree, noise

torch = pytest.importorskip("torch")
functional = torch.nn.functional


@pytest.mark.parametrize("groups", [1, 2, 3, 4, 12])
def test_channel_shuffle(groups: int) -> None:
    x = noise(2, 12, 3, 5)
    agree(channel_shuffle(x, groups), torch.channel_shuffle(torch.from_numpy(x), groups))


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_pixel_shuffle(factor: int) -> None:
    x = noise(2, 36, 3, 5)
    agree(pixel_shuffle(x, factor), functional.pixel_shuffle(torch.from_numpy(x), factor))


@pytest.mark.parametrize("sides", [(0, 0, 0, 0), (1, 2, 0, 3), (3, 0, 4, 4), (0, 3, 0, 0)])
@pytest.mark.parametrize("mode", ["reflect", "replicate"])
def test_pad_border(sides: tuple[int, int, int, int], mode: str) -> None:
    x = noise(2, 3, 4, 5)
    top, bottom, left, right = sides
    theirs = functional.pad(torch.from_numpy(x), (left, right, top, bottom), mode=mode)
    agree(pad_border(x, sides, mode), theirs)


@pytest.mark.parametrize("sides", [(4, 0, 0, 0), (0, 4, 0, 0), (0, 0, 5, 0), (0, 0, 0, 9)])
def test_what_is_too_small_is_not_mirrored(sides: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="4x5 cannot be reflected"):
        pad_border(noise(2, 3, 4, 5), sides, "reflect")


@pytest.mark.parametrize("sides", [(0, 0, 0, 0), (1, 2, 0, 3), (3, 0, 4, 0), (0, 3, 2, 2)])
def test_crop(sides: tuple[int, int, int, int]) -> None:
    x = noise(2, 3, 4, 5)
    top, bottom, left, right = (-side for side in sides)
    agree(crop(x, sides), functional.pad(torch.from_numpy(x), (left, right, top, bottom)))
    assert np.shares_memory(crop(x, sides), x)


@pytest.mark.parametrize("sides", [(2, 2, 0, 0), (0, 0, 5, 0), (4, 4, 4, 4)])
def test_nothing_is_left(sides: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="nothing is left of maps of 4x5"):
        crop(noise(2, 3, 4, 5), sides)


FACTORS = [(1, 1), (2, 2), (1, 3), (4, 1), (5, 7), (11, 13), (16, 2)]


@pytest.mark.parametrize("maps", [(1, 1), (1, 6), (4, 5), (7, 3)])
@pytest.mark.parametrize("factor", FACTORS)
def test_upsample(factor: tuple[int, int], maps: tuple[int, int]) -> None:
    x = noise(2, 3, *maps)
    given = torch.from_numpy(x)
    theirs = functional.interpolate(given, scale_factor=factor, mode="nearest")
    np.testing.assert_array_equal(upsample_nearest(x, factor), theirs)
    theirs = functional.interpolate(given, scale_factor=factor, mode="bilinear")
    agree(upsample_bilinear(x, factor), theirs)
