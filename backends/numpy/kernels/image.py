"""Reading of input: arrays and uncompressed images."""

import os
import re

import numpy as np
from numpy.typing import NDArray

from backends.numpy.kernels.types import Array


def read_input(path: str | os.PathLike[str], channels: int, height: int, width: int) -> Array:
    """Read N x C x H x W from a `.npy` file, or one image from a `.ppm` or `.pgm` file.

    `.npy`: float32, N x C x H x W or C x H x W (then N is 1). `.ppm` (3 channels), `.pgm` (1):
    binary, one byte a value, scaled from 0..255 to 0..1. Raises ValueError for another kind of
    file, and for another size than channels x height x width.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix == ".npy":
        x = read_npy(path)
    elif suffix in (".ppm", ".pgm"):
        x = read_pixels(path)
    else:
        raise ValueError(f"{path}: input is read from .npy, .ppm and .pgm, not {suffix!r}")
    if x.ndim == 3:
        x = x[np.newaxis]
    if x.shape[1:] != (channels, height, width) or x.ndim != 4:
        found = " x ".join(map(str, x.shape[1:]))
        raise ValueError(f"{path}: {found}, expected {channels} x {height} x {width} (C x H x W)")
    return x


def read_npy(path: str | os.PathLike[str]) -> Array:
    """Read a float32 array of any shape from a `.npy` file."""
    with open(path, "rb") as file:
        try:
            x = np.lib.format.read_array(file, allow_pickle=False)
        except (ValueError, EOFError, MemoryError) as error:
            raise ValueError(f"{path}: not a .npy file that can be read: {error}") from error
    if x.dtype != np.float32:
        raise ValueError(f"{path}: holds {x.dtype}, expected float32")
    return x.astype(np.float32, copy=False)


def read_pixels(path: str | os.PathLike[str]) -> Array:
    """Read a binary PPM or PGM image, C x H x W, scaled to 0..1."""
    pixels = read_photograph(path)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1), np.float32) / np.float32(255.0)


def read_photograph(path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """Read a binary PPM or PGM image, bytes, H x W x 3 or 1.

    https://netpbm.sourceforge.net/doc/ppm.html; of the format's depths just maxval 255. Raises
    ValueError for another kind of file.
    """
    with open(path, "rb") as file:
        content = file.read()
    space = rb"(?:\s|#[^\n]*\n)+"
    number = rb"(\d{1,9})"
    header = re.match(rb"P([56])" + (space + number) * 3 + rb"\s", content)
    if header is None:
        raise ValueError(f"{path}: not a binary PPM or PGM image (P6 or P5)")
    kind, width, height, largest = (int(digits) for digits in header.groups())
    if largest != 255:
        raise ValueError(f"{path}: maxval {largest}, expected 255")
    channels = 3 if kind == 6 else 1
    pixels = np.frombuffer(content, np.uint8, offset=header.end())
    if pixels.size < channels * height * width:
        raise ValueError(f"{path}: {width} x {height} pixels are said, but the file ends before")
    return pixels[: channels * height * width].reshape(height, width, channels)
