"""The map is that of the package grad-cam, of torchvision's networks and of the definition."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file
from torch import nn

import cnnc
from tests.cli.run import EXAMPLES
from tests.conformance.torchvisions import image, torchvision_model
from tests.explain.looking import DIGITS, WEIGHTS, arrays, cam, digit, package_cam

# The layer in torchvision's network of what is chosen here; None where no module gives it.
TORCHVISION: dict[str, tuple[str, Callable[[Any], nn.Module] | None]] = {
    "resnet18": ("resnet.cnn:ResNet18", lambda net: net.layer4[-1]),
    "squeezenet1_1": ("squeezenet.cnn:SqueezeNet1_1", lambda net: net.classifier[2]),
    "mobilenet_v2": ("mobilenet_v2.cnn:MobileNetV2", lambda net: net.features[-1]),
    "densenet121": ("densenet.cnn:DenseNet121", None),
    "googlenet": ("googlenet.cnn:GoogLeNet", lambda net: net.inception5b),
}


def pixels(number: int) -> torch.Tensor:
    return torch.from_numpy(digit(number)[None, None] / np.float32(255))


@pytest.mark.parametrize("layer", ["conv1", "conv3", "conv5"])
@pytest.mark.parametrize("number", [2, 7])
def test_digits_are_the_packages(layer: str, number: int) -> None:
    pytest.importorskip("pytorch_grad_cam")
    net, x = cnnc.load(DIGITS), pixels(number)
    model = net.build("torch", WEIGHTS, level=1)
    wanted = package_cam(model, getattr(model, layer), x, number)
    found = cam(net, load_file(WEIGHTS), x, number, layer)
    assert found.max() == 1 and found.min() == 0
    assert np.abs(found - wanted).max() < 1e-5


@pytest.mark.parametrize("name", TORCHVISION)
def test_the_last_maps_are_torchvisions(name: str) -> None:
    """With torchvision's own network under the package, and its weights here."""
    pytest.importorskip("pytorch_grad_cam")
    target, layer = TORCHVISION[name]
    model: Any = torchvision_model(name)
    x = image((1, 96, 96))
    with torch.inference_mode():
        chosen = int(model(x).argmax())
    found = cam(cnnc.load(EXAMPLES / target), arrays(model), x, chosen)
    if layer is None:
        wanted = by_definition(lambda x: F.relu(model.features(x)), model.classifier, x, chosen)
    else:
        wanted = package_cam(model, layer(model), x, chosen)
    assert found.max() == 1 and np.abs(found - wanted).max() < 1e-5


def by_definition(maps: Any, classifier: nn.Module, x: torch.Tensor, chosen: int) -> Any:
    """Of a mean and one FC: the gradient of a score by a map is its weight / Z everywhere, so the
    map is ReLU(sum_k w_k A_k) / Z (Selvaraju et al., 2017, section 3.1; Zhou et al., 2016)."""
    weight = next(classifier.parameters())[chosen].detach()
    with torch.inference_mode():
        plain = torch.einsum("k,khw->hw", weight, maps(x)[0]).relu()
        wide = F.interpolate(plain[None, None], x.shape[2:], mode="bilinear")[0, 0]
        return ((wide - wide.min()) / (wide.max() - wide.min())).numpy()


@pytest.mark.parametrize("number", range(10))
def test_the_definition(number: int) -> None:
    net, x = cnnc.load(DIGITS), pixels(number)
    model = net.build("torch", WEIGHTS, level=0, features=["18"])
    whole = net.build("torch", WEIGHTS, level=0)
    wanted = by_definition(model, whole.fc, x, number)
    assert np.abs(cam(net, load_file(WEIGHTS), x, number) - wanted).max() < 1e-5


def test_of_fully_connected_layers_and_before_a_softmax() -> None:
    """As VGG and AlexNet end: the maps before the last pooling, the score before the softmax."""
    torch.manual_seed(0)
    layers = {
        **{"conv1": nn.Conv2d(3, 8, 3, padding=1), "1": nn.ReLU(), "2": nn.MaxPool2d(2)},
        **{"conv2": nn.Conv2d(8, 16, 3, padding=1), "4": nn.ReLU(), "5": nn.MaxPool2d(2)},
        **{"6": nn.Flatten(), "fc1": nn.Linear(480, 20), "8": nn.ReLU(), "fc2": nn.Linear(20, 4)},
    }
    model = nn.Sequential(OrderedDict(layers)).eval()
    net = cnnc.loads(
        "INPUT(20x24x3) -> conv1: CONV(8) -> RELU -> POOL -> conv2: CONV(16) -> RELU -> POOL"
        " -> fc1: FC(20) -> RELU -> DROPOUT(0.5) -> fc2: FC(4) -> SOFTMAX"
    )
    x = torch.rand(1, 3, 20, 24)
    for chosen in range(4):
        found = cam(net, arrays(model), x, chosen)
        assert np.abs(found - package_cam(model, model[4], x, chosen)).max() < 1e-5


def test_where_nothing_speaks_for_a_class_the_map_is_zero() -> None:
    net = cnnc.loads("INPUT(6x6x1) -> conv: CONV(2) -> RELU -> GAP -> fc: FC(2)")
    rng = np.random.default_rng(0)
    weights = {
        "conv.weight": np.abs(rng.standard_normal((2, 1, 3, 3), np.float32)),
        "conv.bias": np.zeros(2, np.float32),
        "fc.weight": np.array([[-1, -1], [1, 1]], np.float32),
        "fc.bias": np.zeros(2, np.float32),
    }
    x = torch.rand(1, 1, 6, 6)
    assert not cam(net, weights, x, 0).any()
    assert cam(net, weights, x, 1).max() == 1
