"""ONNX nodes written as programs of the language.

A volume has two spatial axes. A row of W values is a volume of 1xW, and a vector one of 1x1xC;
where an operator goes value by value, or by channel, D x H x W is as good as (D*H) x W.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from tests.onnx.converted import Array, Case, Node


@dataclass(frozen=True, slots=True)
class Program:
    """The text without its INPUT, weights under its paths, and what flows in (N x C x H x W)."""

    layer: str
    x: Array
    weights: Mapping[str, Array]

    @property
    def text(self) -> str:
        _, c, h, w = self.x.shape
        return f"INPUT(({h}, {w}, {c})) -> layer: {self.layer}"


def programs(case: Case) -> tuple[Program, ...]:
    """Every way in which the language says what the case does; none where it cannot."""
    match case.ops:
        case ("Unsqueeze", "AveragePool", "Squeeze"):
            (axis,) = case.nodes[0].attributes["axes"]
            return _windowed(case.nodes[1], np.expand_dims(case.x, axis))
        case ("Transpose", "MatMul"):
            return _fc(case.nodes[0].arrays, case.x)
        case ("Gemm",):
            given = case.nodes[0].attributes
            assert (given["alpha"], given["beta"], given["transB"]) == (1.0, 1.0, 1)
            return _fc(case.nodes[0].arrays, case.x)
        case ("Softmax" | "LogSoftmax" as op,):
            layer = {"Softmax": "SOFTMAX", "LogSoftmax": "LOG_SOFTMAX"}[op]
            return (Program(layer, _rows(case.x, case.nodes[0].attributes["axis"]), {}),)
        case ("Split", "Sigmoid", "Mul") if case.nodes[0].attributes["axis"] in (1, -1):
            half = case.x.shape[1] // 2
            parts = f"SLICE(0, {half}) | SLICE({half}, {2 * half}) -> SIGMOID"
            return (Program(f"MUL{{ {parts} }}", _image(case.x), {}),)
        case ("Constant", "Reshape", "Transpose", "Constant", "Reshape"):
            assert case.nodes[2].attributes["perm"] == [0, 1, 4, 2, 5, 3]
            factor = case.expected.shape[2] // case.x.shape[2]
            return (Program(f"PIXEL_SHUFFLE({factor})", case.x, {}),)
        case ("Pad",):
            return _pad(case.nodes[0].attributes, case.x)
        case (op,) if op in VALUE_BY_VALUE:
            return (VALUE_BY_VALUE[op](case.nodes[0], _image(case.x)),)
        case ("Conv" | "ConvTranspose" | "MaxPool" | "AveragePool",) if case.x.ndim < 5:
            return _windowed(case.nodes[0], _image(case.x))
    return ()


def _image(x: Array) -> Array:
    """N x C x H x W."""
    if x.ndim == 5:
        return x.reshape(*x.shape[:2], -1, x.shape[4])
    missing = 4 - x.ndim
    return x.reshape(*x.shape[:2], *[1] * missing, *x.shape[2:])


def _rows(x: Array, axis: int) -> Array:
    """What softmax was until opset 13: a matrix, all axes from `axis` on its rows."""
    axis %= x.ndim
    return x.reshape(prod(x.shape[:axis]), prod(x.shape[axis:]), 1, 1)


def _fc(arrays: Sequence[Array], x: Array) -> tuple[Program, ...]:
    bias = "" if len(arrays) == 2 else ", bias=false"
    return (Program(f"FC({len(arrays[0])}{bias})", _image(x), _named(arrays)),)


def _pad(given: Mapping[str, Any], x: Array) -> tuple[Program, ...]:
    near, far = given["pads"][:4], given["pads"][4:]
    assert not any((*near[:2], *far[:2]))
    if given.get("value", 0.0):
        return ()
    mode = {b"constant": "zeros", b"edge": "replicate", b"reflect": "reflect"}[given["mode"]]
    return (Program(f"PAD({_sides((*near[2:], *far[2:]))}, {mode})", x, {}),)


def _named(arrays: Sequence[Array]) -> dict[str, Array]:
    return {f"layer.{key}": array for key, array in zip(("weight", "bias"), arrays, strict=False)}


def _batch_norm(node: Node, x: Array) -> Program:
    keys = ("weight", "bias", "running_mean", "running_var")
    weights = {f"layer.{key}": array for key, array in zip(keys, node.arrays, strict=True)}
    return Program(f"BN(eps={node.attributes['epsilon']!r})", x, weights)


def _prelu(node: Node, x: Array) -> Program:
    """One slope for all channels is the same slope for each."""
    slopes = np.broadcast_to(node.arrays[0], x.shape[1:2])
    return Program("PRELU", x, {"layer.weight": slopes})


def _plain(layer: str, attribute: str = "") -> Callable[[Node, Array], Program]:
    def program(node: Node, x: Array) -> Program:
        argument = f"({node.attributes[attribute]!r})" if attribute else ""
        return Program(f"{layer}{argument}", x, {})

    return program


VALUE_BY_VALUE: Mapping[str, Callable[[Node, Array], Program]] = {
    "BatchNormalization": _batch_norm,
    "Elu": _plain("ELU", "alpha"),
    "LeakyRelu": _plain("LEAKY_RELU", "alpha"),
    "PRelu": _prelu,
    "Relu": _plain("RELU"),
    "Sigmoid": _plain("SIGMOID"),
    "Softplus": _plain("SOFTPLUS"),
    "Tanh": _plain("TANH"),
}


def _windowed(node: Node, x: Array) -> tuple[Program, ...]:
    given = node.attributes
    one_axis = len(given["kernel_shape"]) == 1
    k, stride = _pair(given, "kernel_shape", one_axis), _pair(given, "strides", one_axis)
    window, shared = f"{k[0]}x{k[1]}", f"stride={stride}, pad={_sides(given['pads'])}"
    if node.op == "AveragePool":
        return (Program(f"AVGPOOL({window}, {shared}, count_pad=false)", x, {}),)
    dilation = f"dilation={_pair(given, 'dilations', one_axis) if 'dilations' in given else 1}"
    if node.op == "MaxPool":
        return (Program(f"POOL({window}, {shared}, {dilation})", x, {}),)
    weight = node.arrays[0].reshape(*node.arrays[0].shape[:2], *k)
    weights = _named((weight, *node.arrays[1:]))
    bias = f"bias={str(len(weights) == 2).lower()}"
    groups = given["group"]
    if node.op == "ConvTranspose":
        near, far = given["pads"][:2], given["pads"][2:]
        assert near == far and list(given["dilations"]) == [1, 1]
        more = f"pad={tuple(near)}, out_pad={tuple(given['output_padding'])}, groups={groups}"
        out = weight.shape[1] * groups
        return (Program(f"TCONV({out}, {window}, {stride}, {more}, {bias})", x, weights),)
    shared = f"{window}, {shared}, {dilation}, {bias}"
    conv = Program(f"CONV({len(weight)}, {shared}, groups={groups})", x, weights)
    if groups != x.shape[1]:
        return (conv,)
    multiplier = len(weight) // groups
    return (conv, Program(f"DWCONV({shared}, multiplier={multiplier})", x, weights))


def _pair(given: Mapping[str, Any], key: str, one_axis: bool) -> tuple[int, int]:
    return (1, given[key][0]) if one_axis else (given[key][0], given[key][1])


def _sides(pads: Sequence[int]) -> tuple[int, int, int, int]:
    """Top, bottom, left, right, of ONNX's near sides and far sides."""
    if len(pads) == 2:
        return 0, 0, pads[0], pads[1]
    return pads[0], pads[2], pads[1], pads[3]
