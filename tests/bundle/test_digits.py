"""The one network here that was trained, bundled: as good as before, in NumPy alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnc as api
from tests.bundle.making import DIGITS, NUMERALS, TRAINED, bundle, digits, labels, net_class
from tests.numpy_backend.test_command import ALONE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """digits.py with its weights beside it, small.py in PyTorch's layouts, single.py alone."""
    folder = tmp_path_factory.mktemp("digits")
    named = ("--labels", labels(folder / "labels.txt"))
    for name, options in (("digits", ()), ("small", ("--unpacked",)), ("single", ("--single",))):
        done = bundle(DIGITS, TRAINED, folder / f"{name}.py", *named, *options)
        assert (done.status, done.err) == (0, "")
    return folder


def test_two_files_or_one(folder: Path) -> None:
    assert sorted(each.name for each in folder.iterdir() if each.is_file()) == [
        "digits.py",
        "digits.safetensors",
        "labels.txt",
        "single.py",
        "small.py",
        "small.safetensors",
    ]


@pytest.mark.parametrize("name", ["digits", "small", "single"])
def test_as_good_as_without(name: str, folder: Path) -> None:
    """The very scores of the module that is no bundle, so its 98.9 %; and PyTorch's answers."""
    torch = pytest.importorskip("torch")
    images, right = digits()
    net = net_class(folder / f"{name}.py").load()
    values = images[:, np.newaxis].astype(np.float32) / np.float32(255)
    scores = net(values)
    assert (scores == api.load(DIGITS).build("numpy", weights=TRAINED)(values)).all()
    assert (scores.argmax(axis=1) == right).mean() == 0.989
    with torch.inference_mode():
        theirs = api.load(DIGITS).build("torch", weights=TRAINED)(torch.from_numpy(values)).numpy()
    assert (theirs.argmax(axis=1) == scores.argmax(axis=1)).all()
    assert np.abs(theirs - scores).max() <= 1e-5 * np.abs(theirs).max()


@pytest.mark.parametrize("name", ["digits", "small", "single"])
def test_photographs_are_named(name: str, folder: Path) -> None:
    """`classify` from bytes: the probabilities are PyTorch's softmax of its scores."""
    torch = pytest.importorskip("torch")
    images, _ = digits()
    net = net_class(folder / f"{name}.py").load()
    model = api.load(DIGITS).build("torch", weights=TRAINED)
    for image in images[::50]:
        found = net.classify(image, top=10)
        with torch.inference_mode():
            given = torch.from_numpy(image[np.newaxis, np.newaxis].astype(np.float32) / 255)
            expected = model(given).softmax(1)[0].numpy()
        assert [label for label, _ in found[:1]] == [NUMERALS[expected.argmax()]]
        assert sorted(label for label, _ in found) == sorted(NUMERALS)
        for label, probability in found:
            assert abs(probability - expected[NUMERALS.index(label)]) < 1e-6
        assert [each for _, each in found] == sorted((each for _, each in found), reverse=True)
        assert net.classify(image, top=3) == found[:3]
    with pytest.raises(ValueError, match="top=0"):
        net.classify(images[0], top=0)


def alone(*args: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """In a process that can import NumPy and no more."""
    command = [sys.executable, "-I", "-c", ALONE, *map(str, args)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("name", ["digits", "small", "single"])
def test_the_command_line_needs_numpy_alone(name: str, folder: Path, tmp_path: Path) -> None:
    """It finds the weights wherever it is called from, and reads a digit from a picture."""
    images, right = digits()
    picture = tmp_path / "digit.pgm"
    picture.write_bytes(b"P5 28 28 255\n" + images[3].tobytes())
    done = alone(folder / f"{name}.py", "--input", picture, "--top", "1", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    first, best = done.stdout.splitlines()
    assert first == "output: 1 x 10"
    assert best.startswith(f"  {right[3]} {NUMERALS[right[3]]}: ")


def test_a_file_alone_is_enough(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "moved.py").write_bytes((folder / "single.py").read_bytes())
    done = alone(tmp_path / "moved.py", "--top", "1", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_two_runs_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    bundle(DIGITS, TRAINED, tmp_path / "digits.py", "--labels", folder / "labels.txt")
    for name in ("digits.py", "digits.safetensors"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize("name", ["digits", "single"])
def test_what_is_written_is_neat(name: str, folder: Path) -> None:
    root = Path(__file__).parents[2]
    path = str(folder / f"{name}.py")
    config = f"--config={root / 'pyproject.toml'}"
    for command in (["ruff", "check", config], ["ruff", "format", "--check", config]):
        done = subprocess.run([sys.executable, "-m", *command, path], capture_output=True)
        assert done.returncode == 0, done.stdout
    checked = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder / "mypy"), path]
    assert subprocess.run(checked, capture_output=True, cwd=folder).returncode == 0


def test_weights_that_are_no_bundles_can_be_given(folder: Path) -> None:
    """The program's own, and arrays: both forms of a bundle take what every module takes."""
    values = np.random.default_rng(0).random((2, 1, 28, 28), np.float32)
    for name in ("digits", "small", "single"):
        made: Any = net_class(folder / f"{name}.py")
        expected = made.load()(values)
        assert np.abs(made.load(TRAINED)(values) - expected).max() < 1e-5
        assert np.abs(made.load(TRAINED, exact=True)(values) - expected).max() < 1e-5
        assert made.random(1)(values).shape == (2, 10)
