"""What a graph computes, by PyTorch: the other side of the comparisons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import pytest

from backends.numpy.kernels.types import Array
from compiler.check import CheckedGraph
from compiler.graph import Node
from compiler.op import Op
from compiler.ops.normalisation import BatchNorm
from compiler.volume import Volume

torch = pytest.importorskip("torch")
F = torch.nn.functional

Values = Mapping[str, Any]
Rule = Callable[[Any, list[Any], Values, Node, Volume], Any]


def outputs(
    checked: CheckedGraph, weights: Mapping[str, Array], *inputs: Array
) -> dict[str, Array]:
    """The outputs for the program's own weights; a folded batch norm is computed by itself."""
    graph = checked.graph
    tensors = {key: torch.from_numpy(array) for key, array in weights.items()}
    feed = iter(inputs)
    values: dict[int, Any] = {}
    for number in graph:
        node = graph[number]
        if node.op.inputs == "none":
            values[number] = torch.from_numpy(next(feed))
            continue
        sources = graph.inputs(number)
        flat = [graph[source].shape.flat for source in sources]
        arguments = [
            values[source][:, :, None, None] if lift and not all(flat) else values[source]
            for source, lift in zip(sources, flat, strict=True)
        ]
        own = {
            key.removeprefix(f"{node.path}."): tensor
            for key, tensor in tensors.items()
            if key.rpartition(".")[0] == node.path
        }
        volume = graph[sources[0]].shape
        values[number] = RULES[node.op.name](node.op, arguments, own, node, volume)
        if node.fold:
            assert isinstance(node.fold.op, BatchNorm) and not node.fold.before
            values[number] = norm(values[number], tensors, node.fold.path, node.fold.op.eps)
    return {each.name: values[each.node].numpy() for each in graph.outputs}


def norm(x: Any, tensors: Values, path: str, eps: float) -> Any:
    names = ("running_mean", "running_var", "weight", "bias")
    return F.batch_norm(x, *(tensors.get(f"{path}.{name}") for name in names), eps=eps)


def maps(x: Any) -> Any:
    return x[:, :, None, None] if x.ndim == 2 else x


def padded(op: Any, x: Any, volume: Volume, value: float = 0.0, far: int = 0) -> Any:
    top, bottom, left, right = op.sides(volume)
    return F.pad(maps(x), (left, right + far, top, bottom + far), value=value)


def conv(op: Any, xs: list[Any], own: Values, node: Node, volume: Volume) -> Any:
    """With zeros enough for any last window of `ceil`, of whose outputs the first are kept."""
    far = max(op.stride) if op.round == "ceil" else 0
    x = padded(op, xs[0], volume, far=far)
    y = F.conv2d(x, own["weight"], own.get("bias"), op.stride, 0, op.dilation, op.groups)
    return y[:, :, : node.shape.h, : node.shape.w] if far else y


def depthwise(op: Any, xs: list[Any], own: Values, node: Node, volume: Volume) -> Any:
    x = padded(op, xs[0], volume)
    return F.conv2d(x, own["weight"], own.get("bias"), op.stride, 0, op.dilation, x.shape[1])


def transposed(op: Any, xs: list[Any], own: Values, node: Node, volume: Volume) -> Any:
    pad = (op.pad, op.out_pad, op.groups)
    return F.conv_transpose2d(maps(xs[0]), own["weight"], own.get("bias"), op.stride, *pad)


def max_pool(op: Any, xs: list[Any], own: Values, node: Node, volume: Volume) -> Any:
    far = max(op.stride) if op.round == "ceil" else 0
    x = padded(op, xs[0], volume, value=-torch.inf, far=far)
    y = F.max_pool2d(x, op.k, op.stride, 0, op.dilation)
    return y[:, :, : node.shape.h, : node.shape.w] if far else y


def min_pool(op: Any, xs: list[Any], own: Values, node: Node, volume: Volume) -> Any:
    return -max_pool(op, [-xs[0]], own, node, volume)


def avg_pool(op: Any, xs: list[Any], own: Values, node: Node, volume: Volume) -> Any:
    """PyTorch's own where the sides are even, else the sums over the counts."""
    top, bottom, left, right = op.sides(volume)
    x = maps(xs[0])
    if top == bottom and left == right and 2 * top <= op.k[0] and 2 * left <= op.k[1]:
        ceil = op.round == "ceil"
        return F.avg_pool2d(x, op.k, op.stride, (top, left), ceil, op.count_pad)
    far = max(op.stride) if op.round == "ceil" else 0
    ones = F.pad(torch.ones_like(x), (left, right, top, bottom), value=float(op.count_pad))
    sums = F.avg_pool2d(padded(op, x, volume, far=far), op.k, op.stride)
    counts = F.avg_pool2d(F.pad(ones, (0, far, 0, far)), op.k, op.stride)
    return (sums / counts)[:, :, : node.shape.h, : node.shape.w]


def simple(function: Callable[..., Any], *fields: str) -> Rule:
    def rule(op: Op, xs: list[Any], own: Values, node: Node, volume: Volume) -> Any:
        return function(xs[0], *(getattr(op, name) for name in fields))

    return rule


def merged(function: Callable[[Any, Any], Any]) -> Rule:
    return lambda op, xs, own, node, volume: reduce(function, xs)


def unless_one(function: Callable[..., Any], *fields: str) -> Rule:
    """An operator that leaves the value as it is where the first of its arguments says so."""

    def rule(op: Op, xs: list[Any], own: Values, node: Node, volume: Volume) -> Any:
        arguments = [getattr(op, name) for name in fields]
        still = op.is_identity((volume,))
        return xs[0] if still else function(xs[0], *arguments)

    return rule


