"""A difference as JSON. `diff.schema.json` beside this file is its JSON Schema."""

from __future__ import annotations

import json as codec

from compiler.difference.model import Difference, Pair
from compiler.difference.nets import Comparison
from compiler.difference.totals import totals
from compiler.formats.json import layer
from compiler.report import Report

FORMAT = "cnnc-diff/1"


def json(comparison: Comparison) -> str:
    """Byte-identical from run to run."""
    content = {
        "format": FORMAT,
        "nets": [_net(each) for each in comparison.differences],
        "removed": [_alone(each) for each in comparison.removed],
        "added": [_alone(each) for each in comparison.added],
    }
    return codec.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _net(difference: Difference) -> dict[str, object]:
    return {
        "old": _about(difference.old),
        "new": _about(difference.new),
        "same": difference.is_empty,
        "sentences": list(difference.sentences),
        "totals": [
            {
                "name": total.name,
                "unit": total.unit,
                "old": total.old,
                "new": total.new,
                "change": total.change,
                "percent": total.percent,
            }
            for total in difference.totals
        ],
        "blocks": [
            {
                "status": block.status,
                "old": list(block.old),
                "new": list(block.new),
                "block": block.name,
                "layers": list(block.pairs),
            }
            for block in difference.blocks
        ],
        "layers": [_layer(pair) for pair in difference.pairs],
    }


def _about(report: Report) -> dict[str, object]:
    return {
        "net": report.name,
        "source": report.source,
        "stage": report.stage,
        "batch": report.measure.batch,
        "dtype": report.measure.dtype,
    }


def _alone(report: Report) -> dict[str, object]:
    numbers = {total.name: total.new for total in totals(report, report)}
    return {**_about(report), "totals": numbers}


def _layer(pair: Pair) -> dict[str, object]:
    return {
        "status": pair.status,
        "moved": pair.moved,
        "renamed": pair.renamed,
        "arguments": [
            {"name": each.name, "old": each.old, "new": each.new} for each in pair.arguments
        ],
        "old": None if pair.old is None else layer(pair.old),
        "new": None if pair.new is None else layer(pair.new),
    }
