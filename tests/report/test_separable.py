"""The cost of depthwise separable convolutions, against the paper's formula and real layers."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import cnnc
from compiler.report import Measure
from compiler.separable import separable

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(("width", "resolution"), [(1.0, 224), (0.5, 160)])
def test_mobilenets_pairs_cost_what_the_paper_says(width: float, resolution: int) -> None:
    net = cnnc.load(EXAMPLES / "mobilenet_v1.cnn", width=width, resolution=resolution)
    report = net.journey.report()
    rows = {row.path: row for row in report.rows}
    pairs = separable(report)
    assert len(pairs) == 13
    for pair in pairs:
        filters = rows[pair.pointwise].volume.c
        assert pair.ratio == Fraction(1, filters) + Fraction(1, 9)


@pytest.mark.parametrize("k", ["3", "5", "1x7"])
@pytest.mark.parametrize("stride", [1, 2])
def test_the_standard_convolution_is_the_one_that_it_replaces(k: str, stride: int) -> None:
    """Its MACs are those of a real CONV with that window and stride between the same volumes."""
    text = f"INPUT(30x20x12) -> DWCONV({k}, stride={stride}) -> BN -> RELU -> CONV(7, 1)"
    (pair,) = separable(cnnc.loads(text).journey.report())
    standard = cnnc.loads(f"INPUT(30x20x12) -> CONV(7, {k}, stride={stride})").report()
    assert pair.standard == standard.totals.macs


@pytest.mark.parametrize(
    "chain",
    [
        "DWCONV -> CONV(7, 3)",
        "DWCONV -> POOL -> CONV(7, 1)",
        "DWCONV -> ADD{ CONV(12, 1) | ID }",
        "DWCONV -> CONV(6, 1, groups=2)",
        "CONV(12, 3, groups=3) -> CONV(7, 1)",
    ],
)
def test_what_is_no_pair(chain: str) -> None:
    assert separable(cnnc.loads(f"INPUT(8x8x12) -> {chain}").journey.report()) == []


def test_a_convolution_with_a_group_a_channel_is_depthwise() -> None:
    text = "INPUT(8x8x12) -> CONV(12, 3, groups=12) -> CONV(7, 1)"
    (pair,) = separable(cnnc.loads(text).journey.report(measure=Measure(batch=5)))
    assert pair.ratio == Fraction(1, 7) + Fraction(1, 9)
    assert pair.macs == 5 * 64 * 12 * (9 + 7)


def test_the_report_says_it() -> None:
    shown = str(cnnc.load(EXAMPLES / "mobilenet_v1.cnn").report())
    assert "13 depthwise separable convolutions cost 556,878,336 MACs, 0.115 of" in shown
    assert "1/N + 1/Dk²: 0.112 to 0.127" in shown
    assert "separable" not in str(cnnc.load(EXAMPLES / "lenet.cnn").report())
