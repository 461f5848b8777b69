"""The network whose weights ship: both backends read digits that it has not seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

import cnnc
from backends.numpy.kernels.types import Array

EXAMPLES = Path(__file__).parents[2] / "examples"
PROGRAM = EXAMPLES / "digits.cnn"
WEIGHTS = EXAMPLES / "weights" / "digits.safetensors"


def held_out() -> tuple[Array, Array]:
    """Images as the network takes them, and their labels."""
    with np.load(EXAMPLES / "weights" / "digits_held_out.npz") as file:
        return file["images"][:, None].astype(np.float32) / np.float32(255), file["labels"]


@pytest.fixture(scope="module")
def scores() -> Array:
    images, _ = held_out()
    result: Array = cnnc.load(PROGRAM).build("numpy", weights=WEIGHTS)(images)
    return result


def test_the_network_is_small() -> None:
    assert cnnc.load(PROGRAM).report().totals.parameters <= 150_000


def test_numpy_reads_digits_as_well_as_the_card_says(scores: Array) -> None:
    _, labels = held_out()
    reached = float((scores.argmax(axis=1) == labels).mean())
    with safe_open(WEIGHTS, "numpy") as file:
        assert file.metadata()["held_out_accuracy"] == f"{reached:.4f}"
    assert reached >= 0.98
    card = (WEIGHTS.parent / "README.md").read_text(encoding="utf-8")
    assert f"{reached:.1%}".replace("%", " %") in card


def test_torch_gives_the_same_answers(scores: Array) -> None:
    torch = pytest.importorskip("torch")
    images, _ = held_out()
    model = cnnc.load(PROGRAM).build("torch", weights=WEIGHTS)
    with torch.inference_mode():
        theirs = model(torch.from_numpy(images)).numpy()
    assert (theirs.argmax(axis=1) == scores.argmax(axis=1)).all()
    assert np.abs(theirs - scores).max() <= 1e-4 * np.abs(theirs).max()


def test_held_out_digits_are_mlxtends_and_not_learned_from() -> None:
    training = pytest.importorskip("examples.train_digits")
    learned, out = training.split()
    images, labels = held_out()
    assert (out.images == np.rint(images[:, 0] * 255)).all()
    assert (out.labels == labels).all()
    assert (np.bincount(out.labels) == 100).all()
    assert (np.bincount(learned.labels) == 400).all()
    rows = {image.tobytes() for image in learned.images}
    assert not any(image.tobytes() in rows for image in out.images)


def test_the_script_learns() -> None:
    """Two rounds instead of all: far from the end, and far from the one in ten of guessing."""
    training = pytest.importorskip("examples.train_digits")
    learned, out = training.split()
    few = training.Digits(learned.images[:2000], learned.labels[:2000])
    assert training.accuracy(training.train(few, epochs=2), out) >= 0.5
