"""The columns of the report, shared by every tabular format."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from compiler.arguments import written
from compiler.grouping import Line, lines, total
from compiler.metrics import BY_NAME, METRICS, Metric, Number
from compiler.report import Inference, Report, Training
from compiler.separable import separable
from dsl.diagnostics import printable

USUAL = (
    "activations",
    "weights",
    "biases",
    "normalisation",
    "buffers",
    "macs",
    "receptive_field",
    "jump",
)
NUMBERS_FROM = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """What a table shows: its metrics, and how deep blocks are unfolded (None: to layers)."""

    metrics: tuple[Metric, ...] = tuple(BY_NAME[name] for name in USUAL)
    depth: int | None = None

    @property
    def titles(self) -> tuple[str, ...]:
        return ("path", "layer", "output", *(metric.title for metric in self.metrics))


USUAL_LAYOUT = Layout()
EVERYTHING = Layout(METRICS)


def body(report: Report, layout: Layout) -> list[tuple[str, ...]]:
    return [_cells(line, layout) for line in lines(report, layout.metrics, layout.depth)]


def _cells(line: Line, layout: Layout) -> tuple[str, ...]:
    shown = [
        metric.absent if quantity is None else cell(quantity)
        for metric, quantity in zip(layout.metrics, line.quantities, strict=True)
    ]
    return (line.path, line.text, str(line.volume), *shown)


def total_cells(report: Report, layout: Layout) -> tuple[str, ...]:
    numbers = [total(report.rows, metric) for metric in layout.metrics]
    shown = ["" if number is None else cell(number) for number in numbers]
    return ("total", "", "", *shown)


def cell(quantity: int | tuple[Number, Number]) -> str:
    return pair(*quantity) if isinstance(quantity, tuple) else f"{quantity:,}"


def pair(high: Number, wide: Number) -> str:
    """`7`, or `7x1` where height and width differ."""
    return _plain(high) if high == wide else f"{_plain(high)}x{_plain(wide)}"


def _plain(number: Number) -> str:
    return f"{float(number):g}" if number % 1 else str(int(number))


def summary(report: Report) -> list[str]:
    """The sentences under a table."""
    totals, measure = report.totals, report.measure
    parts = [f"{totals.weights:,} weights", f"{totals.biases:,} biases"]
    parts += [f"{totals.normalisation:,} of normalisation"] if totals.normalisation else []
    buffers = f" and {totals.buffers:,} buffers" if totals.buffers else ""
    images = "one image" if measure.batch == 1 else f"{measure.batch:,} images"
    held = (totals.parameters + totals.buffers) * measure.itemsize
    return [
        f"{totals.parameters:,} parameters ({', '.join(parts)}){buffers}",
        f"{totals.macs:,} MACs for {images} (convolutions and FC; one MAC is two FLOPs:"
        f" {totals.flops:,} FLOPs)",
        f"{totals.activations:,} activations for {images},"
        f" {megabytes(totals.activation_bytes)} in {measure.dtype}",
        f"parameters{' and buffers' if totals.buffers else ''}: {megabytes(held)}",
        _memory(report, held),
        *_sizes(report),
        *_savings(report),
    ]


def _memory(report: Report, held: int) -> str:
    match report.memory:
        case Inference(least, planned):
            return (
                f"values held at once: {megabytes(least)} at least,"
                f" {megabytes(planned)} in the plan of one arena"
            )
        case Training(saved, gradients, state, optimizer):
            return (
                f"training: {megabytes(saved)} saved for backward, {megabytes(gradients)}"
                f" gradients, {megabytes(state)} state of {optimizer};"
                f" {megabytes(held + saved + gradients + state)} with parameters and buffers"
            )


def _sizes(report: Report) -> list[str]:
    """Where images of other sizes than the program's may come."""
    if report.sizes is None:
        return []
    rounding = report.sizes.rounding
    return [f"accepted sizes: {report.sizes}" + (f"; {rounding}" if rounding else "")]


def _savings(report: Report) -> list[str]:
    pairs = separable(report)
    if not pairs:
        return []
    ratios = [pair.ratio for pair in pairs]
    macs, standard = sum(pair.macs for pair in pairs), sum(pair.standard for pair in pairs)
    several = f"{len(pairs)} depthwise separable convolutions cost {macs:,} MACs"
    single = f"the depthwise separable convolution costs {macs:,} MACs"
    return [
        f"{several if len(pairs) > 1 else single}, {macs / standard:.3f} of the {standard:,}"
        f" of standard ones (1/N + 1/Dk²: {_span(min(ratios), max(ratios))})"
    ]


def _span(low: Fraction, high: Fraction) -> str:
    one, other = f"{float(low):.3f}", f"{float(high):.3f}"
    return one if one == other else f"{one} to {other}"


def megabytes(count: int) -> str:
    """Bytes in SI units and in binary ones: `60.95 MB (58.13 MiB)`, `4.10 kB (4.00 KiB)`."""
    if count < 10**6:
        return (
            f"{count / 10**3:,.2f} kB ({count / 2**10:,.2f} KiB)" if count >= 1000 else f"{count} B"
        )
    if count < 10**9:
        return f"{count / 10**6:,.2f} MB ({count / 2**20:,.2f} MiB)"
    return f"{count / 10**9:,.2f} GB ({count / 2**30:,.2f} GiB)"


def heading(report: Report) -> str:
    params = ", ".join(f"{name}={written(value)}" for name, value in report.params.items())
    stage = {"source": "", "optimised": ", optimised", "training": ", in training"}[report.stage]
    text = f"{report.name} ({report.source}{stage})" + (f" with {params}" if params else "")
    return printable(text)


def doc_lines(report: Report) -> list[str]:
    """The `##` text of the net."""
    return [printable(line) for line in report.doc.splitlines()]
