"""ResNet18, compiled from examples/resnet.cnn by cnnc 0.1.0.

It needs NumPy alone. `python THIS_FILE --help` tells how to run it. The network comes first; below
it stands the library that computes it.
"""

import argparse
import json
import math
import os
import re
import statistics
import sys
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO, Self

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

    def forward(self, x: "Array") -> "Array":
        """Compute the layers, one after the other; behind each, its values for N images."""
        w = self.weights
        # 0 INPUT: N x 3 x 224 x 224
        # conv1 CONV(64, 7, stride=2, bias=false): N x 64 x 112 x 112
        x = conv2d(x, w["conv1.weight"], None, stride=(2, 2), padding=(3, 3, 3, 3))
        x = scale_shift(x, w["bn1.scale"], w["bn1.shift"])  # bn1 BN: N x 64 x 112 x 112
        x = relu(x)  # 3 RELU: N x 64 x 112 x 112
        # 4 POOL(3, stride=2, pad=1): N x 64 x 56 x 56
        x = max_pool2d(x, kernel=(3, 3), stride=(2, 2), padding=(1, 1, 1, 1))
        # layer1.0.conv1 CONV(64, bias=false): N x 64 x 56 x 56
        branch1 = conv2d(x, w["layer1.0.conv1.weight"], None, padding=(1, 1, 1, 1))
        # layer1.0.bn1 BN: N x 64 x 56 x 56
        branch1 = scale_shift(branch1, w["layer1.0.bn1.scale"], w["layer1.0.bn1.shift"])
        branch1 = relu(branch1)  # layer1.0.2 RELU: N x 64 x 56 x 56
        # layer1.0.conv2 CONV(64, bias=false): N x 64 x 56 x 56
        branch1 = conv2d(branch1, w["layer1.0.conv2.weight"], None, padding=(1, 1, 1, 1))
        # layer1.0.bn2 BN: N x 64 x 56 x 56
        branch1 = scale_shift(branch1, w["layer1.0.bn2.scale"], w["layer1.0.bn2.shift"])
        # layer1.0.5 ID: N x 64 x 56 x 56
        x = branch1 + x  # layer1.0.6 ADD: N x 64 x 56 x 56
        x = relu(x)  # layer1.0.7 RELU: N x 64 x 56 x 56
        # layer1.1.conv1 CONV(64, bias=false): N x 64 x 56 x 56
        branch1 = conv2d(x, w["layer1.1.conv1.weight"], None, padding=(1, 1, 1, 1))
        # layer1.1.bn1 BN: N x 64 x 56 x 56
        branch1 = scale_shift(branch1, w["layer1.1.bn1.scale"], w["layer1.1.bn1.shift"])
        branch1 = relu(branch1)  # layer1.1.2 RELU: N x 64 x 56 x 56
        # layer1.1.conv2 CONV(64, bias=false): N x 64 x 56 x 56
        branch1 = conv2d(branch1, w["layer1.1.conv2.weight"], None, padding=(1, 1, 1, 1))
        # layer1.1.bn2 BN: N x 64 x 56 x 56
        branch1 = scale_shift(branch1, w["layer1.1.bn2.scale"], w["layer1.1.bn2.shift"])
        # layer1.1.5 ID: N x 64 x 56 x 56
        x = branch1 + x  # layer1.1.6 ADD: N x 64 x 56 x 56
        x = relu(x)  # layer1.1.7 RELU: N x 64 x 56 x 56
        # layer2.0.conv1 CONV(128, stride=2, bias=false): N x 128 x 28 x 28
        branch1 = conv2d(x, w["layer2.0.conv1.weight"], None, stride=(2, 2), padding=(1, 1, 1, 1))
        # layer2.0.bn1 BN: N x 128 x 28 x 28
        branch1 = scale_shift(branch1, w["layer2.0.bn1.scale"], w["layer2.0.bn1.shift"])
        branch1 = relu(branch1)  # layer2.0.2 RELU: N x 128 x 28 x 28
        # layer2.0.conv2 CONV(128, bias=false): N x 128 x 28 x 28
        branch1 = conv2d(branch1, w["layer2.0.conv2.weight"], None, padding=(1, 1, 1, 1))
        # layer2.0.bn2 BN: N x 128 x 28 x 28
        branch1 = scale_shift(branch1, w["layer2.0.bn2.scale"], w["layer2.0.bn2.shift"])
        # layer2.0.downsample.0 CONV(128, 1, stride=2, bias=false): N x 128 x 28 x 28
        x = conv2d(x, w["layer2.0.downsample.0.weight"], None, stride=(2, 2))
        # layer2.0.downsample.1 BN: N x 128 x 28 x 28
        x = scale_shift(x, w["layer2.0.downsample.1.scale"], w["layer2.0.downsample.1.shift"])
        x = branch1 + x  # layer2.0.6 ADD: N x 128 x 28 x 28
        x = relu(x)  # layer2.0.7 RELU: N x 128 x 28 x 28
        # layer2.1.conv1 CONV(128, bias=false): N x 128 x 28 x 28
        branch1 = conv2d(x, w["layer2.1.conv1.weight"], None, padding=(1, 1, 1, 1))
        # layer2.1.bn1 BN: N x 128 x 28 x 28
        branch1 = scale_shift(branch1, w["layer2.1.bn1.scale"], w["layer2.1.bn1.shift"])
        branch1 = relu(branch1)  # layer2.1.2 RELU: N x 128 x 28 x 28
        # layer2.1.conv2 CONV(128, bias=false): N x 128 x 28 x 28
        branch1 = conv2d(branch1, w["layer2.1.conv2.weight"], None, padding=(1, 1, 1, 1))
        # layer2.1.bn2 BN: N x 128 x 28 x 28
        branch1 = scale_shift(branch1, w["layer2.1.bn2.scale"], w["layer2.1.bn2.shift"])
        # layer2.1.5 ID: N x 128 x 28 x 28
        x = branch1 + x  # layer2.1.6 ADD: N x 128 x 28 x 28
        x = relu(x)  # layer2.1.7 RELU: N x 128 x 28 x 28
        # layer3.0.conv1 CONV(256, stride=2, bias=false): N x 256 x 14 x 14
        branch1 = conv2d(x, w["layer3.0.conv1.weight"], None, stride=(2, 2), padding=(1, 1, 1, 1))
        # layer3.0.bn1 BN: N x 256 x 14 x 14
        branch1 = scale_shift(branch1, w["layer3.0.bn1.scale"], w["layer3.0.bn1.shift"])
        branch1 = relu(branch1)  # layer3.0.2 RELU: N x 256 x 14 x 14
        # layer3.0.conv2 CONV(256, bias=false): N x 256 x 14 x 14
        branch1 = conv2d(branch1, w["layer3.0.conv2.weight"], None, padding=(1, 1, 1, 1))
        # layer3.0.bn2 BN: N x 256 x 14 x 14
        branch1 = scale_shift(branch1, w["layer3.0.bn2.scale"], w["layer3.0.bn2.shift"])
        # layer3.0.downsample.0 CONV(256, 1, stride=2, bias=false): N x 256 x 14 x 14
        x = conv2d(x, w["layer3.0.downsample.0.weight"], None, stride=(2, 2))
        # layer3.0.downsample.1 BN: N x 256 x 14 x 14
        x = scale_shift(x, w["layer3.0.downsample.1.scale"], w["layer3.0.downsample.1.shift"])
        x = branch1 + x  # layer3.0.6 ADD: N x 256 x 14 x 14
        x = relu(x)  # layer3.0.7 RELU: N x 256 x 14 x 14
        # layer3.1.conv1 CONV(256, bias=false): N x 256 x 14 x 14
        branch1 = conv2d(x, w["layer3.1.conv1.weight"], None, padding=(1, 1, 1, 1))
        # layer3.1.bn1 BN: N x 256 x 14 x 14
        branch1 = scale_shift(branch1, w["layer3.1.bn1.scale"], w["layer3.1.bn1.shift"])
        branch1 = relu(branch1)  # layer3.1.2 RELU: N x 256 x 14 x 14
        # layer3.1.conv2 CONV(256, bias=false): N x 256 x 14 x 14
        branch1 = conv2d(branch1, w["layer3.1.conv2.weight"], None, padding=(1, 1, 1, 1))
        # layer3.1.bn2 BN: N x 256 x 14 x 14
        branch1 = scale_shift(branch1, w["layer3.1.bn2.scale"], w["layer3.1.bn2.shift"])
        # layer3.1.5 ID: N x 256 x 14 x 14
        x = branch1 + x  # layer3.1.6 ADD: N x 256 x 14 x 14
        x = relu(x)  # layer3.1.7 RELU: N x 256 x 14 x 14
        # layer4.0.conv1 CONV(512, stride=2, bias=false): N x 512 x 7 x 7
        branch1 = conv2d(x, w["layer4.0.conv1.weight"], None, stride=(2, 2), padding=(1, 1, 1, 1))
        # layer4.0.bn1 BN: N x 512 x 7 x 7
        branch1 = scale_shift(branch1, w["layer4.0.bn1.scale"], w["layer4.0.bn1.shift"])
        branch1 = relu(branch1)  # layer4.0.2 RELU: N x 512 x 7 x 7
        # layer4.0.conv2 CONV(512, bias=false): N x 512 x 7 x 7
        branch1 = conv2d(branch1, w["layer4.0.conv2.weight"], None, padding=(1, 1, 1, 1))
        # layer4.0.bn2 BN: N x 512 x 7 x 7
        branch1 = scale_shift(branch1, w["layer4.0.bn2.scale"], w["layer4.0.bn2.shift"])
        # layer4.0.downsample.0 CONV(512, 1, stride=2, bias=false): N x 512 x 7 x 7
        x = conv2d(x, w["layer4.0.downsample.0.weight"], None, stride=(2, 2))
        # layer4.0.downsample.1 BN: N x 512 x 7 x 7
        x = scale_shift(x, w["layer4.0.downsample.1.scale"], w["layer4.0.downsample.1.shift"])
        x = branch1 + x  # layer4.0.6 ADD: N x 512 x 7 x 7
        x = relu(x)  # layer4.0.7 RELU: N x 512 x 7 x 7
        # layer4.1.conv1 CONV(512, bias=false): N x 512 x 7 x 7
        branch1 = conv2d(x, w["layer4.1.conv1.weight"], None, padding=(1, 1, 1, 1))
        # layer4.1.bn1 BN: N x 512 x 7 x 7
        branch1 = scale_shift(branch1, w["layer4.1.bn1.scale"], w["layer4.1.bn1.shift"])
        branch1 = relu(branch1)  # layer4.1.2 RELU: N x 512 x 7 x 7
        # layer4.1.conv2 CONV(512, bias=false): N x 512 x 7 x 7
        branch1 = conv2d(branch1, w["layer4.1.conv2.weight"], None, padding=(1, 1, 1, 1))
        # layer4.1.bn2 BN: N x 512 x 7 x 7
        branch1 = scale_shift(branch1, w["layer4.1.bn2.scale"], w["layer4.1.bn2.shift"])
        # layer4.1.5 ID: N x 512 x 7 x 7
        x = branch1 + x  # layer4.1.6 ADD: N x 512 x 7 x 7
        x = relu(x)  # layer4.1.7 RELU: N x 512 x 7 x 7
        x = global_avg_pool(x)  # 9 GAP: N x 512 x 1 x 1
        x = linear(x, w["fc.weight"], w["fc.bias"])  # fc FC(1000): N x 1000
        return x

    def __init__(
        self,
        weights: Mapping[str, NDArray[Any]],
        *,
        folded: bool = False,
        size: tuple[int, int] | None = None,
    ) -> None:
        """Take the weights that PARAMETERS names, and make of them what the layers use.

        folded: the weights are in the form that `cnnc compile --weights` writes, batch norms
        folded. Arrays that need no change are kept, not copied. Raises ValueError that names the
        keys that are missing, unknown or misshapen.
        size: height and width of the images, from now on; None leaves each image its own. Raises
        ValueError where the layers do not take them.
        """
        self.size = chosen_size(size, HEIGHTS, WIDTHS, SIZES)
        w = check_parameters(weights, PARAMETERS)
        w = prepare_norms(w, NORMS)
        self.weights = w

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        size: tuple[int, int] | None = None,
    ) -> Self:
        """Read the weights from a .npz or .safetensors file."""
        weights, metadata = read_weights(path)
        folded = is_folded(metadata, "ResNet18", path)
        return cls(weights, folded=folded, size=size)

    @classmethod
    def random(cls, seed: int = 0, size: tuple[int, int] | None = None) -> Self:
        """Make weights up, for tests and timing."""
        return cls(random_weights(PARAMETERS, seed), size=size)

    def __call__(self, x: "Array") -> "Array":
        """Check the shape and type of the input and run the net on it.

        Raises ValueError that says what was expected.
        """
        check_input(x, 3, *self.size)
        check_size(x.shape[2:], HEIGHTS, WIDTHS, SIZES)
        return self.forward(x)


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

