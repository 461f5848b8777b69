"""Emitted modules that are kept, so that every change of the emitters is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnnc.pipeline import Backend, Journey
from compiler.expansion.modules import read_source
from compiler.optimise import Level

FOLDER = Path(__file__).parent
EXAMPLES = FOLDER.parents[1] / "examples"


@dataclass(frozen=True)
class Case:
    program: str
    net: str
    backend: Backend
    level: Level = 2
    train: bool = False

    @property
    def file(self) -> Path:
        folder = "train" if self.train else self.backend
        plain = "_plain" if self.level == 0 else ""
        return FOLDER / folder / f"{self.net.lower()}{plain}.py"

    def source(self) -> str:
        """What is emitted today."""
        path = EXAMPLES / self.program
        source = read_source(path, f"examples/{self.program}")
        journey = Journey(source, path, self.net, {})
        return journey.emit(self.backend, self.level, self.train)


CASES = (
    Case("lenet.cnn", "LeNet5", "numpy"),
    Case("lenet.cnn", "LeNet5", "torch"),
    Case("lenet.cnn", "LeNet5", "torch", train=True),
    Case("resnet.cnn", "ResNet18", "numpy"),
    Case("resnet.cnn", "ResNet18", "numpy", level=0),
    Case("resnet.cnn", "ResNet18", "torch"),
    Case("resnet.cnn", "ResNet18", "torch", train=True),
    Case("googlenet.cnn", "GoogLeNet", "torch"),
    Case("googlenet.cnn", "GoogLeNet", "torch", train=True),
    Case("mobilenet_v2.cnn", "MobileNetV2", "numpy"),
    Case("mobilenet_v2.cnn", "MobileNetV2", "torch", train=True),
    Case("densenet.cnn", "DenseNet121", "torch"),
    Case("vgg.cnn", "VGG16_BN", "torch"),
    Case("alexnet.cnn", "AlexNet2012", "numpy"),
)
