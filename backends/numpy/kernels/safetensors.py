"""Reading of `.safetensors` files, which believes nothing that their header says."""

import json
import math
import os
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

SAFETENSORS_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8"}
SAFETENSORS_HEADER_BYTES = 100_000_000


def read_safetensors(
    path: str | os.PathLike[str],
) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Read the arrays and the metadata of a `.safetensors` file.

    Floats of any width become float32; I64 stays int64. The format: 8 bytes with the length of
    the header (little-endian), the header in JSON, then the arrays one after the other without a
    gap (https://github.com/huggingface/safetensors). Raises ValueError, with the file and the
    key, for a header that is not so.
    """
    with open(path, "rb") as file:
        header, start, room = read_safetensors_header(file, path)
        metadata, spans = safetensors_spans(header, room, path)
        arrays: dict[str, NDArray[Any]] = {}
        for key, (first, last) in spans.items():
            kind = np.dtype(SAFETENSORS_TYPES[header[key]["dtype"]])
            file.seek(start + first)
            array = np.fromfile(file, kind, (last - first) // kind.itemsize)
            arrays[key] = safetensors_values(array, header[key])
    return arrays, metadata


def safetensors_values(array: NDArray[Any], entry: Mapping[str, Any]) -> NDArray[Any]:
    """Give an array the shape that its entry in the header says, in float32 or int64."""
    if entry["dtype"] == "BF16":
        array = (array.astype(np.uint32) << 16).view(np.float32)
    target = np.float32 if array.dtype.kind == "f" else np.int64
    with np.errstate(over="ignore"):  # what float32 cannot hold is infinite
        return array.astype(target, copy=False).reshape(entry["shape"])


def safetensors_spans(
    header: dict[str, Any], room: int, path: str | os.PathLike[str]
) -> tuple[dict[str, str], dict[str, tuple[int, int]]]:
    """Take the metadata out of a header, and check the first byte and the end of each array."""
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(
        isinstance(value, str) for value in metadata.values()
    ):
        raise ValueError(f"{path}: __metadata__ does not map strings to strings")
    spans = {key: safetensors_span(path, key, entry) for key, entry in header.items()}
    end = 0
    for key, (first, last) in sorted(spans.items(), key=lambda item: item[1]):
        if first != end or last > room:
            raise ValueError(
                f"{path}: {key}: its data is said to be bytes {first} to {last}, but it should "
                f"begin at {end} and end by {room}"
            )
        end = last
    if end != room:
        raise ValueError(f"{path}: {room - end} bytes after the last array belong to no key")
    return metadata, spans


def read_safetensors_header(
    file: BinaryIO, path: str | os.PathLike[str]
) -> tuple[dict[str, Any], int, int]:
    """Read the header, where the data starts and how many bytes of data there are."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if length > min(size - 8, SAFETENSORS_HEADER_BYTES):
        raise ValueError(f"{path}: not a safetensors file: a header of {length} bytes cannot be")
    try:
        header = json.loads(file.read(length).decode(), object_pairs_hook=unique_pairs)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: the safetensors header is not JSON: {error}") from None
    if not isinstance(header, dict):
        raise ValueError(f"{path}: the safetensors header is not a JSON object")
    return header, 8 + length, size - 8 - length


def unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make the dict of a JSON object, which may not say a key twice."""
    result = dict(pairs)
    if len(result) != len(pairs):
        names = sorted(name for name, _ in pairs)
        twice = next(name for at, name in enumerate(names[1:]) if name == names[at])
        raise ValueError(f"{twice}: said twice")
    return result


def safetensors_span(path: str | os.PathLike[str], key: str, entry: Any) -> tuple[int, int]:
    """Check what the header says of one array; give the first byte of its data and the end."""
    if not isinstance(entry, dict) or not {"dtype", "shape", "data_offsets"} <= entry.keys():
        raise ValueError(f"{path}: {key}: needs dtype, shape and data_offsets in the header")
    kind, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(kind, str) or kind not in SAFETENSORS_TYPES:
        known = ", ".join(SAFETENSORS_TYPES)
        raise ValueError(f"{path}: {key}: dtype {kind!r} is none of {known}")
    for name, numbers in (("shape", shape), ("data_offsets", offsets)):
        if not isinstance(numbers, list) or not all(
            type(number) is int and 0 <= number < 2**48 for number in numbers
        ):
            raise ValueError(f"{path}: {key}: {name} {numbers!r} is not a list of sizes")
    if len(shape) > 32 or len(offsets) != 2:
        raise ValueError(f"{path}: {key}: too many sizes in its shape or not two data_offsets")
    needed = math.prod(shape) * np.dtype(SAFETENSORS_TYPES[kind]).itemsize
    if offsets[1] - offsets[0] != needed:
        raise ValueError(
            f"{path}: {key}: {kind} {shape} takes {needed} bytes, data_offsets give "
            f"{offsets[1] - offsets[0]}"
        )
    return offsets[0], offsets[1]
