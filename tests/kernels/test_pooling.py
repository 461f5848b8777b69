"""Pooling over windows against PyTorch: every small size, and the corners of ceil (trap 1)."""

import itertools
import math
from typing import Any

import numpy as np
import pytest

from backends.numpy.kernels.pooled import pooled_size
from backends.numpy.kernels.pooling import avg_pool2d, max_pool2d, min_pool2d
from tests.kernels.compare import agree, noise

torch = pytest.importorskip("torch")
functional = torch.nn.functional


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize(("kernel", "dilation"), [(1, 1), (2, 1), (2, 3), (3, 1), (3, 2), (5, 1)])
def test_every_small_size(kernel: int, dilation: int, ceil: bool) -> None:
    for size, stride, side in itertools.product(range(1, 14), range(1, 6), range(kernel // 2 + 1)):
        if size + 2 * side < dilation * (kernel - 1) + 1:
            continue
        x = noise(1, 2, size, size)
        options = {"padding": side, "ceil_mode": ceil}
        sides = (side, side, side, side)
        window: dict[str, Any] = {
            "kernel": (kernel, kernel),
            "stride": (stride, stride),
            "padding": sides,
        }
        theirs = functional.max_pool2d(
            torch.from_numpy(x), kernel, stride, dilation=dilation, **options
        )
        pair = (dilation, dilation)
        np.testing.assert_array_equal(max_pool2d(x, **window, dilation=pair, ceil=ceil), theirs)
        np.testing.assert_array_equal(min_pool2d(-x, **window, dilation=pair, ceil=ceil), -theirs)
        if dilation > 1:
            continue
        for count in (False, True):
            mean = functional.avg_pool2d(
                torch.from_numpy(x), kernel, stride, count_include_pad=count, **options
            )
            agree(avg_pool2d(x, **window, ceil=ceil, count_pad=count), mean)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("ceil", [False, True])
def test_rectangles(batch: int, ceil: bool) -> None:
    x = noise(batch, 4, 13, 10)
    ours = max_pool2d(
        x, kernel=(3, 4), stride=(2, 3), padding=(1, 1, 2, 2), dilation=(2, 1), ceil=ceil
    )
    theirs = functional.max_pool2d(
        torch.from_numpy(x), (3, 4), (2, 3), padding=(1, 2), dilation=(2, 1), ceil_mode=ceil
    )
    agree(ours, theirs)
    for count in (False, True):
        mean = avg_pool2d(
            x, kernel=(3, 4), stride=(2, 3), padding=(1, 1, 2, 2), ceil=ceil, count_pad=count
        )
        expected = functional.avg_pool2d(
            torch.from_numpy(x),
            (3, 4),
            (2, 3),
            padding=(1, 2),
            ceil_mode=ceil,
            count_include_pad=count,
        )
        agree(mean, expected)


@pytest.mark.parametrize("sides", [(0, 1, 0, 1), (1, 0, 2, 1), (2, 1, 0, 2)])
def test_four_sides_rounding_down(sides: tuple[int, int, int, int]) -> None:
    top, bottom, left, right = sides
    x = noise(2, 3, 9, 12)
    ours = max_pool2d(x, kernel=(3, 3), stride=(2, 2), padding=sides, dilation=(1, 1), ceil=False)
    torched = torch.from_numpy(x)
    padded = functional.pad(torched, (left, right, top, bottom), value=-math.inf)
    agree(ours, functional.max_pool2d(padded, 3, 2))
    zeros = functional.pad(torched, (left, right, top, bottom))
    ones = functional.pad(torch.ones_like(torched), (left, right, top, bottom))
    window: dict[str, Any] = {"kernel": (3, 3), "stride": (2, 2), "padding": sides, "ceil": False}
    sums, counts = functional.avg_pool2d(zeros, 3, 2), functional.avg_pool2d(ones, 3, 2)
    agree(avg_pool2d(x, **window, count_pad=True), sums)
    agree(avg_pool2d(x, **window, count_pad=False), sums / counts)


def test_pooled_size_never_starts_in_the_far_padding() -> None:
    for size, kernel, stride, near, far in itertools.product(
        range(1, 9), range(1, 5), range(1, 6), range(3), range(4)
    ):
        if size + near + far < kernel:
            continue
        count = pooled_size(size, kernel, stride, 1, near, far, True)
        fitting = pooled_size(size, kernel, stride, 1, near, far, False)
        ceiling = math.ceil((size + near + far - kernel) / stride) + 1
        dropped = (ceiling - 1) * stride >= size + near
        assert count == ceiling - dropped
        assert fitting == (size + near + far - kernel) // stride + 1


def test_strided_input_is_not_written() -> None:
    whole = noise(2, 9, 10, 4)
    x = whole.transpose(0, 3, 2, 1)
    kept = whole.copy()
    ours = max_pool2d(
        x, kernel=(1, 1), stride=(1, 1), padding=(0, 0, 0, 0), dilation=(1, 1), ceil=False
    )
    np.testing.assert_array_equal(ours, x)
    assert not np.shares_memory(ours, whole)
    mean = avg_pool2d(
        x, kernel=(3, 2), stride=(1, 2), padding=(0, 0, 0, 0), ceil=False, count_pad=True
    )
    agree(mean, functional.avg_pool2d(torch.from_numpy(x), (3, 2), (1, 2)))
    np.testing.assert_array_equal(whole, kept)


def test_not_a_number_stays() -> None:
    x = noise(1, 1, 4, 4)
    x[0, 0, 1, 1] = math.nan
    ours = max_pool2d(
        x, kernel=(2, 2), stride=(2, 2), padding=(0, 0, 0, 0), dilation=(1, 1), ceil=False
    )
    np.testing.assert_array_equal(ours, functional.max_pool2d(torch.from_numpy(x), 2))
