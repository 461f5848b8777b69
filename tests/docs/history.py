"""docs/history.md: what changed from network to network, said by the comparison itself.

`make history` writes it anew. By hand are only the title and the paper of each step.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cnnc
from compiler.difference.compare import diff
from compiler.difference.network import Network
from compiler.formats.difference.lines import total_cells
from compiler.formats.markdown import escaped, pipes
from compiler.measured import memory
from compiler.report import Report

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "history.md"


@dataclass(frozen=True)
class Step:
    """`old` and `new` are targets in examples/; `paper` says where the new network was shown."""

    title: str
    old: str
    new: str
    paper: str


STEPS = (
    Step(
        "LeNet-5 to AlexNet",
        "lenet.cnn:LeNet5",
        "alexnet.cnn:AlexNet2012",
        "From digits to photographs. Krizhevsky, Sutskever, Hinton, ImageNet classification with"
        " deep convolutional neural networks, 2012, after LeCun, Bottou, Bengio, Haffner,"
        " Gradient-based learning applied to document recognition, 1998.",
    ),
    Step(
        "AlexNet to ZFNet",
        "alexnet.cnn:AlexNet2012",
        "zfnet.cnn:ZFNet",
        "AlexNet was looked into, and its first layer mended. Zeiler, Fergus, Visualizing and"
        " understanding convolutional networks, 2013.",
    ),
    Step(
        "ZFNet to VGG-16",
        "zfnet.cnn:ZFNet",
        "vgg.cnn:VGG16",
        "Small windows, and many of them. Simonyan, Zisserman, Very deep convolutional networks for"
        " large-scale image recognition, 2014.",
    ),
    Step(
        "VGG-16 to GoogLeNet",
        "vgg.cnn:VGG16",
        "googlenet.cnn:GoogLeNetPaper",
        "The same autumn, another way to depth. Szegedy et al., Going deeper with convolutions,"
        " 2014.",
    ),
    Step(
        "GoogLeNet to ResNet-50",
        "googlenet.cnn:GoogLeNetPaper",
        "resnet.cnn:ResNet50",
        "Layers learn what they add. He, Zhang, Ren, Sun, Deep residual learning for image"
        " recognition, 2015; batch norm is of Ioffe, Szegedy, 2015.",
    ),
    Step(
        "ResNet-50 to MobileNetV1",
        "resnet.cnn:ResNet50",
        "mobilenet_v1.cnn:MobileNetV1",
        "For telephones. Howard et al., MobileNets: efficient convolutional neural networks for"
        " mobile vision applications, 2017.",
    ),
    Step(
        "MobileNetV1 to MobileNetV2",
        "mobilenet_v1.cnn:MobileNetV1",
        "mobilenet_v2.cnn:MobileNetV2",
        "The shortcut comes back, inside out. Sandler, Howard, Zhu, Zhmoginov, Chen, MobileNetV2:"
        " inverted residuals and linear bottlenecks, 2018.",
    ),
)
ASIDE = (
    Step(
        "AlexNet to SqueezeNet",
        "alexnet.cnn:AlexNet",
        "squeezenet.cnn:SqueezeNet1_0",
        "Iandola et al., SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB"
        " model size, 2016.",
    ),
    Step(
        "VGG-16 with batch norm",
        "vgg.cnn:VGG16",
        "vgg.cnn:VGG16_BN",
        "Ioffe, Szegedy, Batch normalization: accelerating deep network training by reducing"
        " internal covariate shift, 2015.",
    ),
    Step(
        "VGG-19 to ResNet-34",
        "vgg.cnn:VGG19",
        "resnet.cnn:ResNet34",
        "The pair of figure 3 of He, Zhang, Ren, Sun, Deep residual learning for image recognition,"
        " 2015.",
    ),
    Step(
        "ResNet-34 to ResNet-50",
        "resnet.cnn:ResNet34",
        "resnet.cnn:ResNet50",
        "Of the same paper, table 1.",
    ),
    Step(
        "ResNet-50 to ResNeXt-50",
        "resnet.cnn:ResNet50",
        "resnet.cnn:ResNeXt50_32x4d",
        "Xie, Girshick, Dollar, Tu, He, Aggregated residual transformations for deep neural"
        " networks, 2016.",
    ),
    Step(
        "ResNet-50 to DenseNet-121",
        "resnet.cnn:ResNet50",
        "densenet.cnn:DenseNet121",
        "Huang, Liu, van der Maaten, Weinberger, Densely connected convolutional networks, 2016.",
    ),
)
INTRODUCTION = """\
# What changed from network to network

Every number and every bulleted sentence below was said by `cnnc diff` of two programs in
[examples](../examples); `make history` writes them anew, and a test holds them to it. MACs are
multiply-accumulates of convolutions and FC layers for one image; peak live bytes are those of the
values held at once, without weights, in float32; the field is the largest receptive field.
"""


@cache
def report(target: str) -> Report:
    return cnnc.load(ROOT / "examples" / target).journey.report()


def history() -> str:
    parts = [INTRODUCTION, _table()]
    parts += [_step(step) for step in STEPS]
    parts += ["## Aside\n", *(_step(step, "###") for step in ASIDE)]
    return "\n".join(parts)


def _step(step: Step, level: str = "##") -> str:
    found = diff(report(step.old), report(step.new))
    shown = ("parameters", "macs", "activations", "live_bytes", "receptive_field")
    totals = [total_cells(total) for total in found.totals if total.name in shown]
    return "\n".join(
        [
            f"{level} {step.title}\n",
            f"{step.paper}\n",
            *(f"- {escaped(sentence)}" for sentence in found.sentences),
            "",
            *pipes(("", "before", "after", "change", ""), totals, 1),
            "",
            f"`cnnc diff examples/{step.old} examples/{step.new}`\n",
        ]
    )


def _table() -> str:
    targets = [STEPS[0].old, *(step.new for step in STEPS)]
    rows = [_row(report(target)) for target in targets]
    titles = ("network", "depth", "parameters", "MACs", "activations", "peak live bytes", "field")
    return "\n".join([*pipes(titles, rows, 1), ""])


def _row(counted: Report) -> tuple[str, ...]:
    totals = counted.totals
    return (
        counted.name,
        f"{Network(counted).depth:,}",
        f"{totals.parameters:,}",
        f"{totals.macs:,}",
        f"{totals.activations:,}",
        f"{memory(counted):,}",
        f"{counted.receptive_field:,}",
    )


if __name__ == "__main__":
    FILE.write_text(history(), encoding="utf-8")
    print(f"{FILE.relative_to(ROOT)} written")
