"""The registry of operators: an explicit list. A new operator is a class and a line here."""

from __future__ import annotations

from compiler.op import Op, Signature, signature
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

OPS: tuple[type[Op], ...] = (
    Input,
    Conv,
    DepthwiseConv,
    TransposedConv,
    MaxPool,
    MinPool,
    AvgPool,
    GlobalAvgPool,
    GlobalMaxPool,
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    FullyConnected,
    Flatten,
    Reshape,
    BatchNorm,
    LayerNorm,
    GroupNorm,
    InstanceNorm,
    LocalResponseNorm,
    Scale,
    Relu,
    Relu6,
    LeakyRelu,
    Prelu,
    Elu,
    Gelu,
    Silu,
    HardSwish,
    HardSigmoid,
    Sigmoid,
    Tanh,
    Softplus,
    Mish,
    Softmax,
    LogSoftmax,
    Dropout,
    Dropout2d,
    DropPath,
    Concat,
    Add,
    Mul,
    Max,
    Slice,
    Shuffle,
    Pad,
    Crop,
    Upsample,
    PixelShuffle,
    Normalize,
    Hog,
    Identity,
)

SIGNATURES: dict[str, Signature] = {
    name: signature(op) for op in OPS for name in (op.name, *op.aliases)
}

# Words that arguments know, such as `same`; elsewhere in an expression they stand for themselves.
WORDS: frozenset[str] = frozenset(
    word for each in SIGNATURES.values() for kind in each.kinds.values() for word in kind.words
)
