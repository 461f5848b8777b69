"""Photographs made into the input of a net."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backends.numpy.kernels.resampling import Pixels, resample
from backends.numpy.kernels.types import Array

# Red, green and blue in grey, in 65,536ths, as Pillow has them (ITU-R 601).
GREY = (19595, 38470, 7471)


class Preparation(NamedTuple):
    """What is done to a photograph for a net of 1 or 3 channels, in this order.

    resize: nothing, the length of its shorter side, or its height and width; crop: height and width
    of what is taken from its middle; then bytes become 0 to 1, mean is taken off and the rest
    divided by std, a number for each channel or one for all.
    """

    channels: int
    resize: tuple[int, ...] = ()
    crop: tuple[int, ...] = ()
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)


def prepare_photograph(image: NDArray[Any], how: Preparation) -> Array:
    """Give 1 x C x H x W, as torchvision's Resize, CenterCrop, ToTensor and Normalize do.

    image: bytes, H x W, or H x W x 1, 3 or 4 (the fourth, how opaque a pixel is, is left out).
    Colours become grey for a net of one channel, grey the same in all three. Raises ValueError for
    anything else, and for one that is smaller than what is taken from its middle.
    """
    pixels = as_channels(image, how.channels)
    if how.resize:
        pixels = resample(pixels, *scaled_size(pixels.shape[:2], how.resize))
    if how.crop:
        pixels = middle_of(pixels, how.crop)
    values = pixels.transpose(2, 0, 1).astype(np.float32) / np.float32(255)
    mean, std = (np.array(each, np.float32).reshape(-1, 1, 1) for each in (how.mean, how.std))
    return np.ascontiguousarray(((values - mean) / std)[np.newaxis])


def as_channels(image: NDArray[Any], channels: int) -> Pixels:
    """Give height x width x channels. Raises ValueError for what is no photograph."""
    shape = np.shape(image)
    fits = len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 3, 4))
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or not fits or not image.size:
        found = " x ".join(map(str, shape)) or "a single value"
        kind = getattr(image, "dtype", type(image).__name__)
        wanted = "a NumPy array of bytes (uint8), H x W, or H x W x 1, 3 or 4"
        raise ValueError(f"the photograph is {kind}, {found}; expected {wanted}")
    pixels: Pixels = image.reshape(*shape[:2], -1)
    if pixels.shape[2] == 1:
        return np.repeat(pixels, channels, axis=2)
    if channels == 3:
        return pixels[:, :, :3]
    sums: NDArray[np.int64] = pixels[:, :, :3] @ np.array(GREY)
    return ((sums + (1 << 15)) >> 16).astype(np.uint8)[:, :, np.newaxis]


def scaled_size(size: tuple[int, ...], resize: tuple[int, ...]) -> tuple[int, ...]:
    """Give height and width; of one length, those that keep the proportions, rounded down."""
    if len(resize) == 2:
        return resize
    short = min(size)
    return tuple(int(resize[0] * each / short) if each != short else resize[0] for each in size)


def middle_of(pixels: Pixels, size: tuple[int, ...]) -> Pixels:
    """Cut height x width from the middle; of an odd rest half a pixel is rounded as `round` does.

    Raises ValueError where there is less than that.
    """
    (high, wide), (height, width) = pixels.shape[:2], size
    if high < height or wide < width:
        raise ValueError(
            f"the photograph is {high} x {wide}, and {height} x {width} are taken from its middle"
        )
    top, left = round((high - height) / 2), round((wide - width) / 2)
    return pixels[top : top + height, left : left + width]
