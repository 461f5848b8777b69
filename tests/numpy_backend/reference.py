"""What a graph computes, by PyTorch: the other side of the comparisons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import pytest

from backends.numpy.kernels.types import Array
from compiler.check import CheckedGraph
from compiler.graph import Node
from compiler.op import Op
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
            values[number] = norm(values[number], tensors, node.fold.path, node.fold.eps)
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
    "CONCAT": lambda op, xs, own, node, volume: torch.cat(xs, 1),
    "ADD": merged(torch.add),
    "MUL": merged(torch.mul),
    "MAX": merged(torch.maximum),
    "ID": simple(lambda x: x),
}
