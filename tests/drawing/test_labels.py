"""What stands on a box."""

from __future__ import annotations

import pytest

from compiler.drawing import labels
from compiler.op import Op
from compiler.ops.activation import Relu
from compiler.ops.convolution import Conv, DepthwiseConv
from compiler.ops.input import Input
from compiler.ops.linear import FullyConnected
from compiler.ops.normalisation import LocalResponseNorm
from compiler.ops.pooling import AdaptiveAvgPool, GlobalAvgPool, MaxPool
from compiler.volume import Volume

CALLS: dict[str, Op] = {
    "INPUT 224×224×3": Input(),
    "CONV 64, 7×7/2": Conv(64, (7, 7), (2, 2)),
    "CONV 64, 1×7": Conv(64, (1, 7)),
    "CONV 64, 3×3/2×1": Conv(64, stride=(2, 1)),
    "CONV 64, 3×3, dilation=2, groups=32": Conv(64, dilation=(2, 2), groups=32),
    "DWCONV 3×3/2": DepthwiseConv(stride=(2, 2)),
    "POOL 3×3/2": MaxPool((3, 3), (2, 2)),
    "ADAPTIVE_AVGPOOL 6×6": AdaptiveAvgPool((6, 6)),
    "GAP": GlobalAvgPool(),
    "FC 1000": FullyConnected(1000),
    "LRN 5": LocalResponseNorm(),
    "RELU": Relu(),
}


@pytest.mark.parametrize(("text", "op"), CALLS.items())
def test_calls_are_short(text: str, op: Op) -> None:
    assert labels.call(op) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1 k"),
        (61_100_840, "61.1 M"),
        (999_999, "1 M"),
        (11_513_415_680, "11.5 G"),
        (10**15, "1000 T"),
    ],
)
def test_counts_have_three_digits(number: int, text: str) -> None:
    assert labels.count(number) == text


def test_volumes_of_a_run_have_both_ends() -> None:
    first, last = Volume(56, 56, 96), Volume(56, 56, 256)
    assert labels.volume(first, first) == "56×56×96"
    assert labels.volume(first, last) == "56×56×96…256"
