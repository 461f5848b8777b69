"""What one member of a family counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from cnnc.exploring.program import Program, opened
from compiler.expansion.family import literal
from compiler.report import Inference, Report
from dsl.diagnostics import CnnError


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of a whole network at inference, and which of two is better, all else alike."""

    of: Callable[[Report], int]
    better: Literal["smaller", "larger"]
    what: str


@dataclass(frozen=True, slots=True)
class Problem:
    """The first error of a member that does not hold."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member under its settings: all its params as the program writes them, and its metrics; or
    its problem, and nothing else."""

    settings: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, int]
    problem: Problem | None = None


def depth(report: Report) -> int:
    """Convolutions and FC on the longest path, as in ResNet-50 and VGG-16."""
    deep: dict[str, int] = {}
    for row in report.rows:
        before = max((deep[source] for source in row.sources), default=0)
        deep[row.path] = before + (row.macs > 0)
    return max(deep.values())


def memory(report: Report) -> int:
    """Values, weights left out; explore counts graphs of inference alone."""
    assert isinstance(report.memory, Inference)
    return report.memory.planned


METRICS: Mapping[str, Metric] = {
    "params": Metric(lambda report: report.totals.parameters, "smaller", "learned values"),
    "macs": Metric(lambda report: report.totals.macs, "smaller", "multiply-accumulates"),
    "flops": Metric(lambda report: report.totals.flops, "smaller", "2 x MACs"),
    "activations": Metric(
        lambda report: report.totals.activations, "smaller", "values of all volumes"
    ),
    "buffers": Metric(
        lambda report: report.totals.buffers, "smaller", "values kept and not learned"
    ),
    "memory": Metric(memory, "smaller", "bytes of values in float32, in the plan of one arena"),
    "rf": Metric(
        lambda report: report.receptive_field or 0,
        "larger",
        "largest receptive field, along the height, in pixels",
    ),
    "layers": Metric(lambda report: len(report.rows), "smaller", "layers of every kind"),
    "depth": Metric(depth, "larger", "convolutions and FC on the longest path"),
}


def measure(program: Program, settings: Mapping[str, str]) -> Member:
    """One member, expanded, checked and counted for one image."""
    journey = opened(program).to(program.net, settings)
    try:
        report = journey.report()
    except CnnError as error:
        first = error.diagnostics[0]
        return Member(settings, {}, {}, Problem(first.code, first.title))
    params = {name: literal(value) for name, value in report.params.items()}
    return Member(settings, params, {name: metric.of(report) for name, metric in METRICS.items()})


def measure_all(program: Program, several: list[dict[str, str]]) -> list[Member]:
    """A share of the work, in its order."""
    return [measure(program, settings) for settings in several]
