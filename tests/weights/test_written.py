"""Safetensors files that we write are what the package reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load

from cnnc.weights.written import ALIGNMENT, safetensors
from tests.kernels.compare import noise

METADATA = {"net": 'a "b" \\ ü', "cnnc": "folded", "packed": "{}"}


def test_the_package_reads_it(tmp_path: Path) -> None:
    arrays = {
        "w": noise(2, 3, 4),
        "turned": noise(5, 6, seed=1).T,
        "every.second": noise(6, seed=2)[::2],
        "none": np.zeros((0, 2), np.float32),
        "one": np.array(2, np.float32),
    }
    path = tmp_path / "w.safetensors"
    path.write_bytes(safetensors(arrays, METADATA))
    found = load(path.read_bytes())
    assert found.keys() == arrays.keys()
    for key, each in arrays.items():
        assert found[key].shape == each.shape and (found[key] == each).all()
    with safe_open(path, "numpy") as file:
        assert file.metadata() == METADATA


def test_the_order_is_the_givers() -> None:
    """And so the bytes are the same, which the package's own `save` does not promise."""
    content = safetensors({"b": noise(2), "a": noise(3)}, METADATA)
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    assert list(header) == ["__metadata__", "b", "a"]
    assert list(header["__metadata__"]) == list(METADATA)
    assert (8 + length) % ALIGNMENT == 0


def test_other_types_are_not_written() -> None:
    wide: Any = np.zeros(2)
    with pytest.raises(TypeError, match="a holds float64"):
        safetensors({"a": wide}, {})