# Batch norms that are computed by themselves: path and eps.
NORMS = {
    "bn1": 1e-05,
    "layer1.0.bn1": 1e-05,
    "layer1.0.bn2": 1e-05,
    "layer1.1.bn1": 1e-05,
    "layer1.1.bn2": 1e-05,
    "layer2.0.bn1": 1e-05,
    "layer2.0.bn2": 1e-05,
    "layer2.0.downsample.1": 1e-05,
    "layer2.1.bn1": 1e-05,
    "layer2.1.bn2": 1e-05,
    "layer3.0.bn1": 1e-05,
    "layer3.0.bn2": 1e-05,
    "layer3.0.downsample.1": 1e-05,
    "layer3.1.bn1": 1e-05,
    "layer3.1.bn2": 1e-05,
    "layer4.0.bn1": 1e-05,
    "layer4.0.bn2": 1e-05,
    "layer4.0.downsample.1": 1e-05,
    "layer4.1.bn1": 1e-05,
    "layer4.1.bn2": 1e-05,
}

# The sizes that the layers take, as check_size has them.
HEIGHTS = (1, 1, ((0, 0),))
WIDTHS = (1, 1, ((0, 0),))
SIZES = "height and width 1 or more"


def main() -> int:
    """Run the command line; --help tells what it takes."""
    return run_command("ResNet18", ((3, 224, 224),), ResNet18.load, ResNet18.random, None)


