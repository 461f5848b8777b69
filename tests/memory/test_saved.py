"""What training keeps, against what PyTorch's autograd is seen to keep of the emitted modules."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings

import cnnc
from compiler.report import Training
from tests.counting.cases import CASES
from tests.memory.autograd import saved_bytes
from tests.memory.programs import chains

EXAMPLES = Path(__file__).parents[2] / "examples"

NETS = [
    "alexnet.cnn:AlexNet2012",
    "allconv.cnn",
    "densenet.cnn:DenseNet121",
    "googlenet.cnn:GoogLeNet",
    "googlenet.cnn:GoogLeNetPaper",
    "lenet.cnn",
    "mobilenet_v1.cnn",
    "mobilenet_v2.cnn",
    "resnet.cnn:ResNet18",
    "resnet.cnn:ResNet50",
    "squeezenet.cnn:SqueezeNet1_1",
    "vgg.cnn:VGG11_BN",
    "zfnet.cnn",
]
# Branches in which no gradient flows, values that several layers keep, and what overwrites.
OTHERS = {
    "product of inputs": "INPUT(6x6x4) -> MUL{ ID | CONV(4) | ID }",
    "product of three": "INPUT(6x6x4) -> CONV(4) -> MUL{ CONV(4) | ID | GAP }",
    "both read one": "INPUT(6x6x4) -> CONV(4) -> TANH -> ADD{ CONV(4) | CONV(2) -> CONV(4) }",
    "not overwritten": "INPUT(6x6x4) -> CONV(4) -> ADD{ RELU6 | ID } -> RELU6 -> CONV(4)",
    "overwritten": "INPUT(6x6x4) -> CONV(4) -> BN -> RELU6 -> CONV(4) -> RELU6",
    "no chance to drop": "INPUT(6x6x4) -> CONV(4) -> DROPOUT(0.0) -> CONV(4)",
    "all dropped": "INPUT(6x6x4) -> CONV(4) -> DROPOUT(1.0) -> CONV(4)",
    "views": "INPUT(6x6x4) -> CONV(4) -> TANH -> RESHAPE(12x12x1) -> CONV(3) -> FLATTEN -> FC(2)",
    "channels split": (
        "INPUT(6x6x4) -> CONV(4) -> CONCAT{ SLICE(0, 2) -> CONV(2) | SLICE(2, 4) -> TANH }"
    ),
    "product of slices": "INPUT(6x6x4) -> CONV(4) -> TANH -> MUL{ SLICE(0, 2) | SLICE(2, 4) }",
    "slice of a slice": (
        "INPUT(6x6x4) -> CONV(4) -> SLICE(1, 4) -> SLICE(1, 3) -> SHUFFLE(2) -> CONV(2)"
    ),
    "slice flattened": "INPUT(6x6x4) -> CONV(4) -> TANH -> SLICE(1, 3) -> FLATTEN -> FC(3)",
    "slice of the input": (
        "INPUT(6x6x4) -> CONCAT{ SLICE(0, 3) -> CONV(2) | SLICE(1, 4) -> CONV(2) }"
    ),
    "normalised and flattened": "INPUT(6x6x4) -> CONV(4) -> LAYERNORM -> FLATTEN -> FC(3)",
    "norm after norm": (
        "INPUT(6x6x4) -> CONV(4) -> LAYERNORM -> GROUPNORM(2) -> INSTANCENORM -> RELU"
    ),
    "moved and back": "INPUT(6x6x4) -> CONV(4) -> TANH -> PAD(0) -> UPSAMPLE(1) -> CONV(2)",
    "residual with drop path": (
        "INPUT(6x6x4) -> CONV(4) -> ADD{ CONV(4) -> SCALE(0.1) -> DROP_PATH(0.5) | ID } -> CONV(2)"
    ),
    "shuffled by one": "INPUT(6x6x4) -> CONV(4) -> TANH -> SHUFFLE(4) -> CROP(0) -> CONV(2)",
    "in the layout of what flows in": (
        "INPUT(6x6x4) -> CONV(4) -> LAYERNORM -> TANH -> FLATTEN -> FC(3)"
    ),
    "slice laid out by itself": "INPUT(6x6x4) -> CONV(4) -> SLICE(0, 2) -> INSTANCENORM -> CONV(2)",
    "halves normalised": (
        "INPUT(6x6x4) -> CONV(4) -> CONCAT{ SLICE(0, 2) -> INSTANCENORM | SLICE(2, 4) -> BN }"
    ),
    "dead branch": "INPUT(6x6x4) -> CONV(4) -> TANH -> CONV(2)",
}


def measured(net: cnnc.Net, batch: int, dtype: torch.dtype = torch.float32) -> int:
    torch.manual_seed(0)
    module = net.build("torch", train=True).to(dtype)
    inputs = [
        torch.rand(batch, row.volume.c, *row.volume.spatial, dtype=dtype)
        for row in net.report(train=True).rows
        if row.op == "INPUT"
    ]
    return saved_bytes(module, inputs)


def counted(net: cnnc.Net, batch: int, dtype: str = "float32") -> int:
    report = net.report(train=True, batch=batch, dtype=dtype)
    memory = report.memory
    assert isinstance(memory, Training)
    assert memory.saved == sum(row.saved or 0 for row in report.rows)
    return memory.saved


@pytest.mark.parametrize("batch", [2, 3])
@pytest.mark.parametrize("text", [text for _, text in CASES.values()], ids=list(CASES))
def test_operators(text: str, batch: int) -> None:
    """A gradient flows into the operator where a convolution stands before it."""
    net = cnnc.loads(text)
    if not any(row.parameters for row in net.report(train=True).rows):
        assert counted(net, batch) == 0
        return
    assert counted(net, batch) == measured(net, batch)


@pytest.mark.parametrize("text", OTHERS.values(), ids=list(OTHERS))
def test_what_is_shared_overwritten_or_without_gradient(text: str) -> None:
    net = cnnc.loads(text)
    assert counted(net, 2) == measured(net, 2)


@given(text=chains())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_random_chains(text: str) -> None:
    net = cnnc.loads(text)
    assert counted(net, 2) == measured(net, 2)


@pytest.mark.parametrize("target", NETS)
def test_networks(target: str) -> None:
    net = cnnc.load(EXAMPLES / target)
    assert counted(net, 2) == measured(net, 2)


def test_in_double_precision() -> None:
    net = cnnc.load(EXAMPLES / "lenet.cnn")
    assert counted(net, 2, "float64") == measured(net, 2, torch.float64)
