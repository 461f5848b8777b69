"""Files of weights that lie: sound ones of every form, cut, bent, and with other numbers."""

from __future__ import annotations

import io
import json
import re
import struct
from random import Random
from typing import Any
from zipfile import ZipFile

import numpy as np
from safetensors.numpy import save

LARGE = (0, 1, 127, 255, 2**16, 2**31 - 1, 2**31, 2**40, 2**62, 2**63 - 1, 10**30)


def seeds(arrays: dict[str, np.ndarray[Any, Any]]) -> dict[str, bytes]:
    """By suffix. Torch, h5py and onnx write theirs where they are installed."""
    packed, plain = io.BytesIO(), io.BytesIO()
    np.savez_compressed(packed, **_any(arrays))
    np.savez(plain, **_any(arrays))
    found = {
        ".safetensors": save(arrays, {"made": "here"}),
        ".packed.npz": packed.getvalue(),
        ".npz": plain.getvalue(),
    }
    return found | _of_torch(arrays) | _of_keras(arrays) | _of_onnx(arrays)


def _any(arrays: dict[str, np.ndarray[Any, Any]]) -> dict[str, Any]:
    return dict(arrays)


def _of_torch(arrays: dict[str, np.ndarray[Any, Any]]) -> dict[str, bytes]:
    import torch

    state = {key: torch.from_numpy(array) for key, array in arrays.items()}
    found = {}
    for suffix, zipped in ((".zip.pth", True), (".legacy.pth", False)):
        file = io.BytesIO()
        torch.save({"model": state, "epoch": 3}, file, _use_new_zipfile_serialization=zipped)
        found[suffix] = file.getvalue()
    return found


def _of_keras(arrays: dict[str, np.ndarray[Any, Any]]) -> dict[str, bytes]:
    """A model of one convolution, with the first of the arrays."""
    import h5py

    kernel = next(array for array in arrays.values() if array.ndim in (2, 4))
    kernel = kernel.reshape(kernel.shape + (1,) * (4 - kernel.ndim)).transpose(2, 3, 1, 0)
    options = {"name": "conv", "filters": kernel.shape[-1], "use_bias": False}
    layers = [{"class_name": "Conv2D", "config": options}]
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}
    legacy, current, packed = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with h5py.File(legacy, "w") as written:
        written.attrs["model_config"] = json.dumps(model)
        group = written.create_group("model_weights/conv")
        group.attrs["weight_names"] = [b"conv/kernel:0"]
        group["conv/kernel:0"] = kernel
    with h5py.File(current, "w") as written:
        written["layers/conv/vars/0"] = kernel
        written["layers/conv/vars"].attrs["name"] = "conv"
    with ZipFile(packed, "w") as archive:
        archive.writestr("config.json", json.dumps(model))
        archive.writestr("model.weights.h5", current.getvalue())
    return {".h5": legacy.getvalue(), ".keras": packed.getvalue()}


def _of_onnx(arrays: dict[str, np.ndarray[Any, Any]]) -> dict[str, bytes]:
    import onnx

    given = [onnx.numpy_helper.from_array(array, key) for key, array in arrays.items()]
    node = onnx.helper.make_node("Conv", ["x", *list(arrays)[:2]], ["y"])
    ends = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in "xy"]
    graph = onnx.helper.make_graph([node], "g", ends[:1], ends[1:], given)
    return {".onnx": onnx.helper.make_model(graph).SerializeToString()}


def bent(content: bytes, random: Random) -> bytes:
    """One to four changes, most of them in what says how the rest is to be read."""
    for _ in range(random.randint(1, 4)):
        content = random.choice((_cut, _flipped, _numbered, _counted, _moved, _repeated))(
            content, random
        )
    return content


def _place(content: bytes, random: Random) -> int:
    """Headers stand at the start, and in zip files at the end."""
    near = min(len(content), 400)
    at = random.choice((random.randrange(near + 1), len(content) - random.randrange(near + 1)))
    return random.choice((at, random.randrange(len(content) + 1)))


def _cut(content: bytes, random: Random) -> bytes:
    at = _place(content, random)
    return random.choice((content[:at], content[:at] + content[at + random.randint(1, 9) :]))


def _flipped(content: bytes, random: Random) -> bytes:
    at = _place(content, random)
    return content[:at] + bytes([random.randrange(256)]) + content[at + 1 :]


def _numbered(content: bytes, random: Random) -> bytes:
    """Another number in decimal, as JSON and the headers of .npy have them."""
    found = list(re.finditer(rb"\d+", content))
    if not found:
        return content
    match = random.choice(found)
    number = random.choice((*LARGE, -1, 1.5, 1e308))
    return content[: match.start()] + f"{number}".encode() + content[match.end() :]


def _counted(content: bytes, random: Random) -> bytes:
    """Another number in binary, as zip files, pickles and HDF5 have them."""
    at, form = _place(content, random), random.choice(("<H", "<I", "<Q", ">I"))
    size = struct.calcsize(form)
    number = random.choice(LARGE) % 2 ** (8 * size)
    return content[:at] + struct.pack(form, number) + content[at + size :]


def _moved(content: bytes, random: Random) -> bytes:
    one, other = sorted((_place(content, random), _place(content, random)))
    return content[one:other] + content[:one] + content[other:]


def _repeated(content: bytes, random: Random) -> bytes:
    at = _place(content, random)
    return content[:at] + content[at : at + 60] * random.choice((2, 3, 200)) + content[at:]
