"""The report as JSON, and back. `report.schema.json` beside this file is its JSON Schema."""

from __future__ import annotations

import json as codec
from dataclasses import fields
from fractions import Fraction
from typing import Any

from compiler.grouping import lines, total
from compiler.lengths import Lengths
from compiler.metrics import METRICS, Number, Quantity
from compiler.op import argument
from compiler.report import Inference, Report, Row, Training
from compiler.separable import separable
from compiler.volume import Volume

FORMAT = "cnnc-report/1"


def json(report: Report, depth: int | None = None) -> str:
    """Byte-identical from run to run. With a depth also `blocks`, the lines of folded blocks."""
    content: dict[str, object] = {
        "format": FORMAT,
        "net": report.name,
        "source": report.source,
        "doc": report.doc,
        "params": _params(report),
        "stage": report.stage,
        "batch": report.measure.batch,
        "dtype": report.measure.dtype,
        "metrics": [
            {
                "name": metric.name,
                "unit": metric.unit,
                "method": metric.method,
                "total": metric.total,
            }
            for metric in METRICS
        ],
        "totals": {
            metric.name: total(report.rows, metric) for metric in METRICS if metric.total != "none"
        },
        "memory": _memory(report),
        "sizes": _sizes(report),
        "separable": [
            {
                "depthwise": pair.depthwise,
                "pointwise": pair.pointwise,
                "macs": pair.macs,
                "standard_macs": pair.standard,
                "ratio": float(pair.ratio),
            }
            for pair in separable(report)
        ],
        "layers": [layer(row) for row in report.rows],
        "outputs": [
            {"name": each.name, "path": each.path, "train_weight": each.weight}
            for each in report.outputs
        ],
    }
    if depth is not None:
        content["depth"] = depth
        content["blocks"] = [
            {
                "path": line.path,
                "text": line.text,
                "output": _volume(line.volume),
                **_quantities(line.quantities),
            }
            for line in lines(report, METRICS, depth)
        ]
    return codec.dumps(content, indent=2) + "\n"


def layer(row: Row) -> dict[str, object]:
    return {
        "path": row.path,
        "op": row.op,
        "layer": str(row.layer),
        "arguments": {
            argument(each.name): _argument(getattr(row.layer, each.name))
            for each in fields(row.layer)
        },
        "inputs": list(row.sources),
        "blocks": [list(scope) for scope in row.scopes],
        "output": _volume(row.volume),
        **_quantities(tuple(metric.of(row) for metric in METRICS)),
    }


def _quantities(quantities: tuple[Quantity, ...]) -> dict[str, object]:
    return {
        metric.name: [_number(each) for each in quantity]
        if isinstance(quantity, tuple)
        else quantity
        for metric, quantity in zip(METRICS, quantities, strict=True)
    }


def _number(number: Number) -> int | float:
    """A jump behind a transposed convolution may be a fraction."""
    is_fraction = isinstance(number, Fraction) and number.denominator != 1
    return float(number) if is_fraction else int(number)


def _volume(volume: Volume) -> list[int]:
    return [volume.h, volume.w, volume.c]


def _argument(value: object) -> object:
    return _volume(value) if isinstance(value, Volume) else value


def _params(report: Report) -> dict[str, object]:
    return {name: codec.loads(codec.dumps(v, default=str)) for name, v in report.params.items()}


def _sizes(report: Report) -> dict[str, object] | None:
    found = report.sizes
    if found is None:
        return None
    whole = found.whole and dict(zip(("height", "width"), map(_lengths, found.whole), strict=True))
    return {"height": _lengths(found.height), "width": _lengths(found.width), "whole": whole}


def _lengths(lengths: Lengths) -> dict[str, object]:
    rests = [list(run) for run in lengths.rests]
    return {"least": lengths.least, "every": lengths.every, "rests": rests}


def _memory(report: Report) -> dict[str, Any]:
    match report.memory:
        case Inference(least, planned):
            return {"inference": {"least_bytes": least, "planned_bytes": planned}}
        case Training(saved, gradients, state, optimizer):
            return {
                "training": {
                    "saved_bytes": saved,
                    "gradient_bytes": gradients,
                    "optimizer_bytes": state,
                    "optimizer": optimizer.name,
                    "optimizer_slots": optimizer.slots,
                    "optimizer_assumed": optimizer.assumed,
                }
            }
