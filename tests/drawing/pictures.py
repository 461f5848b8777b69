"""The pictures of the documentation: which, and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnnc.net import load
from compiler.drawing.look import Style

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures"


@dataclass(frozen=True)
class Picture:
    name: str
    target: str
    style: Style = "graph"
    depth: int | None = None
    unfold: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name}.svg"

    def text(self) -> str:
        net = load(ROOT / "examples" / self.target)
        return str(net.draw(style=self.style, depth=self.depth, unfold=self.unfold))


PICTURES = (
    Picture("lenet", "lenet.cnn"),
    Picture("lenet_volumes", "lenet.cnn", "volumes"),
    Picture("alexnet", "alexnet.cnn:AlexNet"),
    Picture("alexnet_volumes", "alexnet.cnn:AlexNet", "volumes"),
    Picture("vgg16_volumes", "vgg.cnn:VGG16", "volumes"),
    Picture("googlenet", "googlenet.cnn:GoogLeNet"),
    Picture(
        "googlenet_inception3a",
        "googlenet.cnn:GoogLeNet",
        unfold=tuple(f"inception3a.branch{branch}" for branch in (2, 3, 4)),
    ),
    Picture("googlenet_volumes", "googlenet.cnn:GoogLeNet", "volumes"),
    Picture("squeezenet1_1", "squeezenet.cnn:SqueezeNet1_1", depth=3),
    Picture("resnet18", "resnet.cnn:ResNet18", depth=3),
    Picture("resnet152", "resnet.cnn:ResNet152"),
    Picture("resnet152_volumes", "resnet.cnn:ResNet152", "volumes"),
    Picture("densenet121", "densenet.cnn:DenseNet121"),
    Picture("mobilenet_v2", "mobilenet_v2.cnn:MobileNetV2"),
    Picture("mobilenet_v2_volumes", "mobilenet_v2.cnn:MobileNetV2", "volumes"),
)
