"""The numbers of two whole networks side by side."""

from __future__ import annotations

from compiler.difference.model import Total
from compiler.measured import MEASURED
from compiler.report import Report

TOTALS = (
    "layers",
    "parameters",
    "buffers",
    "macs",
    "flops",
    "activations",
    "activation_bytes",
    "live_bytes",
    "planned_bytes",
    "training_bytes",
    "receptive_field",
)


def totals(old: Report, new: Report) -> tuple[Total, ...]:
    """Those that at least one of the networks has."""
    known = {each.name: each for each in MEASURED}
    both = [
        Total(name, each.title, each.unit, each.of(old), each.of(new))
        for name, each in ((name, known[name]) for name in TOTALS)
    ]
    return tuple(each for each in both if each.old is not None or each.new is not None)
