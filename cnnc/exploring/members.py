"""What one member of a family counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cnnc.exploring.program import Program, opened
from compiler.expansion.family import literal
from compiler.measured import METRICS
from dsl.diagnostics import CnnError


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


def measure(program: Program, settings: Mapping[str, str]) -> Member:
    """One member, expanded, checked and counted for one image."""
    journey = opened(program).to(program.net, settings)
    try:
        report = journey.report()
    except CnnError as error:
        first = error.diagnostics[0]
        return Member(settings, {}, {}, Problem(first.code, first.title))
    params = {name: literal(value) for name, value in report.params.items()}
    return Member(
        settings, params, {name: metric.number(report) for name, metric in METRICS.items()}
    )


def measure_all(program: Program, several: list[dict[str, str]]) -> list[Member]:
    """A share of the work, in its order."""
    return [measure(program, settings) for settings in several]
