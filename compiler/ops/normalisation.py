"""Normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from compiler.arguments import flag, number, whole
from compiler.op import Kept, Op, Weight
from compiler.volume import Volume


@dataclass(frozen=True)
class BatchNorm(Op):
    """Batch normalisation (Ioffe and Szegedy, 2015); `momentum` is PyTorch's."""

    name: ClassVar[str] = "BN"
    in_place: ClassVar[bool] = True
    eps: float = number(1e-5, low=0.0)
    momentum: float = number(0.1, low=0.0, high=1.0)
    affine: bool = flag(True)

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        shape = (inputs[0].c,)
        learned = (
            Weight("weight", shape, "normalisation"),
            Weight("bias", shape, "normalisation"),
        )
        statistics = (
            Weight("running_mean", shape, "buffer"),
            Weight("running_var", shape, "buffer"),
        )
        return (*learned, *statistics) if self.affine else statistics

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """The mean and the deviation of the batch, too."""
        return Kept(inputs=(0,), constants=2 * inputs[0].c)


@dataclass(frozen=True)
class LocalResponseNorm(Op):
    """x / (k + alpha/size * sum x^2)^beta over `size` neighbouring channels.

    Krizhevsky et al., ImageNet classification with deep convolutional neural networks, 2012.
    alpha is divided by size, as in PyTorch, Caffe and ONNX; the paper does not divide.
    """

    name: ClassVar[str] = "LRN"
    size: int = whole(5)
    alpha: float = number(1e-4)
    beta: float = number(0.75)
    k: float = number(1.0)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """The squares between channels of padding, what is raised to beta, and the divisor."""
        squares = output.h * output.w * (output.c + self.size - 1)
        return Kept(inputs=(0,), values=squares + 2 * output.values)
