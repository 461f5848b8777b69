# ruff: noqa: E501
"""ResNet18, compiled from examples/resnet.cnn by cnnc 0.1.0.

Where values lie, for images of the declared size:

layer                  height x width x channels  computed by          buffer  channel   offset
0                      224 x 224 x 3                                        0        0  802,816
conv1                  112 x 112 x 64             Convolution               1        0        0
4                      56 x 56 x 64               Pool                      2        0  802,816
layer1.0.conv1         56 x 56 x 64               SquareConvolution 4       3        0        0
layer1.0.conv2         56 x 56 x 64               SquareConvolution 4       2        0  802,816
layer1.1.conv1         56 x 56 x 64               SquareConvolution 4       4        0        0
layer1.1.conv2         56 x 56 x 64               SquareConvolution 4       2        0  802,816
layer2.0.conv1         28 x 28 x 128              Convolution               5        0        0
layer2.0.conv2         28 x 28 x 128              SquareConvolution 4       6        0  115,200
layer2.0.downsample.0  28 x 28 x 128              Convolution               6        0  115,200
layer2.1.conv1         28 x 28 x 128              SquareConvolution 4       7        0        0
layer2.1.conv2         28 x 28 x 128              SquareConvolution 4       6        0  115,200
layer3.0.conv1         14 x 14 x 256              Convolution               8        0        0
layer3.0.conv2         14 x 14 x 256              SquareConvolution 2       9        0  230,400
layer3.0.downsample.0  14 x 14 x 256              Convolution               9        0  230,400
layer3.1.conv1         14 x 14 x 256              SquareConvolution 2      10        0        0
layer3.1.conv2         14 x 14 x 256              SquareConvolution 2       9        0  230,400
layer4.0.conv1         7 x 7 x 512                Convolution              11        0        0
layer4.0.conv2         7 x 7 x 512                SquareConvolution 2      12        0   51,200
layer4.0.downsample.0  7 x 7 x 512                Convolution              12        0   51,200
layer4.1.conv1         7 x 7 x 512                SquareConvolution 2      13        0        0
layer4.1.conv2         7 x 7 x 512                SquareConvolution 2      12        0   51,200
9                      1 x 1 x 512                GlobalPool               14        0    1,008
fc                     1 x 1 x 1000               Dense                    15        0        0
arena: 1,018,112 floats an image, 1.00 of the most that live at once

It needs NumPy alone. `python THIS_FILE --help` tells how to run it. The network comes first; below
it stands the library that computes it.
"""

import argparse
import contextlib
import ctypes
import json
import math
import mmap
import os
import re
import signal
import statistics
import sys
import threading
import time
import traceback
import warnings
import weakref
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO, ClassVar, NamedTuple, NoReturn, Protocol, Self, TypeAlias, TypeVar
from weakref import WeakValueDictionary

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

__all__ = ["ResNet18"]


class ResNet18:
    """ResNet18, compiled from examples/resnet.cnn by cnnc 0.1.0.

    18 layers with weights.

    params: classes = 1000
    parameters: 11,689,512, MACs: 1,814,073,344, activations: 8,380,904
    input: N x 3 x 224 x 224 (height and width 1 or more)
    output: N x 1000
    """

    @staticmethod
    def layers(plan: "Planner") -> None:
        """Say what is computed, layer by layer; behind each, its values for N images."""
        # 0 INPUT: N x 3 x 224 x 224
        x = plan.input(into=0)
        # conv1 CONV(64, 7, stride=2) + bn1, RELU: N x 64 x 112 x 112
        x = plan.add(
            Convolution("conv1", stride=(2, 2), padding=(3, 3, 3, 3)), x, then=[relu_into], into=1
        )
        # 4 POOL(3, stride=2, pad=1): N x 64 x 56 x 56
        x = plan.add(Pool(np.maximum, (3, 3), (2, 2), padding=(1, 1, 1, 1)), x, into=2)
        # layer1.0.conv1 CONV(64) + layer1.0.bn1, RELU: N x 64 x 56 x 56
        branch1 = plan.add(
            SquareConvolution("layer1.0.conv1", (1, 1, 1, 1), 4), x, then=[relu_into], into=3
        )
        # layer1.0.conv2 CONV(64) + layer1.0.bn2, ADD, RELU: N x 64 x 56 x 56
        x = plan.add(
            SquareConvolution("layer1.0.conv2", (1, 1, 1, 1), 4),
            branch1,
            then=[(np.add, x), relu_into],
            into=2,
        )
        # layer1.1.conv1 CONV(64) + layer1.1.bn1, RELU: N x 64 x 56 x 56
        branch1 = plan.add(
            SquareConvolution("layer1.1.conv1", (1, 1, 1, 1), 4), x, then=[relu_into], into=4
        )
        # layer1.1.conv2 CONV(64) + layer1.1.bn2, ADD, RELU: N x 64 x 56 x 56
        x = plan.add(
            SquareConvolution("layer1.1.conv2", (1, 1, 1, 1), 4),
            branch1,
            then=[(np.add, x), relu_into],
            into=2,
        )
        # layer2.0.conv1 CONV(128, stride=2) + layer2.0.bn1, RELU: N x 128 x 28 x 28
        branch1 = plan.add(
            Convolution("layer2.0.conv1", stride=(2, 2), padding=(1, 1, 1, 1)),
            x,
            then=[relu_into],
            into=5,
        )
        # layer2.0.conv2 CONV(128) + layer2.0.bn2: N x 128 x 28 x 28
        branch1 = plan.add(SquareConvolution("layer2.0.conv2", (1, 1, 1, 1), 4), branch1, into=6)
        # layer2.0.downsample.0 CONV(128, 1, stride=2) + layer2.0.downsample.1, ADD, RELU: N x 128 x
        # 28 x 28
        x = plan.add(
            Convolution("layer2.0.downsample.0", stride=(2, 2)),
            x,
            then=[(np.add, branch1), relu_into],
            into=6,
        )
        # layer2.1.conv1 CONV(128) + layer2.1.bn1, RELU: N x 128 x 28 x 28
        branch1 = plan.add(
            SquareConvolution("layer2.1.conv1", (1, 1, 1, 1), 4), x, then=[relu_into], into=7
        )
        # layer2.1.conv2 CONV(128) + layer2.1.bn2, ADD, RELU: N x 128 x 28 x 28
        x = plan.add(
            SquareConvolution("layer2.1.conv2", (1, 1, 1, 1), 4),
            branch1,
            then=[(np.add, x), relu_into],
            into=6,
        )
        # layer3.0.conv1 CONV(256, stride=2) + layer3.0.bn1, RELU: N x 256 x 14 x 14
        branch1 = plan.add(
            Convolution("layer3.0.conv1", stride=(2, 2), padding=(1, 1, 1, 1)),
            x,
            then=[relu_into],
            into=8,
        )
        # layer3.0.conv2 CONV(256) + layer3.0.bn2: N x 256 x 14 x 14
        branch1 = plan.add(SquareConvolution("layer3.0.conv2", (1, 1, 1, 1), 2), branch1, into=9)
        # layer3.0.downsample.0 CONV(256, 1, stride=2) + layer3.0.downsample.1, ADD, RELU: N x 256 x
        # 14 x 14
        x = plan.add(
            Convolution("layer3.0.downsample.0", stride=(2, 2)),
            x,
            then=[(np.add, branch1), relu_into],
            into=9,
        )
        # layer3.1.conv1 CONV(256) + layer3.1.bn1, RELU: N x 256 x 14 x 14
        branch1 = plan.add(
            SquareConvolution("layer3.1.conv1", (1, 1, 1, 1), 2), x, then=[relu_into], into=10
        )
        # layer3.1.conv2 CONV(256) + layer3.1.bn2, ADD, RELU: N x 256 x 14 x 14
        x = plan.add(
            SquareConvolution("layer3.1.conv2", (1, 1, 1, 1), 2),
            branch1,
            then=[(np.add, x), relu_into],
            into=9,
        )
        # layer4.0.conv1 CONV(512, stride=2) + layer4.0.bn1, RELU: N x 512 x 7 x 7
        branch1 = plan.add(
            Convolution("layer4.0.conv1", stride=(2, 2), padding=(1, 1, 1, 1)),
            x,
            then=[relu_into],
            into=11,
        )
        # layer4.0.conv2 CONV(512) + layer4.0.bn2: N x 512 x 7 x 7
        branch1 = plan.add(SquareConvolution("layer4.0.conv2", (1, 1, 1, 1), 2), branch1, into=12)
        # layer4.0.downsample.0 CONV(512, 1, stride=2) + layer4.0.downsample.1, ADD, RELU: N x 512 x
        # 7 x 7
        x = plan.add(
            Convolution("layer4.0.downsample.0", stride=(2, 2)),
            x,
            then=[(np.add, branch1), relu_into],
            into=12,
        )
        # layer4.1.conv1 CONV(512) + layer4.1.bn1, RELU: N x 512 x 7 x 7
        branch1 = plan.add(
            SquareConvolution("layer4.1.conv1", (1, 1, 1, 1), 2), x, then=[relu_into], into=13
        )
        # layer4.1.conv2 CONV(512) + layer4.1.bn2, ADD, RELU: N x 512 x 7 x 7
        x = plan.add(
            SquareConvolution("layer4.1.conv2", (1, 1, 1, 1), 2),
            branch1,
            then=[(np.add, x), relu_into],
            into=12,
        )
        # 9 GAP: N x 512 x 1 x 1
        x = plan.add(GlobalPool(np.add), x, into=14)
        # fc FC(1000): N x 1000
        x = plan.add(Dense("fc"), x, into=15)
        plan.output("output", x, flat=True)

    def __init__(
        self,
        weights: Mapping[str, NDArray[Any]],
        *,
        folded: bool = False,
        size: tuple[int, int] | None = None,
        lanes: int | str | None = None,
        exact: bool = False,
        tune: bool = False,
    ) -> None:
        """Take the weights that PARAMETERS names, and make of them what the layers use.

        folded: the weights are in the form that `cnnc compile --weights` writes, batch norms
        folded. lanes: how many threads compute; None for two, where there are two processors;
        "fork" for as many processes.
        exact: no algorithm that rounds more than sums of products do. tune: measure what is fastest
        for each layer, once on a machine, and keep that in the user's folder for caches. Raises
        ValueError that names the keys that are missing, unknown or misshapen.
        size: height and width of the images, from now on; None leaves each image its own. Raises
        ValueError where the layers do not take them.
        """
        self.size = chosen_size(size, HEIGHTS, WIDTHS, SIZES)
        norms = self.folded_norms()
        shapes = folded_shapes(PARAMETERS, norms) if folded else PARAMETERS
        w = check_parameters(weights, shapes)
        if not folded:
            w = fold_norms(w, norms)
        self.engine = Engine(self.layers, self.buffers(), w, lanes=lanes, exact=exact, tune=tune)

    @classmethod
    def load(cls, path: str | os.PathLike[str], **options: Any) -> Self:
        """Read the weights from a .npz or .safetensors file; options are those of the class."""
        weights, metadata = read_weights(path)
        return cls(weights, folded=is_folded(metadata, "ResNet18", path), **options)

    @classmethod
    def random(cls, seed: int = 0, **options: Any) -> Self:
        """Make weights up, for tests and timing; options are those of the class."""
        return cls(random_weights(PARAMETERS, seed), **options)

    def __call__(self, x: "Array") -> "Array":
        """Check the shape and type of the input and run the net on it.

        Raises ValueError that says what was expected.
        """
        check_input(x, 3, *self.size)
        check_size(x.shape[2:], HEIGHTS, WIDTHS, SIZES)
        return self.forward(x)

    def forward(self, x: "Array") -> "Array":
        """Run the plan for this batch and size, which is made when it is first met."""
        return self.engine(x)["output"]

    @staticmethod
    def buffers() -> "list[Buffer]":
        """Where values lie in an image's arena: offset, height x width x channels, halo."""
        return [
            Buffer(802816, (224, 224, 3), (3, 2, 3, 2)),
            Buffer(0, (112, 112, 64), (0, 0, 0, 0)),
            Buffer(802816, (56, 56, 64), (1, 1, 1, 1)),
            Buffer(0, (56, 56, 64), (1, 1, 1, 1)),
            Buffer(0, (56, 56, 64), (1, 1, 1, 1)),
            Buffer(0, (28, 28, 128), (1, 1, 1, 1)),
            Buffer(115200, (28, 28, 128), (1, 1, 1, 1)),
            Buffer(0, (28, 28, 128), (1, 1, 1, 1)),
            Buffer(0, (14, 14, 256), (1, 1, 1, 1)),
            Buffer(230400, (14, 14, 256), (1, 1, 1, 1)),
            Buffer(0, (14, 14, 256), (1, 1, 1, 1)),
            Buffer(0, (7, 7, 512), (1, 2, 1, 2)),
            Buffer(51200, (7, 7, 512), (1, 2, 1, 2)),
            Buffer(0, (7, 7, 512), (1, 2, 1, 2)),
            Buffer(1008, (1, 1, 512), (0, 0, 0, 0)),
            Buffer(0, (1, 1, 1000), (0, 0, 0, 0)),
        ]

    @staticmethod
    def folded_norms() -> "list[FoldedNorm]":
        """Norms that a layer beside them computes: layer, norm, eps (None: a SCALE)."""
        return [
            FoldedNorm("conv1", "bn1", 1e-05),
            FoldedNorm("layer1.0.conv1", "layer1.0.bn1", 1e-05),
            FoldedNorm("layer1.0.conv2", "layer1.0.bn2", 1e-05),
            FoldedNorm("layer1.1.conv1", "layer1.1.bn1", 1e-05),
            FoldedNorm("layer1.1.conv2", "layer1.1.bn2", 1e-05),
            FoldedNorm("layer2.0.conv1", "layer2.0.bn1", 1e-05),
            FoldedNorm("layer2.0.conv2", "layer2.0.bn2", 1e-05),
            FoldedNorm("layer2.0.downsample.0", "layer2.0.downsample.1", 1e-05),
            FoldedNorm("layer2.1.conv1", "layer2.1.bn1", 1e-05),
            FoldedNorm("layer2.1.conv2", "layer2.1.bn2", 1e-05),
            FoldedNorm("layer3.0.conv1", "layer3.0.bn1", 1e-05),
            FoldedNorm("layer3.0.conv2", "layer3.0.bn2", 1e-05),
            FoldedNorm("layer3.0.downsample.0", "layer3.0.downsample.1", 1e-05),
            FoldedNorm("layer3.1.conv1", "layer3.1.bn1", 1e-05),
            FoldedNorm("layer3.1.conv2", "layer3.1.bn2", 1e-05),
            FoldedNorm("layer4.0.conv1", "layer4.0.bn1", 1e-05),
            FoldedNorm("layer4.0.conv2", "layer4.0.bn2", 1e-05),
            FoldedNorm("layer4.0.downsample.0", "layer4.0.downsample.1", 1e-05),
            FoldedNorm("layer4.1.conv1", "layer4.1.bn1", 1e-05),
            FoldedNorm("layer4.1.conv2", "layer4.1.bn2", 1e-05),
        ]


# The weights of the program: what they are called, and their shapes, as PyTorch's.
PARAMETERS: dict[str, tuple[int, ...]] = {
    "conv1.weight": (64, 3, 7, 7),
    "bn1.weight": (64,),
    "bn1.bias": (64,),
    "bn1.running_mean": (64,),
    "bn1.running_var": (64,),
    "layer1.0.conv1.weight": (64, 64, 3, 3),
    "layer1.0.bn1.weight": (64,),
    "layer1.0.bn1.bias": (64,),
    "layer1.0.bn1.running_mean": (64,),
    "layer1.0.bn1.running_var": (64,),
    "layer1.0.conv2.weight": (64, 64, 3, 3),
    "layer1.0.bn2.weight": (64,),
    "layer1.0.bn2.bias": (64,),
    "layer1.0.bn2.running_mean": (64,),
    "layer1.0.bn2.running_var": (64,),
    "layer1.1.conv1.weight": (64, 64, 3, 3),
    "layer1.1.bn1.weight": (64,),
    "layer1.1.bn1.bias": (64,),
    "layer1.1.bn1.running_mean": (64,),
    "layer1.1.bn1.running_var": (64,),
    "layer1.1.conv2.weight": (64, 64, 3, 3),
    "layer1.1.bn2.weight": (64,),
    "layer1.1.bn2.bias": (64,),
    "layer1.1.bn2.running_mean": (64,),
    "layer1.1.bn2.running_var": (64,),
    "layer2.0.conv1.weight": (128, 64, 3, 3),
    "layer2.0.bn1.weight": (128,),
    "layer2.0.bn1.bias": (128,),
    "layer2.0.bn1.running_mean": (128,),
    "layer2.0.bn1.running_var": (128,),
    "layer2.0.conv2.weight": (128, 128, 3, 3),
    "layer2.0.bn2.weight": (128,),
    "layer2.0.bn2.bias": (128,),
    "layer2.0.bn2.running_mean": (128,),
    "layer2.0.bn2.running_var": (128,),
    "layer2.0.downsample.0.weight": (128, 64, 1, 1),
    "layer2.0.downsample.1.weight": (128,),
    "layer2.0.downsample.1.bias": (128,),
    "layer2.0.downsample.1.running_mean": (128,),
    "layer2.0.downsample.1.running_var": (128,),
    "layer2.1.conv1.weight": (128, 128, 3, 3),
    "layer2.1.bn1.weight": (128,),
    "layer2.1.bn1.bias": (128,),
    "layer2.1.bn1.running_mean": (128,),
    "layer2.1.bn1.running_var": (128,),
    "layer2.1.conv2.weight": (128, 128, 3, 3),
    "layer2.1.bn2.weight": (128,),
    "layer2.1.bn2.bias": (128,),
    "layer2.1.bn2.running_mean": (128,),
    "layer2.1.bn2.running_var": (128,),
    "layer3.0.conv1.weight": (256, 128, 3, 3),
    "layer3.0.bn1.weight": (256,),
    "layer3.0.bn1.bias": (256,),
    "layer3.0.bn1.running_mean": (256,),
    "layer3.0.bn1.running_var": (256,),
    "layer3.0.conv2.weight": (256, 256, 3, 3),
    "layer3.0.bn2.weight": (256,),
    "layer3.0.bn2.bias": (256,),
    "layer3.0.bn2.running_mean": (256,),
    "layer3.0.bn2.running_var": (256,),
    "layer3.0.downsample.0.weight": (256, 128, 1, 1),
    "layer3.0.downsample.1.weight": (256,),
    "layer3.0.downsample.1.bias": (256,),
    "layer3.0.downsample.1.running_mean": (256,),
    "layer3.0.downsample.1.running_var": (256,),
    "layer3.1.conv1.weight": (256, 256, 3, 3),
    "layer3.1.bn1.weight": (256,),
    "layer3.1.bn1.bias": (256,),
    "layer3.1.bn1.running_mean": (256,),
    "layer3.1.bn1.running_var": (256,),
    "layer3.1.conv2.weight": (256, 256, 3, 3),
    "layer3.1.bn2.weight": (256,),
    "layer3.1.bn2.bias": (256,),
    "layer3.1.bn2.running_mean": (256,),
    "layer3.1.bn2.running_var": (256,),
    "layer4.0.conv1.weight": (512, 256, 3, 3),
    "layer4.0.bn1.weight": (512,),
    "layer4.0.bn1.bias": (512,),
    "layer4.0.bn1.running_mean": (512,),
    "layer4.0.bn1.running_var": (512,),
    "layer4.0.conv2.weight": (512, 512, 3, 3),
    "layer4.0.bn2.weight": (512,),
    "layer4.0.bn2.bias": (512,),
    "layer4.0.bn2.running_mean": (512,),
    "layer4.0.bn2.running_var": (512,),
    "layer4.0.downsample.0.weight": (512, 256, 1, 1),
    "layer4.0.downsample.1.weight": (512,),
    "layer4.0.downsample.1.bias": (512,),
    "layer4.0.downsample.1.running_mean": (512,),
    "layer4.0.downsample.1.running_var": (512,),
    "layer4.1.conv1.weight": (512, 512, 3, 3),
    "layer4.1.bn1.weight": (512,),
    "layer4.1.bn1.bias": (512,),
    "layer4.1.bn1.running_mean": (512,),
    "layer4.1.bn1.running_var": (512,),
    "layer4.1.conv2.weight": (512, 512, 3, 3),
    "layer4.1.bn2.weight": (512,),
    "layer4.1.bn2.bias": (512,),
    "layer4.1.bn2.running_mean": (512,),
    "layer4.1.bn2.running_var": (512,),
    "fc.weight": (1000, 512),
    "fc.bias": (1000,),
}

