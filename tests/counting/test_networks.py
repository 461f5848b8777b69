"""Whole networks against the tools, on what cnnc emits and on torchvision's own models."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import cnnc
from compiler.counting import PROFILES
from compiler.counting.profile import Counted, count
from compiler.report import Row
from tests.conformance.rows import TORCHVISION, VGG16_VALUES, VGG16_WEIGHTS
from tests.counting import tools
from tests.counting.emitted import emitted, paths, zeroed
from tests.counting.test_operators import TOOLS

EXAMPLES = Path(__file__).parents[2] / "examples"
SETTINGS: dict[str, dict[str, Any]] = {"pattern.cnn": {"N": 1, "M": 3, "K": 1}}
NETWORKS = (
    "alexnet.cnn:AlexNet2012",
    "allconv.cnn:AllConvC",
    "densenet.cnn:DenseNet121",
    "googlenet.cnn:GoogLeNet",
    "googlenet.cnn:GoogLeNetPaper",
    "lenet.cnn:LeNet5",
    "mobilenet_v1.cnn:MobileNetV1",
    "mobilenet_v2.cnn:MobileNetV2",
    "pattern.cnn",
    "resnet.cnn:ResNet18",
    "resnet.cnn:ResNet50",
    "squeezenet.cnn:SqueezeNet1_0",
    "vgg.cnn:VGG11",
    "zfnet.cnn:ZFNet",
)


@cache
def program(target: str) -> cnnc.Net:
    return cnnc.load(EXAMPLES / target, **SETTINGS.get(target, {}))


def agree(counted: Counted, said: tools.Said) -> None:
    """In total, in print, and layer by layer where both have a layer of that path."""
    assert counted.totals == said.totals
    assert counted.headline == said.headline
    work = {row.path: row.numbers[1] for row in counted.rows}
    layers = {path: number for path, number in said.rows.items() if path in work}
    assert layers == {path: work[path] for path in layers}


@pytest.fixture(params=NETWORKS, scope="module")
def network(request: pytest.FixtureRequest) -> tuple[tuple[Row, ...], nn.Module]:
    net = program(request.param)
    return net.report().rows, emitted(net)


@pytest.mark.parametrize("profile", TOOLS)
def test_emitted(profile: str, network: tuple[tuple[Row, ...], nn.Module]) -> None:
    rows, model = network
    counted = count(rows, PROFILES[profile], paths(model))
    agree(counted, TOOLS[profile](model, rows[0].volume))


def is_called_in_densenet(row: Row) -> bool:
    return row.op in {"RELU", "GAP"} and "." not in row.path


def is_called_in_googlenet(row: Row) -> bool:
    return row.op == "RELU"


def is_called_in_mobilenet(row: Row) -> bool:
    return row.op == "GAP"


def is_never_called(row: Row) -> bool:
    return False


# torchvision's models, and which of their layers are functions called in `forward`.
MODELS: dict[str, Callable[[Row], bool]] = {
    "alexnet": is_never_called,
    "densenet121": is_called_in_densenet,
    "googlenet": is_called_in_googlenet,
    "mobilenet_v2": is_called_in_mobilenet,
    "resnet18": is_never_called,
    "resnet50": is_never_called,
    "squeezenet1_1": is_never_called,
    "vgg11_bn": is_never_called,
}


@pytest.fixture(params=MODELS, scope="module")
def original(request: pytest.FixtureRequest) -> tuple[tuple[Row, ...], frozenset[str], nn.Module]:
    models = pytest.importorskip("torchvision.models")
    name = request.param
    options = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    with torch.device("meta"):
        model = models.get_model(name, weights=None, **options)
    rows = program(TORCHVISION[name]).report().rows
    modules = frozenset(row.path for row in rows if not MODELS[name](row))
    return rows, modules, zeroed(model)


@pytest.mark.parametrize("profile", TOOLS)
def test_torchvisions_own_model(
    profile: str, original: tuple[tuple[Row, ...], frozenset[str], nn.Module]
) -> None:
    rows, modules, model = original
    counted = count(rows, PROFILES[profile], modules)
    agree(counted, TOOLS[profile](model, rows[0].volume))


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvisions_metadata(name: str) -> None:
    models = pytest.importorskip("torchvision.models")
    meta = models.get_model_weights(name).DEFAULT.meta
    counted = count(program(TORCHVISION[name]).report().rows, PROFILES["torchvision"])
    assert counted.headline == f"num_params: {meta['num_params']}, _ops: {meta['_ops']}"
    assert counted.totals[0] == meta["num_params"]


# The rows of the notes' table of VGGNet: values, and weights without biases.
NOTES = (
    ("INPUT", 224 * 224 * 3, 0),
    ("CONV3-64", 224 * 224 * 64, 1_728),
    ("CONV3-64", 224 * 224 * 64, 36_864),
    ("POOL2", 112 * 112 * 64, 0),
    ("CONV3-128", 112 * 112 * 128, 73_728),
    ("CONV3-128", 112 * 112 * 128, 147_456),
    ("POOL2", 56 * 56 * 128, 0),
    ("CONV3-256", 56 * 56 * 256, 294_912),
    ("CONV3-256", 56 * 56 * 256, 589_824),
    ("CONV3-256", 56 * 56 * 256, 589_824),
    ("POOL2", 28 * 28 * 256, 0),
    ("CONV3-512", 28 * 28 * 512, 1_179_648),
    ("CONV3-512", 28 * 28 * 512, 2_359_296),
    ("CONV3-512", 28 * 28 * 512, 2_359_296),
    ("POOL2", 14 * 14 * 512, 0),
    ("CONV3-512", 14 * 14 * 512, 2_359_296),
    ("CONV3-512", 14 * 14 * 512, 2_359_296),
    ("CONV3-512", 14 * 14 * 512, 2_359_296),
    ("POOL2", 7 * 7 * 512, 0),
    ("FC", 4096, 102_760_448),
    ("FC", 4096, 16_777_216),
    ("FC", 1000, 4_096_000),
)


def test_the_table_of_the_notes() -> None:
    counted = count(program("vgg.cnn:VGG16").report().rows, PROFILES["cs231n"])
    shown = [row for row in counted.rows if any(row.numbers)]
    assert [row.numbers for row in shown] == [(memory, weights) for _, memory, weights in NOTES]
    assert [row.op for row in shown] == [name.split("3-")[0].rstrip("2") for name, *_ in NOTES]
    assert counted.totals == (VGG16_VALUES, VGG16_WEIGHTS)
    assert counted.headline == (
        "TOTAL memory: 15,237,608 * 4 bytes = 60.95 MB / image (only forward! ~*2 for bwd)\n"
        "TOTAL params: 138,344,128 parameters"
    )


@pytest.mark.parametrize("target", NETWORKS)
def test_cnnc_is_the_report(target: str) -> None:
    report = program(target).report()
    counted = count(report.rows, PROFILES["cnnc"])
    assert counted.totals == (report.totals.parameters, report.totals.macs)
    numbers = [(row.path, row.parameters, row.macs) for row in report.rows]
    assert [(row.path, *row.numbers) for row in counted.rows] == numbers
