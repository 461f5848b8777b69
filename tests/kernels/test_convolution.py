"""conv2d and depthwise_conv2d against PyTorch."""

import numpy as np
import pytest

from backends.numpy.kernels import convolution, depthwise
from backends.numpy.kernels.convolution import conv2d
from backends.numpy.kernels.depthwise import depthwise_conv2d
from backends.numpy.kernels.types import Array
from tests.kernels.compare import agree, noise

torch = pytest.importorskip("torch")

Pair = tuple[int, int]
Sides = tuple[int, int, int, int]
NONE = (0, 0, 0, 0)


def expected(
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Pair,
    sides: Sides,
    dilation: Pair,
    groups: int,
) -> Array:
    top, bottom, left, right = sides
    padded = torch.nn.functional.pad(torch.from_numpy(x), (left, right, top, bottom))
    result: Array = torch.nn.functional.conv2d(
        padded,
        torch.from_numpy(weight),
        None if bias is None else torch.from_numpy(bias),
        stride=stride,
        dilation=dilation,
        groups=groups,
    ).numpy()
    return result


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize(
    ("channels", "outputs", "size", "kernel", "stride", "sides", "dilation", "groups"),
    [
        (3, 8, (11, 11), (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 1),
        (3, 8, (12, 9), (3, 3), (2, 2), (1, 1, 1, 1), (1, 1), 1),
        (3, 8, (12, 12), (3, 3), (2, 2), (0, 1, 0, 1), (1, 1), 1),
        (4, 6, (13, 10), (1, 7), (1, 1), (0, 0, 3, 3), (1, 1), 1),
        (4, 6, (13, 10), (5, 2), (3, 1), (4, 0, 1, 2), (1, 1), 1),
        (4, 6, (13, 14), (3, 3), (1, 2), (2, 3, 0, 4), (2, 3), 1),
        (3, 4, (23, 23), (11, 11), (4, 4), (2, 2, 2, 2), (1, 1), 1),
        (5, 7, (8, 8), (8, 8), (1, 1), NONE, (1, 1), 1),
        (5, 7, (8, 9), (1, 1), (1, 1), NONE, (1, 1), 1),
        (5, 7, (8, 9), (1, 1), (2, 2), NONE, (1, 1), 1),
        (5, 7, (8, 9), (1, 1), (2, 3), (1, 0, 0, 2), (1, 1), 1),
        (5, 7, (1, 1), (1, 1), (1, 1), NONE, (1, 1), 1),
        (4, 6, (9, 9), (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 2),
        (6, 9, (9, 8), (3, 5), (2, 1), (1, 0, 2, 1), (1, 2), 3),
        (4, 6, (9, 9), (1, 1), (1, 1), NONE, (1, 1), 2),
        (1, 6, (9, 9), (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 1),
        (6, 6, (9, 9), (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 6),
        (6, 6, (10, 7), (3, 3), (2, 2), (0, 1, 0, 1), (1, 1), 6),
        (6, 18, (9, 9), (5, 3), (1, 2), (4, 4, 1, 0), (2, 1), 6),
        (6, 12, (9, 9), (1, 1), (2, 1), NONE, (1, 1), 6),
    ],
)
def test_conv2d(
    batch: int,
    biased: bool,
    channels: int,
    outputs: int,
    size: Pair,
    kernel: Pair,
    stride: Pair,
    sides: Sides,
    dilation: Pair,
    groups: int,
) -> None:
    x = noise(batch, channels, *size)
    weight = noise(outputs, channels // groups, *kernel, seed=1)
    bias = noise(outputs, seed=2) if biased else None
    ours = conv2d(x, weight, bias, stride=stride, padding=sides, dilation=dilation, groups=groups)
    agree(ours, expected(x, weight, bias, stride, sides, dilation, groups))


@pytest.mark.parametrize("limit", [1, 5_000, 20_000])
@pytest.mark.parametrize("groups", [1, 2])
def test_bands_of_rows(monkeypatch: pytest.MonkeyPatch, limit: int, groups: int) -> None:
    monkeypatch.setattr(convolution, "COLUMN_BYTES", limit)
    x, weight, bias = noise(2, 4, 13, 11), noise(6, 4 // groups, 3, 3), noise(6)
    ours = conv2d(
        x, weight, bias, stride=(1, 1), padding=(1, 1, 1, 1), dilation=(1, 1), groups=groups
    )
    agree(ours, expected(x, weight, bias, (1, 1), (1, 1, 1, 1), (1, 1), groups))


@pytest.mark.parametrize("channels", [1, 3, 7])
def test_depthwise_in_blocks_of_channels(monkeypatch: pytest.MonkeyPatch, channels: int) -> None:
    monkeypatch.setattr(depthwise, "CHANNEL_BYTES", channels * 4 * 9 * 8 * 9)
    x, weight, bias = noise(2, 7, 8, 9), noise(14, 1, 3, 3), noise(14)
    ours = depthwise_conv2d(x, weight, bias, stride=(1, 1), padding=(1, 1, 1, 1), dilation=(1, 1))
    agree(ours, expected(x, weight, bias, (1, 1), (1, 1, 1, 1), (1, 1), 7))


@pytest.mark.parametrize(("kernel", "groups"), [((3, 3), 1), ((1, 1), 1), ((3, 3), 2), ((3, 3), 4)])
def test_strided_input_is_not_written(kernel: Pair, groups: int) -> None:
    whole = noise(2, 9, 10, 8)
    x = whole.transpose(0, 3, 2, 1)[:, ::2]
    kept = whole.copy()
    weight = np.asfortranarray(noise(8, 4 // groups, *kernel))
    ours = conv2d(x, weight, None, stride=(1, 1), padding=NONE, dilation=(1, 1), groups=groups)
    agree(ours, expected(x, weight, None, (1, 1), NONE, (1, 1), groups))
    np.testing.assert_array_equal(whole, kept)
