"""Keras's own models, saved by Keras: mapped, they compute what Keras does."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import cnnc
from cnnc.weights.converting import convert, doubts
from cnnc.weights.layouts import from_keras
from cnnc.weights.mapping import map_weights
from cnnc.weights.reading import read_stored
from dsl.diagnostics import CnnError
from tests.weights.originals import EXAMPLES, Image, assert_equal, image, mapped, outputs

os.environ.setdefault("KERAS_BACKEND", "torch")  # Keras reads it once, when it is imported
keras = pytest.importorskip("keras")
layers = keras.layers
# Keras 3 with PyTorch, when it takes arrays out of tensors to save them.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

PLAIN = """
net Plain = INPUT(12x10x3) -> first: CONV(8, 3, bias=false) -> norm: BN(eps=0.001) -> RELU -> POOL2
  -> deep: DWCONV(3, multiplier=2) -> RELU -> point: CONV(6, 1) -> POOL2
  -> [FC-7 -> RELU]*1 -> FC(5)
"""
BRANCHES = """
net Branches = INPUT(8x8x4)
  -> CONCAT{ a: CONV(4) -> RELU | b: CONV(4) -> b2: CONV(4) | c: CONV(4, 1) }
  -> ADD{ d: CONV(12, 1) | ID } -> RELU -> GAP -> FC(3)
"""
FULL = """
net Full = INPUT(6x4x2) -> left: CONV(3) -> RELU -> all: CONV(7, (6, 4), pad=0) -> RELU
  -> last: FC(4)
"""
JOINED = """
net Joined = INPUT(6x4x2) -> CONCAT{ CONV(3) -> FLATTEN | POOL2 -> FLATTEN -> norm: BN(eps=0.001) }
  -> FC(4)
