"""Files of weights: read as those who wrote them do, and hostile ones refused."""

from __future__ import annotations

import io
import json
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnc.weights.reading import read_stored
from dsl.diagnostics import CnnError
from tests.cli.run import cnnc

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def state() -> dict[str, Any]:
    """Arrays of several types and layouts, one a view of another's storage."""
    torch.manual_seed(0)
    wide = torch.randn(6, 4)
    return {
        "conv.weight": torch.randn(4, 3, 3, 3),
        "conv.bias": torch.randn(4).double(),
        "norm.num_batches_tracked": torch.tensor(7),
        "fc.weight": wide.t(),
        "part": wide[2:4, 1:],
        "half": torch.randn(5).half(),
        "none": torch.zeros(0, 3),
    }


def arrays(path: Path, inside: str | None = None) -> dict[str, NDArray[Any]]:
    return {part.key: part.array for part in read_stored(path, inside).parts}


def same(found: dict[str, NDArray[Any]], state: dict[str, Any]) -> None:
    assert found.keys() == state.keys()
    for key, tensor in state.items():
        np.testing.assert_array_equal(found[key], tensor.numpy(), err_msg=key)


@pytest.mark.parametrize("zipped", [True, False])
def test_torch_files_without_torch(state: dict[str, Any], tmp_path: Path, zipped: bool) -> None:
    path = tmp_path / "w.pth"
    torch.save(state, path, _use_new_zipfile_serialization=zipped)
    same(arrays(path), state)


def test_a_checkpoint_of_a_training(state: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    torch.save({"epoch": 3, "model": state, "lr": 0.1, "loss": [1.0, 0.5]}, path)
    same(arrays(path), state)
    torch.save({"student": state, "teacher": dict(state)}, path)
    with pytest.raises(CnnError, match="E0904"):
        read_stored(path)
    same(arrays(path, "teacher"), state)


def test_safetensors_and_npz(state: dict[str, Any], tmp_path: Path) -> None:
    from safetensors.torch import save_file

    plain = {key: tensor.contiguous().clone() for key, tensor in state.items()}
    save_file(plain, tmp_path / "w.safetensors")
    same(arrays(tmp_path / "w.safetensors"), state)
    keywords: dict[str, Any] = {key: tensor.numpy() for key, tensor in state.items()}
    np.savez(tmp_path / "w.npz", **keywords)
    same(arrays(tmp_path / "w.npz"), state)


def test_onnx_initialisers(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    rng = np.random.default_rng(0)
    weight = rng.standard_normal((4, 3, 3, 3), np.float32)
    bias = rng.standard_normal(4, np.float32)
    node = onnx.helper.make_node("Conv", ["x", "c.weight", "c.bias"], ["y"], pads=[1, 1, 1, 1])
    kind = onnx.TensorProto.FLOAT
    volumes = [
        onnx.helper.make_tensor_value_info(n, kind, [1, c, 8, 8]) for n, c in (("x", 3), ("y", 4))
    ]
    given = [
        onnx.numpy_helper.from_array(weight, "c.weight"),
        onnx.numpy_helper.from_array(bias, "c.bias"),
    ]
    graph = onnx.helper.make_graph([node], "g", volumes[:1], volumes[1:], given)
    onnx.save(onnx.helper.make_model(graph), tmp_path / "w.onnx")
    found = arrays(tmp_path / "w.onnx")
    np.testing.assert_array_equal(found["c.weight"], weight)
    np.testing.assert_array_equal(found["c.bias"], bias)


class Evil:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, (str(self.path),))


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("nested", [False, True])
def test_code_in_a_pickle_is_named_and_not_run(tmp_path: Path, zipped: bool, nested: bool) -> None:
    path, made = tmp_path / "w.pth", tmp_path / "made"
    evil = Evil(made)
    torch.save(
        {"a": {"b": [evil]}} if nested else evil, path, _use_new_zipfile_serialization=zipped
    )
    with pytest.raises(CnnError, match=r"E0902[\s\S]*mkdir"):
        read_stored(path)
    assert not made.exists()
    with open(path, "rb") as file, pytest.raises(pickle.UnpicklingError):
        torch.load(file, weights_only=True)  # it refuses them too


def test_objects_in_npz(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", a=np.array([{}], dtype=object))
    with pytest.raises(CnnError, match="E0902"):
        read_stored(tmp_path / "w.npz")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors", ".npz"])
def test_cut_files(state: dict[str, Any], tmp_path: Path, suffix: str) -> None:
    """At every length something is said, and nothing else is raised."""
    from safetensors.torch import save

    plain = {key: tensor.contiguous().clone() for key, tensor in state.items()}
    memory = io.BytesIO()
    if suffix == ".pth":
        torch.save(state, memory)
    elif suffix == ".npz":
        keywords: dict[str, Any] = {key: tensor.numpy() for key, tensor in plain.items()}
        np.savez(memory, **keywords)
    content = save(plain) if suffix == ".safetensors" else memory.getvalue()
    path = tmp_path / f"w{suffix}"
    for length in (0, 1, 7, 8, 64, len(content) // 3, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:length])
        with pytest.raises(CnnError) as raised:
            read_stored(path)
        assert str(path) in str(raised.value)


def test_a_zip_bomb(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "w.npz", a=np.zeros(1 << 28, np.uint8))
    with pytest.raises(CnnError, match="E0903"):
        read_stored(tmp_path / "w.npz")


def test_the_command_lists_and_finds_trouble(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", a=np.array([1, np.nan, np.inf], np.float32), b=np.zeros((2, 3)))
    shown = cnnc("weights", "inspect", tmp_path / "w.npz")
    assert shown.status == 0, shown.err
    assert "1 NaN, 1 infinite" in shown.out and "2x3" in shown.out
    found = json.loads(cnnc("weights", "inspect", tmp_path / "w.npz", "--format", "json").out)
    assert found["format"] == "cnnc-weights/1"
    assert [each["shape"] for each in found["arrays"]] == [[3], [2, 3]]
    ignored = cnnc("weights", "inspect", tmp_path / "w.npz", "--inside", "model")
    assert ignored.status == 2 and "--inside is for PyTorch checkpoints" in ignored.err
    missing = cnnc("weights", "inspect", tmp_path / "no.npz")
    assert missing.status == 1 and "error[E0501]" in missing.err
