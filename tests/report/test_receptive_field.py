"""Receptive field, jump and start on any DAG: AlexNet's published table, and gradients."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import cnnc
from compiler.receptive import Axis

torch = pytest.importorskip("torch")

EXAMPLES = Path(__file__).parents[2] / "examples"

# Dang Ha, A guide to receptive field arithmetic for convolutional neural networks, 2017.
ALEXNET = [
    ("CONV", 11, 4, 5.5),
    ("POOL", 19, 8, 9.5),
    ("CONV", 51, 8, 9.5),
    ("POOL", 67, 16, 17.5),
    ("CONV", 99, 16, 17.5),
    ("CONV", 131, 16, 17.5),
    ("CONV", 163, 16, 17.5),
    ("POOL", 195, 32, 33.5),
]

NETS = {
    "strides": "CONV(2, 5, stride=2) -> CONV(2, 3, stride=3, pad=0) -> CONV(2, 3)",
    "dilation": "CONV(2, dilation=2) -> CONV(2, stride=2, dilation=3) -> AVGPOOL(3, stride=2)",
    "windows": "CONV(2, 1x7) -> CONV(2, 5x1, stride=1x2) -> AVGPOOL(2)",
    "residual": "CONV(2) -> ADD{ CONV(2, 5) -> CONV(2) | CONV(2, 1) } -> CONV(2, stride=2)",
    "inception": "CONCAT{ CONV(2, 1) | CONV(2, 5, dilation=2) | AVGPOOL(3, 1, pad=1) } -> CONV(2)",
    "sided": "CONCAT{ CONV(2, 4, pad=(0, 3, 1, 2)) | CONV(2, 3) } -> CONV(2, 2, pad=same)",
}


def test_alexnets_table() -> None:
    rows = cnnc.load(EXAMPLES / "alexnet.cnn:AlexNet2012").report().rows
    found = [
        (row.op, axis.size, int(axis.jump), float(axis.start))
        for row in rows
        if row.op in ("CONV", "POOL") and row.field is not None
        for axis in row.field[:1]
    ]
    assert found == ALEXNET


@pytest.mark.parametrize("name", NETS)
def test_what_a_value_sees_is_where_its_gradient_is(name: str) -> None:
    """All weights are one, so no gradient cancels out; in the middle, no border cuts it."""
    field, middle, seen = _seen(NETS[name])
    for axis, place, (first, *_, third) in zip(field, middle, seen, strict=True):
        assert first[1] - first[0] + 1 == axis.size
        assert third[0] - first[0] == 2 * axis.jump
        assert Fraction(first[0] + first[1] + 1, 2) == axis.start + place * axis.jump


def test_behind_a_transposed_convolution_it_is_the_largest_of_all_phases() -> None:
    """Neighbouring values see windows of different sizes; what is told covers them all."""
    field, middle, seen = _seen("CONV(2, 3, stride=2) -> TCONV(2, 2) -> CONV(2, 3)")
    for axis, place, (first, second, third) in zip(field, middle, seen, strict=True):
        assert max(high - low + 1 for low, high in (first, second, third)) <= axis.size
        assert third[0] - first[0] == 2 * axis.jump
        reach = (axis.first + place * axis.jump, axis.last + place * axis.jump)
        assert reach[0] <= first[0] and first[1] <= reach[1]


Field = tuple[Axis, Axis]
Extent = tuple[int, int]


def _seen(chain: str) -> tuple[Field, tuple[int, int], tuple[list[Extent], list[Extent]]]:
    """The report's field; a value in the middle; first and last input along height and width from
    which a gradient comes to that value and the next two."""
    net = cnnc.loads(f"INPUT(64x64x1) -> {chain}")
    model = net.build("torch", level=0).double()
    for parameter in model.parameters():
        parameter.data.fill_(1.0)
    field = net.report().rows[-1].field
    assert field is not None
    x = torch.zeros(1, 1, 64, 64, dtype=torch.float64, requires_grad=True)
    y = model(x)
    middle = (y.shape[2] // 2, y.shape[3] // 2)
    extents: tuple[list[Extent], list[Extent]] = ([], [])
    for step in range(3):
        value = y[0, 0, middle[0] + step, middle[1] + step]
        (gradient,) = torch.autograd.grad(value, x, retain_graph=True)
        for axis in (0, 1):
            places = gradient[0, 0].abs().sum(1 - axis).nonzero().flatten()
            extents[axis].append((int(places[0]), int(places[-1])))
    return field, middle, extents
