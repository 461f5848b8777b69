"""The report as comma-separated values (RFC 4180): one line a layer or block, and no total."""

from __future__ import annotations

import csv as writer
import io

from compiler.formats.columns import EVERYTHING, Layout, pair
from compiler.grouping import lines
from compiler.metrics import Quantity
from compiler.report import Report


def csv(report: Report, layout: Layout = EVERYTHING) -> str:
    """Numbers are bare; a pair is written `7x1` where height and width differ; what is not there,
    such as the field of a layer that sees everything, is empty."""
    text = io.StringIO()
    out = writer.writer(text, lineterminator="\n")
    out.writerow(["path", "layer", "output", *(metric.name for metric in layout.metrics)])
    for line in lines(report, layout.metrics, layout.depth):
        out.writerow([line.path, line.text, line.volume, *map(_bare, line.quantities)])
    return text.getvalue()


def _bare(quantity: Quantity) -> str:
    if quantity is None:
        return ""
    return pair(*quantity) if isinstance(quantity, tuple) else str(quantity)
