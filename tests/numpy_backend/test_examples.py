"""The examples, emitted, against torchvision's networks with the same weights."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnc
from backends.numpy.kernels.types import Array
from tests.kernels.compare import agree, noise

torch = pytest.importorskip("torch")
models = pytest.importorskip("torchvision").models

EXAMPLES = Path(__file__).parents[2] / "examples"
# A program, torchvision's name for it, and the height and width of the images.
SAME = [
    ("alexnet.cnn:AlexNet", "alexnet", 224),
    ("vgg.cnn:VGG11_BN", "vgg11_bn", 224),
    ("resnet.cnn:ResNet18", "resnet18", 64),
    ("resnet.cnn:ResNet50", "resnet50", 65),
    ("resnet.cnn:ResNeXt50_32x4d", "resnext50_32x4d", 64),
    ("squeezenet.cnn:SqueezeNet1_0", "squeezenet1_0", 67),
    ("squeezenet.cnn:SqueezeNet1_1", "squeezenet1_1", 64),
    ("mobilenet_v2.cnn:MobileNetV2", "mobilenet_v2", 64),
    ("densenet.cnn:DenseNet121", "densenet121", 64),
    ("googlenet.cnn:GoogLeNet", "googlenet", 71),
]


def theirs(name: str, x: Any) -> Any:
    """The network with statistics near those of x, so that signals neither die nor explode, and
    parameters of batch norms that matter. GoogLeNet's has its heads, as trained ones do."""
    torch.manual_seed(0)
    options = {"init_weights": False} if name == "googlenet" else {}
    model = getattr(models, name)(weights=None, **options)
    norms = [each for each in model.modules() if isinstance(each, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
        torch.nn.init.uniform_(norm.weight, 0.6, 1.4)
        torch.nn.init.normal_(norm.bias, std=0.1)
    with torch.no_grad():
        model.train()(x)
        for norm in norms:
            norm.running_mean += 0.1 * torch.randn_like(norm.running_mean)
            norm.running_var *= 0.8 + 0.4 * torch.rand_like(norm.running_var)
    return model.eval()


def emitted(target: str, level: Any) -> Any:
    """The class of a program's network."""
    space: dict[str, Any] = {"__name__": "emitted"}
    text = cnnc.load(str(EXAMPLES / target)).emit("numpy", level=level)
    exec(compile(text, target, "exec", dont_inherit=True), space)
    return space[space["__all__"][0]]


@pytest.mark.slow
@pytest.mark.parametrize(("target", "name", "size"), SAME, ids=[name for _, name, _ in SAME])
def test_same_as_torchvision(target: str, name: str, size: int) -> None:
    x = noise(2, 3, size, size)
    model = theirs(name, torch.from_numpy(x))
    weights = {key: tensor.numpy() for key, tensor in model.state_dict().items()}
    with torch.inference_mode():
        expected: Array = model(torch.from_numpy(x)).numpy()
    # The two images must not give the same, or agreement would say little.
    assert np.abs(expected[0] - expected[1]).max() > 1e-3 * np.abs(expected).max()
    made = emitted(target, 2)
    agree(made(weights)(x), expected, 1e-4)
    agree(made(weights, exact=True)(x), expected)


@pytest.mark.parametrize("level", [0, 1])
def test_other_levels_compute_the_same(level: int) -> None:
    x = noise(1, 3, 32, 32)
    nets = [emitted("mobilenet_v2.cnn:MobileNetV2", each).random(4) for each in (level, 2)]
    agree(nets[0](x), nets[1](x))


def every_net() -> list[str]:
    return [
        f"{path.name}:{name}"
        for path in sorted(EXAMPLES.glob("*.cnn"))
        for name in re.findall(r"^net (\w+)", path.read_text("utf-8"), re.MULTILINE)
    ]


@pytest.mark.parametrize("target", every_net())
def test_every_example_is_emitted(target: str) -> None:
    compile(cnnc.load(str(EXAMPLES / target)).emit("numpy"), target, "exec")
