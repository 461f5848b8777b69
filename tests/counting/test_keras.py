"""The Keras profile against Keras: its own networks, and each operator as a layer of Keras."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cnnc
from compiler.counting import PROFILES
from compiler.counting.profile import Counted, count
from compiler.op import Op
from compiler.ops import OPS

os.environ.setdefault("KERAS_BACKEND", "torch")  # Keras reads it once, when it is imported
keras = pytest.importorskip("keras")
layers = keras.layers

EXAMPLES = Path(__file__).parents[2] / "examples"


def counted(net: cnnc.Net) -> Counted:
    return count(net.report().rows, PROFILES["keras"])


def printed(model: Any) -> str:
    """The end of `model.summary()`."""
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    return "\n".join(re.findall(r"^ *(\S.*params: .*\))$", "\n".join(lines), re.M))


def learned_or_kept(model: Any) -> list[int]:
    """Of the layers that have any, in Keras's order."""
    return [layer.count_params() for layer in model.layers if layer.count_params()]


def agree(ours: Counted, model: Any) -> None:
    assert ours.headline == printed(model)
    assert [row.numbers[0] for row in ours.rows if row.numbers[0]] == learned_or_kept(model)


def mobilenet(alpha: float) -> Any:
    return keras.applications.MobileNet(weights=None, alpha=alpha)


