"""Keras's layers: what their arrays are called in PyTorch, and in which layout.

Keras keeps kernels as H x W x in x out and flattens in the order H, W, C (keras/src/layers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnc.weights.stored import Array, Part

CONVOLUTIONS = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose", "Dense")


@dataclass(frozen=True, slots=True)
class KerasLayer:
    """`arrays`: their keys in the file and what they hold, in Keras's order."""

    kind: str
    name: str
    config: Mapping[str, Any]
    arrays: tuple[tuple[str, Array], ...]


def keras_parts(layer: KerasLayer) -> list[Part]:
    """Raises ValueError for a layer that is not known, or that holds other arrays than its own."""
    roles = _roles(layer)
    if len(roles) != len(layer.arrays):
        raise ValueError(
            f"{layer.kind} {layer.name} holds {len(layer.arrays)} arrays, and its "
            f"configuration says {len(roles)}: {', '.join(roles)}"
        )
    parts = []
    for role, (key, array) in zip(roles, layer.arrays, strict=True):
        parts.append(_part(layer, role, key, array))
    if layer.kind == "BatchNormalization" and layer.arrays:
        parts += _left_out(layer)
    return parts


def _roles(layer: KerasLayer) -> list[str]:
    """Keras's own names, in the order in which Keras keeps the arrays."""
    config = layer.config
    bias = ["bias"] if config.get("use_bias", True) else []
    if layer.kind in ("Conv2D", "Conv2DTranspose", "Dense"):
        return ["kernel", *bias]
    if layer.kind == "DepthwiseConv2D":
        return ["depthwise_kernel", *bias]
    if layer.kind == "SeparableConv2D":
        return ["depthwise_kernel", "pointwise_kernel", *bias]
    if layer.kind == "PReLU":
        return ["alpha"]
    learned = ["gamma"] if config.get("scale", True) else []
    learned += ["beta"] if config.get("center", True) else []
    if layer.kind == "BatchNormalization":
        return [*learned, "moving_mean", "moving_variance"]
    if layer.kind in ("LayerNormalization", "GroupNormalization"):
        return learned
    raise ValueError(f"the layer {layer.name} is a {layer.kind}, whose weights cannot be mapped")


NAMES = {
    "kernel": "weight",
    "depthwise_kernel": "weight",
    "pointwise_kernel": "weight",
    "alpha": "weight",
    "gamma": "weight",
    "beta": "bias",
    "bias": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def _part(layer: KerasLayer, role: str, key: str, array: Array) -> Part:
    name = layer.name.replace("/", ".")
    if layer.kind == "SeparableConv2D":
        name += ".depthwise" if role == "depthwise_kernel" else ".pointwise"
    ours, note = transposed(layer.kind, role, array)
    eps = layer.config.get("epsilon")
    return Part(
        key=key,
        layer=name,
        role=NAMES[role],
        array=ours,
        stored=tuple(array.shape),
        dtype=str(array.dtype),
        name=f"{name}.{NAMES[role]}",
        note=note,
        eps=float(eps) if isinstance(eps, float | int) else None,
    )


def transposed(kind: str, role: str, array: Array) -> tuple[Array, str]:
    """In PyTorch's layout, and what was done. Raises ValueError for other dimensions."""
    wanted = {"kernel": 2 if kind == "Dense" else 4, "depthwise_kernel": 4, "pointwise_kernel": 4}
    if array.ndim != wanted.get(role, array.ndim):
        raise ValueError(f"a {role} of {kind} has the shape {array.shape}")
    if role == "depthwise_kernel":
        high, wide, channels, multiplier = array.shape
        ours = array.transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, high, wide)
        return ours, "HWCM to C*M x 1 x HW"
    if role == "alpha":
        return array.reshape(-1), ""
    if kind == "Conv2DTranspose" and role == "kernel":
        return array.transpose(3, 2, 0, 1), "HWOI to IOHW"
    if role in ("kernel", "pointwise_kernel") and kind != "Dense":
        return array.transpose(3, 2, 0, 1), "HWIO to OIHW"
    if role == "kernel":
        return array.transpose(), "IO to OI"
    return array, ""


def _left_out(layer: KerasLayer) -> list[Part]:
    """A scale or shift that the layer does without is 1 or 0."""
    channels = layer.arrays[-1][1].shape
    name = layer.name.replace("/", ".")
    made = []
    for option, role, value in (("scale", "weight", 1.0), ("center", "bias", 0.0)):
        if layer.config.get(option, True):
            continue
        array = np.full(channels, value, np.float32)
        note = f"{option}=False in the file: all {value:g}"
        key = f"{layer.name} ({option}=False)"
        made.append(Part(key, name, role, array, array.shape, "float32", f"{name}.{role}", note))
    return made