# ==================================================================================================
# The library: what computes the network above, copied from the NumPy backend of cnnc
# ==================================================================================================


# --- The one array type of the kernels: float32, images as N x C x H x W ---


Array = NDArray[np.float32]


# --- Padding of feature maps ---


def pad(x: Array, sides: tuple[int, int, int, int], value: float = 0.0) -> Array:
    """Surround N x C x H x W maps by (top, bottom, left, right) rows and columns of one value.

    The result is N x C x H+top+bottom x W+left+right, and x itself (no copy) where no side is
    padded. As torch.nn.functional.pad(mode="constant"), which orders the sides otherwise.
    """
    if not any(sides):
        return x
    top, bottom, left, right = sides
    n, c, h, w = x.shape
    padded = np.full((n, c, top + h + bottom, left + w + right), value, np.float32)
    padded[:, :, top : top + h, left : left + w] = x
    return padded


# --- The windows that a convolution sees ---


def windows(
    x: Array, kernel: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int]
) -> Array:
    """View N x C x H x W maps as N x C x OH x OW x kh x kw: one kh x kw window an output pixel.

    The view is read-only and copies nothing: overlapping windows share their pixels. Windows that
    would reach over the edge are left out, OH = (H - dilation * (kh - 1) - 1) // stride + 1.
    """
    extent = tuple(step * (taps - 1) + 1 for step, taps in zip(dilation, kernel, strict=True))
    view: Array = sliding_window_view(x, extent, axis=(2, 3))
    return view[:, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]


