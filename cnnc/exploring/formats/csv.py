"""An exploration as comma-separated values (RFC 4180): a line a member, those that fail last."""

from __future__ import annotations

import csv as writer
import io

from cnnc.exploring.exploration import Exploration
from cnnc.exploring.formats.columns import params
from compiler.measured import METRICS

PROBLEM = ("error code", "error title")  # no name of a param has a space


def csv(result: Exploration) -> str:
    """All params, as the program writes them, and all metrics; a member that fails has its settings
    and its error."""
    text = io.StringIO()
    out = writer.writer(text, lineterminator="\n")
    names = list(result.family.params)
    out.writerow([*(result.choice.columns[name] for name in names), *METRICS, *PROBLEM])
    for found in result.shown:
        out.writerow([*params(found, names), *found.member.metrics.values(), "", ""])
    for each in result.failed:
        member = each.member
        assert member.problem is not None
        own = [member.settings.get(name, "") for name in names]
        out.writerow([*own, *("" for _ in METRICS), member.problem.code, member.problem.title])
    return text.getvalue()
