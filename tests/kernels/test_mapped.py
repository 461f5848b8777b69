"""Weights that stay where they are: the same values as those that are read, and as little trust."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save, save_file

from backends.numpy.kernels.mapped import map_weights, weights_inside
from backends.numpy.kernels.safetensors import read_safetensors
from tests.kernels.compare import noise

ARRAYS: dict[str, NDArray[Any]] = {
    "a.weight": noise(3, 4, 5, seed=1),
    "b": noise(7, seed=2),
    "half": noise(3, 3, seed=3).astype(np.float16),
    "odd": np.arange(5, dtype=np.int64),
    "none": np.zeros((0, 3), np.float32),
    "single": np.array(3, np.float32),
}


def test_the_same_as_reading(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_file(ARRAYS, path, {"net": "Tiny"})
    arrays, metadata = map_weights(path)
    inside, told = weights_inside(base64.b64encode(path.read_bytes()).decode(), "inside")
    expected, read = read_safetensors(path)
    assert metadata == told == read == {"net": "Tiny"}
    assert arrays.keys() == inside.keys() == expected.keys()
    for key, each in expected.items():
        for made in (arrays[key], inside[key]):
            assert made.dtype == each.dtype and made.shape == each.shape
            assert (made == each).all() and made.flags.aligned


def test_nothing_is_copied_and_nothing_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_file({"a": ARRAYS["a.weight"], "b": ARRAYS["b"]}, path)
    arrays, _ = map_weights(path)
    for each in arrays.values():
        assert not each.flags.owndata and not each.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        arrays["b"][0] = 1


def test_the_file_may_be_replaced(tmp_path: Path) -> None:
    """As `cnnc compile` does it, by renaming: what is mapped stays what it was."""
    path, other = tmp_path / "w.safetensors", tmp_path / "other.safetensors"
    save_file({"b": ARRAYS["b"]}, path)
    save_file({"b": ARRAYS["b"] + 1}, other)
    arrays, _ = map_weights(path)
    other.replace(path)
    assert (arrays["b"] == ARRAYS["b"]).all()
    assert (map_weights(path)[0]["b"] == ARRAYS["b"] + 1).all()


def test_values_that_are_not_aligned_are_copied(tmp_path: Path) -> None:
    header = json.dumps({"b": {"dtype": "F32", "shape": [7], "data_offsets": [0, 28]}}).encode()
    header += b" " * (3 - len(header) % 4)
    path = tmp_path / "w.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + ARRAYS["b"].tobytes())
    (array,) = map_weights(path)[0].values()
    assert array.flags.aligned and (array == ARRAYS["b"]).all()


def test_npz_is_read(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    np.savez(path, b=ARRAYS["b"])
    assert (map_weights(path)[0]["b"] == ARRAYS["b"]).all()


@pytest.mark.parametrize("cut", [0, 5, 40, -1, -5])
def test_damaged_files(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    content = save({"b": ARRAYS["b"]})
    path.write_bytes(content[:cut])
    with pytest.raises(ValueError, match=r"w\.safetensors: "):
        map_weights(path)
    with pytest.raises(ValueError, match=r"inside: "):
        weights_inside(base64.b64encode(content[:cut]).decode(), "inside")