# --- Depthwise convolution: every channel has filters of its own ---


CHANNEL_BYTES = 2**19


def depthwise_conv2d(
    x: Array,
    weight: Array,
    bias: Array | None,
    *,
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int, int, int] = (0, 0, 0, 0),
    dilation: tuple[int, int] = (1, 1),
) -> Array:
    """Convolve each of C maps with its own m filters: N x C x H x W into N x C*m x OH x OW.

    weight is C*m x 1 x kh x kw, the m filters of a channel next to each other; bias holds C*m
    values, or is None; padding is (top, bottom, left, right). As torch.nn.functional.conv2d with
    groups = C (Howard et al., "MobileNets", 2017).

    The windows of a channel are the columns of a matrix, kh*kw x pixels, that its m x kh*kw
    filters multiply. So many channels are done at a time as fit in CHANNEL_BYTES, about what a
    core's cache holds.
    """
    outputs, _, *kernel = weight.shape
    seen = windows(pad(x, padding), (kernel[0], kernel[1]), stride, dilation)
    n, c, h, w = seen.shape[:4]
    taps = kernel[0] * kernel[1]
    filters = weight.reshape(c, outputs // c, taps)
    result = np.empty((n, c, outputs // c, h * w), np.float32)
    block = max(1, min(c, CHANNEL_BYTES // (4 * taps * h * w)))
    columns = np.empty((block, *kernel, h, w), np.float32)
    for image in range(n):
        for first in range(0, c, block):
            channels = slice(first, min(first + block, c))
            column = columns[: channels.stop - first]
            np.copyto(column, seen[image, channels].transpose(0, 3, 4, 1, 2))
            np.matmul(
                filters[channels], column.reshape(-1, taps, h * w), out=result[image, channels]
            )
    if bias is not None:
        result += bias.reshape(c, -1, 1)
    return result.reshape(n, outputs, h, w)


# --- Convolution as matrix multiplication (im2col) ---


COLUMN_BYTES = 4 * 2**20


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None,
    *,
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int, int, int] = (0, 0, 0, 0),
    dilation: tuple[int, int] = (1, 1),
    groups: int = 1,
) -> Array:
    """Convolve N x C x H x W maps with O x C/groups x kh x kw filters into N x O x OH x OW.

    As torch.nn.functional.conv2d (a cross-correlation: filters are not flipped), but with one
    padding a side: (top, bottom, left, right). bias holds O values, or is None.

    Each window is copied into a column, so that all filters at all pixels are one matrix product,
    groups x O/groups x K by groups x K x pixels with K = C/groups * kh * kw (Chellapilla, Puri and
    Simard, "High Performance Convolutional Neural Networks for Document Processing", 2006). The
    columns repeat each pixel kh * kw times: only a band of rows that takes about COLUMN_BYTES is
    made at a time. A 1x1 filter needs no columns: the maps are the matrix.
    """
    outputs, _, *kernel = weight.shape
    if groups == x.shape[1] and groups > 1:
        return depthwise_conv2d(x, weight, bias, stride=stride, padding=padding, dilation=dilation)
    x = pad(x, padding)
    if groups == 1 and kernel == [1, 1]:
        return pointwise_conv2d(x[:, :, :: stride[0], :: stride[1]], weight, bias)

    seen = windows(x, (kernel[0], kernel[1]), stride, dilation)
    n, c, h, w = seen.shape[:4]
    depth = c // groups * kernel[0] * kernel[1]
    filters = weight.reshape(groups, outputs // groups, depth)
    result = np.empty((n, groups, outputs // groups, h * w), np.float32)
    rows = max(1, min(h, COLUMN_BYTES // (4 * groups * depth * w)))
    columns = np.empty(groups * depth * rows * w, np.float32)
    for image in range(n):
        for top in range(0, h, rows):
            band = seen[image, :, top : top + rows].transpose(0, 3, 4, 1, 2)
            column = columns[: band.size].reshape(band.shape)
            np.copyto(column, band)
            pixels = result[image, :, :, top * w : (top + rows) * w]
            np.matmul(filters, column.reshape(groups, depth, -1), out=pixels)
            if bias is not None:
                pixels += bias.reshape(groups, -1, 1)
    return result.reshape(n, outputs, h, w)


def pointwise_conv2d(x: Array, weight: Array, bias: Array | None) -> Array:
    """Convolve N x C x H x W maps with O x C x 1 x 1 filters: one matrix product an image.

    (Lin, Chen and Yan, "Network In Network", 2013.)
    """
    n, c, h, w = x.shape
    outputs = len(weight)
    result: Array = np.matmul(weight.reshape(outputs, c), x.reshape(n, c, h * w))
    if bias is not None:
        result += bias[:, np.newaxis]
    return result.reshape(n, outputs, h, w)


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


def pool_windows(
    x: Array,
    combine: np.ufunc,
    edge: float,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int, int, int],
    dilation: tuple[int, int],
    ceil: bool,
) -> Array:
    """Reduce each window of N x C x H x W maps by a ufunc of two operands: N x C x OH x OW.

    padding is (top, bottom, left, right), filled with `edge`, which should be neutral for the
    ufunc. As a window is a rectangle, its rows are combined first and its columns afterwards:
    kh + kw operations a window in place of kh * kw.
    """
    top, bottom, left, right = padding
    (kh, kw), (down, along) = kernel, stride
    height = pooled_size(x.shape[2], kh, down, dilation[0], top, bottom, ceil)
    width = pooled_size(x.shape[3], kw, along, dilation[1], left, right, ceil)
    last_row = (height - 1) * down + dilation[0] * (kh - 1) + 1
    last_column = (width - 1) * along + dilation[1] * (kw - 1) + 1
    beyond = max(bottom, last_row - top - x.shape[2]), max(right, last_column - left - x.shape[3])
    x = pad(x, (top, beyond[0], left, beyond[1]), edge)
    taps = range(0, dilation[0] * kh, dilation[0])
    rows = combine_parts(
        [x[:, :, tap : tap + (height - 1) * down + 1 : down] for tap in taps], combine
    )
    taps = range(0, dilation[1] * kw, dilation[1])
    return combine_parts(
        [rows[..., tap : tap + (width - 1) * along + 1 : along] for tap in taps], combine
    )


def combine_parts(parts: list[Array], combine: np.ufunc) -> Array:
    """Combine arrays of one shape by a ufunc of two operands into a new array."""
    if len(parts) == 1:
        return parts[0].copy()
    result: Array = combine(parts[0], parts[1])
    for part in parts[2:]:
        combine(result, part, out=result)
    return result


# --- Pooling: the largest, smallest or mean value of each window ---


def max_pool2d(
    x: Array,
    *,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int, int, int] = (0, 0, 0, 0),
    dilation: tuple[int, int] = (1, 1),
    ceil: bool = False,
) -> Array:
    """Take the largest value of each window: N x C x H x W to N x C x OH x OW.

    As torch.nn.functional.max_pool2d (padding never wins), but with one padding a side: (top,
    bottom, left, right). pooled_size tells OH, OW and what ceil does.
    """
    return pool_windows(x, np.maximum, -np.inf, kernel, stride, padding, dilation, ceil)


# --- Global pooling: one value a map ---


def global_avg_pool(x: Array) -> Array:
    """Take the mean of each map: N x C x H x W to N x C x 1 x 1 (Lin et al., 2013)."""
    mean: Array = x.mean(axis=(2, 3), keepdims=True)
    return mean


# --- The fully connected layer ---


def linear(x: Array, weight: Array, bias: Array | None) -> Array:
    """Map N x C or N x C x H x W to N x O by a matrix of O x C*H*W; bias holds O values or is None.

    Maps are flattened channel-major (C, then H, then W), as torch.nn.Flatten does. As
    torch.nn.functional.linear.
    """
    result: Array = x.reshape(len(x), -1) @ weight.T
    if bias is not None:
        result += bias
    return result


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


def scale_shift(x: Array, scale: Array, shift: Array) -> Array:
    """Multiply each channel of N x C or N x C x H x W by its scale and add its shift."""
    channels = (-1,) + (1,) * (x.ndim - 2)
    result = x * scale.reshape(channels)
    result += shift.reshape(channels)
    return result


# --- Activations: functions of each value, in any shape ---


def relu(x: Array) -> Array:
    """max(x, 0) (Nair and Hinton, 2010)."""
    result: Array = np.maximum(x, 0.0)
    return result


# --- Norms, when weights are loaded: folded, or made a scale and a shift ---


def prepare_norms(weights: Mapping[str, Array], norms: Mapping[str, float]) -> dict[str, Array]:
    """Give the weights with a scale and a shift in place of each norm's own; norms: path to eps."""
    result = dict(weights)
    for norm, eps in norms.items():
        result[f"{norm}.scale"], result[f"{norm}.shift"] = take_norm(result, norm, eps)
    return result


def take_norm(weights: dict[str, Array], norm: str, eps: float) -> tuple[Array, Array]:
    """Take a norm's weights out and give its scale and shift; without affine it has no own two."""
    mean, var = weights.pop(f"{norm}.running_mean"), weights.pop(f"{norm}.running_var")
    gamma, beta = weights.pop(f"{norm}.weight", None), weights.pop(f"{norm}.bias", None)
    return batch_norm_terms(mean, var, gamma, beta, eps)


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
