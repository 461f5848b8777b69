"""`.npz` and `.safetensors`: flat dictionaries of arrays."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import numpy as np

from backends.numpy.kernels.safetensors import read_safetensors, read_safetensors_header
from cnnc.weights.archive import member, opened
from cnnc.weights.stored import Array, Stored, damaged, plain_part, refused


def read_safetensors_file(path: Path) -> Stored:
    """Raises CnnError E0501, E0901."""
    try:
        arrays, metadata = read_safetensors(path)
        with open(path, "rb") as file:
            header, _, _ = read_safetensors_header(file, path)
    except OSError as error:
        raise refused("E0501", path, f"cannot read weights: {error.strerror}") from None
    except ValueError as error:
        raise damaged(path, str(error).removeprefix(f"{path}: ")) from None
    parts = tuple(plain_part(key, arrays[key], header[key]["dtype"]) for key in arrays)
    return Stored(path, "safetensors", parts, metadata=metadata)


def read_npz(path: Path) -> Stored:
    """Nothing that it holds is unpickled. Raises CnnError E0501, E0901, E0903."""
    with opened(path) as archive:
        names = [each.filename for each in archive.infolist()]
        arrays = {
            name.removesuffix(".npy"): npy(member(archive, name, path), path, name)
            for name in names
        }
    metadata = _metadata(arrays.pop("__metadata__", None), path)
    parts = tuple(plain_part(key, array) for key, array in arrays.items())
    return Stored(path, "npz", parts, metadata=metadata)


def _metadata(array: Array | None, path: Path) -> dict[str, str]:
    if array is None:
        return {}
    try:
        found = json.loads(str(array))
    except (ValueError, RecursionError):
        raise damaged(path, "not JSON", "__metadata__") from None
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise damaged(path, "does not map strings to strings", "__metadata__")
    return found


def npy(data: bytes, path: Path, key: str) -> Array:
    """The array of an `.npy` file, whose header is believed only as far as there are bytes."""
    file = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(file)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }.get(version)
        if read is None:
            raise ValueError(f"version {version} of .npy")
        shape, fortran, dtype = read(file)
    except Exception as error:  # the header is a literal of Python, read by NumPy
        raise damaged(path, f"not an .npy file: {error}", key) from None
    if dtype.hasobject:
        raise refused("E0902", path, f"{key}: holds pickled Python objects")
    room = len(data) - file.tell()
    needed = math.prod(shape) * dtype.itemsize
    if needed != room or any(type(size) is not int or size < 0 for size in shape):
        raise damaged(path, f"{dtype} {shape} takes {needed:,} bytes, and there are {room:,}", key)
    flat = np.frombuffer(data, dtype, offset=file.tell())
    return flat.reshape(shape, order="F" if fortran else "C")
