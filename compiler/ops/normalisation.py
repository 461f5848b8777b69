"""Normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from compiler.arguments import flag, number, whole
from compiler.op import Keeps, Kept, Op, ShapeError, Weight
from compiler.ops.groups import need_divisible
from compiler.volume import Volume


def _learned(affine: bool, channels: int) -> tuple[Weight, ...]:
    """A scale and a shift for each channel."""
    if not affine:
        return ()
    shape = (channels,)
    return Weight("weight", shape, "normalisation"), Weight("bias", shape, "normalisation")


def _need_several(name: str, values: int, volume: Volume) -> None:
    """What is normalised by itself alone becomes 0, whatever it was."""
    if values == 1:
        title = f"{name} would make every value of {volume} zero: each is normalised by itself"
        mend = "normalise over the channels with LAYERNORM, or before the pooling"
        raise ShapeError("E0311", title, mend)


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
        statistics = (
            Weight("running_mean", shape, "buffer"),
            Weight("running_var", shape, "buffer"),
        )
        return (*_learned(self.affine, inputs[0].c), *statistics)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """The mean and the deviation of the batch, too."""
        return Kept(inputs=(0,), constants=2 * inputs[0].c)


@dataclass(frozen=True)
class LayerNorm(Op):
    """Layer normalisation over the channels at each position (Ba et al., 2016), as in ConvNeXt.

    (x - mean) / sqrt(var + eps) * weight + bias; eps is that of torchvision's ConvNeXt.
    """

    name: ClassVar[str] = "LAYERNORM"
    in_place: ClassVar[bool] = True
    eps: float = number(1e-6, low=0.0)
    affine: bool = flag(True)

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        return _learned(self.affine, inputs[0].c)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """The mean and the deviation at each position, too."""
        return Kept(inputs=(0,), values=2 * output.h * output.w)


@dataclass(frozen=True)
class GroupNorm(Op):
    """Group normalisation (Wu and He, 2018): over all values of each group of channels.

    (x - mean) / sqrt(var + eps) * weight + bias, weight and bias for each channel.
    """

    name: ClassVar[str] = "GROUPNORM"
    in_place: ClassVar[bool] = True
    groups: int = whole(32)
    eps: float = number(1e-5, low=0.0)
    affine: bool = flag(True)

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        need_divisible(self.groups, volume.c)
        _need_several(self.name, volume.values // self.groups, volume)
        return volume

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        return _learned(self.affine, inputs[0].c)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """The mean and the deviation of each group, too."""
        return Kept(inputs=(0,), values=2 * self.groups)


@dataclass(frozen=True)
class InstanceNorm(Op):
    """Instance normalisation (Ulyanov et al., 2016): over all positions of each channel.

    (x - mean) / sqrt(var + eps), then a learned scale and shift if affine; as in PyTorch with the
    image's own statistics at inference, too.
    """

    name: ClassVar[str] = "INSTANCENORM"
    in_place: ClassVar[bool] = True
    eps: float = number(1e-5, low=0.0)
    affine: bool = flag(False)

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        _need_several(self.name, inputs[0].h * inputs[0].w, inputs[0])
        return inputs[0]

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        return _learned(self.affine, inputs[0].c)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """The mean and the deviation of each channel, too, and its scale once an image."""
        values = (3 if self.affine else 2) * output.c
        return Kept(inputs=(0,), side_by_side=True, values=values)


@dataclass(frozen=True)
class Scale(Op):
    """Each channel times a learned factor: the layer scale of Touvron et al., Going deeper with
    image transformers, 2021. `init`: what the factors are before training."""

    name: ClassVar[str] = "SCALE"
    in_place: ClassVar[bool] = True
    keeps: ClassVar[Keeps] = "input"
    init: float = number(1.0)

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        return (Weight("weight", (inputs[0].c,), "weight"),)


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
