"""The numbers of two whole networks side by side."""

from __future__ import annotations

from collections.abc import Callable

from compiler.difference.model import Total
from compiler.grouping import total
from compiler.metrics import BY_NAME
from compiler.report import Inference, Report, Training

Of = Callable[[Report], int | None]


def _sum(metric: str) -> Of:
    def of(report: Report) -> int | None:
        found = total(report.rows, BY_NAME[metric])
        return found if isinstance(found, int) else None

    return of


def _planned(report: Report) -> int | None:
    return report.memory.planned if isinstance(report.memory, Inference) else None


def _step(report: Report) -> int | None:
    return memory(report) if isinstance(report.memory, Training) else None


def memory(report: Report) -> int:
    """Bytes at the worst moment: of values in inference; of what a training step holds besides the
    parameters."""
    match report.memory:
        case Inference(least):
            return least
        case Training(saved, gradients, state):
            return saved + gradients + state


TOTALS: tuple[tuple[str, str, str, Of], ...] = (
    ("layers", "layers", "layers", lambda report: len(report.rows)),
    ("parameters", "parameters", "values", _sum("parameters")),
    ("buffers", "buffers", "values", _sum("buffers")),
    ("macs", "MACs", "multiply-accumulates", _sum("macs")),
    ("flops", "FLOPs", "floating-point operations", _sum("flops")),
    ("activations", "activations", "values", _sum("activations")),
    ("activation_bytes", "activation bytes", "bytes", _sum("activation_bytes")),
    ("live_bytes", "peak live bytes", "bytes", _sum("live_bytes")),
    ("planned_bytes", "planned bytes", "bytes", _planned),
    ("training_bytes", "training bytes", "bytes", _step),
    ("receptive_field", "receptive field", "pixels", lambda report: report.receptive_field),
)


def totals(old: Report, new: Report) -> tuple[Total, ...]:
    """Those that at least one of the networks has."""
    both = [Total(name, title, unit, of(old), of(new)) for name, title, unit, of in TOTALS]
    return tuple(each for each in both if each.old is not None or each.new is not None)