# The sizes that the layers take, as check_size has them.
HEIGHTS = (1, 1, ((0, 0),))
WIDTHS = (1, 1, ((0, 0),))
SIZES = "height and width 1 or more"


def main() -> int:
    """Run the command line; --help tells what it takes."""
    return run_command(
        "ResNet18", ((3, 224, 224),), ResNet18.load, ResNet18.random, None, tunes=True
    )


# ==================================================================================================
# The library: what computes the network above, copied from the NumPy backend of cnnc
# ==================================================================================================


# --- The one array type of the kernels: float32, images as N x C x H x W ---


Array = NDArray[np.float32]


# --- What all pooling shares: how many windows there are, and reducing each of them ---


def pooled_size(
    size: int, kernel: int, stride: int, dilation: int, near: int, far: int, ceil: bool
) -> int:
    """Count the windows along an axis of `size` pixels with near and far padding, as PyTorch does.

    A last window that does not fit is left out, or with ceil kept; but one that would start in
    the far padding, or beyond it, is never kept. Raises ValueError where no window fits.
    """
    room = size + near + far - dilation * (kernel - 1) - 1
    count = (-(-room // stride) if ceil else room // stride) + 1
    if count < 1:
        raise ValueError(f"a pooling window of {kernel} is larger than its padded maps of {size}")
    return count - 1 if ceil and (count - 1) * stride >= size + near else count


# --- Batch normalisation at inference ---


def batch_norm_terms(
    mean: Array, var: Array, gamma: Array | None, beta: Array | None, eps: float
) -> tuple[Array, Array]:
    """Turn statistics and parameters, C values each, into a scale and a shift of C values.

    (x - mean) / sqrt(var + eps) * gamma + beta is x * scale + shift (Ioffe and Szegedy, "Batch
    Normalization", 2015). gamma = None stands for ones, beta = None for zeros. Computed in
    float64, as it is done once, and rounded to float32.
    """
    scale = 1.0 / np.sqrt(var.astype(np.float64) + eps)
    if gamma is not None:
        scale *= gamma
    shift = -mean * scale
    if beta is not None:
        shift += beta
    return scale.astype(np.float32), shift.astype(np.float32)


# --- Merges of branches; ADD and MUL are NumPy's own + and * ---


def maximum(*branches: Array) -> Array:
    """Take the largest of the branches, value by value (Goodfellow et al., "Maxout", 2013)."""
    result: Array = np.maximum(branches[0], branches[1])
    for branch in branches[2:]:
        np.maximum(result, branch, out=result)
    return result


# --- Folding of normalisation into the layer beside it, once, when weights are loaded ---


def fold_batch_norm(
    weight: Array,
    bias: Array | None,
    scale: Array,
    shift: Array,
    *,
    channel_axis: int,
    groups: int = 1,
) -> tuple[Array, Array]:
    """Give the weight and bias of one layer that does layer(x) * scale + shift.

    scale and shift hold a value for each of O output channels (batch_norm_terms makes them).
    channel_axis is where the weight has its output channels: 0 in a convolution (O x C/groups x kh
    x kw) or a fully connected layer (O x C), 1 in a transposed convolution (C x O/groups x kh x
    kw), where rows of group g hold channels g * O/groups and on. bias = None stands for zeros.
    w' = w * scale and b' = b * scale + shift, in float64, rounded to float32.
    """
    wide = scale.astype(np.float64)
    if channel_axis == 0:
        factors = wide.reshape(-1, *(1,) * (weight.ndim - 1))
        scaled = weight * factors
    else:
        factors = wide.reshape(groups, 1, -1, *(1,) * (weight.ndim - 2))
        scaled = weight.reshape(groups, -1, *weight.shape[1:]) * factors
    offset = shift if bias is None else bias * wide + shift
    return scaled.astype(np.float32).reshape(weight.shape), offset.astype(np.float32)


def fold_norm_before(
    weight: Array, bias: Array | None, scale: Array, shift: Array, *, groups: int = 1
) -> tuple[Array, Array]:
    """Give the weight and bias of one layer that does layer(x * scale + shift).

    scale and shift hold a value for each of C input channels. weight is O x C/groups x kh x kw of a
    convolution without padding, or O x C*h*w of a fully connected layer. bias = None stands for
    zeros. w' = w * scale and b' = b + sum of w * shift, in float64, rounded to float32.
    """
    inputs = len(scale) // groups
    wide = weight.astype(np.float64).reshape(groups, len(weight) // groups, inputs, -1)
    offset = (wide * shift.reshape(groups, 1, inputs, 1)).sum((2, 3)).reshape(-1)
    if bias is not None:
        offset += bias
    scaled = wide * scale.reshape(groups, 1, inputs, 1)
    return scaled.astype(np.float32).reshape(weight.shape), offset.astype(np.float32)


# --- Norms, when weights are loaded: folded, or made a scale and a shift ---


class FoldedNorm(NamedTuple):
    """A batch norm, or a SCALE (eps is None), that is folded into a layer's weights.

    first: its channel with which the layer's begin; before: it stood before the layer.
    """

    layer: str
    norm: str
    eps: float | None
    channel_axis: int = 0
    groups: int = 1
    first: int = 0
    before: bool = False


def fold_norms(
    weights: Mapping[str, Array], folded_norms: Sequence[FoldedNorm]
) -> dict[str, Array]:
    """Give the weights without the norms, each folded into the weight and bias of its layer."""
    result = dict(weights)
    terms: dict[str, tuple[Array, Array]] = {}
    for each in folded_norms:
        if each.norm not in terms:
            terms[each.norm] = take_terms(result, each.norm, each.eps)
        scale, shift = terms[each.norm]
        weight, bias = result[f"{each.layer}.weight"], result.get(f"{each.layer}.bias")
        if each.before:
            made = fold_norm_before(weight, bias, scale, shift, groups=each.groups)
        else:
            last = each.first + output_channels(weight.shape, each)
            own = slice(each.first, last)
            made = fold_batch_norm(
                weight,
                bias,
                scale[own],
                shift[own],
                channel_axis=each.channel_axis,
                groups=each.groups,
            )
        result[f"{each.layer}.weight"], result[f"{each.layer}.bias"] = made
    return result


def output_channels(weight: tuple[int, ...], folded_norm: FoldedNorm) -> int:
    """Give the channels that a layer with a weight of this shape makes."""
    return weight[0] if folded_norm.channel_axis == 0 else weight[1] * folded_norm.groups


def take_terms(weights: dict[str, Array], norm: str, eps: float | None) -> tuple[Array, Array]:
    """Take the weights of a batch norm, or the factors of a SCALE, out and give scale and shift."""
    if eps is not None:
        return take_norm(weights, norm, eps)
    factors = weights.pop(f"{norm}.weight")
    return factors, np.zeros_like(factors)


def take_norm(weights: dict[str, Array], norm: str, eps: float) -> tuple[Array, Array]:
    """Take a norm's weights out and give its scale and shift; without affine it has no own two."""
    mean, var = weights.pop(f"{norm}.running_mean"), weights.pop(f"{norm}.running_var")
    gamma, beta = weights.pop(f"{norm}.weight", None), weights.pop(f"{norm}.bias", None)
    return batch_norm_terms(mean, var, gamma, beta, eps)


def folded_shapes(
    shapes: Mapping[str, tuple[int, ...]], folded_norms: Sequence[FoldedNorm]
) -> dict[str, tuple[int, ...]]:
    """Give the shapes of what fold_norms makes of weights of these shapes."""
    result = dict(shapes)
    for each in folded_norms:
        result[f"{each.layer}.bias"] = (output_channels(result[f"{each.layer}.weight"], each),)
        for name in ("weight", "bias", "running_mean", "running_var"):
            result.pop(f"{each.norm}.{name}", None)
    return result


# --- Calls: the fast form runs lists of NumPy calls on views, made ready once ---


Call = Callable[[], object]


# --- Where the values of a layer lie, and which of them a lane computes ---


@dataclass(frozen=True, slots=True)
class Maps:
    """N images of height x width x channels, channels side by side, inside a buffer with a halo.

    buffer is N x (top + height + bottom) x (left + width + right) x C, C at least channels: a
    branch of a concatenation is a slice of channels, from `channel` on. halo is (top, bottom, left,
    right): the rows and columns of zeros around the images, which padded windows read.
    """

    buffer: Array
    halo: tuple[int, int, int, int]
    channel: int
    channels: int

    @property
    def height(self) -> int:
        return int(self.buffer.shape[1]) - self.halo[0] - self.halo[1]

    @property
    def width(self) -> int:
        return int(self.buffer.shape[2]) - self.halo[2] - self.halo[3]

    @property
    def inner(self) -> Array:
        """The images, without the halo: N x height x width x channels."""
        return self.around(0, 0)[:, : self.height, : self.width]

    def around(self, top: int, left: int) -> Array:
        """From `top` rows above and `left` columns before the images to the end of the buffer."""
        rows, columns = self.halo[0] - top, self.halo[2] - left
        assert rows >= 0 and columns >= 0, "the halo is too narrow"
        return self.buffer[:, rows:, columns:, self.channel : self.channel + self.channels]


class Share(NamedTuple):
    """The part of a layer's values that one lane computes: half-open ranges of each axis."""

    images: tuple[int, int]
    rows: tuple[int, int]
    channels: tuple[int, int]


# --- Memory for what lives between two calls of one lane ---


LEAST = 1 << 19  # floats; tiles are chosen to fit, so that parts are rarely made anew


class Scratch:
    """Floats of one lane, by the number of the part; the system gives memory as it is touched."""

    def __init__(self) -> None:
        self.parts: dict[int, Array] = {}

    def take(self, part: int, *shape: int) -> Array:
        """The beginning of a part, as an array of this shape; what it holds is of no use."""
        size = 1
        for length in shape:
            size *= length
        if part not in self.parts or self.parts[part].size < size:
            self.parts[part] = np.zeros(max(size, LEAST), np.float32)
        return self.parts[part][:size].reshape(shape)


# --- Tiles: parts of a layer that are small enough for a core's cache ---


class Tile(NamedTuple):
    """Half-open ranges of images and rows; a tile has whole rows."""

    images: tuple[int, int]
    rows: tuple[int, int]

    @property
    def height(self) -> int:
        return self.rows[1] - self.rows[0]

    @property
    def number(self) -> int:
        """How many images."""
        return self.images[1] - self.images[0]


def tiles(share: Share, width: int, pixels: int, unit: int = 1) -> Iterator[Tile]:
    """Cut a share into tiles of about so many pixels: whole images, or bands of rows of one image.

    unit: bands begin at its multiples, counted from the share's first row.
    """
    (first, end), (top, bottom) = share.images, share.rows
    rows = bottom - top
    if rows * width <= pixels:
        step = pixels // (rows * width)
        for image in range(first, end, step):
            yield Tile((image, min(image + step, end)), share.rows)
        return
    units = -(-rows // unit)
    bands = -(-units // max(1, pixels // (width * unit)))
    height = -(-units // bands) * unit
    for image in range(first, end):
        for row in range(top, bottom, height):
            yield Tile((image, image + 1), (row, min(row + height, bottom)))


def part_of(tile: Tile, channels: tuple[int, int], maps: Maps) -> Array:
    """A tile's values: images x rows x width x channels."""
    return maps.inner[slice(*tile.images), slice(*tile.rows), :, slice(*channels)]


def strided(array: Array, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """A view of other axes; it begins where the array does, and may look beyond its edges."""
    view: Array = np.lib.stride_tricks.as_strided(array, shape, strides)
    return view


# --- What is done to a tile's values while they are in the cache, before they leave it ---


# Values, where the result goes (perhaps the same), and memory of twice their shape: 2 x ...
Activation: TypeAlias = Callable[[Array, Array, Array], list[Call]]


# np.add and the like with the other operand, which has the values' shape or is one a channel.
Merge: TypeAlias = tuple[np.ufunc, Array]


# What follows a layer, as seen by a tile's look at maps.
Then: TypeAlias = Callable[[Callable[[Maps], Array]], Sequence[Activation | Merge]]


# Parts of the scratch.
SPARE = 7


COPIED = 6


def finishing(
    values: Array,
    target: Array,
    then: Sequence[Activation | Merge],
    scratch: Scratch,
    keep: bool = False,
) -> list[Call]:
    """Do `then` to values of any axes, channels last; the last of it writes to the target.

    keep: the values must stay, so that what comes before the last is done in the target too.
    Where rows lie side by side they are taken as one long row, which NumPy's loops like best.
    """
    if keep and overwrites(target, then[1:]):
        copied = scratch.take(COPIED, *values.shape)
        return [partial(np.copyto, copied, values), *finishing(copied, target, then, scratch)]
    others = [each[1] for each in then if isinstance(each, tuple) and each[1].ndim > 1]
    joined = all(joins_rows(each) for each in (values, target, *others))
    images, _, width, _ = values.shape[-4:]
    same = values.__array_interface__["data"] == target.__array_interface__["data"]
    values, target = (join_rows(each) if joined else each for each in (values, target))
    if same:
        target = values  # two views of one place would be thought to overlap, and be copied
    spare = scratch.take(SPARE, 2, *values.shape) if any(map(callable, then)) else values
    calls: list[Call] = []
    # NumPy cannot tell that several images of an arena do not overlap, and would copy them.
    apart = images > 1 and overwrites(target, then[-1:])
    for number, each in enumerate(then):
        last = number == len(then) - 1 and not apart
        out = target if keep or last else values
        if isinstance(each, tuple):
            function, other = each
            if joined:
                other = join_rows(other) if other.ndim > 1 else np.tile(other, width)
            calls.append(partial(function, values, other, out=out))
        else:
            calls += each(values, out, spare)
        values = out
    if (not then and not same) or (apart and values is not target):
        calls.append(partial(np.copyto, target, values))
    return calls


def overwrites(target: Array, then: Sequence[Activation | Merge]) -> bool:
    """Whether what follows reads where the target lies."""
    return any(isinstance(each, tuple) and np.may_share_memory(target, each[1]) for each in then)


def joins_rows(array: Array) -> bool:
    """Whether the pixels of a row lie side by side."""
    return bool(array.strides[-1] == 4 and array.strides[-2] == 4 * array.shape[-1])


def join_rows(array: Array) -> Array:
    """Take each row of pixels as one axis."""
    shape = (*array.shape[:-2], array.shape[-2] * array.shape[-1])
    view: Array = np.lib.stride_tricks.as_strided(array, shape, (*array.strides[:-2], 4))
    return view


def relu_into(values: Array, out: Array, spare: Array) -> list[Call]:
    """max(x, 0)."""
    return [partial(np.maximum, values, np.float32(0), out=out)]


# --- Matrix products as many small ones, which OpenBLAS multiplies without packing them first ---


# Up to so many multiply-adds OpenBLAS takes its kernel for small matrices (interface/gemm.c and
# kernel/x86_64/sgemm_small_kernel_permit_skylakex.c, version 0.3).
SMALL = 1_000_000


MOST_ROWS = 256


def pack_blocks(matrix: Array, block: int, parts: int = 1) -> Array:
    """Cut depth x columns into parts x columns/block x depth/parts x block, each side by side."""
    depth, columns = matrix.shape
    cut = matrix.reshape(parts, depth // parts, columns // block, block)
    return np.ascontiguousarray(cut.transpose(0, 2, 1, 3), np.float32)


def products(left: Array, blocks: Array, out: Array, rows: int) -> list[Call]:
    """Multiply runs x pixels x depth by parts x columns/block x depth x block.

    There is one part for all runs, or one for each. out: runs x pixels x columns. Each inner
    product has so many rows; the last of a run may have fewer.
    """
    pixels = left.shape[1]
    rows = min(rows, pixels)
    whole = pixels // rows
    calls: list[Call] = []
    for start, number, height in ((0, whole, rows), (whole * rows, 1, pixels % rows)):
        if height and number:
            first = cut_pixels(left[:, start:], number, height, 1)
            result = cut_pixels(out[:, start:], number, height, blocks.shape[1])
            calls.append(partial(np.matmul, first, blocks[:, np.newaxis], result))
    return calls


def cut_pixels(array: Array, number: int, height: int, blocks: int) -> Array:
    """View runs x pixels x columns as runs x number x blocks x height x columns/blocks."""
    run, pixel, unit = array.strides
    block = array.shape[2] // blocks
    shape = (len(array), number, blocks, height, block)
    return strided(array, shape, (run, height * pixel, block * unit, pixel, unit))


def one_run(array: Array) -> Array | None:
    """View images x rows x width x channels as 1 x pixels x channels; None where a halo, or
    another image's arena, lies between two pixels."""
    images, height, width, channels = array.shape
    image, row, pixel, unit = array.strides
    rows_apart = height > 1 and row != width * pixel
    images_apart = images > 1 and image != height * width * pixel
    if rows_apart or images_apart:
        return None
    return strided(array, (1, images * height * width, channels), (0, pixel, unit))


def rows_of_products(pixels: int, depth: int, block: int) -> int:
    """Rows of each small product: as many as may be, and so that no rest is left where possible."""
    most = min(MOST_ROWS, SMALL // (depth * block), pixels)
    if most < 12:
        return pixels
    for rows in range(most, most // 2, -1):
        if pixels % rows == 0:
            return rows
    return most


# --- What a convolution will take on this machine, by which its tiles and blocks are chosen ---


CALL = 6e-6  # seconds that a call of NumPy costs while another lane calls it too


PRODUCT = 0.15e-6  # seconds that each small product costs beside its arithmetic


BANDWIDTH = 26e9  # bytes of weights a second, from memory


MOVED = 0.16e-9  # seconds for each value that is copied in long runs,


SCATTERED = 0.4e-9  # and in runs of fewer than 64


PASSED = 0.26e-9  # seconds for each value of a pass over a tile


SHORT = 3.0  # times PASSED where the pixels of a row do not lie side by side


CACHE = 1_600_000  # bytes of a tile that stay in the second cache


FIRST = 40_960  # bytes of a block of weights that stay in the first


COLUMNS_HELD = 2 << 20  # values of a tile's windows, at most


# Seconds to transform a square's values, and its results, for each channel, by its side + 2.
TRANSFORMS = {4: (9e-9, 5e-9), 6: (17e-9, 13e-9)}


class Work(NamedTuple):
    """A lane's part of a convolution: so many pixels of `width` in a row, columns of `depth`.

    copies: windows are copied into columns; run: values that lie side by side in a window;
    passes: what is done to each value after the products; apart: its pixels do not lie side by
    side, so that a pass goes pixel by pixel.
    """

    pixels: int
    width: int
    depth: int
    channels: int
    copies: bool
    run: int
    passes: int
    splits: tuple[int, ...] = (1,)
    apart: bool = False


class Choice(NamedTuple):
    """Pixels of a tile, rows and columns of the small products, parts of the depth."""

    tile: int
    rows: int
    block: int
    parts: int


class Recipe(NamedTuple):
    """How a convolution is done, where the model is not asked: the side of the squares, 0 for
    columns, what lanes divide, and the numbers of a Choice, or of Squares."""

    square: int
    axis: str
    numbers: tuple[int, ...]


def choose(work: Work, recipe: Recipe | None = None) -> Choice:
    """The quickest by the model, or what comes nearest to a recipe."""
    if recipe is not None:
        return min(choices(work), key=partial(apart_from, recipe))
    return min(choices(work), key=lambda choice: seconds(work, choice))


def apart_from(recipe: Recipe, numbers: Sequence[int]) -> list[int]:
    """How far a choice is from a recipe, which was made for another lane's part, perhaps."""
    return [abs(ours - asked) for ours, asked in zip(numbers, recipe.numbers, strict=False)]


def choices(work: Work) -> Iterator[Choice]:
    """What may be worth a trial."""
    blocks = [each for each in (16, 32, 48, 64, 96, 128) if work.channels % each == 0]
    wanted = {min(work.pixels, each) for each in (196, 448, 1024, 2048, 4096, work.pixels)}
    tiles = sorted(max(each, work.width) for each in wanted)
    if work.copies:
        # Where every tile of copies is too large, a row is: nothing less is a tile.
        tiles = [each for each in tiles if each * work.depth <= COLUMNS_HELD] or [work.width]
    for tile in tiles:
        for parts in work.splits:
            for block in {*blocks, work.channels}:
                rows = rows_of_products(tile, work.depth // parts, block)
                yield Choice(tile, rows, block, parts)


def seconds(work: Work, choice: Choice) -> float:
    """The time of a lane's part."""
    tile, rows, block, parts = choice
    values = work.pixels * work.channels
    depth = work.depth // parts
    flops = 2 * values * work.depth
    time = flops / (1e9 * rate(rows, depth, block))
    large = tile * (work.depth + work.channels) * 4 > CACHE
    if work.copies:
        each = MOVED if work.run >= 64 else SCATTERED
        time += work.pixels * work.depth * each * (1.6 if large else 1.0)
    if parts > 1:
        time += (parts + 1) * values * PASSED * 0.7
    short = SHORT if work.apart else 1.0
    outside = 1.5 if tile * work.channels * 4 > CACHE else 1.0
    time += values * PASSED * work.passes * short * outside
    count = -(-work.pixels // tile)
    time += count * (2 + work.copies + work.passes + (parts > 1)) * CALL
    time += work.pixels / rows * (work.channels / block) * parts * PRODUCT
    return time + 4 * work.depth * work.channels / BANDWIDTH


def rate(rows: int, depth: int, block: int) -> float:
    """GFLOP/s of one core that multiplies rows x depth by depth x block."""
    if rows * depth * block > SMALL:
        return 150 * rows / (rows + 20) * min(1.0, 0.45 + block / 128)
    narrow = 0.62 if block < 32 else 0.93 if block < 64 else 1.0
    wide = 1.0 if depth * block * 4 <= FIRST else 0.68
    return 165 * rows / (rows + 6) * narrow * wide * (1.0 if block % 16 == 0 else 0.6)


class Squares(NamedTuple):
    """Squares of a tile, and columns of the small products."""

    number: int
    block: int


def square_choices(squares: int, wide: int, inputs: int, outputs: int, side: int) -> list[Squares]:
    """What may be worth a trial for so many squares, `wide` in a row, of side x side values."""
    blocks = [each for each in (32, 64, 96, 128) if outputs % each == 0] or [outputs]
    numbers = {max(wide, min(squares, each)) for each in (16, 28, 49, 64, 98, 128, 196)}
    most = (6 << 20) // (4 * side * side * max(inputs, outputs))
    tiles = sorted(each for each in numbers if each <= max(wide, most)) or [wide]
    return [Squares(number, block) for number in tiles for block in blocks]


def squares_seconds(
    squares: int, inputs: int, outputs: int, side: int, passes: int, choice: Squares
) -> float:
    """The time of a lane's part by Winograd's algorithm."""
    number, block = min(choice.number, squares), choice.block
    places = side * side
    bytes_of_tile = places * number * (inputs + max(inputs, outputs)) * 4
    large = bytes_of_tile > CACHE * 1.1
    into, out = TRANSFORMS[side]
    results = (side - 2) ** 2 * passes * 0.2e-9
    time = squares * (inputs * into + outputs * (out + results)) * (1.25 if large else 1.0)
    flops = 2 * places * squares * inputs * outputs
    time += flops / (1e9 * rate(number, inputs, block)) * (1.1 if large else 1.0)
    count = -(-squares // number)
    time += count * (8 + 2 * passes) * CALL
    time += count * places * (outputs / block) * PRODUCT
    return time + 4 * places * inputs * outputs / BANDWIDTH


# --- Convolution as matrix products of columns, tile by tile ---


# Parts of the scratch.
COLUMNS = 0


RESULTS = 1


SUMS = 2


@dataclass(frozen=True, slots=True)
class ColumnBlocks:
    """The order of filters that columns are multiplied by: parts x O/block x depth x block.

    The depth, kh * kw * I, holds a pixel's channels together, as columns do.
    """

    block: int
    parts: int

    def pack(self, weight: Array) -> Array:
        """O x I x kh x kw in this order."""
        return pack_blocks(pack_filters(weight), self.block, self.parts)

    def unpack(self, packed: Array, shape: tuple[int, ...]) -> Array:
        outputs, inputs, high, wide = shape
        matrix = packed.transpose(0, 2, 1, 3).reshape(high, wide, inputs, outputs)
        return matrix.transpose(3, 2, 0, 1)


def pack_filters(weight: Array) -> Array:
    """O x I x kh x kw as a matrix, kh * kw * I x O."""
    return weight.transpose(2, 3, 1, 0).reshape(-1, len(weight))


def windows_of(
    source: Maps,
    tile: Tile,
    width: int,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    before: tuple[int, int],
    dilation: tuple[int, int],
) -> Array:
    """The windows of a tile's pixels: images x rows x width x kh x kw x channels, a view.

    before: rows above and columns before the maps, which the halo holds.
    """
    around = source.around(*before)[slice(*tile.images), tile.rows[0] * stride[0] :]
    image, row, pixel, unit = around.strides
    return strided(
        around,
        (tile.number, tile.height, width, *kernel, source.channels),
        (image, stride[0] * row, stride[1] * pixel, dilation[0] * row, dilation[1] * pixel, unit),
    )


def convolve_columns(
    source: Maps,
    target: Maps,
    blocks: Array,
    *,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    before: tuple[int, int],
    dilation: tuple[int, int],
    share: Share,
    choice: Choice,
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """The calls that convolve a share: copy windows into columns, multiply, finish, for each tile.

    blocks: parts x blocks x depth x block, as ColumnBlocks packs them, for the share's channels.
    Windows of one pixel are multiplied where they lie. The error against float64 is about 3e-7 of
    the largest value (Chellapilla, Puri and Simard, 2006).
    """
    calls: list[Call] = []
    for tile in tiles(share, target.width, choice.tile):
        seen = windows_of(source, tile, target.width, kernel, stride, before, dilation)
        look = partial(part_of, tile, share.channels)
        out = look(target)
        made = one_run(out)
        after = then(look)
        if made is None or (after and tile.number > 1) or overwrites(out, after):
            made = scratch.take(RESULTS, 1, out[..., 0].size, out.shape[3])
        left = one_run(seen[:, :, :, 0, 0]) if kernel == (1, 1) else None
        if left is None:
            left = scratch.take(COLUMNS, choice.parts, made.shape[1], blocks.shape[2])
            calls += copy_columns(left, seen)
        elif choice.parts > 1:
            left = cut_depth(left, choice.parts)
        if choice.parts > 1:
            sums = scratch.take(SUMS, choice.parts, *made.shape[1:])
            calls += products(left, blocks, sums, choice.rows)
            calls.append(partial(np.add.reduce, sums, 0, None, made[0]))
        else:
            calls += products(left, blocks, made, choice.rows)
        calls += finishing(made.reshape(out.shape), out, after, scratch)
    return calls


def copy_columns(columns: Array, seen: Array) -> list[Call]:
    """Copy windows into parts x pixels x depth: a part is all of a window, a row of it, one place
    of it, or some of the channels of its one pixel."""
    parts, _, depth = columns.shape
    images, height, width, high, wide, channels = seen.shape
    pixels = (images, height, width)
    if parts == 1:
        return [partial(np.copyto, columns.reshape(seen.shape), seen)]
    if parts == high * wide:
        places = columns.reshape(high, wide, *pixels, channels)
        return [partial(np.copyto, places, seen.transpose(3, 4, 0, 1, 2, 5))]
    if parts == high:
        rows = columns.reshape(high, *pixels, wide, channels)
        return [partial(np.copyto, rows, seen.transpose(3, 0, 1, 2, 4, 5))]
    split = strided(seen, (*pixels, parts, depth), (*seen.strides[:3], depth * 4, 4))
    return [partial(np.copyto, columns.reshape(parts, *pixels, depth), np.moveaxis(split, 3, 0))]


def cut_depth(left: Array, parts: int) -> Array:
    """View 1 x pixels x depth as parts x pixels x depth/parts."""
    _, pixels, depth = left.shape
    shape = (parts, pixels, depth // parts)
    return strided(left, shape, (depth // parts * 4, *left.strides[1:]))


# --- Filters of 3x3 as Winograd's algorithm takes them ---


# Of the filters, the values and the results, by the outputs of a square (Lavin and Gray, "Fast
# Algorithms for Convolutional Neural Networks", 2015).
FILTERS = {
    2: ((1, 0, 0), (1 / 2, 1 / 2, 1 / 2), (1 / 2, -1 / 2, 1 / 2), (0, 0, 1)),
    4: (
        (1 / 4, 0, 0),
        (-1 / 6, -1 / 6, -1 / 6),
        (-1 / 6, 1 / 6, -1 / 6),
        (1 / 24, 1 / 12, 1 / 6),
        (1 / 24, -1 / 12, 1 / 6),
        (0, 0, 1),
    ),
}


VALUES = {
    2: ((1, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, 1, 0, -1)),
    4: (
        (4, 0, -5, 0, 1, 0),
        (0, -4, -4, 1, 1, 0),
        (0, 4, -4, -1, 1, 0),
        (0, -2, -1, 2, 1, 0),
        (0, 2, -1, -2, 1, 0),
        (0, 4, 0, -5, 0, 1),
    ),
}


COMBINATIONS = {
    2: ((1, 1, 1, 0), (0, 1, -1, -1)),
    4: ((1, 1, 1, 1, 1, 0), (0, 1, -1, 2, -2, 0), (0, 1, 1, 4, 4, 0), (0, 1, -1, 8, -8, 1)),
}


FILTERS_ASKED = 32  # by winograd_error


@dataclass(frozen=True, slots=True)
class SquareBlocks:
    """The order of filters that squares are multiplied by: places x O/block x I x block.

    What the transformed filters were made of cannot be had again.
    """

    square: int
    block: int

    def pack(self, weight: Array) -> Array:
        """O x I x 3 x 3, or filters of O x I that are transformed already, in this order."""
        transformed = weight.shape[2] == self.square + 2
        filters = weight if transformed else transform_filters(weight, self.square)
        outputs, inputs = filters.shape[:2]
        cut = filters.reshape(outputs // self.block, self.block, inputs, -1)
        return np.ascontiguousarray(cut.transpose(3, 0, 2, 1))

    def unpack(self, packed: Array, shape: tuple[int, ...]) -> Array:
        """The transformed filters, O x I x (square + 2) x (square + 2)."""
        side = self.square + 2
        return packed.transpose(1, 3, 2, 0).reshape(*shape[:2], side, side)


def transform_filters(weight: Array, square: int) -> Array:
    """O x I x 3 x 3 as O x I x (square + 2) x (square + 2), computed in float64."""
    matrix: NDArray[np.float64] = np.array(FILTERS[square])
    half = np.tensordot(weight.astype(np.float64), matrix, (2, 1))  # O I 3 n
    return np.tensordot(half, matrix, (2, 1)).astype(np.float32)


def winograd_error(weight: Array, square: int) -> float:
    """What squares lose of the largest result, measured on a few beside sums in float64.

    Half of them are of noise, half of values that differ by a thousandth: of these, filters that
    take differences leave little, and what the transforms round away is much of it. Infinite where
    a value does not fit into float32. Of many filters the largest are asked.
    """
    sizes = np.abs(weight).sum(axis=(1, 2, 3), dtype=np.float64)
    filters = weight[np.argsort(sizes)[-FILTERS_ASKED:]]
    noise = np.random.default_rng(0).standard_normal((8, weight.shape[1], square + 2, square + 2))
    noise[:4] = np.abs(noise[:4])
    noise[4:] = 1 + noise[4:] / 1000
    values = noise.astype(np.float32)
    seen = sliding_window_view(values.astype(np.float64), (3, 3), axis=(2, 3))
    right = np.tensordot(seen, filters.astype(np.float64), ((1, 4, 5), (1, 2, 3)))
    with np.errstate(all="ignore"):
        lost = np.abs(in_squares(values, filters, square) - right)
    worst = [
        each.max() / (np.abs(exact).max() or 1.0)
        for each, exact in ((lost[:4], right[:4]), (lost[4:], right[4:]))
    ]
    return float(np.nan_to_num(max(worst), nan=np.inf))


def in_squares(values: Array, weight: Array, square: int) -> Array:
    """N x I x (square + 2) x (square + 2) convolved: N x square x square x O, in float32."""
    turn: Array = np.array(VALUES[square], np.float32)
    combine: Array = np.array(COMBINATIONS[square], np.float32)
    turned = turn @ values @ turn.T
    filters = transform_filters(weight, square).transpose(2, 3, 1, 0)
    made = (turned.transpose(2, 3, 0, 1) @ filters).transpose(2, 3, 0, 1)
    results: Array = np.matmul(np.matmul(combine, made), combine.T)
    return results.transpose(0, 2, 3, 1)


# --- Convolution with 3x3 filters by Winograd's algorithm: fewer products, on transformed tiles ---


def convolve_winograd(
    source: Maps,
    target: Maps,
    blocks: Array,
    bias: Array | None,
    *,
    square: int,
    before: tuple[int, int],
    share: Share,
    squares: int,
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """The calls that convolve a share with 3x3 filters and stride 1.

    Each square x square results are made of (square + 2)^2 products, 2.25 (square 2) or 4 (square
    4) times fewer than one for each tap. Rows of the share begin at a multiple of the square; at
    the right and the lower edge squares reach beyond the maps, and so into the halo. squares: of
    one tile. The error against float64 is about 1e-6 (square 2) or 1e-5 (square 4) of the largest
    value.
    """
    transform = np.array(VALUES[square], np.float32)
    combine = np.array(COMBINATIONS[square], np.float32)
    side, wide = square + 2, -(-target.width // square)
    rows = (share.rows[0] // square, -(-share.rows[1] // square))
    _, count, inputs, block = blocks.shape
    outputs = count * block
    calls: list[Call] = []
    for tile in tiles(Share(share.images, rows, share.channels), wide, squares):
        slab, copying = slab_of(source, tile, before, square, wide, scratch)
        calls += copying
        first = scratch.take(0, *slab.shape)
        image, row, place, _ = first.strides
        gathered = strided(
            first,
            (side, side, tile.number, tile.height, wide, inputs),
            (place, inputs * 4, image, row, square * inputs * 4, 4),
        )
        number = tile.number * tile.height * wide
        values = scratch.take(1, side, side, number * inputs)
        turned = scratch.take(2, side, side, number * inputs)
        made = scratch.take(1, side * side, number, outputs)
        halves = scratch.take(2, side, square, number * outputs)
        results = scratch.take(1, square, square, number * outputs)
        left = turned.reshape(side * side, 1, number, inputs)
        split = made.reshape(side * side, number, count, block).transpose(0, 2, 1, 3)
        calls += [
            partial(np.matmul, transform, slab, first),
            partial(np.copyto, values.reshape(gathered.shape), gathered),
            partial(np.matmul, transform, values, turned),
            partial(np.matmul, left, blocks, split),
        ]
        if bias is not None:
            constant = made[side + 1]  # it is added, as it is, to every result of a square
            calls.append(partial(np.add, constant, bias, constant))
        calls += [
            partial(np.matmul, combine, made.reshape(side, side, -1), halves),
            partial(np.matmul, combine, halves.transpose(1, 0, 2), results.transpose(1, 0, 2)),
        ]
        shape = (square, square, tile.number, tile.height, wide, outputs)
        calls += scatter(results.reshape(shape), target, tile, share.channels, then, scratch)
    return calls


def slab_of(
    source: Maps, tile: Tile, before: tuple[int, int], square: int, wide: int, scratch: Scratch
) -> tuple[Array, list[Call]]:
    """View what a tile's squares see: images x rows of squares x (square + 2) x a row's values.

    Where the channels are a slice of a buffer's they are copied first.
    """
    around = source.around(*before)[slice(*tile.images), tile.rows[0] * square :]
    columns = wide * square + 2
    calls: list[Call] = []
    if around.strides[2] != source.channels * 4:
        seen = around[:, : tile.height * square + 2, :columns]
        copied = scratch.take(3, *seen.shape)
        calls.append(partial(np.copyto, copied, seen))
        around = copied
    image, row = around.strides[:2]
    shape = (tile.number, tile.height, square + 2, columns * source.channels)
    return strided(around, shape, (image, square * row, row, 4)), calls


def scatter(
    results: Array,
    target: Maps,
    tile: Tile,
    channels: tuple[int, int],
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """Finish squares and write them to the maps, those at the edges in part.

    results: square x square x images x rows x columns of squares x channels.
    """
    square, _, count, high, wide, outputs = results.shape
    top = tile.rows[0]
    whole_rows = min(tile.rows[1], target.height // square) - top
    whole_columns = target.width // square
    rest_high, rest_wide = target.height % square, target.width % square
    bands = [(0, max(whole_rows, 0), square), (max(whole_rows, 0), high, rest_high)]
    strips = [(0, whole_columns, square), (whole_columns, wide, rest_wide)]
    calls: list[Call] = []
    for first, last, inner_high in bands:
        for start, end, inner_wide in strips:
            if first >= last or start >= end:
                continue

            shape = (inner_high, inner_wide, count, last - first, end - start, outputs)
            corner = ((top + first) * square, start * square)
            look = partial(squares_of, tile.images, channels, shape, corner, square)
            part = results[:inner_high, :inner_wide, :, first:last, start:end]
            calls += finishing(part, look(target), then(look), scratch)
    return calls


def squares_of(
    images: tuple[int, int],
    channels: tuple[int, int],
    shape: tuple[int, ...],
    corner: tuple[int, int],
    square: int,
    maps: Maps,
) -> Array:
    """View maps as places of a square x images x rows x columns of squares x channels."""
    inner = maps.inner[slice(*images), corner[0] :, corner[1] :, slice(*channels)]
    image, row, pixel, unit = inner.strides
    return strided(inner, shape, (row, pixel, image, square * row, square * pixel, unit))


# --- Pooling of maps, rows before columns ---


POOLED = 65_536  # values of a tile


def pool_maps(
    source: Maps,
    target: Maps,
    function: np.ufunc,
    *,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    before: tuple[int, int],
    empty: float,
    share: Share,
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """The calls that join each window's values by np.maximum, np.minimum or np.add.

    Windows end at the edge of the maps: what lies beyond is `empty`, which joins with nothing.
    """
    channels = share.channels[1] - share.channels[0]
    calls: list[Call] = []
    for tile in tiles(share, target.width, max(1, POOLED // channels)):
        look = partial(part_of, tile, share.channels)
        out = look(target)
        given = source.inner[slice(*tile.images), :, :, slice(*share.channels)]
        tall = scratch.take(0, tile.number, tile.height, source.width, channels)
        made = scratch.take(1, *out.shape)
        calls += joined(
            given, tall, function, 1, tile.rows[0], kernel[0], stride[0], before[0], empty
        )
        calls += joined(tall, made, function, 2, 0, kernel[1], stride[1], before[1], empty)
        calls += finishing(made, out, then(look), scratch)
    return calls


def joined(
    given: Array,
    made: Array,
    function: np.ufunc,
    axis: int,
    first: int,
    kernel: int,
    stride: int,
    before: int,
    empty: float,
) -> list[Call]:
    """Join `kernel` values along an axis, for each of the results from number `first` on."""
    length, count = given.shape[axis], made.shape[axis]
    inside = []  # for each tap, the results of which it lies on the maps
    for tap in range(kernel):
        offset = first * stride + tap - before
        start = max(0, -(offset // stride))
        end = min(count, (length - 1 - offset) // stride + 1)
        if start < end:
            inside.append((start, end, start * stride + offset))
    inside.sort(key=lambda each: (each[0], -each[1]))  # those of all results first
    taps = [
        (
            along(made, axis, start, end, 1),
            along(given, axis, low, low + (end - start - 1) * stride + 1, stride),
        )
        for start, end, low in inside
    ]
    calls: list[Call] = []
    if len(taps) > 1 and all(part.shape == made.shape for part, _ in taps[:2]):
        calls.append(partial(function, taps[0][1], taps[1][1], out=made))
        taps = taps[2:]
    else:
        calls.append(partial(np.copyto, made, np.float32(empty)))
    return calls + [partial(function, part, tap, out=part) for part, tap in taps]


def along(array: Array, axis: int, start: int, end: int, step: int) -> Array:
    """A slice along one axis."""
    index = [slice(None)] * array.ndim
    index[axis] = slice(start, end, step)
    return array[tuple(index)]


def whole_maps(
    source: Maps,
    target: Maps,
    function: np.ufunc,
    first: Sequence[Activation | Merge],
    share: Share,
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """The calls that join all values of an image's channel: over its rows, then over one row."""
    images, channels = slice(*share.images), slice(*share.channels)
    given = source.inner[images, :, :, channels]
    row = scratch.take(0, len(given), *given.shape[2:])
    made = scratch.take(1, len(given), 1, 1, given.shape[3])
    look = partial(part_of, Tile(share.images, (0, 1)), share.channels)
    own = [(each[0], each[1][channels]) if isinstance(each, tuple) else each for each in first]
    return [
        partial(function.reduce, given, 1, None, row),
        partial(function.reduce, row, 1, None, made[:, 0, 0]),
        *finishing(made, look(target), [*own, *then(look)], scratch),
    ]


# --- Fully connected layers ---


# Of the small products by which a batch is multiplied: inputs and outputs.
DEPTH = 1024


BLOCK = 32


@dataclass(frozen=True, slots=True)
class PixelOrder:
    """The order of a matrix whose inputs are maps: O x (C, H, W) becomes O x (H, W, C)."""

    height: int
    width: int

    def pack(self, weight: Array) -> Array:
        outputs = len(weight)
        maps = weight.reshape(outputs, -1, self.height, self.width)
        return np.ascontiguousarray(maps.transpose(0, 2, 3, 1)).reshape(outputs, -1)

    def unpack(self, packed: Array, shape: tuple[int, ...]) -> Array:
        pixels = packed.reshape(len(packed), self.height, self.width, -1)
        return pixels.transpose(0, 3, 1, 2).reshape(shape)


def multiply_dense(
    source: Maps,
    target: Maps,
    weight: Array,
    *,
    share: Share,
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """The calls that multiply all values of each image by a matrix; target is N x 1 x 1 x O.

    weight is O x I, for the share's O, whatever the batch is: for one image memory's speed bounds
    it; few are multiplied by parts of it which OpenBLAS need not pack; many by all of it.
    """
    look = partial(part_of, Tile(share.images, (0, 1)), share.channels)
    given, out = source.inner[slice(*share.images)], look(target)
    images, outputs = len(given), out.shape[3]
    calls: list[Call] = []
    size = given[0].size
    if given[0].flags.c_contiguous:
        left = strided(given, (images, size), (given.strides[0], 4))
    else:
        left = scratch.take(0, images, size)
        calls.append(partial(np.copyto, left.reshape(given.shape), given))
    made = scratch.take(1, images, outputs)
    if images == 1:
        calls.append(partial(np.matmul, weight, left[0], made[0]))
    elif images * DEPTH * BLOCK > SMALL:
        calls.append(partial(np.matmul, left, weight.T, made))
    else:
        calls += multiply_few(left, weight, made, scratch)
    return calls + finishing(made.reshape(out.shape), out, then(look), scratch)


def multiply_few(left: Array, weight: Array, made: Array, scratch: Scratch) -> list[Call]:
    """Multiply images x I by O x I, in products of DEPTH inputs and BLOCK outputs, and their rests.

    The parts of I are added up at the end.
    """
    images, inputs = left.shape
    outputs = len(weight)
    parts = -(-inputs // DEPTH)
    sums = scratch.take(2, parts, images, outputs) if parts > 1 else made[np.newaxis]
    away, row = left.strides[0], weight.strides[0]
    calls: list[Call] = []
    for first, depth, deep in cut_evenly(inputs, DEPTH):
        values = strided(left[:, first:], (deep, 1, images, depth), (depth * 4, 0, away, 4))
        for start, block, wide in cut_evenly(outputs, BLOCK):
            matrices = strided(
                weight[start:, first:],
                (deep, wide, depth, block),
                (depth * 4, block * row, 4, row),
            )
            results = strided(
                sums[first // DEPTH :, :, start:],
                (deep, wide, images, block),
                (sums.strides[0], block * 4, sums.strides[1], 4),
            )
            calls.append(partial(np.matmul, values, matrices, results))
    if parts > 1:
        calls.append(partial(np.add.reduce, sums, 0, None, made))
    return calls


def cut_evenly(length: int, size: int) -> Iterator[tuple[int, int, int]]:
    """Where parts begin, how long each is and how many they are: whole ones, then a rest."""
    whole, rest = divmod(length, size)
    if whole:
        yield 0, size, whole
    if rest:
        yield whole * size, rest, 1


# --- Buffers: where values lie in the arena of one image, and how long each is held ---


Halo = tuple[int, int, int, int]


ALIGNMENT = 16  # floats: 64 bytes, a line of the cache


class Buffer(NamedTuple):
    """Height, width and channels of the maps, and the halo (top, bottom, left, right) of zeros
    around them, from `offset` floats after the start of an image's arena on."""

    offset: int
    volume: tuple[int, int, int]
    halo: Halo = (0, 0, 0, 0)


@dataclass(slots=True)
class Slot:
    """A buffer while the plan grows: it is held from level `first` to level `last`."""

    channels: int
    height: int = 0
    width: int = 0
    halo: Halo = (0, 0, 0, 0)
    first: int = 0
    last: int = -1

    def hold(self, level: int) -> None:
        self.first = level if self.last < 0 else min(self.first, level)
        self.last = max(self.last, level)

    @property
    def size(self) -> int:
        """Floats, rounded up to whole lines of the cache."""
        top, bottom, left, right = self.halo
        pixels = (top + self.height + bottom) * (left + self.width + right)
        return -(-pixels * self.channels // ALIGNMENT) * ALIGNMENT


def fitting(slots: Sequence[Slot], table: Sequence[Buffer]) -> list[Buffer]:
    """Give the buffers of the table where values of this size fit, else place them anew."""
    volumes = [(slot.height, slot.width, slot.channels) for slot in slots]
    for slot, volume, buffer in zip(slots, volumes, table, strict=True):
        wide = all(need <= had for need, had in zip(slot.halo, buffer.halo, strict=True))
        if volume != buffer.volume or not wide:
            offsets = placed(slots)
            halos = [slot.halo for slot in slots]
            return [Buffer(*each) for each in zip(offsets, volumes, halos, strict=True)]
    return list(table)


def placed(slots: Sequence[Slot]) -> list[int]:
    """Give each buffer an offset, the largest first, each as low as those around it allow.

    (Pisarchyk and Lee, "Efficient memory management for deep neural net inference", 2020.)
    """
    offsets = [0] * len(slots)
    done: list[int] = []
    for number in sorted(range(len(slots)), key=lambda each: -slots[each].size):
        slot, offset = slots[number], 0
        held = (each for each in done if not (slots[each].last < slot.first))
        beside = [each for each in held if not (slot.last < slots[each].first)]
        for each in sorted(beside, key=lambda other: offsets[other]):
            if offset + slot.size <= offsets[each]:
                break
            offset = max(offset, offsets[each] + slots[each].size)
        offsets[number] = offset
        done.append(number)
    return offsets


def own_array(shape: tuple[int, ...]) -> Array:
    """Zeros that begin with a page; a process that is forked from this one has a copy."""
    # Without `flags`, which only systems that can fork have, two processes would share them.
    private = getattr(mmap, "MAP_PRIVATE", 0) | getattr(mmap, "MAP_ANONYMOUS", 0)
    size = max(1, 4 * math.prod(shape))
    memory = mmap.mmap(-1, size, flags=private) if private else mmap.mmap(-1, size)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):  # a system without them
            memory.madvise(mmap.MADV_HUGEPAGE)  # so that fewer pages are looked up
    return np.frombuffer(memory, np.float32, math.prod(shape)).reshape(shape)


def view_of(arena: Array, buffer: Buffer) -> Array:
    """A buffer of all images, in the arena: batch x floats."""
    (height, width, channels), (top, bottom, left, right) = buffer.volume, buffer.halo
    shape = (top + height + bottom, left + width + right, channels)
    end = buffer.offset + shape[0] * shape[1] * channels
    return arena[:, buffer.offset : end].reshape(len(arena), *shape)


def arena_size(buffers: Sequence[Buffer]) -> int:
    """Count the floats of one image's arena."""
    ends = [0]
    for offset, (height, width, channels), halo in buffers:
        ends.append(offset + Slot(channels, height, width, halo).size)
    return max(ends)


# --- The weights of a net, each held once: as it came, or in the order in which its layer reads it ---


Shapes = Mapping[str, tuple[int, ...]]


class Order(Protocol):
    """How a layer's weights lie. It can be a key: orders that are equal make equal arrays."""

    def pack(self, weight: Array) -> Array:
        """Weights as they came, outputs first, or what `unpack` of an order of this kind gives."""
        ...

    def unpack(self, packed: Array, shape: tuple[int, ...]) -> Array:
        """Weights of this shape as they came, or what comes nearest to that."""
        ...


class Piece(NamedTuple):
    """Outputs of an array, from one number to before another, in an order; None: as they came."""

    outputs: tuple[int, int]
    order: Order | None
    array: Array


class Store(Mapping[str, Array]):
    """Weights by their keys, as they came. A layer takes its own in an order, which replaces them.

    Plans of several batches may want several orders of one array: the last is kept, and others
    live as long as a plan reads them. whole: nothing is replaced, for layers whose algorithm is to
    be found by trials.
    """

    def __init__(self, weights: Mapping[str, Array], whole: bool = False) -> None:
        self.whole = whole
        self.shapes: Shapes = {key: array.shape for key, array in weights.items()}
        self.held = {key: [Piece((0, len(each)), None, each)] for key, each in weights.items()}
        self.facts: dict[tuple[str, object], float] = {}
        self.groups: dict[str, list[Store]] = {}
        self.forget()

    def __getitem__(self, key: str) -> Array:
        """As it came. Raises KeyError where it is not held so, and cannot be made from what is."""
        made = self.unpacked(key)
        if made.shape != self.shapes[key]:
            raise KeyError(f"{key}: only what a layer made of it is held")
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self.held)

    def __len__(self) -> int:
        return len(self.held)

    def packed(self, key: str, order: Order, outputs: tuple[int, int] | None = None) -> Array:
        """An array in an order, or some of its outputs in one of their own.

        Once all outputs are had in orders, those are held in the place of what was before.
        """
        outputs = outputs or (0, self.shapes[key][0])
        made = self.made.setdefault(key, WeakValueDictionary())
        found = made.get((outputs, order))
        if found is None:
            kinds = {type(each.order) for each in self.held[key]}
            given = self[key] if kinds != {type(order)} else self.unpacked(key)
            found = made[outputs, order] = own_memory(order.pack(given[slice(*outputs)]))
            if not self.whole:
                pieces = [Piece(*each, array) for each, array in made.items()]
                self.held[key] = covering(pieces, self.shapes[key][0]) or self.held[key]
        return found

    def fact(self, key: str, about: object, tell: Callable[[Array], float]) -> float:
        """What a function tells of an array as it came, asked once."""
        if (key, about) not in self.facts:
            self.facts[key, about] = tell(self[key])
        return self.facts[key, about]

    def parts(self, path: str, count: int, groups: int = 1) -> list["Store"]:
        """The weights of a layer cut by their outputs, which this store then has no more.

        groups: of one part. Their filters become such that see the channels of all, with zeros for
        those of others.
        """
        if path not in self.groups:
            keys = [key for key in (f"{path}.weight", f"{path}.bias") if key in self.held]
            cuts = {key: np.split(self[key], count) for key in keys}
            filters = cuts[f"{path}.weight"]
            cuts[f"{path}.weight"] = [in_diagonal(each, groups) for each in filters]
            self.groups[path] = [
                Store({key: cut[group] for key, cut in cuts.items()}, self.whole)
                for group in range(count)
            ]
            for key in keys:
                del self.held[key]
        return self.groups[path]

    def unpacked(self, key: str) -> Array:
        _, *rest = self.shapes[key]
        pieces = [
            array if order is None else order.unpack(array, (end - start, *rest))
            for (start, end), order, array in self.held[key]
        ]
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    @property
    def nbytes(self) -> int:
        """The bytes of what is held."""
        own = sum(piece.array.nbytes for pieces in self.held.values() for piece in pieces)
        return own + sum(each.nbytes for stores in self.groups.values() for each in stores)

    def forget(self) -> None:
        """Know no arrays but those that are held."""
        # By outputs and order; the plans that read an array keep it alive.
        self.made: dict[str, WeakValueDictionary[tuple[tuple[int, int], Order], Array]] = {}
        for key, pieces in self.held.items():
            for outputs, order, array in pieces:
                if order is not None:
                    self.made.setdefault(key, WeakValueDictionary())[outputs, order] = array

    def __getstate__(self) -> dict[str, Any]:
        names = ("whole", "shapes", "held", "facts", "groups")
        return {name: getattr(self, name) for name in names}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.forget()


def covering(pieces: list[Piece], outputs: int) -> list[Piece]:
    """Pieces that together have all outputs once, the last made first asked; none if they lack."""
    found: list[Piece] = []
    reached = 0
    while reached < outputs:
        following = [each for each in pieces if each.outputs[0] == reached]
        if not following:
            return []
        found.append(following[-1])
        reached = following[-1].outputs[1]
    return found


def own_memory(array: Array) -> Array:
    """An array whose views keep it alive, and nothing else: a copy, if it is itself a view."""
    return array if array.base is None else array.copy()


def in_diagonal(weight: Array, groups: int) -> Array:
    """O x I x ... of groups one after the other as O x (groups * I) x ..., zero outside its own."""
    if groups == 1:
        return weight
    outputs, inputs, *kernel = weight.shape
    made = np.zeros((groups, outputs // groups, groups, inputs, *kernel), weight.dtype)
    own = weight.reshape(groups, outputs // groups, inputs, *kernel)
    for group in range(groups):
        made[group, :, group] = own[group]
    return made.reshape(outputs, groups * inputs, *kernel)


# --- The planner: what `layers` tells it becomes the steps of a plan ---


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """What a layer makes: a volume, in the channels of a buffer from `channel` on, at a level.

    Layers of one level do not depend on one another.
    """

    height: int
    width: int
    channels: int
    buffer: int
    channel: int
    level: int


Operation = Activation | tuple[np.ufunc, Value]


@dataclass(frozen=True, slots=True)
class Site:
    """Where a layer works: the maps it reads and writes, and the operations that follow in place.

    `lane` and `lanes`: for which of how many lanes the kernel is; `images`: the batch. `weights`
    are the net's.
    """

    sources: tuple[Maps, ...]
    target: Maps
    then: tuple[Activation | tuple[np.ufunc, Maps], ...]
    images: int
    lane: int
    lanes: int
    weights: Store
    scratch: Scratch
    exact: bool

    def part(self, axis: str, lane: int, unit: int = 1) -> Share | None:
        """A lane's part: whole images where there are enough, else rows or channels, so many of
        them together; None where nothing is left."""
        target, whole = self.target, (0, self.images)
        rows, channels = (0, target.height), (0, target.channels)
        if axis == "images":
            share = Share(cut(self.images, lane, self.lanes), rows, channels)
        elif axis == "rows":
            share = Share(whole, cut(target.height, lane, self.lanes, unit), channels)
        else:
            share = Share(whole, rows, cut(target.channels, lane, self.lanes, unit))
        return share if all(end > start for start, end in share) else None

    def own(self, axis: str = "rows", unit: int = 1) -> Share | None:
        """This lane's part."""
        return self.part("images" if self.images >= self.lanes else axis, self.lane, unit)

    def operations(self, look: Callable[[Maps], Array]) -> list[Activation | Merge]:
        """What follows, with a tile's view of the other operands."""
        return [(each[0], look(each[1])) if isinstance(each, tuple) else each for each in self.then]


def cut(length: int, lane: int, lanes: int, unit: int = 1) -> tuple[int, int]:
    """Give the lane's part of a length, from a multiple of the unit to another or to the end."""
    units = -(-length // unit)
    start, end = units * lane // lanes, units * (lane + 1) // lanes
    return min(start * unit, length), min(end * unit, length)


class Layer(Protocol):
    """What a layer tells the planner. `apart`: it computes each image by itself, from that alone.

    A layer that is not splits its channels between lanes however many images there are.
    """

    @property
    def apart(self) -> bool: ...

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        """Height, width and channels of what it makes."""
        ...

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        """The rows and columns of zeros that it reads around its first source."""
        ...

    def calls(self, site: Site) -> list[Call]:
        """The work of one lane, none where nothing is left for it."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """A layer, what flows in and out, and what is done to its values before they are written."""

    layer: Layer
    sources: tuple[Value, ...]
    target: Value
    then: tuple[Operation, ...]


class Choosing(Protocol):
    """What may put another layer in the place of one, which computes the same in another way."""

    def choose(
        self, layer: Layer, sources: Sequence[Value], target: Value, then: Sequence[Operation]
    ) -> Layer: ...


@dataclass(slots=True)
class Planner:
    """Takes a net's layers one by one, for inputs of known volumes: (height, width, channels).

    `channels`: of each buffer; `shapes`: of the weights, as they came.
    """

    inputs: list[tuple[int, int, int]]
    channels: Sequence[int]
    shapes: Shapes
    weights: Mapping[str, Array] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    feeds: list[Value] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    outputs: list[tuple[str, Value, bool]] = field(default_factory=list)
    tuner: Choosing | None = None

    def __post_init__(self) -> None:
        self.slots = [Slot(channels) for channels in self.channels]

    def input(self, into: int, channel: int = 0) -> Value:
        """The next input of the net, which is copied into a buffer."""
        value = self._value(self.inputs[len(self.feeds)], into, channel, 0)
        self.feeds.append(value)
        return value

    def add(
        self,
        layer: Layer,
        *sources: Value,
        then: Sequence[Operation] = (),
        into: int,
        channel: int = 0,
    ) -> Value:
        """A layer; `then` is done to each of its values: relu_into, (np.add, another), …"""
        others = [each[1] for each in then if isinstance(each, tuple)]
        read = (*sources, *others)
        level = 1 + max(value.level for value in read)
        height, width, channels = layer.volume(sources, self.shapes)
        target = self._value((height, width, channels), into, channel, level)
        for value in read:
            self.slots[value.buffer].hold(level)
        if self.tuner is not None:
            layer = self.tuner.choose(layer, sources, target, then)
        slot = self.slots[sources[0].buffer]
        needed = zip(slot.halo, layer.halo(sources[0], target, self.shapes), strict=True)
        top, bottom, left, right = (max(pair) for pair in needed)
        slot.halo = (top, bottom, left, right)
        self.steps.append(Step(layer, sources, target, tuple(then)))
        return target

    def join(self, *branches: Value) -> Value:
        """Values that lie side by side in a buffer, as one."""
        first = branches[0]
        level = max(value.level for value in branches)
        channels = sum(value.channels for value in branches)
        volume = (first.height, first.width, channels)
        return self._value(volume, first.buffer, first.channel, level)

    def output(self, name: str, value: Value, *, flat: bool = False) -> None:
        """A value that the net returns, N x C where it is flat; it is held to the end."""
        self.outputs.append((name, value, flat))

    def finish(self) -> None:
        """Hold what is returned to the end."""
        for _, value, _ in self.outputs:
            self.slots[value.buffer].hold(self.levels)

    @property
    def levels(self) -> int:
        return 1 + max((step.target.level for step in self.steps), default=0)

    def apart(self, level: int) -> bool:
        """Whether each image of a level is computed by itself."""
        return all(step.layer.apart for step in self.steps if step.target.level == level)

    def _value(self, volume: tuple[int, int, int], into: int, channel: int, level: int) -> Value:
        slot = self.slots[into]
        height, width, channels = volume
        if slot.last >= 0 and (slot.height, slot.width) != (height, width):
            raise ValueError(f"maps of {height} x {width} beside {slot.height} x {slot.width}")
        slot.height, slot.width = height, width
        slot.hold(level)
        return Value(height, width, channels, into, channel, level)


# --- Windows on maps: how many there are, and how far they reach beyond the edges ---


def window_counts(
    source: Value,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Halo,
    dilation: Sequence[int],
) -> tuple[int, int]:
    """Rows and columns of windows. padding: (top, bottom, left, right)."""
    top, bottom, left, right = padding
    extents = [apart * (taps - 1) + 1 for taps, apart in zip(kernel, dilation, strict=True)]
    high = (source.height + top + bottom - extents[0]) // stride[0] + 1
    wide = (source.width + left + right - extents[1]) // stride[1] + 1
    return high, wide


def reached(
    source: Value,
    target: Value,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Halo,
    dilation: Sequence[int],
) -> Halo:
    """The rows and columns around the source that windows see, even past what rounding leaves."""
    top, _, left, _ = padding
    extents = [apart * (taps - 1) + 1 for taps, apart in zip(kernel, dilation, strict=True)]
    bottom = (target.height - 1) * stride[0] + extents[0] - top - source.height
    right = (target.width - 1) * stride[1] + extents[1] - left - source.width
    return top, max(0, bottom), left, max(0, right)


def pooled(
    source: Value,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Halo,
    ceil: bool,
) -> tuple[int, int]:
    """Rows and columns of a pooling; with ceil a last window may reach out."""
    top, bottom, left, right = padding
    high = pooled_size(source.height, kernel[0], stride[0], 1, top, bottom, ceil)
    wide = pooled_size(source.width, kernel[1], stride[1], 1, left, right, ceil)
    return high, wide


# --- How a layer's work is divided between lanes ---


Chosen = TypeVar("Chosen")


def axes_of(site: Site, units: dict[str, int]) -> list[str]:
    """What lanes may divide: a batch of at least as many images as lanes is cut by images."""
    return ["images"] if site.images >= site.lanes else list(units)


def first_share(site: Site, axis: str, unit: int) -> Share:
    """The part of the first lane for which something is left."""
    parts = (site.part(axis, lane, unit) for lane in range(site.lanes))
    return next(part for part in parts if part is not None)


def best_share(
    site: Site,
    units: dict[str, int],
    estimate: Callable[[Share], tuple[float, Chosen]],
    recipe: Recipe | None = None,
) -> tuple[Share, Chosen, float] | None:
    """This lane's part by rows or by channels, whichever is done sooner or the recipe has, and what
    was chosen there.

    units: what is cut by, by axis.
    """
    axes = axes_of(site, units)
    if recipe is not None and recipe.axis in axes:
        axes = [recipe.axis]
    best: tuple[float, Share | None, Chosen | None] | None = None
    for axis in axes:
        parts = [site.part(axis, lane, units.get(axis, 1)) for lane in range(site.lanes)]
        made = [estimate(part) if part else None for part in parts]
        slowest = max(each[0] for each in made if each)
        if best is None or slowest < best[0]:
            mine = made[site.lane]
            best = (slowest, parts[site.lane], mine[1] if mine else None)
    if best is None or best[1] is None or best[2] is None:
        return None
    return best[1], best[2], best[0]


# --- Convolution: by columns, or by squares, as the layer's line says ---


WORST = 1e-4  # of the largest value; filters that may lose more go by columns


# What lanes divide, in so many together.
BY_COLUMNS = {"rows": 1, "channels": 16}


WORTH = 3  # recipes of one algorithm and one division that are worth a trial


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution with the weights at `path`. padding: (top, bottom, left, right)."""

    path: str
    stride: tuple[int, int] = (1, 1)
    padding: Halo = (0, 0, 0, 0)
    dilation: tuple[int, int] = (1, 1)
    recipe: Recipe | None = None
    apart = True

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        outputs, _, *kernel = shapes[f"{self.path}.weight"]
        high, wide = window_counts(sources[0], kernel, self.stride, self.padding, self.dilation)
        return high, wide, outputs

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        kernel = shapes[f"{self.path}.weight"][2:]
        return reached(source, target, kernel, self.stride, self.padding, self.dilation)

    def calls(self, site: Site) -> list[Call]:
        key = f"{self.path}.weight"
        shape = site.weights.shapes[key]
        found = best_share(site, BY_COLUMNS, partial(self.estimate, site, shape), self.recipe)
        if found is None:
            return []
        share, choice, _ = found
        return convolve_columns(
            site.sources[0],
            site.target,
            own_blocks(site, key, ColumnBlocks(choice.block, choice.parts), share.channels),
            kernel=(shape[2], shape[3]),
            stride=self.stride,
            before=(self.padding[0], self.padding[2]),
            dilation=self.dilation,
            share=share,
            choice=choice,
            then=biased(site, self.path, share),
            scratch=site.scratch,
        )

    def recipes(self, site: Site) -> list[Recipe]:
        """What may be quicker than the model's choice, which is the first."""
        shape = site.weights.shapes[f"{self.path}.weight"]
        found: list[tuple[float, Recipe]] = []
        for axis in axes_of(site, BY_COLUMNS):
            work = self.work(site, shape, first_share(site, axis, BY_COLUMNS.get(axis, 1)))
            best = sorted((seconds(work, each), each) for each in choices(work))[:WORTH]
            found += [(time, Recipe(0, axis, tuple(each))) for time, each in best]
        return [recipe for _, recipe in sorted(found)]

    def made_by(self, recipe: Recipe) -> "Convolution":
        return replace(self, recipe=recipe)

    def estimate(self, site: Site, shape: tuple[int, ...], share: Share) -> tuple[float, Choice]:
        """The time of a share and how it is done."""
        work = self.work(site, shape, share)
        choice = choose(work, self.recipe)
        return seconds(work, choice), choice

    def work(self, site: Site, shape: tuple[int, ...], share: Share) -> Work:
        _, inputs, high, wide = shape
        (first, last), (top, bottom), (start, end) = share
        source = site.sources[0]
        plain = (high, wide) == (1, 1) and self.stride == (1, 1)
        depth = inputs * high * wide
        splits: tuple[int, ...] = (1,)
        if depth >= 512:
            splits = (1, high, high * wide) if high > 1 else (1, 2, 4, 8)
        return Work(
            pixels=(last - first) * (bottom - top) * site.target.width,
            width=site.target.width,
            depth=depth,
            channels=end - start,
            copies=not plain or any(source.halo),
            run=wide * inputs,
            passes=1 + len(site.then),
            splits=tuple(each for each in splits if depth % each == 0),
            apart=end - start < site.target.buffer.shape[3],
        )


@dataclass(frozen=True, slots=True)
class SquareConvolution:
    """A 3x3 convolution of stride 1 that makes square x square results at once, 2 or 4.

    By columns where the net is to be exact, or where its weights would lose too much.
    """

    path: str
    padding: Halo
    square: int
    recipe: Recipe | None = None
    apart = True

    def by_columns(self) -> Convolution:
        return Convolution(self.path, padding=self.padding)

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        return self.by_columns().volume(sources, shapes)

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        """Squares reach beyond the last results."""
        top, _, left, _ = self.padding
        high = -(-target.height // self.square) * self.square + 2
        wide = -(-target.width // self.square) * self.square + 2
        return top, high - top - source.height, left, wide - left - source.width

    def calls(self, site: Site) -> list[Call]:
        if site.exact or self.loses(site):
            return self.by_columns().calls(site)
        key = f"{self.path}.weight"
        estimate = partial(self.estimate, site, site.weights.shapes[key][1])
        found = best_share(site, self.units, estimate, self.recipe)
        if found is None:
            return []
        share, choice, _ = found
        bias = site.weights.get(f"{self.path}.bias")
        return convolve_winograd(
            site.sources[0],
            site.target,
            own_blocks(site, key, SquareBlocks(self.square, choice.block), share.channels),
            None if bias is None else bias[slice(*share.channels)],
            square=self.square,
            before=(self.padding[0], self.padding[2]),
            share=share,
            squares=choice.number,
            then=site.operations,
            scratch=site.scratch,
        )

    def loses(self, site: Site) -> bool:
        """Whether the weights cancel so much that columns are better."""
        tell = partial(winograd_error, square=self.square)
        return site.weights.fact(f"{self.path}.weight", self.square, tell) > WORST

    @property
    def units(self) -> dict[str, int]:
        """What lanes divide, in so many together."""
        return {"rows": self.square, "channels": 32}

    def recipes(self, site: Site) -> list[Recipe]:
        """What may be quicker than the model's choice: squares of both sides, and columns, which
        are all where the net is to be exact or the weights would lose too much."""
        found = self.by_columns().recipes(site)
        inputs = site.weights.shapes[f"{self.path}.weight"][1]
        for square in () if site.exact else (6 - self.square, self.square):
            each = replace(self, square=square)
            if not each.loses(site):
                found = [*each.by_squares(site, inputs), *found]
        return found

    def by_squares(self, site: Site, inputs: int) -> list[Recipe]:
        found: list[tuple[float, Recipe]] = []
        for axis in axes_of(site, self.units):
            share = first_share(site, axis, self.units.get(axis, 1))
            best = sorted(self.estimates(site, inputs, share))[:WORTH]
            found += [(time, Recipe(self.square, axis, tuple(each))) for time, each in best]
        return [recipe for _, recipe in sorted(found)]

    def made_by(self, recipe: Recipe) -> "SquareConvolution | Convolution":
        if recipe.square == 0:
            return self.by_columns().made_by(recipe)
        return replace(self, square=recipe.square, recipe=recipe)

    def estimate(self, site: Site, inputs: int, share: Share) -> tuple[float, Squares]:
        """The time of a share and how it is done."""
        made = self.estimates(site, inputs, share)
        if self.recipe is None:
            return min(made)
        recipe = self.recipe
        return min(made, key=lambda each: apart_from(recipe, each[1]))

    def estimates(self, site: Site, inputs: int, share: Share) -> list[tuple[float, Squares]]:
        """The time of each way to do a share."""
        (first, last), (top, bottom), (start, end) = share
        wide = -(-site.target.width // self.square)
        squares = (last - first) * -(-(bottom - top) // self.square) * wide
        side, outputs = self.square + 2, end - start
        passes = len(site.then)
        return [
            (squares_seconds(squares, inputs, outputs, side, passes, choice), choice)
            for choice in square_choices(squares, wide, inputs, outputs, side)
        ]


def own_blocks(
    site: Site, key: str, order: ColumnBlocks | SquareBlocks, channels: tuple[int, int]
) -> Array:
    """A share's blocks of a layer's filters, of which all are packed together unless a block would
    reach over the edge of the share."""
    start, end = channels
    if site.weights.shapes[key][0] % order.block or start % order.block:
        return site.weights.packed(key, order, channels)
    return site.weights.packed(key, order)[:, start // order.block : end // order.block]


def biased(
    site: Site, path: str, share: Share
) -> Callable[[Callable[[Maps], Array]], Sequence[Activation | Merge]]:
    """What follows the products of a share: the bias, if there is one, and the rest."""
    bias = site.weights.get(f"{path}.bias")
    return partial(bias_first, site, None if bias is None else bias[slice(*share.channels)])


def bias_first(
    site: Site, bias: Array | None, look: Callable[[Maps], Array]
) -> list[Activation | Merge]:
    rest = site.operations(look)
    return rest if bias is None else [(np.add, bias), *rest]


# --- Pooling of windows, and of whole maps ---


EMPTY = {"maximum": -np.inf, "minimum": np.inf, "add": 0.0}


@dataclass(frozen=True, slots=True)
class Pool:
    """The largest (np.maximum) or smallest (np.minimum) value of each window."""

    function: np.ufunc
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: Halo = (0, 0, 0, 0)
    ceil: bool = False
    apart = True

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        return (
            *pooled(sources[0], self.kernel, self.stride, self.padding, self.ceil),
            sources[0].channels,
        )

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        return (0, 0, 0, 0)

    def calls(self, site: Site) -> list[Call]:
        return pool_calls(self, site, site.operations)


def pool_calls(
    pool: Pool,
    site: Site,
    then: Callable[[Callable[[Maps], Array]], Sequence[Activation | Merge]],
) -> list[Call]:
    share = site.own()
    if share is None:
        return []
    return pool_maps(
        site.sources[0],
        site.target,
        pool.function,
        kernel=pool.kernel,
        stride=pool.stride,
        before=(pool.padding[0], pool.padding[2]),
        empty=EMPTY[pool.function.__name__],
        share=share,
        then=then,
        scratch=site.scratch,
    )


@dataclass(frozen=True, slots=True)
class GlobalPool:
    """The largest value (np.maximum) or the mean (np.add) of all of a channel."""

    function: np.ufunc
    apart = True

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        return 1, 1, sources[0].channels

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        return (0, 0, 0, 0)

    def calls(self, site: Site) -> list[Call]:
        share = site.own("channels", 16)
        if share is None:
            return []
        source = site.sources[0]
        part = np.float32(1 / (source.height * source.width))
        mean: list[Merge] = [(np.multiply, np.full(source.channels, part, np.float32))]
        first = mean if self.function is np.add else []
        return whole_maps(
            source, site.target, self.function, first, share, site.operations, site.scratch
        )


# --- Fully connected layers ---


@dataclass(frozen=True, slots=True)
class Dense:
    """An FC layer with the weights at `path`, of all values of an image in the order C, H, W.

    Lanes divide its outputs, whatever the batch is: then each reads its own weights.
    """

    path: str
    apart = False

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        return 1, 1, shapes[f"{self.path}.weight"][0]

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        return (0, 0, 0, 0)

    def calls(self, site: Site) -> list[Call]:
        share = site.part("channels", site.lane, 64)
        if share is None:
            return []
        source, key = site.sources[0], f"{self.path}.weight"
        if source.height * source.width == 1:
            weight = site.weights[key]
        else:
            weight = site.weights.packed(key, PixelOrder(source.height, source.width))
        return multiply_dense(
            source,
            site.target,
            weight[slice(*share.channels)],
            share=share,
            then=biased(site, self.path, share),
            scratch=site.scratch,
        )


# --- What goes in and out of the arena: images, halos of zeros, results ---


class Feed:
    """An input of the net: N x C x H x W, which lanes copy into N x H x W x C maps."""

    def __init__(self, maps: Maps, staging: Array | None) -> None:
        self.maps = maps
        self.staging = staging
        self.images: Array | None = staging

    def take(self, images: Array) -> None:
        """Say what is copied next; with forked lanes it passes through memory that they share."""
        if self.staging is None:
            self.images = images
        else:
            np.copyto(self.staging, images)


class FeedKernel:
    """Copies a part of an input, channel by channel, so that rows are read as they lie."""

    def __init__(self, feed: Feed, images: tuple[int, int], rows: tuple[int, int]) -> None:
        self.feed = feed
        self.images = images
        self.rows = rows

    def run(self) -> None:
        given, rows = self.feed.images, slice(*self.rows)
        assert given is not None, "no input was given"
        target = self.feed.maps.inner
        if target.shape[3] > 16:
            part = slice(*self.images)
            np.copyto(target[part, rows], given[part, :, rows].transpose(0, 2, 3, 1))
            return
        for image in range(*self.images):
            for channel in range(target.shape[3]):
                np.copyto(target[image, rows, :, channel], given[image, channel, rows])


class HaloKernel:
    """Fills the halo of a buffer's images with zeros, which other values may have overwritten."""

    def __init__(self, buffer: Array, halo: tuple[int, int, int, int]) -> None:
        self.parts = halo_parts(buffer, halo)

    def run(self) -> None:
        for part in self.parts:
            part.fill(0.0)


def halo_parts(buffer: Array, halo: tuple[int, int, int, int]) -> Sequence[Array]:
    """Cut the halo into at most three views: the end of a row lies beside the start of the next."""
    images, height, width, channels = buffer.shape
    top, bottom, left, right = halo
    rows = height - top - bottom
    flat = np.lib.stride_tricks.as_strided(
        buffer, (images, height * width * channels), (buffer.strides[0], 4)
    )
    row = width * channels
    start = top * row + left * channels
    end = (top + rows - 1) * row + (width - right) * channels
    between = np.lib.stride_tricks.as_strided(
        flat[:, start + (width - left - right) * channels :],
        (images, rows - 1, (left + right) * channels),
        (buffer.strides[0], 4 * row, 4),
    )
    return [part for part in (flat[:, :start], between, flat[:, end:]) if part.size]


def result_of(maps: Maps, flat: bool) -> Array:
    """Copy what the net made: N x C x H x W, or N x C."""
    inner = maps.inner.transpose(0, 3, 1, 2)
    result = np.empty(inner.shape, np.float32)
    np.copyto(result, inner)
    return result.reshape(len(result), -1) if flat else result


# --- The threads that NumPy's matrix products start of their own ---


class BlasThreads(NamedTuple):
    """Ask for, and set, the number of threads of one library of matrix products."""

    get: Callable[[], int]
    set: Callable[[int], object]


def limit_blas() -> list[tuple[BlasThreads, int]]:
    """Let matrix products use one thread each; give what `restore_blas` needs afterwards.

    The number belongs to the process, so other threads' products use one thread in that time too.
    Both together take about a microsecond. See `blas_threads` for the libraries that this reaches:
    with another one nothing changes, results are right, and lanes compete with its threads unless
    MKL_NUM_THREADS=1 or the like was set before NumPy was imported.
    """
    changed = [(each, count) for each in blas_threads() if (count := each.get()) > 1]
    for each, _ in changed:
        each.set(1)
    return changed


def restore_blas(changed: list[tuple[BlasThreads, int]]) -> None:
    """Set again what `limit_blas` found."""
    for each, count in changed:
        each.set(count)


@cache
def blas_threads() -> tuple[BlasThreads, ...]:
    """What threadpoolctl finds, where it is installed; else the OpenBLAS that NumPy has loaded."""
    try:
        found = import_module("threadpoolctl").ThreadpoolController().select(user_api="blas")
    except ImportError:
        found = None
    if found is not None:
        loaded = found.lib_controllers
        return tuple(BlasThreads(each.get_num_threads, each.set_num_threads) for each in loaded)
    return tuple(each for path in openblas_files() for each in openblas_functions(path))


def openblas_files() -> list[str]:
    """The OpenBLAS libraries in this process (Linux), or beside NumPy (its wheels elsewhere)."""
    maps = Path("/proc/self/maps")
    if maps.exists():
        columns = [line.split(maxsplit=5) for line in maps.read_text("utf-8").splitlines()]
        paths = {each[5] for each in columns if len(each) == 6}
        return sorted(path for path in paths if "openblas" in os.path.basename(path))
    package = Path(np.__file__).parent
    folders = (package / ".dylibs", package.parent / "numpy.libs")
    return [str(path) for folder in folders for path in sorted(folder.glob("*openblas*"))]


def openblas_functions(path: str) -> Iterator[BlasThreads]:
    """The functions of one OpenBLAS, by the names that its builds have; none if it has neither."""
    try:
        library = ctypes.CDLL(path)
    except OSError:  # a file that was replaced or cannot be loaded a second time
        return
    for before, after in (("", ""), ("", "64_"), ("scipy_", ""), ("scipy_", "64_")):
        get = getattr(library, f"{before}openblas_get_num_threads{after}", None)
        put = getattr(library, f"{before}openblas_set_num_threads{after}", None)
        if get is not None and put is not None:
            yield BlasThreads(get, put)
            return


# --- Lanes: threads that compute parts of the same layers beside each other ---


# A lane that waits adds up these zeros, one value in memory, in about 16 microseconds without
# Python's lock, and looks again. That disturbs the other lanes less than a shorter look, and is
# over sooner than being woken (20 to 50 microseconds). After PATIENCE times it sleeps.
ZEROS = np.broadcast_to(np.float32(0), 1 << 16)


PATIENCE = 30


# Values for which NumPy takes memory in a call that cannot run through its arrays in one go; its
# own 8,192 are not quicker, and are 100 KB for three arrays.
BUFFERED = 1024


class Stage(NamedTuple):
    """What the lanes do between two meetings.

    work: for each lane its calls in order. meets: whether each lane then waits for all others. It
    must where a later stage reads, or overwrites what was read here, of another lane's part.
    """

    work: tuple[Sequence[Callable[[], object]], ...]
    meets: bool = True


def usual_lanes() -> int:
    """Two, or one where this process may use only one core.

    More lanes than two are possible, but were not found faster: with Python's lock each short NumPy
    call waits for the calls of all other lanes.
    """
    if hasattr(os, "sched_getaffinity"):
        return min(2, len(os.sched_getaffinity(0)))
    return min(2, os.cpu_count() or 1)


def programs(stages: Sequence[Stage]) -> list[list[list[Callable[[], object]]]]:
    """For each lane, for each part that ends with a meeting, its calls. All meet at the end."""
    counts = {len(stage.work) for stage in stages}
    if len(counts) != 1:
        raise ValueError(f"stages for {sorted(counts)} lanes: each needs the same number")
    made: list[list[list[Callable[[], object]]]] = [[[]] for _ in range(counts.pop())]
    for number, stage in enumerate(stages):
        for lane, work in enumerate(stage.work):
            made[lane][-1].extend(work)
            if stage.meets and number < len(stages) - 1:
                made[lane].append([])
    return made


class Lanes:
    """Run stages on lanes: the thread that calls `run`, and others, which sleep between runs.

    The other threads start at the first run, and end at `close`, when this object is collected and
    when Python ends. A process that was forked starts its own. Callers from several threads take
    turns. During a run on several lanes BLAS uses one thread (see `limit_blas`); one lane runs
    as if its calls stood in the caller. An object that holds this one leaves it out of its pickle:
    the calls work on views of one arena, which a pickle would turn into copies.
    """

    forkable: ClassVar["weakref.WeakSet[Lanes] | None"] = None

    def __init__(self, stages: Sequence[Stage]) -> None:
        """Raises ValueError where the stages' numbers of lanes differ, or there is no stage."""
        self.programs = programs(stages)
        self.limited: list[tuple[BlasThreads, int]] = []
        self.turns = threading.Lock()
        self.crew: Crew | None = None
        if Lanes.forkable is None:
            Lanes.forkable = weakref.WeakSet()
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=Lanes.start_all_over)
        Lanes.forkable.add(self)

    def run(self) -> None:
        """Do all calls of all lanes.

        What a call raises in any lane is raised here, once the other lanes have stopped, which they
        do at their next meeting. So does KeyboardInterrupt. The next run is whole again.
        """
        with self.turns:
            buffered = np.setbufsize(BUFFERED)
            try:
                if len(self.programs) == 1:
                    for calls in self.programs[0]:
                        for call in calls:
                            call()
                else:
                    self.run_crew()
            finally:
                np.setbufsize(buffered)

    def run_crew(self) -> None:
        """Run in this thread and in the others, which it starts where there are none."""
        if self.crew is None:
            self.crew = Crew(self.programs)
            self.dismissal = weakref.finalize(self, self.crew.dismiss)
        self.limited = limit_blas()
        try:
            self.crew.run()
        finally:
            restore_blas(self.limited)
            self.limited = []

    def close(self) -> None:
        """End the other threads, which another run would start again."""
        with self.turns:
            crew, self.crew = self.crew, None
            if crew is not None:
                crew.halt()
                self.dismissal()
                crew.join()

    def start_over(self) -> None:
        """Forget the threads, which a process that was forked in the middle of a run has not."""
        restore_blas(self.limited)
        self.limited = []
        self.turns = threading.Lock()
        self.crew = None

    @staticmethod
    def start_all_over() -> None:
        for lanes in Lanes.forkable or ():
            lanes.start_over()

    def __reduce__(self) -> NoReturn:
        raise TypeError("lanes cannot be pickled or copied: make new ones from the new arena")


class Crew:
    """The threads of some lanes. It knows no Lanes, so that those can be collected."""

    def __init__(self, work: Sequence[Sequence[Sequence[Callable[[], object]]]]) -> None:
        self.work = work
        self.changed = threading.Condition(threading.Lock())  # what follows changes under it
        self.come = [0] * len(work)  # for each lane, the last meeting of this run that it came to
        self.asleep = 0  # lanes that wait to be woken
        self.stopped = False
        self.failure: BaseException | None = None
        self.errors = np.geterr()  # what is done about overflow and the like, as the caller has it
        self.number = 0  # runs that were ordered, and for each lane the last that it has done
        self.done = [0] * len(work)
        # `put` on such a queue is allowed at any time, in finalizers too.
        self.bells: list[SimpleQueue[bool]] = [SimpleQueue() for _ in work[1:]]
        self.threads = [
            threading.Thread(target=self.serve, args=(lane,), name=f"lane {lane}", daemon=True)
            for lane in range(1, len(work))
        ]
        try:
            for thread in self.threads:
                thread.start()
        except BaseException:
            self.dismiss()
            raise

    def run(self) -> None:
        """One run, lane 0 in this thread."""
        self.halt()  # where a second interrupt left the last run in the middle
        self.come, self.stopped, self.failure = [0] * len(self.work), False, None
        self.errors = np.geterr()
        try:
            self.number += 1
            self.done[0] = self.number
            self.ring(True)
            self.perform(0)
            self.wait_until(self.resting)
        except BaseException:
            self.halt()
            raise
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure

    def perform(self, lane: int) -> None:
        for number, calls in enumerate(self.work[lane]):
            if number and not self.meet(lane, number):
                return
            for call in calls:
                call()

    def meet(self, lane: int, number: int) -> bool:
        """Wait for all lanes; give False where one has failed and will not come."""
        self.come[lane] = number
        if self.asleep:
            self.wake()
        for _ in range(PATIENCE):
            if min(self.come) >= number:
                return True
            np.add.reduce(ZEROS)
        self.wait_until(lambda: self.stopped or min(self.come) >= number)
        return min(self.come) >= number

    def wait_until(self, ready: Callable[[], bool]) -> None:
        for _ in range(PATIENCE):
            if ready():
                return
            np.add.reduce(ZEROS)
        with self.changed:
            self.asleep += 1  # before it looks again: who comes after that look wakes it
            try:
                self.changed.wait_for(ready)
            finally:
                self.asleep -= 1

    def wake(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def serve(self, lane: int) -> None:
        """What the thread of a lane does: a run when its bell rings, until it rings False."""
        np.setbufsize(BUFFERED)
        while self.bells[lane - 1].get():
            if self.done[lane] == self.number:
                continue
            failure = None
            try:
                np.seterr(**self.errors)
                if not self.stopped:
                    self.perform(lane)
            except BaseException as error:
                failure = error
            with self.changed:
                if failure is not None:
                    self.stopped = True
                    self.failure = self.failure or failure
                self.done[lane] = self.number
                self.changed.notify_all()
            del failure  # it holds this frame

    def resting(self) -> bool:
        return self.done.count(self.number) == len(self.done)

    def ring(self, run: bool) -> None:
        for bell in self.bells:
            bell.put(run)

    def halt(self) -> None:
        """Stop lanes that run and wait for them: none may write when an error is reported.

        What interrupts this wait is raised after it.
        """
        interrupt: BaseException | None = None
        while not self.resting():
            try:
                with self.changed:
                    self.stopped = True
                    self.changed.notify_all()
                self.ring(True)  # perhaps the interrupt came before
                self.wait_until(self.resting)
            except BaseException as error:
                interrupt = error
        if interrupt is not None:
            raise interrupt

    def dismiss(self) -> None:
        self.ring(False)

    def join(self) -> None:
        for thread in self.threads:
            thread.join()


# --- Forked lanes: processes that compute parts of the same layers beside each other ---


# A lane that waits looks so often, in about 0.2 ms, before it sleeps.
TRIES = 1_000


# So many seconds a lane sleeps before it looks whether the others still live.
DOZE = 0.5


NOTE = 1 << 14  # the bytes that tell why a lane failed


def shared_array(shape: tuple[int, ...]) -> Array:
    """Zeros that processes have in common once this one has forked them."""
    memory = mmap.mmap(-1, max(1, 4 * math.prod(shape)))
    return np.frombuffer(memory, np.float32, math.prod(shape)).reshape(shape)


class ForkedLanes:
    """Run stages on lanes: the thread that calls `run`, and a forked process for each other lane.

    As `Lanes`, but without Python's lock between them. What one lane writes and another reads,
    network inputs and outputs too, must lie in a `shared_array`. The processes are forked at the
    first run, so POSIX only, and not for a program whose other threads may hold locks at that time;
    they end at `close`, when this object is collected, and with the process that made it. Another
    process, forked from that one, has the same arena and so may not run these lanes.
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        """Raises ValueError where a system has no fork, and as `Lanes` does."""
        if not hasattr(os, "fork"):
            raise ValueError("this system cannot fork: use threads as lanes")
        self.programs = programs(stages)
        self.owner = os.getpid()
        self.turns = threading.Lock()
        self.children: dict[int, int] = {}  # by lane
        self.connect()

    def run(self) -> None:
        """Do all calls of all lanes.

        Raises RuntimeError with the text of what a call raised in another process, or where one was
        killed. Then, and after what is raised in this one, all others are ended; the next run forks
        new ones.
        """
        if os.getpid() != self.owner:
            raise RuntimeError(f"these lanes belong to process {self.owner}: make new ones here")
        with self.turns:
            limited, buffered = limit_blas(), np.setbufsize(BUFFERED)
            try:
                if not self.children:
                    self.fork()
                for lane in self.children:
                    self.starts[lane].release()
                self.perform(0)
            except BaseException:
                self.end()
                raise
            finally:
                np.setbufsize(buffered)
                restore_blas(limited)

    def close(self) -> None:
        """End the other processes, which another run would fork again."""
        if os.getpid() == self.owner:
            with self.turns:
                self.end()

    def connect(self) -> None:
        """Make what processes tell each other by: when to start, who has come, who failed."""
        # Here, because threads need none of it.
        from multiprocessing import get_context

        lanes = range(len(self.programs))
        semaphore = get_context("fork").Semaphore
        try:
            self.starts = [semaphore(0) for _ in lanes]
            self.came = [[semaphore(0) for _ in lanes] for _ in lanes]  # by who came and who waits
        except (ImportError, OSError) as error:
            raise ValueError(f"no POSIX semaphores here ({error}): use threads as lanes") from error
        self.note = mmap.mmap(-1, NOTE)

    def fork(self) -> None:
        # Before the first child, so that an interrupt in between leaves none behind.
        self.ending = weakref.finalize(self, end_processes, self.owner, self.children)
        for lane in range(1, len(self.programs)):
            child = os.fork()
            if child == 0:
                self.serve(lane)
            self.children[lane] = child

    def serve(self, lane: int) -> NoReturn:
        """What a forked process does."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all of us
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            self.children = {}
            while True:
                self.wait(self.starts[lane])
                self.perform(lane)
        except BaseException:
            text = f"lane {lane}: {traceback.format_exc()}".encode()[-NOTE:]
            self.note[: len(text)] = text
            self.came[lane][0].release()
        finally:
            os._exit(1)

    def perform(self, lane: int) -> None:
        others = [each for each in range(len(self.programs)) if each != lane]
        for calls in self.programs[lane]:
            for call in calls:
                call()
            for other in others:
                self.came[lane][other].release()
            for other in others:
                self.wait(self.came[other][lane])
            if self.note[0]:
                raise RuntimeError(self.note[:].rstrip(b"\0").decode("utf-8", "replace"))

    def wait(self, semaphore: Any) -> None:
        """Wait for another process, unless it has ended."""
        for _ in range(TRIES):
            if semaphore.acquire(False):
                return
        while not semaphore.acquire(True, DOZE):
            if os.getpid() != self.owner:
                if os.getppid() != self.owner:
                    os._exit(1)
                continue
            for lane, child in self.children.items():
                if has_ended(child):
                    raise RuntimeError(f"the process of lane {lane}, {child}, was ended")

    def end(self) -> None:
        """End the other processes; what they knew is unknown, so all begins anew."""
        if self.children:
            self.ending()
            self.connect()

    def __reduce__(self) -> NoReturn:
        raise TypeError("lanes cannot be pickled or copied: make new ones from the new arena")


def has_ended(child: int) -> bool:
    """Whether a forked process has ended, and perhaps was waited for by somebody else."""
    try:
        return os.waitpid(child, os.WNOHANG)[0] == child
    except ChildProcessError:
        return True


def end_processes(owner: int, children: dict[int, int]) -> None:
    """End what this process forked; they write to shared memory, so it waits until they are."""
    if os.getpid() != owner:
        return
    for child in children.values():
        if not has_ended(child):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    children.clear()


# --- Trials: how long a layer takes in each of several ways, in turns ---


# Before each trial a lane reads so many floats, 8 MB: in a net the weights come from far, too.
COLD = 1 << 21


REPEATED = 3  # trials of a turn


TURNS = 6


EARLY = 2  # turns after which those that take longer than HOPELESS of the fastest are left out


HOPELESS = 1.5


class Case(NamedTuple):
    """A layer's surroundings: what it reads and makes, what follows, the batch and the lanes.

    channels: of each buffer, of which a value may have some.
    """

    sources: Sequence[Value]
    target: Value
    then: Sequence[Operation]
    weights: Store
    channels: Sequence[int]
    batch: int
    lanes: int
    forked: bool
    exact: bool


class Clock:
    """Notes the time when it is called."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def note(self) -> None:
        self.times.append(time.perf_counter())


class Trial:
    """A layer by itself, on lanes as a net has them."""

    def __init__(self, layer: Layer, sites: Sequence[Site], forked: bool, cold: Array) -> None:
        self.clock = Clock()
        work = [layer.calls(site) for site in sites]
        work[0] = [self.clock.note, *work[0]]
        # Other memory is read, so that weights and values must be read anew.
        away = tuple([partial(np.add.reduce, cold)] for _ in sites)
        noting = tuple([self.clock.note] if site.lane == 0 else [] for site in sites)
        # What a lane made by itself, its rows of it mostly, it reads quickly.
        before = tuple([touching(site)] for site in sites)
        stages = [Stage(away), Stage(before), Stage(tuple(work)), Stage(noting)] * REPEATED
        self.lanes = ForkedLanes(stages) if forked else Lanes(stages)

    def seconds(self) -> float:
        """The time of the fastest of some runs, the lanes' last meeting with it."""
        self.clock.times = []
        self.lanes.run()
        times = self.clock.times
        pairs = zip(times[::2], times[1::2], strict=True)
        return min(end - start for start, end in pairs)


def touching(site: Site) -> Call:
    """Write a lane's images or rows of the first source, as the layer before it has."""
    source = site.sources[0]
    axis, length = (0, site.images) if site.images >= site.lanes else (1, source.height)
    part = slice(*cut(length, site.lane, site.lanes))
    values = source.inner[part] if axis == 0 else source.inner[:, part]
    return partial(np.add, values, np.float32(0), out=values)


def sites_of(case: Case, halo: Halo) -> list[Site]:
    """Where each lane works, on values other than zero in an arena made for this."""
    merged = [each[1] for each in case.then if isinstance(each, tuple)]
    buffers: list[Buffer] = []
    offset = 0
    values = (*case.sources, case.target, *merged)
    for number, value in enumerate(values):
        around: Halo = halo if number == 0 else (0, 0, 0, 0)
        channels = case.channels[value.buffer]
        buffers.append(Buffer(offset, (value.height, value.width, channels), around))
        offset += Slot(channels, value.height, value.width, around).size
    arena = (shared_array if case.forked else own_array)((case.batch, offset))
    arena.fill(0.5)
    maps = [
        Maps(view_of(arena, each), each.halo, 0, value.channels)
        for each, value in zip(buffers, values, strict=True)
    ]
    others = iter(maps[len(case.sources) + 1 :])
    then = tuple((each[0], next(others)) if isinstance(each, tuple) else each for each in case.then)
    return [
        Site(
            sources=tuple(maps[: len(case.sources)]),
            target=maps[len(case.sources)],
            then=then,
            images=case.batch,
            lane=lane,
            lanes=case.lanes,
            weights=case.weights,
            scratch=Scratch(),
            exact=case.exact,
        )
        for lane in range(case.lanes)
    ]


def fastest(layers: Sequence[Layer], case: Case) -> list[float]:
    """The seconds of each layer; they take turns, and the slow ones are left out early.

    Those that read as many zeros around their values work in the same memory, so that none is
    lucky with its pages.
    """
    places: dict[Halo, list[Site]] = {}
    cold = np.full(COLD, 0.5, np.float32)
    trials: list[Trial] = []
    for layer in layers:
        halo = layer.halo(case.sources[0], case.target, case.weights.shapes)
        if halo not in places:
            places[halo] = sites_of(case, halo)
        trials.append(Trial(layer, places[halo], case.forked, cold))
    times = [float("inf")] * len(trials)
    try:
        for turn in range(TURNS):
            limit = min(times) * HOPELESS if turn >= EARLY else float("inf")
            for number, trial in enumerate(trials):
                if times[number] <= limit:
                    times[number] = min(times[number], trial.seconds())
    finally:
        for trial in trials:
            trial.lanes.close()
    return times


# --- Tuning: what is the fastest for a layer on this machine, measured once and kept in a file ---


TUNED = "cnnc-tuned/1"


CERTAIN = 0.97  # of the time of the model's choice: what is not faster than that may be luck


AXES = ("images", "rows", "channels")


LONGEST = 4096  # bytes of a file, of which one of ours has 200


class Tunable(Layer, Protocol):
    """A layer that can be computed in several ways, all within the bounds of its kernels."""

    def recipes(self, site: Site) -> list[Recipe]:
        """The model's choice, and others that may be faster."""
        ...

    def made_by(self, recipe: Recipe) -> Layer:
        """This layer, done in one of these ways."""
        ...


class Tuner:
    """Chooses for each layer of a net what was the fastest; measures it where nobody has yet.

    `known`: what was found before, by surroundings, for all plans of a net.
    """

    def __init__(
        self,
        weights: Store,
        channels: Sequence[int],
        batch: int,
        lanes: int,
        forked: bool,
        exact: bool,
        known: dict[str, Recipe],
    ) -> None:
        self.given = (weights, channels, batch, lanes, forked, exact)
        self.known = known
        self.folder = tuned_folder()

    def choose(
        self, layer: Layer, sources: Sequence[Value], target: Value, then: Sequence[Operation]
    ) -> Layer:
        if not hasattr(layer, "recipes"):
            return layer
        tunable: Any = layer
        case = Case(sources, target, then, *self.given)
        key = surroundings(layer, case)
        if key not in self.known:
            squares = not case.exact and hasattr(layer, "square")
            file = self.folder / f"{key}.json" if self.folder else None
            recipe = read_recipe(file, squares) if file else None
            if recipe is None:
                recipe = measured(tunable, case)
                if file:
                    write_recipe(file, recipe)
            self.known[key] = recipe
        made: Layer = tunable.made_by(self.known[key])
        return made


def measured(layer: Tunable, case: Case) -> Recipe:
    """The fastest recipe: the model's, unless another beats it twice by more than chance."""
    halo = layer.halo(case.sources[0], case.target, case.weights.shapes)
    recipes = layer.recipes(sites_of(case, halo)[0])
    for _ in range(2):
        if len(recipes) == 1:
            break
        times = fastest([layer.made_by(each) for each in recipes], case)
        pairs = zip(times, recipes, strict=True)
        whole = [time + from_memory(layer, each, case) for time, each in pairs]
        best = whole.index(min(whole))
        recipes = [recipes[0], *([recipes[best]] if whole[best] < CERTAIN * whole[0] else [])]
    return recipes[-1]


def from_memory(layer: Layer, recipe: Recipe, case: Case) -> float:
    """Seconds to read the weights; trials find them nearer, in a cache of all cores."""
    size = 4 * math.prod(case.weights.shapes[f"{getattr(layer, 'path', '')}.weight"])
    grown = (recipe.square + 2) ** 2 / 9 if recipe.square else 1.0
    return size * grown / BANDWIDTH


def surroundings(layer: Layer, case: Case) -> str:
    """All on which a layer's time depends, as the name of a file."""
    values = [*case.sources, case.target]
    merged = [each for each in case.then if isinstance(each, tuple)]
    kernel = case.weights.shapes[f"{getattr(layer, 'path', '')}.weight"][2:]
    parts = [
        type(layer).__name__,
        *(f"{v.height}x{v.width}x{v.channels}of{case.channels[v.buffer]}" for v in values),
        *(
            f"{name}{'x'.join(map(str, numbers))}"
            for name, numbers in (
                ("k", kernel),
                ("s", getattr(layer, "stride", (1, 1))),
                ("p", getattr(layer, "padding", ())),
                ("d", getattr(layer, "dilation", (1, 1))),
            )
        ),
        f"then{len(case.then)}",
        f"merged{len(merged)}",
        f"batch{case.batch}",
        f"{'forks' if case.forked else 'lanes'}{case.lanes}",
        *(["exact"] if case.exact else []),
    ]
    return "-".join(parts)


def tuned_folder() -> Path | None:
    """Where this machine's results lie, in the user's folder for caches; None without one.

    One for each processor, NumPy and BLAS, named by a hash of them; each file has them in clear.
    """
    # Here, because only tuning needs it.
    import hashlib

    try:
        home = Path.home()
    except RuntimeError:
        warnings.warn("tuning is not kept: the user has no home folder", stacklevel=2)
        return None
    usual = home / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    if sys.platform == "win32":
        usual = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
    named = os.environ.get("XDG_CACHE_HOME", "")
    # What is not absolute is to be ignored (XDG Base Directory Specification, 0.8).
    caches = Path(named) if os.path.isabs(named) else usual
    return caches / "cnnc" / "tuned" / hashlib.sha256(tuned_on().encode()).hexdigest()[:16]


def tuned_on() -> str:
    """The processor, NumPy and its BLAS."""
    # Here, because only tuning needs it.
    import platform

    processor = platform.processor() or platform.machine()
    file = Path("/proc/cpuinfo")
    if file.is_file():
        lines = file.read_text("utf-8", "replace").splitlines()
        names = [line.partition(":")[2] for line in lines if line.startswith("model name")]
        processor = " ".join(names[0].split()) if names else processor
    built = np.show_config(mode="dicts") or {}
    blas = built.get("Build Dependencies", {}).get("blas", {})
    return f"{processor}; numpy {np.__version__}; {blas.get('name')} {blas.get('version')}"


def read_recipe(file: Path, squares: bool) -> Recipe | None:
    """What was found before; None where there is no file, or one that nobody here has written,
    of which a warning tells. squares: whether the layer may be computed by them."""
    try:
        with file.open("rb") as opened:
            content = json.loads(opened.read(LONGEST))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        warnings.warn(f"{file} is ignored: {error}", stacklevel=2)
        return None
    found = content if isinstance(content, dict) else {}
    values: list[Any] = [found.get(key) for key in Recipe._fields]
    square, axis, numbers = values
    right = (
        found.get("format") == TUNED
        and found.get("machine") == tuned_on()
        and type(square) is int
        and square in ((0, 2, 4) if squares else (0,))
        and axis in AXES
        and isinstance(numbers, list)
        and len(numbers) == (2 if square else 4)
        and all(type(each) is int and each > 0 for each in numbers)
    )
    if not right:
        warnings.warn(f"{file} is ignored: it holds no result of tuning", stacklevel=2)
        return None
    return Recipe(square, axis, tuple(numbers))


def write_recipe(file: Path, recipe: Recipe) -> None:
    """Whole or not at all: others may write and read the same file at any time."""
    content = {"format": TUNED, "machine": tuned_on(), **recipe._asdict()}
    fresh = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            fresh.write_text(json.dumps(content) + "\n", "utf-8")
            os.replace(fresh, file)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        warnings.warn(f"tuning is not kept: {error}", stacklevel=2)


# --- A plan: the arena of one batch, and what each lane does, stage by stage ---


@dataclass(slots=True)
class Setup:
    """What all plans of a net share. `layers` tells a planner what is computed; `table` holds the
    buffers for the declared size; `tuned` is what was found to be the fastest."""

    layers: Callable[[Planner], None]
    table: Sequence[Buffer]
    weights: Store
    lanes: int = 1
    forked: bool = False
    exact: bool = False
    tune: bool = False
    tuned: dict[str, Recipe] = field(default_factory=dict)


class Plan:
    """Kernels for a batch of images of one size; image n lies n arenas after the first."""

    def __init__(self, setup: Setup, batch: int, shapes: Sequence[tuple[int, ...]]) -> None:
        inputs = [(height, width, channels) for channels, height, width in shapes]
        channels = [each.volume[2] for each in setup.table]
        planner = Planner(inputs, channels, setup.weights.shapes, setup.weights)
        if setup.tune:
            how = (setup.lanes, setup.forked, setup.exact, setup.tuned)
            planner.tuner = Tuner(setup.weights, channels, batch, *how)
        setup.layers(planner)
        planner.finish()
        table = fitting(planner.slots, setup.table)
        arena = (shared_array if setup.forked else own_array)((batch, arena_size(table)))
        self.batch = batch
        self.halos = [each.halo for each in table]
        self.buffers = [view_of(arena, each) for each in table]
        self.feeds = [_feed(self.maps(value), setup.forked) for value in planner.feeds]
        self.outputs = [(name, self.maps(value), flat) for name, value, flat in planner.outputs]
        stages = self._stages(setup, planner, table)
        self.lanes = ForkedLanes(stages) if setup.forked else Lanes(stages)

    def run(self, inputs: Sequence[Array]) -> dict[str, Array]:
        for feed, images in zip(self.feeds, inputs, strict=True):
            feed.take(images)
        self.lanes.run()
        return {name: result_of(maps, flat) for name, maps, flat in self.outputs}

    def close(self) -> None:
        self.lanes.close()

    def maps(self, value: Value) -> Maps:
        buffer, halo = self.buffers[value.buffer], self.halos[value.buffer]
        return Maps(buffer, halo, value.channel, value.channels)

    def _stages(self, setup: Setup, planner: Planner, table: Sequence[Buffer]) -> list[Stage]:
        """What the lanes do at each level, and after which levels they wait for one another."""
        own = self.batch >= setup.lanes
        lanes = [self._levels(setup, planner, table, lane) for lane in range(setup.lanes)]
        return [
            Stage(work, not (own and all(planner.apart(each) for each in (level, level + 1))))
            for level, work in enumerate(zip(*lanes, strict=True))
        ]

    def _levels(
        self, setup: Setup, planner: Planner, table: Sequence[Buffer], lane: int
    ) -> list[list[Call]]:
        """What one lane does at each level."""
        levels: list[list[Call]] = [[] for _ in range(planner.levels)]
        own = self.batch >= setup.lanes
        images = cut(self.batch, lane, setup.lanes) if own else (0, self.batch)
        for number, fill in self._fills(table, images):
            if own or number % setup.lanes == lane:
                levels[planner.slots[number].first].append(fill.run)
        for feed in self.feeds:
            height = feed.maps.height
            rows = (0, height) if own else cut(height, lane, setup.lanes)
            levels[0].append(FeedKernel(feed, images, rows).run)
        scratch = Scratch()
        for step in planner.steps:
            site = self._site(setup, step, lane, scratch)
            levels[step.target.level] += step.layer.calls(site)
        return levels

    def _fills(
        self, table: Sequence[Buffer], images: tuple[int, int]
    ) -> list[tuple[int, HaloKernel]]:
        """Halos that other buffers lie over; others keep the zeros of a fresh arena."""
        sizes = [arena_size([each]) for each in table]
        spans = [(each.offset, size) for each, size in zip(table, sizes, strict=True)]
        return [
            (number, HaloKernel(self.buffers[number][slice(*images)], each.halo))
            for number, each in enumerate(table)
            if any(each.halo)
            and any(
                start < spans[number][1] and each.offset < end
                for other, (start, end) in enumerate(spans)
                if other != number
            )
        ]

    def _site(self, setup: Setup, step: Step, lane: int, scratch: Scratch) -> Site:
        return Site(
            sources=tuple(map(self.maps, step.sources)),
            target=self.maps(step.target),
            then=tuple(
                (each[0], self.maps(each[1])) if isinstance(each, tuple) else each
                for each in step.then
            ),
            images=self.batch,
            lane=lane,
            lanes=setup.lanes,
            weights=setup.weights,
            scratch=scratch,
            exact=setup.exact,
        )


def _feed(maps: Maps, forked: bool) -> Feed:
    images, channels = len(maps.buffer), maps.channels
    shape = (images, channels, maps.height, maps.width)
    return Feed(maps, shared_array(shape) if forked else None)


# --- The engine: makes a plan for each batch and size that is met, and runs it ---


KEPT_PLANS = 4


class Engine:
    """Runs a net whose `layers` tell a planner what is computed; safe in threads: they take turns.

    A plan belongs to a batch and the sizes of the inputs; the last few are kept. A process that is
    forked goes on with its own copy of them, or where lanes are processes makes them anew.
    """

    forkable: ClassVar["weakref.WeakSet[Engine] | None"] = None

    def __init__(
        self,
        layers: Callable[[Planner], None],
        buffers: Sequence[Buffer],
        weights: Mapping[str, Array],
        *,
        lanes: int | str | None = None,
        exact: bool = False,
        tune: bool = False,
    ) -> None:
        """Raises ValueError for lanes that are no number from 1 on, nor "fork"."""
        forked = lanes == "fork"
        count = usual_lanes() if forked or lanes is None else lanes
        if not isinstance(count, int) or count < 1:
            raise ValueError(f"lanes={lanes!r}: a number from 1 on, or 'fork'")
        store = weights if isinstance(weights, Store) else Store(weights, whole=tune)
        self.setup = Setup(layers, buffers, store, count, forked, exact, tune)
        self.plans: OrderedDict[object, Plan] = OrderedDict()
        self.lock = threading.Lock()
        if Engine.forkable is None:
            Engine.forkable = weakref.WeakSet()
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=Engine.start_all_over)
        Engine.forkable.add(self)

    def start_over(self) -> None:
        """In a process that was forked, perhaps in the middle of a run."""
        self.lock = threading.Lock()
        if self.setup.forked:
            self.plans = OrderedDict()  # their lanes and their arena are the other process's

    @staticmethod
    def start_all_over() -> None:
        for engine in Engine.forkable or ():
            engine.start_over()

    def __getstate__(self) -> dict[str, Any]:
        """All but plans, which are made again when they are needed."""
        setup = self.setup
        lanes = "fork" if setup.forked else setup.lanes
        options = {"lanes": lanes, "exact": setup.exact, "tune": setup.tune}
        return {"given": (setup.layers, setup.table, setup.weights), "options": options}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        Engine.__init__(self, *state["given"], **state["options"])

    def __call__(self, *inputs: Array) -> dict[str, Array]:
        """Compute the outputs, by name, for inputs of N x C x H x W."""
        batches = {len(each) for each in inputs}
        if len(batches) != 1:
            raise ValueError(f"the inputs hold {sorted(batches)} images; expected as many in each")
        with self.lock:
            return self._plan(batches.pop(), tuple(each.shape[1:] for each in inputs)).run(inputs)

    def _plan(self, batch: int, shapes: tuple[tuple[int, ...], ...]) -> Plan:
        """The plan for a batch of inputs of channels x height x width."""
        key = (batch, shapes)
        if key not in self.plans:
            if len(self.plans) >= KEPT_PLANS:
                self.plans.popitem(last=False)[1].close()
            self.plans[key] = Plan(self.setup, batch, shapes)
        self.plans.move_to_end(key)
        return self.plans[key]


# --- What is checked before anything is computed ---


Lengths = tuple[int, int, tuple[tuple[int, int], ...]]


def check_input(x: Array, channels: int, height: int | None, width: int | None) -> None:
    """Raise ValueError unless x is float32, N x channels x height x width; None is any size."""
    array = isinstance(x, np.ndarray) and x.dtype == np.float32 and x.ndim == 4
    sizes = zip((channels, height, width), x.shape[1:], strict=True) if array else ()
    if not array or any(size not in (None, found) for size, found in sizes):
        shape = " x ".join(map(str, np.shape(x))) or "a single value"
        kind = getattr(x, "dtype", type(x).__name__)
        wanted = f"float32, N x {channels} x {height or 'H'} x {width or 'W'}"
        raise ValueError(f"the input is {kind}, {shape}; expected a NumPy array, {wanted}")


def check_size(size: tuple[int, ...], heights: Lengths, widths: Lengths, taken: str) -> None:
    """Raise ValueError that says what is taken unless height and width are.

    heights, widths: the least; a divisor; ranges, ends included, one of which has the rest by it.
    """
    for length, (least, every, rests) in zip(size, (heights, widths), strict=True):
        fits = any(first <= length % every <= last for first, last in rests)
        if length < least or not fits:
            shown = " x ".join(map(str, size))
            raise ValueError(f"images of {shown} do not fit the layers: {taken}")


def chosen_size(
    size: tuple[int, int] | None, heights: Lengths, widths: Lengths, taken: str
) -> tuple[int, int] | tuple[None, None]:
    """Check a height and a width that were asked for; (None, None) where none were."""
    if size is None:
        return None, None
    check_size(size, heights, widths, taken)
    return size


def check_parameters(
    weights: Mapping[str, NDArray[Any]],
    shapes: Mapping[str, tuple[int, ...]],
    unused: Sequence[str] = (),
) -> dict[str, Array]:
    """check_weights, but the counters of PyTorch's batch norms, which nothing reads, may be there.

    unused: keys that are no error either, those of layers that act in training alone.
    """
    counter = ".num_batches_tracked"
    kept = {key: array for key, array in weights.items() if not key.endswith(counter)}
    return check_weights(kept, shapes, tuple(unused))


def is_folded(metadata: Mapping[str, str], net: str, path: str | os.PathLike[str]) -> bool:
    """Tell whether `cnnc compile --weights` wrote a file, so that its batch norms are folded.

    Raises ValueError where it wrote it for another net.
    """
    owner = metadata.get("net", net) if "cnnc" in metadata else net
    if owner != net:
        raise ValueError(f"{path}: these are weights of {owner}, expected those of {net}")
    if metadata.get("cnnc") == "packed":
        raise ValueError(f"{path}: these weights are packed, for the bundle beside them")
    return metadata.get("cnnc") == "folded"


# --- Weights: reading them, checking them, and making some up ---


def read_weights(path: str | os.PathLike[str]) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Read the arrays and the metadata of a `.npz` or `.safetensors` file.

    Floats of any width become float32, other numbers stay as they are. Raises ValueError for a
    file that is not as its suffix says, FileNotFoundError where there is none.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix == ".safetensors":
        return read_safetensors(path)
    if suffix == ".npz":
        return read_npz(path)
    raise ValueError(
        f"{os.fspath(path)}: weights are read from .npz and .safetensors, not {suffix!r}"
    )


def read_npz(path: str | os.PathLike[str]) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Read a `.npz` file; its metadata is a JSON object, a string under the key __metadata__."""
    arrays: dict[str, NDArray[Any]] = {}
    metadata: Any = {}
    key = "not a .npz file"
    try:
        with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as archive:
            for key in archive.files:
                array = archive[key]
                if key == "__metadata__":
                    metadata = json.loads(str(array))
                elif not isinstance(array, np.ndarray):
                    raise ValueError("not an array")
                else:
                    arrays[key] = array.astype(np.float32) if array.dtype.kind == "f" else array
    except FileNotFoundError:
        raise
    except Exception as error:  # zipfile, zlib and NumPy raise many kinds for a damaged file
        raise ValueError(f"{path}: {key}: {error}") from error
    if not isinstance(metadata, dict) or not all(
        isinstance(value, str) for value in metadata.values()
    ):
        raise ValueError(f"{path}: __metadata__ does not map strings to strings")
    return arrays, metadata


def check_weights(
    weights: Mapping[str, NDArray[Any]],
    shapes: Mapping[str, tuple[int, ...]],
    optional: tuple[str, ...] = (),
) -> dict[str, Array]:
    """Give just the weights that `shapes` names, contiguous and in float32.

    A key that `shapes` does not name is an error unless `optional` has it or a path that it lies
    under ("aux" or "aux." for "aux.fc.weight"). Raises ValueError that tells all that is wrong, in
    at most ten lines.
    """
    wrong = [f"{key}: missing" for key in shapes if key not in weights]
    for key, array in weights.items():
        if key not in shapes:
            if not any(key == name or key.startswith(name.rstrip(".") + ".") for name in optional):
                wrong.append(f"{key}: not a weight of this net")
        elif tuple(array.shape) != tuple(shapes[key]):
            wrong.append(f"{key}: has shape {tuple(array.shape)}, expected {tuple(shapes[key])}")
        elif array.dtype.kind != "f":
            wrong.append(f"{key}: holds {array.dtype}, expected float32")
    if wrong:
        more = [f"and {len(wrong) - 8} more"] if len(wrong) > 9 else []
        listed = wrong[:8] if more else wrong
        raise ValueError("\n  ".join(["these weights do not fit the net:", *listed, *more]))
    return {key: np.asarray(weights[key], np.float32, order="C") for key in shapes}


def random_weights(shapes: Mapping[str, tuple[int, ...]], seed: int) -> dict[str, Array]:
    """Make weights for tests and timing: the same for the same shapes and seed.

    Two dimensions and more: normal, variance 2 / fan-in (He et al., 2015). Batch norm gets a
    weight somewhat below 1, so that 150 layers with residuals do not explode, and statistics that
    matter.
    """
    generator = np.random.default_rng(seed)
    made: dict[str, Array] = {}
    for key, shape in shapes.items():
        if len(shape) > 1:
            spread = np.sqrt(2.0 / np.prod(shape[1:]))
            values = generator.normal(0.0, spread, shape)
        elif key.endswith(".running_var"):
            values = generator.uniform(0.5, 1.5, shape)
        elif key.endswith(".weight"):
            values = generator.uniform(0.5, 0.9, shape)
        else:
            values = generator.normal(0.0, 0.1, shape)
        made[key] = values.astype(np.float32)
    return made


# --- Reading of `.safetensors` files, which believes nothing that their header says ---


SAFETENSORS_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8"}


SAFETENSORS_HEADER_BYTES = 100_000_000


def read_safetensors(
    path: str | os.PathLike[str],
) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Read the arrays and the metadata of a `.safetensors` file.

    Floats of any width become float32; I64 stays int64. The format: 8 bytes with the length of
    the header (little-endian), the header in JSON, then the arrays one after the other without a
    gap (https://github.com/huggingface/safetensors). Raises ValueError, with the file and the
    key, for a header that is not so.
    """
    with open(path, "rb") as file:
        header, start, room = read_safetensors_header(file, path)
        metadata, spans = safetensors_spans(header, room, path)
        arrays: dict[str, NDArray[Any]] = {}
        for key, (first, last) in spans.items():
            kind = np.dtype(SAFETENSORS_TYPES[header[key]["dtype"]])
            file.seek(start + first)
            array = np.fromfile(file, kind, (last - first) // kind.itemsize)
            arrays[key] = safetensors_values(array, header[key])
    return arrays, metadata


def safetensors_values(array: NDArray[Any], entry: Mapping[str, Any]) -> NDArray[Any]:
    """Give an array the shape that its entry in the header says, in float32 or int64."""
    if entry["dtype"] == "BF16":
        array = (array.astype(np.uint32) << 16).view(np.float32)
    target = np.float32 if array.dtype.kind == "f" else np.int64
    with np.errstate(over="ignore"):  # what float32 cannot hold is infinite
        return array.astype(target, copy=False).reshape(entry["shape"])


def safetensors_spans(
    header: dict[str, Any], room: int, path: str | os.PathLike[str]
) -> tuple[dict[str, str], dict[str, tuple[int, int]]]:
    """Take the metadata out of a header, and check the first byte and the end of each array."""
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(
        isinstance(value, str) for value in metadata.values()
    ):
        raise ValueError(f"{path}: __metadata__ does not map strings to strings")
    spans = {key: safetensors_span(path, key, entry) for key, entry in header.items()}
    end = 0
    for key, (first, last) in sorted(spans.items(), key=lambda item: item[1]):
        if first != end or last > room:
            raise ValueError(
                f"{path}: {key}: its data is said to be bytes {first} to {last}, but it should "
                f"begin at {end} and end by {room}"
            )
        end = last
    if end != room:
        raise ValueError(f"{path}: {room - end} bytes after the last array belong to no key")
    return metadata, spans


def read_safetensors_header(
    file: BinaryIO, path: str | os.PathLike[str]
) -> tuple[dict[str, Any], int, int]:
    """Read the header, where the data starts and how many bytes of data there are."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if length > min(size - 8, SAFETENSORS_HEADER_BYTES):
        raise ValueError(f"{path}: not a safetensors file: a header of {length} bytes cannot be")
    try:
        header = json.loads(file.read(length).decode(), object_pairs_hook=unique_pairs)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: the safetensors header is not JSON: {error}") from None
    if not isinstance(header, dict):
        raise ValueError(f"{path}: the safetensors header is not a JSON object")
    return header, 8 + length, size - 8 - length


def unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make the dict of a JSON object, which may not say a key twice."""
    result = dict(pairs)
    if len(result) != len(pairs):
        names = sorted(name for name, _ in pairs)
        twice = next(name for at, name in enumerate(names[1:]) if name == names[at])
        raise ValueError(f"{twice}: said twice")
    return result


def safetensors_span(path: str | os.PathLike[str], key: str, entry: Any) -> tuple[int, int]:
    """Check what the header says of one array; give the first byte of its data and the end."""
    if not isinstance(entry, dict) or not {"dtype", "shape", "data_offsets"} <= entry.keys():
        raise ValueError(f"{path}: {key}: needs dtype, shape and data_offsets in the header")
    kind, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(kind, str) or kind not in SAFETENSORS_TYPES:
        known = ", ".join(SAFETENSORS_TYPES)
        raise ValueError(f"{path}: {key}: dtype {kind!r} is none of {known}")
    for name, numbers in (("shape", shape), ("data_offsets", offsets)):
        if not isinstance(numbers, list) or not all(
            type(number) is int and 0 <= number < 2**48 for number in numbers
        ):
            raise ValueError(f"{path}: {key}: {name} {numbers!r} is not a list of sizes")
    if len(shape) > 32 or len(offsets) != 2:
        raise ValueError(f"{path}: {key}: too many sizes in its shape or not two data_offsets")
    needed = math.prod(shape) * np.dtype(SAFETENSORS_TYPES[kind]).itemsize
    if offsets[1] - offsets[0] != needed:
        raise ValueError(
            f"{path}: {key}: {kind} {shape} takes {needed} bytes, data_offsets give "
            f"{offsets[1] - offsets[0]}"
        )
    return offsets[0], offsets[1]


# --- Reading of input: arrays and uncompressed images ---


def read_input(path: str | os.PathLike[str], channels: int, height: int, width: int) -> Array:
    """Read N x C x H x W from a `.npy` file, or one image from a `.ppm` or `.pgm` file.

    `.npy`: float32, N x C x H x W or C x H x W (then N is 1). `.ppm` (3 channels), `.pgm` (1):
    binary, one byte a value, scaled from 0..255 to 0..1. Raises ValueError for another kind of
    file, and for another size than channels x height x width.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix == ".npy":
        x = read_npy(path)
    elif suffix in (".ppm", ".pgm"):
        x = read_pixels(path)
    else:
        raise ValueError(f"{path}: input is read from .npy, .ppm and .pgm, not {suffix!r}")
    if x.ndim == 3:
        x = x[np.newaxis]
    if x.shape[1:] != (channels, height, width) or x.ndim != 4:
        found = " x ".join(map(str, x.shape[1:]))
        raise ValueError(f"{path}: {found}, expected {channels} x {height} x {width} (C x H x W)")
    return x


def read_npy(path: str | os.PathLike[str]) -> Array:
    """Read a float32 array of any shape from a `.npy` file."""
    with open(path, "rb") as file:
        try:
            x = np.lib.format.read_array(file, allow_pickle=False)
        except (ValueError, EOFError, MemoryError) as error:
            raise ValueError(f"{path}: not a .npy file that can be read: {error}") from error
    if x.dtype != np.float32:
        raise ValueError(f"{path}: holds {x.dtype}, expected float32")
    return x.astype(np.float32, copy=False)


def read_pixels(path: str | os.PathLike[str]) -> Array:
    """Read a binary PPM or PGM image, C x H x W, scaled to 0..1."""
    pixels = read_photograph(path)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1), np.float32) / np.float32(255.0)


def read_photograph(path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """Read a binary PPM or PGM image, bytes, H x W x 3 or 1.

    https://netpbm.sourceforge.net/doc/ppm.html; of the format's depths just maxval 255. Raises
    ValueError for another kind of file.
    """
    with open(path, "rb") as file:
        content = file.read()
    space = rb"(?:\s|#[^\n]*\n)+"
    number = rb"(\d{1,9})"
    header = re.match(rb"P([56])" + (space + number) * 3 + rb"\s", content)
    if header is None:
        raise ValueError(f"{path}: not a binary PPM or PGM image (P6 or P5)")
    kind, width, height, largest = (int(digits) for digits in header.groups())
    if largest != 255:
        raise ValueError(f"{path}: maxval {largest}, expected 255")
    channels = 3 if kind == 6 else 1
    pixels = np.frombuffer(content, np.uint8, offset=header.end())
    if pixels.size < channels * height * width:
        raise ValueError(f"{path}: {width} x {height} pixels are said, but the file ends before")
    return pixels[: channels * height * width].reshape(height, width, channels)


# --- The command line of a net ---


Model = Callable[..., Array | dict[str, Array]]


Prepare = Callable[[NDArray[Any]], Array]


def run_command(
    name: str,
    shapes: tuple[tuple[int, int, int], ...],
    load: Callable[..., Model],
    random: Callable[..., Model],
    weights: str | None,
    tunes: bool = False,
    prepare: Prepare | None = None,
    labels: Sequence[str] = (),
) -> int:
    """Run a net as the command line says; give the exit status.

    shapes: C x H x W of each input. weights: the file that is loaded where none is said. tunes:
    whether the net can be tuned. prepare: what makes a photograph of any size the input; labels:
    those of the classes.
    """
    options = command_options(name, weights, tunes)
    tune = {"tune": True} if tunes and options.tune else {}
    if tune:
        print("tuning: what was not yet measured on this machine takes seconds", file=sys.stderr)
    try:
        made, given = (
            (load, options.weights) if options.random is None else (random, options.random)
        )
        net = made(given, **tune)
        inputs = command_inputs(options.input, shapes, prepare)
        result = net(*inputs)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for key, values in result.items() if isinstance(result, dict) else [("output", result)]:
        print_largest(key, values, options.top, labels)
    if options.bench is not None:
        seconds = [time_once(net, inputs) for _ in range(options.bench)]
        least, middle = 1000 * min(seconds), 1000 * statistics.median(seconds)
        print(f"{options.bench} runs: min {least:.2f} ms, median {middle:.2f} ms")
    return 0


def command_options(name: str, weights: str | None, tunes: bool) -> argparse.Namespace:
    """Read the command line's options."""
    parser = argparse.ArgumentParser(description=f"Run {name} on an input.")
    source = parser.add_mutually_exclusive_group(required=weights is None)
    source.add_argument(
        "--random", nargs="?", type=natural, const=0, metavar="SEED", help="make the weights up"
    )
    source.add_argument("--weights", default=weights, metavar="PATH", help=".npz or .safetensors")
    parser.add_argument(
        "--input", nargs="+", metavar="X", help=".npy, .ppm or .pgm, one an input; else noise"
    )
    parser.add_argument(
        "--bench", nargs="?", type=positive, const=20, metavar="N", help="time N runs (20)"
    )
    if tunes:
        parser.add_argument(
            "--tune", action="store_true", help="measure what is fastest on this machine, once"
        )
    parser.add_argument(
        "--top", type=natural, default=5, metavar="K", help="print the K largest values (5)"
    )
    return parser.parse_args()


def natural(text: str) -> int:
    """Read a number from 0 up."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


def positive(text: str) -> int:
    """Read a number from 1 up."""
    number = natural(text)
    if number == 0:
        raise argparse.ArgumentTypeError("0 is not a whole number from 1 up")
    return number


def command_inputs(
    paths: list[str] | None,
    shapes: tuple[tuple[int, int, int], ...],
    prepare: Prepare | None = None,
) -> list[Array]:
    """Read the inputs, or make normal noise, one image each."""
    if paths is None:
        noise = np.random.default_rng(0)
        return [noise.standard_normal((1, *shape), np.float32) for shape in shapes]
    if len(paths) != len(shapes):
        raise ValueError(f"{len(paths)} files for the net's {len(shapes)} inputs")
    if prepare and paths[0].lower().endswith((".ppm", ".pgm")):
        return [prepare(read_photograph(paths[0]))]
    return [read_input(path, *shape) for path, shape in zip(paths, shapes, strict=True)]


def print_largest(name: str, values: Array, top: int, labels: Sequence[str] = ()) -> None:
    """Print the shape of an output and, of each of its images, the largest values and their places.

    A place is the channel in N x C, and (channel, row, column) in N x C x H x W. A label is what
    the channel of its number stands for.
    """
    print(f"{name}: {' x '.join(map(str, values.shape))}")
    for number, image in enumerate(values):
        if len(values) > 1:
            print(f"image {number}:")
        for place in np.argsort(-image, axis=None, kind="stable")[:top]:
            index = tuple(int(each) for each in np.unravel_index(place, image.shape))
            label = f" {labels[index[0]]}" if labels else ""
            print(f"  {index[0] if len(index) == 1 else index}{label}: {image[index]:.6g}")


def time_once(net: Model, inputs: list[Array]) -> float:
    """Time one run, in seconds."""
    start = time.perf_counter()
    net(*inputs)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
