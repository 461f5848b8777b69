"""Convolutions and pooling against the definition: windows over a volume padded without end.

Whatever padding, rounding and dilation a program asks for, window i, j begins at i*stride - near.
So the reference pads the far ends by more than any window needs, slides, and keeps as many outputs
as the operator's shape rule counts.
"""

from __future__ import annotations

from itertools import product

import pytest
import torch
import torch.nn.functional as F

from compiler.arguments import Padding, Rounding, Window
from compiler.op import Op, ShapeError
from compiler.ops.convolution import Conv, DepthwiseConv, TransposedConv
from compiler.ops.pooling import AvgPool, MaxPool, MinPool
from compiler.volume import Volume
from tests.torch.build import chain, difference, noise, randomise

FAR = 40
PADS: list[Padding] = ["half", "same", (0, 0, 0, 0), (1, 1, 1, 1), (0, 1, 0, 1), (2, 0, 1, 2)]
PADS += [(2, 2, 2, 2), (0, 0, 1, 1), (1, 2, 2, 1)]
ROUND: list[Rounding] = ["floor", "ceil"]
VOLUMES = [Volume(7, 9, 4), Volume(10, 6, 4), Volume(5, 5, 4)]


def padded(x: torch.Tensor, op: Op, volume: Volume, value: float = 0.0) -> torch.Tensor:
    assert isinstance(op, Conv | DepthwiseConv | MaxPool | AvgPool)
    top, _, left, _ = op.sides(volume)
    return F.pad(x, (left, FAR, top, FAR), value=value)


def check_against(op: Op, volume: Volume, wanted: torch.Tensor, x: torch.Tensor) -> None:
    shape = op.shape((volume,))
    got = chain(volume, op).build()(x)
    assert got.shape[2:] == shape.spatial
    assert difference(got, wanted[:, :, : shape.h, : shape.w]) < 1e-5, str(op)


@pytest.mark.parametrize("volume", VOLUMES, ids=str)
@pytest.mark.parametrize("kind", [MaxPool, MinPool])
def test_max_and_min_pool(kind: type[MaxPool], volume: Volume) -> None:
    x = noise(2, volume.c, volume.h, volume.w)
    sign = 1 if kind is MaxPool else -1
    done = 0
    windows: list[Window] = [(2, 2), (3, 3), (1, 3), (4, 3)]
    for k, stride, pad, rounding, step in product(windows, (1, 2, 3), PADS, ROUND, (1, 2)):
        op = kind(k, (stride, stride), pad, (step, step), rounding)
        try:
            op.shape((volume,))
        except ShapeError:
            continue
        inside = padded(sign * x, op, volume, -torch.inf)
        wanted = sign * F.max_pool2d(inside, k, stride, dilation=step)
        check_against(op, volume, wanted, x)
        done += 1
    assert done > 100


@pytest.mark.parametrize("volume", VOLUMES, ids=str)
def test_avg_pool(volume: Volume) -> None:
    x = noise(2, volume.c, volume.h, volume.w)
    done = 0
    windows: list[Window] = [(2, 2), (3, 3), (1, 3), (4, 3)]
    for k, stride, pad, rounding, counted in product(
        windows, (1, 2, 3), PADS, ROUND, (True, False)
    ):
        op = AvgPool(k, (stride, stride), pad, rounding, counted)
        try:
            op.shape((volume,))
        except ShapeError:
            continue
        top, bottom, left, right = op.sides(volume)
        ones = torch.ones(1, 1, volume.h, volume.w)
        if counted:
            ones = F.pad(F.pad(ones, (left, right, top, bottom), value=1.0), (0, FAR, 0, FAR))
        else:
            ones = padded(ones, op, volume)
        number = F.avg_pool2d(ones, k, stride, divisor_override=1)
        sums = F.avg_pool2d(padded(x, op, volume), k, stride, divisor_override=1)
        shape = op.shape((volume,))
        wanted = sums[:, :, : shape.h, : shape.w] / number[:, :, : shape.h, : shape.w]
        check_against(op, volume, wanted, x)
        done += 1
    assert done > 100


@pytest.mark.parametrize("volume", VOLUMES, ids=str)
@pytest.mark.parametrize("groups", [1, 2, 4])
def test_conv(volume: Volume, groups: int) -> None:
    x = noise(2, volume.c, volume.h, volume.w)
    windows: list[Window] = [(1, 1), (3, 3), (2, 2), (1, 4)]
    for k, stride, pad, rounding, step in product(windows, (1, 2, 3), PADS, ROUND, (1, 2)):
        op = Conv(8, k, (stride, stride), pad, (step, step), groups, step == 1, rounding)
        try:
            shape = op.shape((volume,))
        except ShapeError:
            continue
        net = chain(volume, op).build()
        state = randomise(net)
        wanted = F.conv2d(
            padded(x, op, volume),
            state["1.weight"],
            state.get("1.bias"),
            stride,
            dilation=step,
            groups=groups,
        )
        assert difference(net(x), wanted[:, :, : shape.h, : shape.w]) < 1e-5, str(op)


@pytest.mark.parametrize("multiplier", [1, 3])
def test_depthwise_conv(multiplier: int) -> None:
    volume = VOLUMES[0]
    x = noise(2, volume.c, volume.h, volume.w)
    for stride, pad, step in product((1, 2), PADS, (1, 2)):
        op = DepthwiseConv((3, 3), (stride, stride), pad, (step, step), multiplier, stride == 1)
        net = chain(volume, op).build()
        state = randomise(net)
        shape = op.shape((volume,))
        parts = [
            F.conv2d(
                padded(x[:, [channel]], op, volume),
                state["1.weight"][channel * multiplier : (channel + 1) * multiplier],
                stride=stride,
                dilation=step,
            )
            for channel in range(volume.c)
        ]
        wanted = torch.cat(parts, 1)[:, :, : shape.h, : shape.w]
        if "1.bias" in state:
            wanted = wanted + state["1.bias"][:, None, None]
        assert difference(net(x), wanted) < 1e-5, str(op)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(
    ("k", "stride", "pad", "out_pad"),
    [
        ((2, 2), (2, 2), (0, 0), (0, 0)),
        ((3, 3), (2, 2), (1, 1), (1, 1)),
        ((4, 3), (3, 2), (1, 0), (2, 1)),
        ((1, 1), (1, 1), (0, 0), (0, 0)),
    ],
)
def test_transposed_conv(
    groups: int, k: Window, stride: Window, pad: Window, out_pad: Window
) -> None:
    """Each input value adds its window, scaled, to the output (by definition, in a loop)."""
    volume = Volume(4, 3, 4)
    op = TransposedConv(6, k, stride, pad, out_pad, groups)
    net = chain(volume, op).build()
    state = randomise(net)
    x = noise(2, 4, 4, 3)
    weight, shape = state["1.weight"], op.shape((volume,))
    canvas = torch.zeros(2, 6, shape.h + 2 * pad[0] + 9, shape.w + 2 * pad[1] + 9)
    for i, j, c in product(range(4), range(3), range(4)):
        group = c // (4 // groups)
        outs = slice(group * 6 // groups, (group + 1) * 6 // groups)
        rows = slice(i * stride[0], i * stride[0] + k[0])
        columns = slice(j * stride[1], j * stride[1] + k[1])
        canvas[:, outs, rows, columns] += x[:, c, i, j][:, None, None, None] * weight[c]
    wanted = canvas[:, :, pad[0] : pad[0] + shape.h, pad[1] : pad[1] + shape.w]
    assert difference(net(x), wanted + state["1.bias"][:, None, None]) < 1e-5
