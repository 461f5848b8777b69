"""The report as JSON: stable from run to run, its form named by `format`."""

from __future__ import annotations

import json as encoder

from compiler.report import Report, Row

FORMAT = "cnnc-report/1"


def json(report: Report) -> str:
    totals = report.totals
    content = {
        "format": FORMAT,
        "net": report.name,
        "source": report.source,
        "doc": report.doc,
        "params": report.params,
        "totals": {
            "parameters": totals.parameters,
            "weights": totals.weights,
            "biases": totals.biases,
            "buffers": totals.buffers,
            "macs": totals.macs,
            "activations": totals.activations,
        },
        "layers": [_layer(row) for row in report.rows],
    }
    return encoder.dumps(content, indent=2, default=str) + "\n"


def _layer(row: Row) -> dict[str, object]:
    return {
        "path": row.path,
        "op": row.op,
        "layer": str(row.layer),
        "output": [row.volume.h, row.volume.w, row.volume.c],
        "activations": row.activations,
        "weights": row.weights,
        "biases": row.biases,
        "buffers": row.buffers,
        "macs": row.macs,
        "receptive_field": row.receptive_field,
        "jump": None if row.jump is None else float(row.jump),
    }
