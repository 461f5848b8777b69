"""The contenders' names, which the command line knows before it loads anything."""

from __future__ import annotations

from enum import StrEnum

USUAL = ("numpy", "torch", "torch-channels-last", "onnxruntime")
REFERENCE = "torch"  # to which ratios are


class Further(StrEnum):
    """Who takes part on request."""

    numpy_plain = "numpy-plain"
    numpy_forks = "numpy-forks"
    numpy_tuned = "numpy-tuned"
    torch_compile = "torch-compile"
    onnx_reference = "onnx-reference"
