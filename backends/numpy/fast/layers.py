"""Which layer of the fast form computes an operator: one entry for each that has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from backends.numpy.calls import conv_sides
from backends.numpy.fast.algorithm import square_of
from backends.numpy.fast.steps import Step
from backends.numpy.layers.convolution import Convolution, SquareConvolution
from backends.numpy.layers.dense import Dense
from backends.numpy.layers.depthwise import Depthwise, GroupedConvolution
from backends.numpy.layers.elementwise import LayerNorm, Merging, ScaleShift, Through
from backends.numpy.layers.pooling import GlobalPool, MeanPool, Pool
from backends.numpy.runtime.planner import Layer
from compiler.op import Op
from compiler.ops.convolution import Conv, DepthwiseConv
from compiler.ops.linear import FullyConnected
from compiler.ops.merge import Add, Max, Mul
from compiler.ops.normalisation import BatchNorm
from compiler.ops.normalisation import LayerNorm as LayerNormOp
from compiler.ops.pooling import AvgPool, GlobalAvgPool, GlobalMaxPool, MaxPool, MinPool
from compiler.passes.fuse_elementwise import ACTIVATIONS

Entry: TypeAlias = Callable[[Any, Step], Layer | None]
MERGES: Mapping[type[Op], np.ufunc] = {Add: np.add, Mul: np.multiply, Max: np.maximum}


def layer(step: Step) -> Layer | None:
    """None where the operator has no layer of its own, and is computed as the plain form does."""
    if isinstance(step.op, ACTIVATIONS):
        return Through()
    entry = ENTRIES.get(type(step.op))
    return entry(step.op, step) if entry else None


def _conv(op: Conv, step: Step) -> Layer | None:
    padding = conv_sides(op, step.volumes[0], step.node.shape)
    channels = step.volumes[0].c
    path = step.node.path
    if op.groups == channels == op.out and op.groups > 1:
        return Depthwise(path, op.stride, padding, op.dilation)
    if op.groups == channels and op.groups > 1:
        return None  # several filters a channel: too small to multiply one by one
    if op.groups > 1:
        return GroupedConvolution(path, op.groups, op.stride, padding, op.dilation)
    if (op.k, op.stride, op.dilation) == ((3, 3), (1, 1), (1, 1)):
        square = square_of(step.volumes[0], step.node.shape, len(step.then))
        if square:
            return SquareConvolution(path, padding, square)
    return Convolution(path, op.stride, padding, op.dilation)


def _depthwise(op: DepthwiseConv, step: Step) -> Layer | None:
    if step.node.shape.c != step.volumes[0].c:
        return None
    return Depthwise(step.node.path, op.stride, op.sides(step.volumes[0]), op.dilation)


def _pool(function: np.ufunc) -> Entry:
    def entry(op: MaxPool, step: Step) -> Layer | None:
        if op.dilation != (1, 1):
            return None
        sides = op.sides(step.volumes[0])
        return Pool(function, op.k, op.stride, sides, op.round == "ceil")

    return entry


def _mean_pool(op: AvgPool, step: Step) -> Layer:
    sides = op.sides(step.volumes[0])
    return MeanPool(np.add, op.k, op.stride, sides, op.round == "ceil", op.count_pad)


def _merge(op: Add | Mul | Max, step: Step) -> Layer:
    return Merging(MERGES[type(op)])


ENTRIES: Mapping[type[Op], Entry] = {
    Add: _merge,
    AvgPool: _mean_pool,
    BatchNorm: lambda op, step: ScaleShift(step.node.path),
    Conv: _conv,
    DepthwiseConv: _depthwise,
    FullyConnected: lambda op, step: Dense(step.node.path),
    GlobalAvgPool: lambda op, step: GlobalPool(np.add),
    GlobalMaxPool: lambda op, step: GlobalPool(np.maximum),
    LayerNormOp: lambda op, step: LayerNorm(step.node.path, op.eps, op.affine),
    Max: _merge,
    MaxPool: _pool(np.maximum),
    MinPool: _pool(np.minimum),
    Mul: _merge,
}
