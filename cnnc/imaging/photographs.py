"""Photographs: PNG, JPEG, PPM, and arrays of NumPy, as a network takes them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from cnnc.imaging.refusal import unfit, unread
from cnnc.weights.arrays import npy
from dsl.diagnostics import CnnError

FORMATS = ("PNG", "JPEG", "PPM")
ORIENTATION = 0x0112  # the tag of EXIF
LARGEST = 2**30  # bytes of an array that is called an image

Floats: TypeAlias = NDArray[np.float32]
Pixels: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Photograph:
    """`values`: C x H x W, as the network takes them but for mean and deviation. `shown`: H x W x
    3, as it is drawn, in its own size. `notes`: what was done to it, in words. `is_bytes`: values
    are pixels of 0 to 255, divided by 255."""

    values: Floats
    shown: Pixels
    notes: tuple[str, ...]
    is_bytes: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Its own height and width."""
        return self.shown.shape[0], self.shown.shape[1]

    def resized(self, size: tuple[int, int]) -> Photograph:
        """With values of another height and width, by Pillow's bilinear filter; of bytes into
        bytes, as torchvision resizes photographs."""
        if self.values.shape[1:] == size:
            return self
        was = f"{self.size[0]}x{self.size[1]}"
        note = f"resized from {was} to {size[0]}x{size[1]}, bilinear"
        if self.size[0] * size[1] != self.size[1] * size[0]:
            note += ", which changes its proportions"
        planes = np.rint(self.values * 255).astype(np.uint8) if self.is_bytes else self.values
        scaled = np.stack([_scaled(each, size) for each in planes])
        values = _unit(scaled) if self.is_bytes else scaled
        return replace(self, values=values, notes=(*self.notes, note))


def _scaled(channel: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    return np.asarray(Image.fromarray(channel).resize(size[::-1], Image.Resampling.BILINEAR))


def _unit(pixels: NDArray[np.uint8]) -> Floats:
    return pixels.astype(np.float32) / np.float32(255)


def read_photograph(path: Path, channels: int) -> Photograph:
    """For a network of so many channels. Pixels become 0 to 1, arrays are taken as they are.

    Raises CnnError E0830 where the file cannot be read, and E0831 where the channels do not fit.
    """
    if path.suffix.lower() == ".npy":
        return _array(path, channels)
    if channels not in (1, 3):
        title = f"the network takes {channels} channels, and a photograph has 1 or 3"
        raise unfit(path, title, f"give it as .npy: float32, {channels} x height x width")
    image, notes = _opened(path)
    colour = image.mode.rstrip("A")
    if colour.startswith("I"):
        values = np.asarray(image, np.float32)[None].repeat(channels, axis=0) / np.float32(65535)
        shown = np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)[[0, 0, 0]].transpose(1, 2, 0)
        return Photograph(values, shown, (*notes, "16 bits a pixel, as 0 to 1"))
    if colour != image.mode or "transparency" in image.info:
        notes += ("its transparency is left out",)
        image = image.convert("RGBA")
    grey = colour in ("1", "L")
    if channels == 1 and not grey:
        notes += ("made grey: 0.299 red + 0.587 green + 0.114 blue",)
    if channels == 3 and grey:
        notes += ("grey: the same in all 3 channels",)
    coloured = image.convert("RGB")
    shown = np.asarray(coloured, np.uint8)
    planes = np.asarray(coloured.convert("L"))[None] if channels == 1 else shown.transpose(2, 0, 1)
    notes += ("pixels of 0 to 255 as 0 to 1",)
    return Photograph(_unit(planes), shown, notes, is_bytes=True)


def _opened(path: Path) -> tuple[Image.Image, tuple[str, ...]]:
    """Decoded, and turned as the camera says."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                image.load()
                turned = image.getexif().get(ORIENTATION, 1) != 1
                upright = ImageOps.exif_transpose(image)
    except UnidentifiedImageError:
        raise unread(path, "it is no PNG, JPEG or PPM", "save it as PNG, or as .npy") from None
    except Exception as error:  # decoders raise many kinds for a damaged file
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise unread(path, reason or type(error).__name__) from None
    return upright, ("turned upright, as its EXIF data say",) if turned else ()


def _array(path: Path, channels: int) -> Photograph:
    try:
        if path.stat().st_size > LARGEST:
            raise unread(path, f"it has more than {LARGEST:,} bytes")
        array = npy(path.read_bytes(), path, "the array")
    except OSError as error:
        raise unread(path, error.strerror or str(error)) from None
    except CnnError as error:
        if error.diagnostics[0].code == "E0830":
            raise
        reason = error.diagnostics[0].title.removeprefix("cannot read these weights: ")
        raise unread(path, reason) from None
    if array.dtype.kind != "f":
        mend = "an array is taken as it is: save float32; pixels divided by 255 as a PNG is"
        raise unfit(path, f"it holds {array.dtype}, and the network takes float32", mend)
    if array.ndim == 4 and len(array) == 1:
        array = array[0]
    if array.ndim != 3 or array.shape[0] != channels or 0 in array.shape:
        found = " x ".join(map(str, array.shape)) or "a single number"
        wanted = f"{channels} x height x width"
        raise unfit(path, f"the array is {found}; the network takes {wanted}")
    values = np.ascontiguousarray(array, np.float32)
    if not np.isfinite(values).all():
        raise unfit(path, "some of its values are not finite")
    return Photograph(values, _seen(values), ("an array, taken as it is",))


def _seen(values: Floats) -> Pixels:
    """Any three channels as colours, the mean of another number of them as grey."""
    planes = values if len(values) == 3 else values.mean(axis=0, keepdims=True)
    low, high = planes.min(), planes.max()
    unit = (planes - low) / (high - low) if high > low else np.zeros_like(planes)
    pixels = np.rint(unit * 255).astype(np.uint8)
    return np.broadcast_to(pixels, (3, *pixels.shape[1:])).transpose(1, 2, 0)