NETWORKS: dict[str, tuple[str, dict[str, Any], Callable[[], Any]]] = {
    "VGG16": ("vgg.cnn:VGG16", {}, lambda: keras.applications.VGG16(weights=None)),
    "VGG19": ("vgg.cnn:VGG19", {}, lambda: keras.applications.VGG19(weights=None)),
    "MobileNet 1": ("mobilenet_v1.cnn", {"width": 1.0}, lambda: mobilenet(1.0)),
    "MobileNet 0.75": ("mobilenet_v1.cnn", {"width": 0.75}, lambda: mobilenet(0.75)),
    "MobileNet 0.5": ("mobilenet_v1.cnn", {"width": 0.5}, lambda: mobilenet(0.5)),
    "MobileNet 0.25": ("mobilenet_v1.cnn", {"width": 0.25}, lambda: mobilenet(0.25)),
    "MobileNetV2": (
        "mobilenet_v2.cnn",
        {},
        lambda: keras.applications.MobileNetV2(weights=None),
    ),
    "DenseNet121": (
        "densenet.cnn:DenseNet121",
        {},
        lambda: keras.applications.DenseNet121(weights=None),
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_network(name: str) -> None:
    target, settings, build = NETWORKS[name]
    agree(counted(cnnc.load(EXAMPLES / target, **settings)), build())


# An operator on 8x6x4 in the language and in Keras; None where Keras has no such layer.
SAME: dict[str, tuple[str, Callable[[], Any] | None]] = {
    "INPUT": ("ID", lambda: layers.Identity()),
    "CONV": ("CONV(6, 3, stride=2, groups=2)", lambda: layers.Conv2D(6, 3, 2, groups=2)),
    "DWCONV": (
        "DWCONV(3, multiplier=2, bias=false)",
        lambda: layers.DepthwiseConv2D(3, depth_multiplier=2, use_bias=False),
    ),
    "TCONV": ("TCONV(6, 2, stride=2)", lambda: layers.Conv2DTranspose(6, 2, 2)),
    "POOL": ("POOL(2)", lambda: layers.MaxPooling2D(2)),
    "MINPOOL": ("MINPOOL(2)", None),
    "AVGPOOL": ("AVGPOOL(2)", lambda: layers.AveragePooling2D(2)),
    "GAP": ("GAP", lambda: layers.GlobalAveragePooling2D()),
    "GMP": ("GMP", lambda: layers.GlobalMaxPooling2D()),
    "ADAPTIVE_AVGPOOL": ("ADAPTIVE_AVGPOOL(2)", lambda: layers.AdaptiveAveragePooling2D(2)),
    "ADAPTIVE_MAXPOOL": ("ADAPTIVE_MAXPOOL(2)", lambda: layers.AdaptiveMaxPooling2D(2)),
    "FC": ("FC(5)", lambda: keras.Sequential([layers.Flatten(), layers.Dense(5)])),
    "FLATTEN": ("FLATTEN", lambda: layers.Flatten()),
    "RESHAPE": ("RESHAPE(4x6x8)", lambda: layers.Reshape((4, 6, 8))),
    "BN": ("BN", lambda: layers.BatchNormalization()),
    "LAYERNORM": ("LAYERNORM", lambda: layers.LayerNormalization(epsilon=1e-6)),
    "GROUPNORM": ("GROUPNORM(2)", lambda: layers.GroupNormalization(2)),
    "INSTANCENORM": (
        "INSTANCENORM",
        lambda: layers.GroupNormalization(-1, center=False, scale=False),
    ),
    "SCALE": ("SCALE", lambda: layers.EinsumDense("bhwc,c->bhwc", (8, 6, 4))),
    "LRN": ("LRN", None),
    "RELU": ("RELU", lambda: layers.ReLU()),
    "RELU6": ("RELU6", lambda: layers.ReLU(6.0)),
    "LEAKY_RELU": ("LEAKY_RELU", lambda: layers.LeakyReLU()),
    "PRELU": ("PRELU", lambda: layers.PReLU(shared_axes=[1, 2])),
    "ELU": ("ELU", lambda: layers.ELU()),
    "GELU": ("GELU", lambda: layers.Activation("gelu")),
    "SILU": ("SILU", lambda: layers.Activation("silu")),
    "HARDSWISH": ("HARDSWISH", lambda: layers.Activation("hard_silu")),
    "HARDSIGMOID": ("HARDSIGMOID", lambda: layers.Activation("hard_sigmoid")),
    "SIGMOID": ("SIGMOID", lambda: layers.Activation("sigmoid")),
    "TANH": ("TANH", lambda: layers.Activation("tanh")),
    "SOFTPLUS": ("SOFTPLUS", lambda: layers.Activation("softplus")),
    "MISH": ("MISH", lambda: layers.Activation("mish")),
    "SOFTMAX": ("SOFTMAX", lambda: layers.Softmax()),
    "LOG_SOFTMAX": ("LOG_SOFTMAX", lambda: layers.Activation("log_softmax")),
    "DROPOUT": ("DROPOUT", lambda: layers.Dropout(0.5)),
    "DROPOUT2D": ("DROPOUT2D", lambda: layers.SpatialDropout2D(0.5)),
    "DROP_PATH": ("DROP_PATH(0.5)", lambda: layers.Dropout(0.5, (None, 1, 1, 1))),
    "CONCAT": ("CONCAT{ ID | ID }", lambda: merged(layers.Concatenate)),
    "ADD": ("ADD{ ID | ID }", lambda: merged(layers.Add)),
    "MUL": ("MUL{ ID | ID }", lambda: merged(layers.Multiply)),
    "MAX": ("MAX{ ID | ID }", lambda: merged(layers.Maximum)),
    "SLICE": ("SLICE(1, 3)", None),
    "SHUFFLE": ("SHUFFLE(2)", None),
    "PAD": ("PAD(1)", lambda: layers.ZeroPadding2D(1)),
    "CROP": ("CROP(1)", lambda: layers.Cropping2D(1)),
    "UPSAMPLE": ("UPSAMPLE", lambda: layers.UpSampling2D(2)),
    "PIXEL_SHUFFLE": ("PIXEL_SHUFFLE(2)", None),
    "NORMALIZE": ("NORMALIZE(0.5, 2)", lambda: layers.Normalization(mean=0.5, variance=4.0)),
    "HOG": ("HOG(2)", None),
    "ID": ("ID", lambda: layers.Identity()),
}
LACKING = frozenset(name for name, (_, layer) in SAME.items() if layer is None)


def merged(merge: Callable[[], Any]) -> Any:
    x = keras.Input((8, 6, 4))
    return keras.Model(x, merge()([x, x]))


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_operator(op: type[Op]) -> None:
    element, build = SAME[op.name]
    ours = counted(cnnc.loads(f"INPUT(8x6x4) -> {element}"))
    if build is None:
        assert op.name in LACKING and ours.totals == (0, 0, 0)
        return
    agree(ours, keras.Sequential([keras.Input((8, 6, 4)), build()]))


def test_batch_norm_without_gamma_and_beta() -> None:
    plain = layers.BatchNormalization(center=False, scale=False)
    ours = counted(cnnc.loads("INPUT(8x6x4) -> BN(affine=false)"))
    agree(ours, keras.Sequential([keras.Input((8, 6, 4)), plain]))
