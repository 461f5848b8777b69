"""The command line of an emitted module, in a process that can import NumPy and no more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends.numpy.emit import emit
from tests.kernels.compare import noise
from tests.numpy_backend.nets import ABOUT
from tests.numpy_backend.residual import SHAPE, residual

ALONE = """
import runpy, sys
allowed = sys.stdlib_module_names | {"numpy"}
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in allowed:
            raise ImportError(f"{name} is not NumPy")
sys.meta_path.insert(0, Refuse())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("command") / "residual.py"
    path.write_text(emit(residual(), ABOUT), "utf-8")
    return path


def run(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-c", ALONE, str(path), *options]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True)


def test_help(path: Path) -> None:
    done = run(path, "--help")
    assert done.returncode == 0
    for option in ("--random", "--weights", "--input", "--bench", "--top"):
        assert option in done.stdout


def test_random(path: Path) -> None:
    done = run(path, "--random", "3", "--top", "2", "--bench", "3")
    assert (done.returncode, done.stderr) == (0, "")
    first, *entries, times = done.stdout.splitlines()
    assert first == "output: 1 x 10"
    assert len(entries) == 2
    assert times.startswith("3 runs: min ")


def test_input_and_weights(path: Path) -> None:
    space: dict[str, Any] = {"__name__": "residual"}
    exec(compile(path.read_text("utf-8"), path, "exec", dont_inherit=True), space)
    net = space["Residual"].random(2)
    weights = space["random_weights"](space["PARAMETERS"], 2)
    np.savez(path.with_name("w.npz"), **weights)
    np.save(path.with_name("x.npy"), noise(*SHAPE))
    done = run(path, "--weights", "w.npz", "--input", "x.npy", "--top", "1")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:2] == ["output: 2 x 10", "image 0:"]
    place, value = lines[2].split(":")
    scores = net(noise(*SHAPE))[0]
    assert int(place) == scores.argmax()
    assert float(value) == pytest.approx(scores.max(), rel=1e-4)


def test_image(path: Path) -> None:
    path.with_name("x.ppm").write_bytes(b"P6\n16 16\n255\n" + bytes(range(256)) * 3)
    assert run(path, "--random", "--input", "x.ppm").returncode == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--weights", "none.npz"), "none.npz"),
        (("--weights", "bad.npz"), "bad.npz"),
        (("--weights", "bad.safetensors"), "bad.safetensors"),
        (("--random", "--input", "none.npy"), "none.npy"),
        (("--random", "--input", "bad.npy"), "bad.npy"),
        (("--random", "--input", "small.npy"), "expected 3 x 16 x 16"),
        (("--random", "--input", "x.gif"), "x.gif"),
    ],
)
def test_bad_files(path: Path, options: tuple[str, ...], message: str) -> None:
    for name in ("bad.npz", "bad.npy", "bad.safetensors"):
        path.with_name(name).write_bytes(b"nonsense")
    np.save(path.with_name("small.npy"), noise(1, 3, 4, 4))
    done = run(path, *options)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("options", [(), ("--random", "-1"), ("--random", "--bench", "0")])
def test_bad_options(path: Path, options: tuple[str, ...]) -> None:
    done = run(path, *options)
    assert done.returncode == 2
    assert "usage:" in done.stderr
