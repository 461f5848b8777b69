"""Flat files whose arrays lie as those of TensorFlow and Keras do."""

from __future__ import annotations

from dataclasses import replace

from cnnc.weights.keras_layers import NAMES, transposed
from cnnc.weights.stored import Part, Stored, damaged

DIMENSIONS = {4: "Conv2D", 2: "Dense"}


def from_keras(stored: Stored) -> Stored:
    """With PyTorch's layouts and names.

    Kernels were H x W x in x out (`depthwise_kernel`: H x W x C x M), matrices in x out, and
    volumes flattened in the order H, W, C.

    Raises CnnError E0901 for a kernel of other dimensions.
    """
    try:
        parts = tuple(map(_turned, stored.parts))
    except ValueError as error:
        raise damaged(stored.path, str(error)) from None
    return replace(stored, parts=parts, channels_last=True)


def _turned(part: Part) -> Part:
    role = part.role.partition(":")[0]  # TensorFlow numbers what a variable gives
    named = NAMES.get(role, role)
    kind = DIMENSIONS.get(part.array.ndim)
    array, note = part.array, ""
    if kind:
        array, note = transposed(kind, "kernel" if role == "weight" else role, part.array)
    return replace(part, role=named, name=f"{part.layer}.{named}", array=array, note=note)