def sided(sign: int) -> Rule:
    modes = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate"}

    def rule(op: Any, xs: list[Any], own: Values, node: Node, volume: Volume) -> Any:
        top, bottom, left, right = (sign * side for side in op.sides)
        if not any(op.sides):
            return xs[0]
        return F.pad(maps(xs[0]), (left, right, top, bottom), modes[getattr(op, "mode", "zeros")])

    return rule


def normalized(op: Any, xs: list[Any], own: Values, node: Node, volume: Volume) -> Any:
    normalize = pytest.importorskip("torchvision").transforms.functional.normalize
    return normalize(maps(xs[0]), op.mean, op.std).reshape(xs[0].shape)


def described(op: Any, xs: list[Any], own: Values, node: Node, volume: Volume) -> Any:
    """By scikit-image, image by image; its numbers of a block are our channels."""
    hog = pytest.importorskip("skimage.feature").hog
    options = {"cells_per_block": op.block, "channel_axis": 0, "feature_vector": False}
    blocks = [hog(x.numpy(), op.bins, op.cell, block_norm="L2-Hys", **options) for x in maps(xs[0])]
    made = torch.from_numpy(np.stack(blocks)).float()
    return made.reshape(len(blocks), node.shape.h, node.shape.w, -1).permute(0, 3, 1, 2)


RULES: Mapping[str, Rule] = {
    "CONV": conv,
    "DWCONV": depthwise,
    "TCONV": transposed,
    "POOL": max_pool,
    "MINPOOL": min_pool,
    "AVGPOOL": avg_pool,
    "GAP": simple(lambda x: F.adaptive_avg_pool2d(maps(x), 1)),
    "GMP": simple(lambda x: F.adaptive_max_pool2d(maps(x), 1)),
    "ADAPTIVE_AVGPOOL": simple(lambda x, size: F.adaptive_avg_pool2d(maps(x), size), "size"),
    "ADAPTIVE_MAXPOOL": simple(lambda x, size: F.adaptive_max_pool2d(maps(x), size), "size"),
    "FC": lambda op, xs, own, node, volume: F.linear(
        xs[0].flatten(1), own["weight"], own.get("bias")
    ),
    "FLATTEN": simple(lambda x: x.flatten(1)),
    "RESHAPE": simple(lambda x, v: x.reshape(len(x), v.c, v.h, v.w), "volume"),
    "BN": lambda op, xs, own, node, volume: norm(
        xs[0], {f".{key}": value for key, value in own.items()}, "", op.eps
    ),
    "LAYERNORM": lambda op, xs, own, node, volume: F.layer_norm(
        xs[0].movedim(1, -1), xs[0].shape[1:2], own.get("weight"), own.get("bias"), op.eps
    ).movedim(-1, 1),
    "GROUPNORM": lambda op, xs, own, node, volume: F.group_norm(
        xs[0], op.groups, own.get("weight"), own.get("bias"), op.eps
    ),
    "INSTANCENORM": lambda op, xs, own, node, volume: F.instance_norm(
        xs[0], weight=own.get("weight"), bias=own.get("bias"), eps=op.eps
    ),
    "SCALE": lambda op, xs, own, node, volume: (
        xs[0] * own["weight"].reshape(-1, *[1] * (xs[0].ndim - 2))
    ),
    "LRN": simple(
        lambda x, *rest: F.local_response_norm(maps(x), *rest).reshape(x.shape),
        "size",
        "alpha",
        "beta",
        "k",
    ),
    "RELU": simple(F.relu),
    "RELU6": simple(F.relu6),
    "LEAKY_RELU": simple(F.leaky_relu, "slope"),
    "PRELU": lambda op, xs, own, node, volume: F.prelu(xs[0], own["weight"]),
    "ELU": simple(F.elu, "alpha"),
    "GELU": simple(F.gelu),
    "SILU": simple(F.silu),
    "HARDSWISH": simple(F.hardswish),
    "HARDSIGMOID": simple(F.hardsigmoid),
    "SIGMOID": simple(torch.sigmoid),
    "TANH": simple(torch.tanh),
    "SOFTPLUS": simple(F.softplus),
    "MISH": simple(F.mish),
    "SOFTMAX": simple(lambda x: x.softmax(1)),
    "LOG_SOFTMAX": simple(lambda x: x.log_softmax(1)),
    "DROPOUT": simple(lambda x: x),
    "DROPOUT2D": simple(lambda x: x),
    "DROP_PATH": simple(lambda x: x),
    "CONCAT": lambda op, xs, own, node, volume: torch.cat(xs, 1),
    "ADD": merged(torch.add),
    "MUL": merged(torch.mul),
    "MAX": merged(torch.maximum),
    "SLICE": simple(lambda x, first, end: x[:, first:end], "from_", "to"),
    "SHUFFLE": unless_one(lambda x, groups: F.channel_shuffle(maps(x), groups), "groups"),
    "PAD": sided(1),
    "CROP": sided(-1),
    "UPSAMPLE": unless_one(
        lambda x, factor, mode: F.interpolate(maps(x), scale_factor=factor, mode=mode),
        "factor",
        "mode",
    ),
    "PIXEL_SHUFFLE": unless_one(lambda x, factor: F.pixel_shuffle(maps(x), factor), "factor"),
    "NORMALIZE": normalized,
    "HOG": described,
    "ID": simple(lambda x: x),
}
