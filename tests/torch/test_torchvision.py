"""Emitted networks against torchvision's own, key for key and number for number."""

from __future__ import annotations

import pytest
import torch
import torchvision

import cnnc
from compiler.optimise import Level
from tests.torch.build import difference, import_text, noise, randomise

SMALL = {
    "squeezenet.cnn:SqueezeNet1_1": "squeezenet1_1",
    "mobilenet_v2.cnn:MobileNetV2": "mobilenet_v2",
    "resnet.cnn:ResNet18": "resnet18",
    "googlenet.cnn:GoogLeNet": "googlenet",
    "densenet.cnn:DenseNet121": "densenet121",
    "vgg.cnn:VGG11_BN": "vgg11_bn",
    "alexnet.cnn:AlexNet": "alexnet",
}

LEVELS: tuple[tuple[Level, bool, float], ...] = (
    (0, True, 1e-7),
    (0, False, 1e-7),
    (2, False, 3e-6),
)


@pytest.mark.slow
@pytest.mark.parametrize("target", SMALL)
def test_the_same_numbers(target: str) -> None:
    options = {"init_weights": False} if "GoogLeNet" in target else {}
    theirs = getattr(torchvision.models, SMALL[target])(**options).eval()
    for module in theirs.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            randomise(module)
    net, x = cnnc.load(f"examples/{target}"), noise(1, 3, 224, 224)
    with torch.inference_mode():
        wanted = theirs(x)
        for level, train, limit in LEVELS:
            module = import_text(net.emit("torch", level=level, train=train))
            ours = getattr(module, module.__all__[0])()
            ours.load_state_dict(theirs.state_dict(), strict=True)
            assert difference(ours.eval()(x), wanted) < limit
            if train:
                assert ours.state_dict().keys() == theirs.state_dict().keys()
