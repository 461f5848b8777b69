"""How each operator becomes a call of a kernel: one entry an operator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from backends.numpy.kernels import (
    activations,
    adaptive,
    arrangement,
    global_pooling,
    grouped_norm,
    pooling,
    softmax,
)
from backends.numpy.kernels.convolution import conv2d
from backends.numpy.kernels.depthwise import depthwise_conv2d
from backends.numpy.kernels.hog import hog
from backends.numpy.kernels.linear import linear
from backends.numpy.kernels.lrn import local_response_norm
from backends.numpy.kernels.normalisation import normalize, scale_shift
from backends.numpy.kernels.pad import pad
from backends.numpy.kernels.transposed import conv_transpose2d
from backends.numpy.layout import Expression, literal
from backends.numpy.runtime.merging import concat, maximum
from backends.numpy.site import Entry, Site, kernel_call, of_maps, of_value
from compiler.arguments import Sides
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
from compiler.windows import extent


def _identity(op: Op, at: Site) -> Expression:
    return Expression((at.value,))


def _conv(op: Conv, at: Site) -> Expression:
    return kernel_call(
        conv2d,
        at.maps,
        *at.filters,
        stride=op.stride,
        padding=conv_sides(op, at.volumes[0], at.shape),
        dilation=op.dilation,
        groups=op.groups,
    )


def conv_sides(op: Conv, volume: Volume, shape: Volume) -> Sides:
    """The padding; with `ceil` the far ends are as far as the last window reaches."""
    top, bottom, left, right = op.sides(volume)
    if op.round != "ceil":
        return top, bottom, left, right
    lengths = zip(shape.spatial, op.stride, op.k, op.dilation, strict=True)
    high, wide = ((out - 1) * step + extent(k, apart) for out, step, k, apart in lengths)
    return top, max(0, high - top - volume.h), left, max(0, wide - left - volume.w)


def _depthwise(op: DepthwiseConv, at: Site) -> Expression:
    sides = op.sides(at.volumes[0])
    values = {"stride": op.stride, "padding": sides, "dilation": op.dilation}
    return kernel_call(depthwise_conv2d, at.maps, *at.filters, **values)


def _transposed(op: TransposedConv, at: Site) -> Expression:
    return kernel_call(
        conv_transpose2d,
        at.maps,
        *at.filters,
        stride=op.stride,
        padding=op.pad,
        output_padding=op.out_pad,
        groups=op.groups,
    )


def _pool(kernel: Callable[..., Any]) -> Entry:
    def entry(op: MaxPool, at: Site) -> Expression:
        return kernel_call(
            kernel,
            at.maps,
            kernel=op.k,
            stride=op.stride,
            padding=op.sides(at.volumes[0]),
            dilation=op.dilation,
            ceil=op.round == "ceil",
        )

    return entry


def _avg_pool(op: AvgPool, at: Site) -> Expression:
    return kernel_call(
        pooling.avg_pool2d,
        at.maps,
        kernel=op.k,
        stride=op.stride,
        padding=op.sides(at.volumes[0]),
        ceil=op.round == "ceil",
        count_pad=op.count_pad,
    )


def _linear(op: FullyConnected, at: Site) -> Expression:
    return kernel_call(linear, at.value, *at.filters)


def _flatten(op: Flatten, at: Site) -> Expression:
    return Expression((f"len({at.value})", "-1"), function=f"{at.value}.reshape")


def _reshape(op: Reshape, at: Site) -> Expression:
    sizes = (str(size) for size in (op.volume.c, op.volume.h, op.volume.w))
    return Expression((f"len({at.value})", *sizes), function=f"{at.value}.reshape")


def _batch_norm(op: BatchNorm, at: Site) -> Expression:
    return kernel_call(scale_shift, at.value, at.weight("scale"), at.weight("shift"))


def _affine(op: LayerNorm | GroupNorm | InstanceNorm, at: Site) -> tuple[str, str]:
    return (at.weight("weight"), at.weight("bias")) if op.affine else ("None", "None")


def _layer_norm(op: LayerNorm, at: Site) -> Expression:
    return kernel_call(grouped_norm.layer_norm, at.value, *_affine(op, at), eps=op.eps)


def _group_norm(op: GroupNorm, at: Site) -> Expression:
    values = {"groups": op.groups, "eps": op.eps}
    return kernel_call(grouped_norm.group_norm, at.value, *_affine(op, at), **values)


def _instance_norm(op: InstanceNorm, at: Site) -> Expression:
    """A group for each channel."""
    values = {"groups": at.shape.c, "eps": op.eps}
    return kernel_call(grouped_norm.group_norm, at.value, *_affine(op, at), **values)


def _scale(op: Scale, at: Site) -> Expression:
    return kernel_call(grouped_norm.scale_channels, at.value, at.weight("weight"))


def _lrn(op: LocalResponseNorm, at: Site) -> Expression:
    values = {"size": op.size, "alpha": op.alpha, "beta": op.beta, "k": op.k}
    return kernel_call(local_response_norm, at.value, **values)


def _slice(op: Slice, at: Site) -> Expression:
    return Expression((f"{at.value}[:, {op.from_}:{op.to}]",))


def _unless_identity(entry: Entry) -> Entry:
    return lambda op, at: _identity(op, at) if op.is_identity(at.volumes) else entry(op, at)


def _pad(op: Pad, at: Site) -> Expression:
    if op.mode == "zeros":
        return kernel_call(pad, at.maps, literal(op.sides))
    return kernel_call(arrangement.pad_border, at.maps, literal(op.sides), literal(op.mode))


def _crop(op: Crop, at: Site) -> Expression:
    return kernel_call(arrangement.crop, at.maps, literal(op.sides))


def _upsample(op: Upsample, at: Site) -> Expression:
    nearest = op.mode == "nearest"
    kernel = arrangement.upsample_nearest if nearest else arrangement.upsample_bilinear
    return kernel_call(kernel, at.maps, literal(op.factor))


def _normalize(op: Normalize, at: Site) -> Expression:
    return kernel_call(normalize, at.value, mean=op.mean, std=op.std)


def _hog(op: Hog, at: Site) -> Expression:
    return kernel_call(hog, at.maps, cell=op.cell, block=op.block, bins=op.bins)


def _prelu(op: Prelu, at: Site) -> Expression:
    return kernel_call(activations.prelu, at.value, at.weight("weight"))


def _concat(op: Concat, at: Site) -> Expression:
    return kernel_call(concat, *at.branches)


def _add(op: Add, at: Site) -> Expression:
    return Expression(at.branches, operator="+")


def _mul(op: Mul, at: Site) -> Expression:
    return Expression(at.branches, operator="*")


def _max(op: Max, at: Site) -> Expression:
    return kernel_call(maximum, *at.branches)


CALLS: Mapping[type[Op], Entry] = {
    Input: _identity,
    Conv: _conv,
    DepthwiseConv: _depthwise,
    TransposedConv: _transposed,
    MaxPool: _pool(pooling.max_pool2d),
    MinPool: _pool(pooling.min_pool2d),
    AvgPool: _avg_pool,
    GlobalAvgPool: of_maps(global_pooling.global_avg_pool),
    GlobalMaxPool: of_maps(global_pooling.global_max_pool),
    AdaptiveAvgPool: of_maps(adaptive.adaptive_avg_pool2d, "size"),
    AdaptiveMaxPool: of_maps(adaptive.adaptive_max_pool2d, "size"),
    FullyConnected: _linear,
    Flatten: _flatten,
    Reshape: _reshape,
    BatchNorm: _batch_norm,
    LayerNorm: _layer_norm,
    GroupNorm: _group_norm,
    InstanceNorm: _instance_norm,
    LocalResponseNorm: _lrn,
    Scale: _scale,
    Relu: of_value(activations.relu),
    Relu6: of_value(activations.relu6),
    LeakyRelu: of_value(activations.leaky_relu, "slope"),
    Prelu: _prelu,
    Elu: of_value(activations.elu, "alpha"),
    Gelu: of_value(activations.gelu),
    Silu: of_value(activations.silu),
    HardSwish: of_value(activations.hardswish),
    HardSigmoid: of_value(activations.hardsigmoid),
    Sigmoid: of_value(activations.sigmoid),
    Tanh: of_value(activations.tanh),
    Softplus: of_value(activations.softplus),
    Mish: of_value(activations.mish),
    Softmax: of_value(softmax.softmax),
    LogSoftmax: of_value(softmax.log_softmax),
    Dropout: _identity,
    Dropout2d: _identity,
    DropPath: _identity,
    Concat: _concat,
    Add: _add,
    Mul: _mul,
    Max: _max,
    Slice: _slice,
    Shuffle: _unless_identity(of_maps(arrangement.channel_shuffle, "groups")),
    Pad: _unless_identity(_pad),
    Crop: _unless_identity(_crop),
    Upsample: _unless_identity(_upsample),
    PixelShuffle: _unless_identity(of_maps(arrangement.pixel_shuffle, "factor")),
    Normalize: _normalize,
    Hog: _hog,
    Identity: _identity,
}


def call(op: Op, at: Site) -> Expression:
    """What computes a layer. Raises KeyError, which a test rules out, for an unknown operator."""
    return CALLS[type(op)](op, at)
