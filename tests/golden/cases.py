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


TRAINED = {
    "alexnet.cnn": ("AlexNet",),
    "allconv.cnn": ("AllConvC",),
    "convnext.cnn": ("ConvNeXt_Tiny",),
    "densenet.cnn": ("DenseNet121",),
    "digits.cnn": ("Digits",),
    "efficientnet.cnn": ("EfficientNetB0",),
    "fcn.cnn": ("FCN8s",),
    "googlenet.cnn": ("GoogLeNet",),
    "lenet.cnn": ("LeNet5",),
    "mobilenet_v1.cnn": ("MobileNetV1",),
    "mobilenet_v2.cnn": ("MobileNetV2",),
    "resnet.cnn": ("ResNet18", "ResNet50", "ResNeXt50_32x4d"),
    "shufflenet_v2.cnn": ("ShuffleNetV2_x1_0",),
    "squeezenet.cnn": ("SqueezeNet1_1",),
    "unet.cnn": ("UNet",),
    "vgg.cnn": ("VGG16_BN",),
    "zfnet.cnn": ("ZFNet",),
}
CASES = (
    Case("lenet.cnn", "LeNet5", "numpy"),
    Case("lenet.cnn", "LeNet5", "torch"),
    Case("resnet.cnn", "ResNet18", "numpy"),
    Case("resnet.cnn", "ResNet18", "numpy", level=0),
    Case("resnet.cnn", "ResNet18", "torch"),
    Case("googlenet.cnn", "GoogLeNet", "torch"),
    Case("mobilenet_v2.cnn", "MobileNetV2", "numpy"),
    Case("densenet.cnn", "DenseNet121", "torch"),
    Case("vgg.cnn", "VGG16_BN", "torch"),
    Case("alexnet.cnn", "AlexNet2012", "numpy"),
    *(Case(program, net, "torch", train=True) for program, nets in TRAINED.items() for net in nets),
)
