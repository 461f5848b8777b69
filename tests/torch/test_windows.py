"""Convolutions and pooling against the definition: windows over a volume padded without end.

Whatever padding, rounding and dilation a program asks for, window i, j begins at i*stride - near.
So the reference pads the far ends by more than any window needs, slides, and keeps as many outputs
as the operator's shape rule counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import TypeAlias

import pytest
import torch
import torch.nn.functional as F

from compiler.arguments import Padding, Rounding, Window
from compiler.op import Op, ShapeError
from compiler.ops.convolution import Conv, DepthwiseConv, TransposedConv
from compiler.ops.pooling import AvgPool, MaxPool, MinPool
from compiler.volume import Volume
from tests.torch.build import Program, chain, difference, noise, randomise

FAR = 40
PADS: list[Padding] = ["half", "same", (0, 0, 0, 0), (1, 1, 1, 1), (0, 1, 0, 1), (2, 0, 1, 2)]
PADS += [(2, 2, 2, 2), (0, 0, 1, 1), (1, 2, 2, 1)]
POOLS: list[Window] = [(2, 2), (3, 3), (1, 3), (4, 3)]
ROUND: list[Rounding] = ["floor", "ceil"]
VOLUMES = [Volume(7, 9, 4), Volume(10, 6, 4), Volume(5, 5, 4)]


def padded(x: torch.Tensor, op: Op, volume: Volume, value: float = 0.0) -> torch.Tensor:
    assert isinstance(op, Conv | DepthwiseConv | MaxPool | AvgPool)
    top, _, left, _ = op.sides(volume)
    return F.pad(x, (left, FAR, top, FAR), value=value)


Reference: TypeAlias = Callable[[Op, torch.Tensor, dict[str, torch.Tensor]], torch.Tensor]


def compare(ops: Iterable[Op], volume: Volume, reference: Reference) -> int:
    """All operators side by side in one network, each an output; those that cannot be are left."""
    program = Program()
    source = program.input(volume.h, volume.w, volume.c)
    layers: dict[str, tuple[Op, int]] = {}
    for op in ops:
        try:
            layers[f"at{len(layers)}"] = (op, program.add(op, source, path=f"at{len(layers)}"))
        except ShapeError:
            continue
    for name, (_, node) in layers.items():
        program.output(node, name)
    net = program.build()
    state = randomise(net)
    x = noise(2, volume.c, volume.h, volume.w)
    results = net(x)
    for name, (op, node) in layers.items():
        own = {key.partition(".")[2]: state[key] for key in state if key.startswith(f"{name}.")}
        h, w = program.graph[node].shape.spatial
        assert results[name].shape[2:] == (h, w), str(op)
        assert difference(results[name], reference(op, x, own)[:, :, :h, :w]) < 1e-5, str(op)
    return len(layers)


@pytest.mark.parametrize("volume", VOLUMES, ids=str)
@pytest.mark.parametrize("kind", [MaxPool, MinPool])
def test_max_and_min_pool(kind: type[MaxPool], volume: Volume) -> None:
    sign = 1 if kind is MaxPool else -1

    def reference(op: Op, x: torch.Tensor, state: dict[str, torch.Tensor]) -> torch.Tensor:
        assert isinstance(op, MaxPool)
        inside = padded(sign * x, op, volume, -torch.inf)
        return sign * F.max_pool2d(inside, op.k, op.stride, dilation=op.dilation)

    ops = (
        kind(k, (stride, stride), pad, (step, step), rounding)
        for k, stride, pad, rounding, step in product(POOLS, (1, 2, 3), PADS, ROUND, (1, 2))
    )
    assert compare(ops, volume, reference) > 100


@pytest.mark.parametrize("volume", VOLUMES, ids=str)
def test_avg_pool(volume: Volume) -> None:
    def reference(op: Op, x: torch.Tensor, state: dict[str, torch.Tensor]) -> torch.Tensor:
        assert isinstance(op, AvgPool)
        top, bottom, left, right = op.sides(volume)
        ones = torch.ones(1, 1, volume.h, volume.w)
        if op.count_pad:
            ones = F.pad(F.pad(ones, (left, right, top, bottom), value=1.0), (0, FAR, 0, FAR))
        else:
            ones = padded(ones, op, volume)
        sums = F.avg_pool2d(padded(x, op, volume), op.k, op.stride, divisor_override=1)
        count = F.avg_pool2d(ones, op.k, op.stride, divisor_override=1)
        h, w = op.shape((volume,)).spatial
        return sums[:, :, :h, :w] / count[:, :, :h, :w]

    ops = (
        AvgPool(k, (stride, stride), pad, rounding, counted)
        for k, stride, pad, rounding, counted in product(
            POOLS, (1, 2, 3), PADS, ROUND, (True, False)
        )
    )
    assert compare(ops, volume, reference) > 100


@pytest.mark.parametrize("volume", VOLUMES, ids=str)
@pytest.mark.parametrize("groups", [1, 2])
def test_conv(volume: Volume, groups: int) -> None:
    def reference(op: Op, x: torch.Tensor, state: dict[str, torch.Tensor]) -> torch.Tensor:
        assert isinstance(op, Conv)
        inside, bias = padded(x, op, volume), state.get("bias")
        return F.conv2d(inside, state["weight"], bias, op.stride, 0, op.dilation, op.groups)

    windows: list[Window] = [(1, 1), (3, 3), (2, 2), (1, 4)]
    ops = (
        Conv(6, k, (stride, stride), pad, (step, step), groups, step == 1, rounding)
        for k, stride, pad, rounding, step in product(windows, (1, 2, 3), PADS, ROUND, (1, 2))
    )
    assert compare(ops, volume, reference) > 100


@pytest.mark.parametrize("multiplier", [1, 3])
def test_depthwise_conv(multiplier: int) -> None:
    volume = VOLUMES[0]

    def reference(op: Op, x: torch.Tensor, state: dict[str, torch.Tensor]) -> torch.Tensor:
        """Each channel by itself."""
        assert isinstance(op, DepthwiseConv)
        inside = padded(x, op, volume)
        filters = torch.split(state["weight"], multiplier)
        parts = [
            F.conv2d(inside[:, [channel]], filters[channel], None, op.stride, 0, op.dilation)
            for channel in range(volume.c)
        ]
        return torch.cat(parts, 1) + state.get("bias", torch.zeros(1))[:, None, None]

    ops = (
        DepthwiseConv((3, 3), (stride, stride), pad, (step, step), multiplier, stride == 1)
        for stride, pad, step in product((1, 2), PADS, (1, 2))
    )
    assert compare(ops, volume, reference) > 20


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
