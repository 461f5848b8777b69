"""An exploration as JSON. `explore.schema.json` beside this file is its JSON Schema."""

from __future__ import annotations

import json as codec

from cnnc.exploring.choosing import Found
from cnnc.exploring.exploration import Exploration, Failed
from compiler.expansion.family import literal
from compiler.measured import METRICS

FORMAT = "cnnc-explore/1"


def json(result: Exploration) -> str:
    """Byte-identical from run to run. A `member` is a place in the family, counted from 0."""
    family, asked = result.family, result.asked
    content = {
        "format": FORMAT,
        "net": family.net,
        "source": result.source,
        "settings": dict(family.fixed),
        "axes": [
            {"name": axis.name, "values": [literal(value) for value in axis.values]}
            for axis in family.axes
        ],
        "metrics": [
            {"name": name, "method": metric.what, "better": metric.better}
            for name, metric in METRICS.items()
        ],
        "where": asked.where,
        "sort": asked.sort,
        "pareto": [{"column": goal.column, "better": goal.better} for goal in result.choice.goals],
        "top": asked.top,
        "counts": {
            "members": family.size,
            "shown": len(result.shown),
            "left_out_by_where": result.unmatched,
            "beaten": result.beaten,
            "behind_top": result.beyond,
            "failed": len(result.failed),
        },
        "members": [_member(each) for each in result.shown],
        "failed": [_failed(each) for each in result.failed],
    }
    return codec.dumps(content, indent=2) + "\n"


def _member(each: Found) -> dict[str, object]:
    member = each.member
    return {
        "member": each.at,
        "settings": member.settings,
        "params": member.params,
        "metrics": member.metrics,
    }


def _failed(each: Failed) -> dict[str, object]:
    problem = each.member.problem
    assert problem is not None
    return {
        "member": each.at,
        "settings": each.member.settings,
        "code": problem.code,
        "title": problem.title,
    }