"""
FLAT = "net Flat = INPUT(6x4x2) -> FLATTEN -> norm: BN(eps=0.001) -> FC(5)\n"


def plain() -> Any:
    return keras.Sequential(
        [
            keras.Input((12, 10, 3)),
            layers.Conv2D(8, 3, padding="same", use_bias=False, name="c1"),
            layers.BatchNormalization(name="n"),
            layers.ReLU(),
            layers.MaxPool2D(),
            layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2, name="dw"),
            layers.ReLU(),
            layers.Conv2D(6, 1, name="pw"),
            layers.MaxPool2D(),
            layers.Flatten(),
            layers.Dense(7, activation="relu", name="hidden"),
            layers.Dense(5, name="out"),
        ]
    )


def branches() -> Any:
    given = keras.Input((8, 8, 4))
    c = layers.Conv2D(4, 1, name="zero")(given)
    b = layers.Conv2D(4, 3, padding="same", name="one")(given)
    b = layers.Conv2D(4, 3, padding="same", name="two")(b)
    a = layers.Conv2D(4, 3, padding="same", activation="relu", name="three")(given)
    joined = layers.Concatenate()([a, b, c])
    d = layers.Conv2D(12, 1, name="four")(joined)
    last = layers.GlobalAveragePooling2D()(layers.ReLU()(layers.Add()([d, joined])))
    return keras.Model(given, layers.Dense(3, name="five")(last))


def flat() -> Any:
    return keras.Sequential(
        [
            keras.Input((6, 4, 2)),
            layers.Flatten(),
            layers.BatchNormalization(name="n"),
            layers.Dense(5, name="out"),
        ]
    )


def full() -> Any:
    """Dense over all of a map, where the program has a convolution."""
    return keras.Sequential(
        [
            keras.Input((6, 4, 2)),
            layers.Conv2D(3, 3, padding="same", activation="relu", name="one"),
            layers.Flatten(),
            layers.Dense(7, activation="relu", name="two"),
            layers.Dense(4, name="three"),
        ]
    )


def joined() -> Any:
    given = keras.Input((6, 4, 2))
    a = layers.Flatten()(layers.Conv2D(3, 3, padding="same", name="a")(given))
    b = layers.BatchNormalization(name="n")(layers.Flatten()(layers.MaxPool2D()(given)))
    return keras.Model(given, layers.Dense(4, name="out")(layers.Concatenate()([a, b])))


def lively(model: Any) -> Any:
    """Values that leave nothing without effect: variances above 0, scales about 1."""
    noise = np.random.default_rng(0)
    for each in model.weights:
        values = noise.standard_normal(each.shape) * 0.3
        if each.name in ("gamma", "moving_variance"):
            values = 1 + 0.5 * np.abs(values)
        each.assign(values.astype(np.float32))
    return model


def computed(model: Any, images: Image) -> Image:
    made = model(torch.from_numpy(np.ascontiguousarray(images.transpose(0, 2, 3, 1))))
    values: Image = keras.ops.convert_to_numpy(made)
    return values


NETS: dict[str, tuple[str, Callable[[], Any], tuple[int, ...]]] = {
    "plain": (PLAIN, plain, (2, 3, 12, 10)),
    "branches": (BRANCHES, branches, (2, 4, 8, 8)),
    "full": (FULL, full, (2, 2, 6, 4)),
    "joined": (JOINED, joined, (2, 2, 6, 4)),
    "flat": (FLAT, flat, (2, 2, 6, 4)),
}


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("name", NETS)
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
def test_outputs(name: str, suffix: str, tmp_path: Path) -> None:
    text, make, shape = NETS[name]
    model, path = lively(make()), tmp_path / f"w{suffix}"
    model.save(path)
    net, images = cnnc.loads(text), image(*shape)
    reasons = {each.why for each in mapped(net, path).matches}
    assert reasons <= {"same structure", "same layers in the same order"}
    assert_equal(outputs(net, path, images), computed(model, images))


def test_weights_alone(tmp_path: Path) -> None:
    """They say nothing of what each array is."""
    plain().save_weights(tmp_path / "w.weights.h5")
    with pytest.raises(CnnError, match=r"E0901[\s\S]*model.save\(PATH\)"):
        mapped(cnnc.loads(PLAIN), tmp_path / "w.weights.h5")


@pytest.mark.slow
def test_vgg16(tmp_path: Path) -> None:
    """Its first FC reads a volume of 2 x 2 that Keras flattens in another order."""
    model = lively_vgg()
    model.save(tmp_path / "w.keras")
    text = (EXAMPLES / "vgg.cnn").read_text("utf-8").replace("224x224", "64x64")
    net = cnnc.loads(text.replace("-> ADAPTIVE_AVGPOOL((7, 7))", ""), net="VGG16", classes=10)
    images = image(1, 3, 64, 64)
    assert_equal(outputs(net, tmp_path / "w.keras", images), computed(model, images))


def lively_vgg() -> Any:
    options = {"input_shape": (64, 64, 3), "classes": 10, "classifier_activation": None}
    return keras.applications.VGG16(weights=None, **options)


def test_an_eps_that_differs_is_told(tmp_path: Path) -> None:
    model = lively(plain())
    model.save(tmp_path / "w.keras")
    graph = cnnc.loads(PLAIN.replace("(eps=0.001)", "")).journey.checked.graph
    stored = read_stored(tmp_path / "w.keras")
    told = list(doubts(graph, map_weights(graph, stored), stored))
    assert "norm: eps is 1e-05 in the program and 0.001 in the file" in told


def test_flat_files_in_the_layouts_of_keras(tmp_path: Path) -> None:
    """`--layout keras`: what `np.savez` makes of a model's variables."""
    model = lively(plain())
    arrays = {each.path: keras.ops.convert_to_numpy(each) for each in model.weights}
    np.savez(tmp_path / "w.npz", **arrays)
    net, images = cnnc.loads(PLAIN), image(2, 3, 12, 10)
    graph = net.journey.checked.graph
    stored = from_keras(read_stored(tmp_path / "w.npz"), set(graph.weight_shapes().values()))
    weights = convert(graph, stored, map_weights(graph, stored))
    assert_equal({"numpy": net.build("numpy", weights)(images)}, computed(model, images))
