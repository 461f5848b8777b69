"""Reading of weights files."""

import json
import math
from pathlib import Path
from typing import BinaryIO

import torch


def read_weights(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Read the arrays and the metadata of a .safetensors, .pt, .pth or .npz file.

    Raises OSError, or ValueError where the file is not what its name says.
    """
    if path.suffix == ".safetensors":
        with path.open("rb") as file:
            return read_safetensors(file)
    if path.suffix == ".npz":
        return read_npz(path), {}
    if path.suffix not in (".pt", ".pth"):
        raise ValueError(f"{path}: expected .safetensors, .pt, .pth or .npz")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:
        raise ValueError(f"{path}: not a file of weights alone: {error}") from error
    if not isinstance(state, dict) or not all(torch.is_tensor(each) for each in state.values()):
        raise ValueError(f"{path}: not a dict of tensors")
    return dict(state), {}


def read_npz(path: Path) -> dict[str, torch.Tensor]:
    try:
        import numpy as np
    except ImportError as error:
        raise ValueError(f"{path}: an .npz file needs numpy, which is not installed") from error
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {key: torch.from_numpy(arrays[key]) for key in arrays.files}
    except OSError:
        raise
    except Exception as error:
        raise ValueError(f"{path}: not an .npz file of arrays: {error}") from error


SAFETENSORS_TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
}


def read_safetensors(file: BinaryIO) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Read a file of https://github.com/huggingface/safetensors: arrays and metadata.

    The header is JSON with its length in the 8 bytes before it; the arrays follow. Nothing that
    the header says is believed: ValueError where an array lies outside of the file.
    """
    room = file.seek(0, 2) - 8
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if length > room:
        raise ValueError(f"{file.name}: not a safetensors file")
    try:
        header = json.loads(file.read(length))
        metadata = header.pop("__metadata__", {})
        arrays = {key: (entry["dtype"], entry["shape"]) for key, entry in header.items()}
        places = {key: tuple(map(int, entry["data_offsets"])) for key, entry in header.items()}
        tensors = {}
        for key, (dtype, shape) in arrays.items():
            kind = SAFETENSORS_TYPES[dtype]
            start, end = places[key]
            size = math.prod(shape) * kind.itemsize
            if min(shape, default=0) < 0 or start < 0 or end - start != size:
                raise ValueError(f"{key}: {dtype} {shape} takes {size} bytes, not {start} to {end}")
            if end > room - length:
                raise ValueError(f"{key}: its {size} bytes end after the file")
            file.seek(8 + length + start)
            data = bytearray(file.read(size))
            empty = torch.empty(0, dtype=kind)
            tensors[key] = (torch.frombuffer(data, dtype=kind) if data else empty).reshape(shape)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"{file.name}: a broken safetensors header: {error}") from error
    return tensors, {str(key): str(value) for key, value in dict(metadata).items()}
