"""Flat files whose arrays lie as those of TensorFlow and Keras do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from cnnc.weights.keras_layers import NAMES, transposed
from cnnc.weights.layers import Shape
from cnnc.weights.stored import Part, Stored, damaged

DIMENSIONS = {4: "Conv2D", 2: "Dense"}


def from_keras(stored: Stored, wanted: Collection[Shape]) -> Stored:
    """With PyTorch's layouts and names.

    Kernels were H x W x in x out, matrices in x out, and volumes flattened in the order H, W, C.
    Kernels of depthwise convolutions, H x W x C x M, are those that are called so, and those that
    are of a shape in `wanted` so and no other way.

    Raises CnnError E0901 for a kernel of other dimensions.
    """
    try:
        parts = tuple(_turned(part, wanted) for part in stored.parts)
    except ValueError as error:
        raise damaged(stored.path, str(error)) from None
    return replace(stored, parts=parts, channels_last=True)


def _turned(part: Part, wanted: Collection[Shape]) -> Part:
    role = part.role.partition(":")[0]  # TensorFlow numbers what a variable gives
    named = NAMES.get(role, role)
    kind = DIMENSIONS.get(part.array.ndim)
    array, note = part.array, ""
    if kind:
        role = "kernel" if role == "weight" else role
        array, note = transposed(kind, role, part.array)
        if kind == "Conv2D" and role == "kernel" and array.shape not in wanted:
            other = transposed(kind, "depthwise_kernel", part.array)
            array, note = other if other[0].shape in wanted else (array, note)
    return replace(part, role=named, name=f"{part.layer}.{named}", array=array, note=note)
