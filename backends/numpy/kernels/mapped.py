"""Weights that stay in their file, or in the source, and are read where a layer needs them."""

import base64
import io
import mmap
import os
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from backends.numpy.kernels.safetensors import (
    SAFETENSORS_TYPES,
    read_safetensors_header,
    safetensors_spans,
    safetensors_values,
)
from backends.numpy.kernels.weights import read_weights


def map_weights(path: str | os.PathLike[str]) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Like read_weights; but of a `.safetensors` file just the header is read.

    The arrays are views of the file, mapped into memory, which cannot be written: the system reads
    a page when it is first looked at, and processes share it.
    """
    if os.path.splitext(path)[1].lower() != ".safetensors":
        return read_weights(path)
    with open(path, "rb") as file:
        if not file.read(1):
            raise ValueError(f"{path}: not a safetensors file: it is empty")
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return safetensors_views(file, content, path)


def weights_inside(text: str, name: str) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The arrays and metadata of a `.safetensors` file in base64, views that cannot be written."""
    content = base64.b64decode(text)
    return safetensors_views(io.BytesIO(content), content, name)


def safetensors_views(
    file: BinaryIO, content: bytes | mmap.mmap, path: str | os.PathLike[str]
) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Views of a `.safetensors` file's bytes; what is not aligned there, or no float32, is copied.

    Raises ValueError as read_safetensors does.
    """
    header, start, room = read_safetensors_header(file, path)
    metadata, spans = safetensors_spans(header, room, path)
    arrays: dict[str, NDArray[Any]] = {}
    for key, (first, last) in spans.items():
        kind = np.dtype(SAFETENSORS_TYPES[header[key]["dtype"]])
        number = (last - first) // kind.itemsize
        array: NDArray[Any] = np.zeros(0, kind)
        if number:
            array = np.frombuffer(content, kind, number, start + first)
        arrays[key] = safetensors_values(np.require(array, requirements="A"), header[key])
    return arrays, metadata
