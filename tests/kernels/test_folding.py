"""A folded layer does what the layer and its batch norm did one after the other."""

import numpy as np
import pytest

from backends.numpy.kernels.convolution import conv2d
from backends.numpy.kernels.folding import fold_batch_norm, fold_norm_before
from backends.numpy.kernels.linear import linear
from backends.numpy.kernels.normalisation import scale_shift
from backends.numpy.kernels.transposed import conv_transpose2d
from backends.numpy.kernels.types import Array
from tests.kernels.compare import agree, noise


def terms(biased: bool) -> tuple[Array, Array, Array | None]:
    return noise(12, seed=3), noise(12, seed=4), noise(12, seed=2) if biased else None


@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("groups", [1, 2, 6])
def test_convolution(biased: bool, groups: int) -> None:
    x, weight = noise(2, 6, 8, 7), noise(12, 6 // groups, 3, 3, seed=1)
    scale, shift, bias = terms(biased)

    def layer(weight: Array, bias: Array | None) -> Array:
        return conv2d(
            x,
            weight,
            bias,
            stride=(1, 1),
            padding=(1, 1, 1, 1),
            dilation=(1, 1),
            groups=groups,
        )

    folded = fold_batch_norm(weight, bias, scale, shift, channel_axis=0, groups=groups)
    assert all(array.dtype == np.float32 for array in folded)
    agree(layer(*folded), scale_shift(layer(weight, bias), scale, shift))


@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("groups", [1, 2, 6])
def test_transposed_convolution(biased: bool, groups: int) -> None:
    x, weight = noise(2, 6, 5, 4), noise(6, 12 // groups, 3, 2, seed=1)
    scale, shift, bias = terms(biased)

    def layer(weight: Array, bias: Array | None) -> Array:
        return conv_transpose2d(
            x, weight, bias, stride=(2, 1), padding=(1, 0), output_padding=(1, 0), groups=groups
        )

    folded = fold_batch_norm(weight, bias, scale, shift, channel_axis=1, groups=groups)
    assert all(array.dtype == np.float32 for array in folded)
    agree(layer(*folded), scale_shift(layer(weight, bias), scale, shift))


@pytest.mark.parametrize("biased", [True, False])
def test_linear(biased: bool) -> None:
    x, weight = noise(3, 10), noise(12, 10, seed=1)
    scale, shift, bias = terms(biased)
    folded = fold_batch_norm(weight, bias, scale, shift, channel_axis=0)
    agree(linear(x, *folded), scale_shift(linear(x, weight, bias), scale, shift))


@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("groups", [1, 2, 6])
def test_convolution_behind_a_norm(biased: bool, groups: int) -> None:
    x, weight = noise(2, 6, 8, 7), noise(12, 6 // groups, 3, 3, seed=1)
    scale, shift = noise(6, seed=3), noise(6, seed=4)
    bias = noise(12, seed=2) if biased else None

    def layer(x: Array, weight: Array, bias: Array | None) -> Array:
        return conv2d(
            x,
            weight,
            bias,
            stride=(2, 1),
            padding=(0, 0, 0, 0),
            dilation=(1, 1),
            groups=groups,
        )

    folded = fold_norm_before(weight, bias, scale, shift, groups=groups)
    assert all(array.dtype == np.float32 for array in folded)
    agree(layer(x, *folded), layer(scale_shift(x, scale, shift), weight, bias))


@pytest.mark.parametrize("biased", [True, False])
def test_linear_behind_a_norm(biased: bool) -> None:
    """Of maps, whose values lie channel by channel."""
    x, weight = noise(3, 5, 2, 4), noise(12, 40, seed=1)
    scale, shift = noise(5, seed=3), noise(5, seed=4)
    bias = noise(12, seed=2) if biased else None
    folded = fold_norm_before(weight, bias, scale, shift)
    wanted = linear(scale_shift(x, scale, shift).reshape(3, 40), weight, bias)
    agree(linear(x.reshape(3, 40), *folded), wanted)
