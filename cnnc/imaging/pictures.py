"""Pictures: a map over a photograph, and PNG files."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from cnnc.imaging.photographs import Floats, Pixels

SMALL = 224  # photographs that are smaller are enlarged, so that they can be looked at


def jet() -> Pixels:
    """256 colours from blue by green to red, as MATLAB and OpenCV have them under this name: each
    of red, green and blue is a trapezoid around 3/4, 1/2 and 1/4."""
    position = np.arange(256)[:, None] / 255
    trapezoids = 1.5 - np.abs(4 * position - np.array([3, 2, 1]))
    colours: Pixels = np.rint(np.clip(trapezoids, 0, 1) * 255).astype(np.uint8)
    return colours


def overlay(photograph: Pixels, cam: Floats) -> Pixels:
    """Half the photograph (H x W x 3) and half the colours of the map (H x W, 0 to 1), made as
    bright as they can be: what Grad-CAM's pictures usually are."""
    colours = jet()[(np.clip(cam, 0, 1) * 255).astype(np.uint8)]
    both = photograph.astype(np.uint32) + colours
    return (both * 255 // max(1, int(both.max()))).astype(np.uint8)


def factor(size: tuple[int, int], least: int = SMALL) -> int:
    """How many times a picture is enlarged for its longer side to be `least` pixels or more."""
    return max(1, -(-least // max(size)))


def enlarged(pixels: Pixels, times: int) -> Pixels:
    """Each pixel as a square of so many rows and columns."""
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def png(pixels: Pixels) -> bytes:
    """Of H x W x 3."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", optimize=True)
    return file.getvalue()
