"""The report as one HTML file: drawing, table and bars, linked with one another."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from html import escape

from compiler.arguments import written
from compiler.drawing.labels import count, kind
from compiler.drawing.labels import volume as written_volume
from compiler.formats.columns import megabytes, summary
from compiler.formats.page.document import document, filled
from compiler.formats.page.drawing import drawing
from compiler.graph import Graph
from compiler.grouping import total
from compiler.metrics import METRICS, Metric, Number, Quantity
from compiler.report import Inference, Report, Row, Training

SCRIPTS = ("lines.js", "table.js", "report.js")
SHOWN = ("parameters", "macs", "activations", "live_bytes", "saved_bytes", "receptive_field")
BARS = (("parameters",), ("macs",), ("saved_bytes", "live_bytes", "activation_bytes"))
EXACT = 2**53  # up to here a number is the same in the page's scripts


def page(report: Report, graph: Graph, depth: int | None = None) -> str:
    """`graph` is the one that was counted; `depth` says how many levels of blocks are unfolded at
    first, which is else as many as can be read."""
    data = {"bars": bars(report), "depth": depth, **table(report), "drawing": drawing(graph)}
    return document(report.name, _body(report), data, SCRIPTS)


def table(report: Report) -> dict[str, object]:
    """Rows, metrics and totals of the table. Integers that a script would round are text."""
    number = {row.path: index for index, row in enumerate(report.rows)}
    return {
        "net": report.name,
        "metrics": metrics(report),
        "totals": {
            metric.name: quantity(total(report.rows, metric))
            for metric in METRICS
            if metric.total != "none"
        },
        "rows": [_row(row, number) for row in report.rows],
    }


def metrics(report: Report) -> list[dict[str, object]]:
    """What is to know of each metric; `known`: the report has such a number."""
    return [_metric(metric, report) for metric in METRICS]


def bars(report: Report) -> list[str]:
    """The metrics that are drawn as bars: of each kind the first that this report has."""
    return [next(name for name in names if _is_known(name, report)) for names in BARS]


def quantity(value: Quantity) -> object:
    return [_number(each) for each in value] if isinstance(value, tuple) else _number(value)


def _number(value: Number | None) -> int | float | str | None:
    if isinstance(value, Fraction):
        return float(value) if value.denominator != 1 else _number(int(value))
    return value if value is None or abs(value) < EXACT else str(value)


def _metric(metric: Metric, report: Report) -> dict[str, object]:
    return {
        "name": metric.name,
        "title": metric.title,
        "unit": metric.unit,
        "method": metric.method,
        "total": metric.total,
        "absent": metric.absent,
        "known": _is_known(metric.name, report),
        "shown": metric.name in SHOWN,
    }


def _is_known(name: str, report: Report) -> bool:
    metric = next(metric for metric in METRICS if metric.name == name)
    return any(metric.of(row) is not None for row in report.rows)


def _row(row: Row, number: dict[str, int]) -> dict[str, object]:
    return {
        "path": row.path,
        "layer": str(row.layer),
        "kind": kind(row.layer),
        "volume": written_volume(row.volume, row.volume),
        "sources": [number[path] for path in row.sources],
        "scopes": row.scopes,
        "arrays": [(each.name, each.shape) for each in row.arrays],
        "quantities": [quantity(metric.of(row)) for metric in METRICS],
    }


def _body(report: Report) -> str:
    shade = '<select id="shade" aria-label="Colour of boxes"></select>'
    return filled(
        "report.html",
        name=escape(report.name),
        about=escape(about(report)),
        doc=paragraph(report.doc),
        facts=facts(_facts(report)),
        words=items(summary(report)),
        pane=pane("drawing", "Network", shade),
        keys=filled("keys.html"),
    )


def pane(id: str, title: str, more: str = "", fold: tuple[str, str] = ("Fold", "Unfold")) -> str:
    """A drawing's place with its buttons; `fold`: what stands on those that fold and unfold."""
    label = "Layers and blocks, from input to output"
    names = {"fold": fold[0], "unfold": fold[1]}
    return filled("pane.html", id=id, title=escape(title), more=more, label=label, **names)


def about(report: Report) -> str:
    """Where the numbers come from."""
    measure = report.measure
    stage = {"source": "", "optimised": "optimised", "training": "in training"}[report.stage]
    params = ", ".join(f"{name}={written(value)}" for name, value in report.params.items())
    images = "one image" if measure.batch == 1 else f"{measure.batch:,} images"
    parts = (report.source, params, stage, f"{images}, {measure.dtype}")
    return " · ".join(part for part in parts if part)


def paragraph(doc: str) -> str:
    """The net's own text."""
    return f'<p class="doc" dir="auto">{escape(doc)}</p>' if doc else ""


def items(sentences: Iterable[str]) -> str:
    return "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)


def facts(pairs: list[tuple[str, str, str]]) -> str:
    """Title, number and what else to know of it."""
    return "".join(
        f"<div><dt>{escape(' · '.join(filter(None, (title, more))))}</dt>"
        f"<dd>{escape(number)}</dd></div>"
        for title, number, more in pairs
    )


def _facts(report: Report) -> list[tuple[str, str, str]]:
    totals, item = report.totals, report.measure.itemsize
    field = report.receptive_field
    found = [
        ("parameters", f"{totals.parameters:,}", _short(totals.parameters * item)),
        ("MACs", f"{totals.macs:,}", f"{count(totals.flops)}FLOPs"),
        ("activations", f"{totals.activations:,}", _short(totals.activation_bytes)),
        *_memory(report.memory),
        ("layers", f"{len(report.rows):,}", ""),
    ]
    if field:
        found.append(("pixels of receptive field", f"{field:,}", ""))
    return found


def _memory(memory: Inference | Training) -> list[tuple[str, str, str]]:
    match memory:
        case Inference(least, planned):
            return [("values at once", _short(least), f"{_short(planned)} in one arena")]
        case Training(saved, gradients, state, _):
            more = f"{_short(gradients)} gradients, {_short(state)} state"
            return [("saved for backward", _short(saved), more)]


def _short(size: int) -> str:
    return megabytes(size).partition(" (")[0]
