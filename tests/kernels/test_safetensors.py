"""The reader of safetensors against the package that defines the format, and against lies."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends.numpy.kernels.safetensors import read_safetensors
from tests.kernels.compare import noise

reference = pytest.importorskip("safetensors.numpy")


def write(path: Path, header: Any, data: bytes = b"") -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def entry(dtype: Any, shape: Any, offsets: Any) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def test_same_as_the_reference(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    arrays: dict[str, Any] = {
        "conv.weight": noise(4, 3, 3, 3),
        "conv.bias": noise(4).astype(np.float64),
        "fc.weight": noise(5, 2).astype(np.float16),
        "bn.num_batches_tracked": np.array(7),
        "scalar": np.array(1.5, np.float32),
        "empty": np.zeros((0, 3), np.float32),
    }
    reference.save_file(arrays, path, metadata={"program": "vgg.cnn"})
    read, metadata = read_safetensors(path)
    assert metadata == {"program": "vgg.cnn"}
    assert read.keys() == arrays.keys()
    for key, array in arrays.items():
        np.testing.assert_array_equal(read[key], array.astype(read[key].dtype))
        assert read[key].shape == array.shape
        assert read[key].dtype == (np.float32 if array.dtype.kind == "f" else np.int64)
        assert read[key].flags.writeable


def test_bfloat16(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    values = torch.from_numpy(noise(3, 5)).bfloat16()
    data = values.view(torch.int16).numpy().tobytes()
    path = write(tmp_path / "w.safetensors", {"a": entry("BF16", [3, 5], [0, 30])}, data)
    read, metadata = read_safetensors(path)
    assert metadata == {}
    assert read["a"].dtype == np.float32
    np.testing.assert_array_equal(read["a"], values.float())


HOSTILE: dict[str, tuple[Any, bytes, str]] = {
    "not JSON": (b"{nonsense", b"", "not JSON"),
    "not UTF-8": (b'{"\xff": 1}', b"", "not JSON"),
    "nested deeply": (b"[" * 100_000, b"", "not JSON"),
    "a list": ([], b"", "not a JSON object"),
    "a key twice": (b'{"a": 1, "a": 2}', b"", "a: said twice"),
    "metadata of numbers": ({"__metadata__": {"a": 1}}, b"", "__metadata__"),
    "metadata a list": ({"__metadata__": []}, b"", "__metadata__"),
    "entry a number": ({"a": 1}, b"", "a: needs dtype"),
    "no dtype": ({"a": {"shape": [], "data_offsets": [0, 4]}}, b"1234", "a: needs dtype"),
    "unknown dtype": ({"a": entry("F8_E4M3", [1], [0, 1])}, b"1", "a: dtype 'F8_E4M3'"),
    "dtype a list": ({"a": entry([], [1], [0, 4])}, b"1234", "a: dtype"),
    "negative size": ({"a": entry("F32", [-1, -1], [0, 4])}, b"1234", "a: shape"),
    "size a float": ({"a": entry("F32", [1.0], [0, 4])}, b"1234", "a: shape"),
    "size a truth": ({"a": entry("F32", [True], [0, 4])}, b"1234", "a: shape"),
    "size infinite": (
        b'{"a": {"dtype": "F32", "shape": [Infinity], "data_offsets": [0, 4]}}',
        b"1234",
        "a: shape",
    ),
    "shape a number": ({"a": entry("F32", 1, [0, 4])}, b"1234", "a: shape"),
    "huge sizes": ({"a": entry("F32", [2**62, 4], [0, 0])}, b"", "a: shape"),
    "sizes that overflow": ({"a": entry("F32", [2**32, 2**32], [0, 0])}, b"", "a: F32"),
    "too many sizes": ({"a": entry("F32", [1] * 100, [0, 4])}, b"1234", "a: too many"),
    "three offsets": ({"a": entry("F32", [1], [0, 4, 8])}, b"1234", "a: too many"),
    "negative offset": ({"a": entry("F32", [1], [-4, 0])}, b"1234", "a: data_offsets"),
    "backward offsets": ({"a": entry("F32", [1], [4, 0])}, b"1234", "a: F32"),
    "shape and offsets differ": ({"a": entry("F32", [2], [0, 4])}, b"1234", "a: F32"),
    "data beyond the end": ({"a": entry("F32", [2], [0, 8])}, b"1234", "a: its data"),
    "a gap": ({"a": entry("F32", [1], [4, 8])}, b"12345678", "a: its data"),
    "an overlap": (
        {"a": entry("F32", [2], [0, 8]), "b": entry("F32", [1], [4, 8])},
        b"12345678",
        "b: its data",
    ),
    "data of no key": ({"a": entry("F32", [1], [0, 4])}, b"12345678", "4 bytes after"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_lies_are_refused(tmp_path: Path, name: str) -> None:
    header, data, message = HOSTILE[name]
    path = write(tmp_path / "bad.safetensors", header, data)
    with pytest.raises(ValueError) as caught:
        read_safetensors(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"1234", b"\xff" * 8, struct.pack("<Q", 9) + b"{}"])
def test_header_longer_than_the_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bad.safetensors"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="not a safetensors file"):
        read_safetensors(path)
