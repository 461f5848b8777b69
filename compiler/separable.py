"""What depthwise separable convolutions save against standard ones.

Howard et al., MobileNets, 2017, section 3.1: a depthwise convolution with windows of Dk x Dk and
the 1x1 convolution to N channels behind it cost 1/N + 1/Dk^2 of the one convolution they replace.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from compiler.ops.convolution import Conv, DepthwiseConv
from compiler.report import Report, Row


@dataclass(frozen=True, slots=True)
class Separable:
    """A depthwise and a pointwise convolution, by path. `macs`: of both; `standard`: of the one
    convolution with the same window, stride and volumes."""

    depthwise: str
    pointwise: str
    macs: int
    standard: int

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.macs, self.standard)


def separable(report: Report) -> list[Separable]:
    """Every pair, in the order of the graph. Between the two only what works in place may stand,
    such as a batch norm and an activation, and nothing else may read the values."""
    readers: dict[str, list[Row]] = {}
    for row in report.rows:
        for source in row.sources:
            readers.setdefault(source, []).append(row)
    found = []
    for row in report.rows:
        window = _depthwise_window(row)
        pointwise = _pointwise_behind(row, readers) if window else None
        if window is None or pointwise is None:
            continue
        places = row.volume.h * row.volume.w * report.measure.batch
        channels = row.inputs[0].c * pointwise.volume.c
        standard = places * channels * window[0] * window[1]
        macs = row.macs + pointwise.macs
        found.append(Separable(row.path, pointwise.path, macs, standard))
    return found


def _depthwise_window(row: Row) -> tuple[int, int] | None:
    layer = row.layer
    if isinstance(layer, DepthwiseConv):
        return layer.k
    is_depthwise = isinstance(layer, Conv) and layer.groups == row.inputs[0].c > 1
    return layer.k if isinstance(layer, Conv) and is_depthwise else None


def _pointwise_behind(row: Row, readers: dict[str, list[Row]]) -> Row | None:
    while len(following := readers.get(row.path, [])) == 1:
        row = following[0]
        layer = row.layer
        if isinstance(layer, Conv):
            is_pointwise = (layer.k, layer.stride, layer.groups) == ((1, 1), (1, 1), 1)
            return row if is_pointwise else None
        if not layer.in_place:
            return None
    return None
