"""`load`, the files that it reads, and the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from backends.torch.helpers.weights import read_weights
from compiler.ops.convolution import Conv
from compiler.volume import Volume
from tests.torch.build import chain, import_text, noise, randomise

PROGRAM = chain(Volume(4, 4, 3), ("conv", Conv(2)))


def saved(path: Path, state: dict[str, torch.Tensor]) -> Path:
    if path.suffix == ".safetensors":
        save_file(state, path)
    elif path.suffix == ".npz":
        arrays: dict[str, Any] = {key: value.numpy() for key, value in state.items()}
        np.savez(path, **arrays)
    else:
        torch.save(state, path)
    return path


@pytest.mark.parametrize("name", ["w.safetensors", "w.pt", "w.pth", "w.npz"])
def test_load(name: str, tmp_path: Path) -> None:
    net = PROGRAM.build()
    path = saved(tmp_path / name, randomise(net))
    loaded = type(net).load(str(path))
    assert not loaded.training
    x = noise(2, 3, 4, 4)
    assert torch.equal(loaded(x), net(x))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16, torch.int64])
def test_types_and_empty_arrays(dtype: torch.dtype, tmp_path: Path) -> None:
    state = {"a": noise(3, 2).to(dtype), "b": torch.zeros(0, 4, dtype=dtype), "c": torch.ones(())}
    save_file(state, tmp_path / "w.safetensors", {"cnnc": "folded"})
    read, metadata = read_weights(tmp_path / "w.safetensors")
    assert metadata == {"cnnc": "folded"}
    assert all(torch.equal(read[key], state[key]) for key in state)
    assert all(read[key].dtype == state[key].dtype for key in state)


def header(**entries: Any) -> bytes:
    text = json.dumps(entries).encode()
    return len(text).to_bytes(8, "little") + text


GOOD = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
BROKEN = {
    "empty": b"",
    "short": b"\x01\x02",
    "length beyond the file": (10**15).to_bytes(8, "little") + b"{}",
    "not json": (3).to_bytes(8, "little") + b"{a}",
    "a list": (2).to_bytes(8, "little") + b"[]",
    "deep": (200_000).to_bytes(8, "little") + b"[" * 200_000,
    "data beyond the file": header(a=GOOD) + b"\0" * 7,
    "negative start": header(a={**GOOD, "data_offsets": [-8, 0]}) + b"\0" * 8,
    "negative shape": header(a={**GOOD, "shape": [-2, -1]}) + b"\0" * 8,
    "shape is text": header(a={**GOOD, "shape": "2"}) + b"\0" * 8,
    "other size": header(a={**GOOD, "shape": [3]}) + b"\0" * 8,
    "unknown type": header(a={**GOOD, "dtype": "F8"}) + b"\0" * 8,
    "type is a list": header(a={**GOOD, "dtype": []}) + b"\0" * 8,
    "three offsets": header(a={**GOOD, "data_offsets": [0, 8, 8]}) + b"\0" * 8,
    "no offsets": header(a={"dtype": "F32", "shape": [2]}) + b"\0" * 8,
    "an entry is a number": header(a=3),
    "fractions": header(a={**GOOD, "shape": [0.5]}) + b"\0" * 8,
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("suffix", [".safetensors", ".pt", ".npz"])
def test_broken_files(name: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"w{suffix}"
    path.write_bytes(BROKEN[name])
    with pytest.raises(ValueError, match="w" + suffix):
        read_weights(path)


def test_a_pickle_of_something_else(tmp_path: Path) -> None:
    for number, thing in enumerate(([1, 2], {"a": 3}, Path("x"))):
        torch.save(thing, tmp_path / f"{number}.pt")
        with pytest.raises(ValueError, match=r"\.pt"):
            read_weights(tmp_path / f"{number}.pt")
    with pytest.raises(ValueError, match="expected"):
        read_weights(tmp_path / "x.h5")
    with pytest.raises(FileNotFoundError):
        read_weights(tmp_path / "x.pt")


def test_keys_are_named() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)conv\.bias.*other"):
        PROGRAM.build().load_state_dict({"conv.weight": noise(2, 3, 3, 3), "other": noise(1)})


def test_weights_beside_the_module() -> None:
    source = PROGRAM.source(weights='odd "name".safetensors')
    assert Path('/nowhere/odd "name".safetensors') == import_text(source).WEIGHTS


def run(*arguments: object, folder: Path) -> tuple[int, str]:
    source = folder / "net.py"
    source.write_text(PROGRAM.source())
    command = [sys.executable, str(source), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_command_line(tmp_path: Path) -> None:
    weights = saved(tmp_path / "w.safetensors", randomise(PROGRAM.build()))
    np.save(tmp_path / "x.npy", noise(2, 3, 4, 4).numpy())
    code, text = run("--weights", weights, "--input", tmp_path / "x.npy", folder=tmp_path)
    assert (code, text) == (0, "output: 2 x 2 x 4 x 4, torch.float32\n")
    code, text = run("--random", "--bench", 2, folder=tmp_path)
    assert code == 0
    assert "2 runs on " in text
    code, text = run("--random", "--batch", 3, "--precision", "bf16", folder=tmp_path)
    assert (code, text) == (0, "output: 3 x 2 x 4 x 4, torch.bfloat16\n")
    for wrong in (
        ("--weights", tmp_path / "none.pt"),
        ("--weights", tmp_path / "x.npy"),
        ("--random", "--input", weights),
        ("--random", "--device", "nonsense"),
        ("--random", "--device", "cpu", "--graph"),
        ("--random", "--device", "cpu", "--precision", "tf32"),
    ):
        code, text = run(*wrong, folder=tmp_path)
        assert code == 1, text
        assert "Traceback" not in text


def test_out_of_memory_says_what_is_needed(tmp_path: Path) -> None:
    code, text = run("--random", "--device", "cpu", "--batch", 10**14, folder=tmp_path)
    values = 4 * (3 * 4 * 4 + 2 * 4 * 4)  # what the convolution reads and makes
    together = f"{10**14 * values / 2**20:.1f} MiB"
    assert code == 1
    assert text.startswith("error: out of memory on cpu: the weights take 0.0 MiB, the values of ")
    assert f"{10**14} images at least {together}, 0.0 MiB each; take fewer" in text
