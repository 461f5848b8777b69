"""Layers and operations of the fast form as Python, and the names that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any

import numpy as np

from backends.numpy.fast.steps import Part
from backends.numpy.fast.text import Group, Item, grouped
from backends.numpy.kernels.fast import finishing
from backends.numpy.layout import literal
from backends.numpy.runtime.planner import Layer
from compiler.op import Op
from compiler.ops import activation
from compiler.ops.fused import MERGES
from compiler.ops.merge import Add, Max, Mul

UFUNCS: Mapping[type[Op], str] = {Add: "np.add", Mul: "np.multiply", Max: "np.maximum"}
# Activations that need no memory but the scratch; others are functions whose results are copied.
INTO: Mapping[type[Op], Any] = {
    activation.Gelu: finishing.gelu_into,
    activation.HardSigmoid: finishing.hardsigmoid_into,
    activation.HardSwish: finishing.hardswish_into,
    activation.Relu: finishing.relu_into,
    activation.Relu6: finishing.relu6_into,
    activation.Sigmoid: finishing.sigmoid_into,
    activation.Silu: finishing.silu_into,
    activation.Tanh: finishing.tanh_into,
}
FUNCTIONS: Mapping[type[Op], str] = {
    activation.Elu: "elu",
    activation.LeakyRelu: "leaky_relu",
    activation.Mish: "mish",
    activation.Softplus: "softplus",
}


def of_layer(layer: Layer) -> Group:
    """`Convolution("conv1", stride=(2, 2))`: required fields by position, and what is unusual."""
    items: list[Item] = []
    for each in fields(layer):  # type: ignore[arg-type]  # every layer is a dataclass
        value = getattr(layer, each.name)
        text = f"np.{value.__name__}" if isinstance(value, np.ufunc) else literal(value)
        if each.default is MISSING:
            items.append(text)
        elif value != each.default:
            items.append(f"{each.name}={text}")
    return grouped(type(layer).__name__, items)


def of_parts(parts: Iterable[Part], names: Mapping[int, str]) -> list[Item]:
    """What follows a layer: `relu_into`, `(np.add, x)`, …"""
    return [_operation(part, names) for part in parts]


def _operation(part: Part, names: Mapping[int, str]) -> Item:
    op = part.op
    if isinstance(op, MERGES):
        assert part.named is not None
        return f"({UFUNCS[type(op)]}, {names[part.named]})"
    if isinstance(op, activation.LeakyRelu) and 0 <= op.slope <= 1:
        return f"partial(leaky_relu_into, {literal(op.slope)})"
    if type(op) in INTO:
        name: str = INTO[type(op)].__name__
        return name
    function = FUNCTIONS[type(op)]
    settings = [f"{each.name}={literal(getattr(op, each.name))}" for each in fields(op)]
    if settings:
        function = f"partial({function}, {', '.join(settings)})"
    return f"partial(function_into, {function})"
