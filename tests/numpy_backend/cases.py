"""Arguments and volumes with which each operator is tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compiler.graph import Fold
from compiler.op import Op
from compiler.ops.activation import (
    Elu,
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    LogSoftmax,
    Mish,
    Prelu,
    Relu,
    Relu6,
    Sigmoid,
    Silu,
    Softmax,
    Softplus,
    Tanh,
)
from compiler.ops.arrangement import Crop, Pad, PixelShuffle, Shuffle, Slice, Upsample
from compiler.ops.convolution import Conv, DepthwiseConv, TransposedConv
from compiler.ops.image import Hog, Normalize
from compiler.ops.input import Input
from compiler.ops.linear import Flatten, FullyConnected, Reshape
from compiler.ops.merge import Add, Concat, Max, Mul
from compiler.ops.normalisation import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LocalResponseNorm,
    Scale,
)
from compiler.ops.pooling import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    AvgPool,
    GlobalAvgPool,
    GlobalMaxPool,
    MaxPool,
    MinPool,
)
from compiler.ops.regularisation import Dropout, Dropout2d, DropPath, Identity
from compiler.volume import Volume

IMAGE = Volume(9, 8, 4)
VECTOR = Volume(1, 1, 6, flat=True)
POINT = Volume(1, 1, 4)
SHEET = Volume(9, 8, 1)
MANY = tuple(0.01 * number - 1e-07 for number in range(40))  # more than a line of code holds


@dataclass(frozen=True)
class Case:
    """An operator and what flows in; a flat volume comes out of a FLATTEN."""

    op: Op
    volumes: tuple[Volume, ...] = (IMAGE,)
    fold: Fold | None = None


def both(op: Op) -> tuple[Case, ...]:
    return Case(op), Case(op, (VECTOR,))


def folded(op: Op, eps: float, affine: bool, bias: bool, volume: Volume = IMAGE) -> Case:
    return Case(op, (volume,), Fold("norm.folded", BatchNorm(eps, affine=affine), bias))


def merges(op: Op) -> tuple[Case, ...]:
    flat = Volume(1, 1, 4, flat=True)
    return (
        Case(op, (IMAGE, IMAGE)),
        Case(op, (IMAGE, IMAGE, IMAGE)),
        Case(op, (VECTOR, VECTOR)),
        Case(op, (POINT, flat)),
        Case(op, (flat, POINT, flat)),
    )


def broadcasts(op: Op) -> tuple[Case, ...]:
    flat = Volume(1, 1, 4, flat=True)
    return (Case(op, (IMAGE, POINT)), Case(op, (SHEET, IMAGE)), Case(op, (flat, IMAGE, SHEET)))


def pools(op: type[MaxPool] | type[AvgPool]) -> tuple[Case, ...]:
    return (
        Case(op()),
        Case(op((3, 3), (2, 2), (1, 1, 1, 1))),
        Case(op((3, 2), (2, 1), (1, 0, 0, 1))),
        Case(op((3, 3), (2, 2), "same")),
        Case(op((2, 2), (2, 2), round="ceil")),
        Case(op((3, 3), (2, 3), (1, 1, 0, 0), round="ceil")),
        Case(op((2, 2), (3, 3), (1, 1, 1, 1), round="ceil")),
        Case(op((1, 1), (1, 1)), (VECTOR,)),
    )


CASES: Mapping[type[Op], tuple[Case, ...]] = {
    Input: (Case(Identity()),),
    Conv: (
        Case(Conv(5)),
        Case(Conv(5, (1, 1), stride=(2, 2), bias=False)),
        Case(Conv(6, (3, 5), stride=(2, 1), pad=(1, 2, 0, 3))),
        Case(Conv(6, (3, 3), stride=(2, 2), pad="same")),
        Case(Conv(6, (4, 4), stride=(3, 1), pad="same")),
        Case(Conv(6, (3, 3), stride=(2, 3), pad=(0, 0, 0, 0), round="ceil")),
        Case(Conv(6, (3, 3), stride=(3, 3), pad=(1, 3, 0, 2), round="ceil")),
        Case(Conv(6, (2, 2), stride=(4, 3), pad=(0, 1, 0, 0), round="ceil")),
        Case(Conv(6, (3, 3), pad=(1, 1, 1, 1), round="strict")),
        Case(Conv(6, (3, 3), dilation=(2, 1))),
        Case(Conv(6, (3, 3), groups=2)),
        Case(Conv(4, (3, 3), groups=4)),
        Case(Conv(8, (1, 1), groups=2)),
        Case(Conv(5, (1, 1)), (VECTOR,)),
        Case(Conv(5, (3, 3)), (VECTOR,)),
        folded(Conv(5), 1e-5, True, False),
        folded(Conv(6, groups=2), 1e-3, True, True),
        folded(Conv(6, (1, 1)), 1e-3, False, False),
    ),
    DepthwiseConv: (
        Case(DepthwiseConv()),
        Case(DepthwiseConv((3, 5), (2, 1), "same", multiplier=3)),
        Case(DepthwiseConv(dilation=(2, 2), bias=False)),
        Case(DepthwiseConv(pad=(0, 1, 2, 0))),
        Case(DepthwiseConv(), (SHEET,)),
        Case(DepthwiseConv(), (VECTOR,)),
        folded(DepthwiseConv(multiplier=2), 1e-5, True, False),
        folded(DepthwiseConv(), 1e-3, False, True),
    ),
    TransposedConv: (
        Case(TransposedConv(5)),
        Case(TransposedConv(6, (3, 4), (2, 3), (1, 2), (1, 0))),
        Case(TransposedConv(6, groups=2, bias=False)),
        Case(TransposedConv(5), (VECTOR,)),
        folded(TransposedConv(6, (3, 3)), 1e-5, True, False),
        folded(TransposedConv(6, groups=2), 1e-3, True, True),
        folded(TransposedConv(8, groups=4), 1e-3, False, False),
    ),
    MaxPool: (*pools(MaxPool), Case(MaxPool((2, 2), (1, 1), dilation=(2, 3)))),
    MinPool: (*pools(MinPool), Case(MinPool((2, 2), (1, 1), dilation=(2, 3)))),
    AvgPool: (
        *pools(AvgPool),
        Case(AvgPool((3, 3), (2, 2), (1, 1, 1, 1), count_pad=False)),
        Case(AvgPool((3, 3), (2, 2), "same", count_pad=False)),
        Case(AvgPool((3, 3), (2, 3), (1, 0, 1, 1), round="ceil", count_pad=False)),
    ),
    GlobalAvgPool: both(GlobalAvgPool()),
    GlobalMaxPool: both(GlobalMaxPool()),
    AdaptiveAvgPool: (
        Case(AdaptiveAvgPool((3, 3))),
        Case(AdaptiveAvgPool((1, 12))),
        Case(AdaptiveAvgPool((2, 2)), (VECTOR,)),
    ),
    AdaptiveMaxPool: (
        Case(AdaptiveMaxPool((4, 3))),
        Case(AdaptiveMaxPool((12, 1))),
        Case(AdaptiveMaxPool((2, 2)), (VECTOR,)),
    ),
    FullyConnected: (
        *both(FullyConnected(7)),
        Case(FullyConnected(7, bias=False), (POINT,)),
        folded(FullyConnected(7), 1e-5, True, False, VECTOR),
        folded(FullyConnected(7), 1e-3, False, True),
    ),
    Flatten: both(Flatten()),
    Reshape: (Case(Reshape(Volume(4, 6, 12))), Case(Reshape(Volume(3, 1, 2)), (VECTOR,))),
    BatchNorm: (*both(BatchNorm()), *both(BatchNorm(1e-3, affine=False))),
    LayerNorm: (*both(LayerNorm()), *both(LayerNorm(1e-3, affine=False))),
    GroupNorm: (*both(GroupNorm(2)), *both(GroupNorm(1, 1e-3, affine=False)), Case(GroupNorm(4))),
    InstanceNorm: (Case(InstanceNorm()), Case(InstanceNorm(1e-3, affine=True))),
    Scale: both(Scale(1e-6)),
    LocalResponseNorm: (
        *both(LocalResponseNorm()),
        *both(LocalResponseNorm(4, alpha=0.5, beta=0.5, k=2.0)),
    ),
    Relu: both(Relu()),
    Relu6: both(Relu6()),
    LeakyRelu: (*both(LeakyRelu()), Case(LeakyRelu(0.3))),
    Prelu: both(Prelu()),
    Elu: (*both(Elu()), Case(Elu(0.7))),
    Gelu: both(Gelu()),
    Silu: both(Silu()),
    HardSwish: both(HardSwish()),
    HardSigmoid: both(HardSigmoid()),
    Sigmoid: both(Sigmoid()),
    Tanh: both(Tanh()),
    Softplus: both(Softplus()),
    Mish: both(Mish()),
    Softmax: both(Softmax()),
    LogSoftmax: both(LogSoftmax()),
    Dropout: both(Dropout()),
    Dropout2d: both(Dropout2d()),
    DropPath: both(DropPath(0.2)),
    Concat: (*merges(Concat()), Case(Concat(), (IMAGE, SHEET))),
    Add: (*merges(Add()), *broadcasts(Add())),
    Mul: (*merges(Mul()), *broadcasts(Mul())),
    Max: merges(Max()),
    Slice: (Case(Slice(1, 3)), Case(Slice(0, 4)), Case(Slice(3, 4)), Case(Slice(2, 5), (VECTOR,))),
    Shuffle: (
        Case(Shuffle(2)),
        Case(Shuffle(3), (VECTOR,)),
        *both(Shuffle(1)),
        Case(Shuffle(6), (VECTOR,)),
    ),
    Pad: (
        Case(Pad((1, 2, 0, 3))),
        Case(Pad((8, 2, 0, 7), "reflect")),
        Case(Pad((1, 2, 0, 30), "replicate")),
        Case(Pad((1, 0, 2, 0)), (VECTOR,)),
        Case(Pad((1, 0, 2, 0), "replicate"), (VECTOR,)),
        *both(Pad((0, 0, 0, 0), "reflect")),
    ),
    Crop: (
        Case(Crop((1, 2, 0, 3))),
        Case(Crop((0, 8, 7, 0))),
        *both(Crop((0, 0, 0, 0))),
    ),
    Upsample: (
        *both(Upsample()),
        *both(Upsample((3, 1))),
        *both(Upsample((1, 1))),
        *both(Upsample(mode="bilinear")),
        Case(Upsample((1, 5), "bilinear")),
        Case(Upsample((4, 3), "bilinear"), (SHEET,)),
    ),
    PixelShuffle: (
        Case(PixelShuffle(2)),
        Case(PixelShuffle(3), (Volume(2, 3, 18),)),
        Case(PixelShuffle(2), (Volume(1, 1, 8, flat=True),)),
        *both(PixelShuffle(1)),
    ),
    Normalize: (
        *both(Normalize((0.5,), (0.25,))),
        Case(Normalize((0.1, 0.2, -0.3, 0.4), (0.5, 1.0, 2.0, 3.0))),
        Case(Normalize(MANY, (0.5,)), (Volume(3, 3, len(MANY)),)),
        Case(Normalize((0.5,), (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)), (VECTOR,)),
    ),
    Hog: (
        Case(Hog((3, 2), (2, 3), 7)),
        Case(Hog((4, 4), (1, 2))),
        Case(Hog((1, 1), (2, 2)), (SHEET,)),
        Case(Hog((1, 1), (1, 1), 3), (VECTOR,)),
    ),
    Identity: both(Identity()),
}
