"""The cases of the passes: a program beside the graph before and after."""

from __future__ import annotations

from pathlib import Path

from compiler.check import check
from compiler.dump import dump
from compiler.expansion.modules import read_source
from compiler.expansion.program import expand
from compiler.graph import Graph
from compiler.optimise import PASSES
from dsl.parser import parse

FOLDER = Path(__file__).parent
RUN = {each.name: each.run for each in PASSES}
CASES = sorted(FOLDER.glob("*/*.cnn"))


def before(case: Path) -> Graph:
    return check(expand(parse(read_source(case, case.name)), case)).graph


def after(case: Path) -> Graph:
    """The graph after the pass of the case's folder, checked."""
    name = case.parent.name
    return check(RUN[name](before(case)), (name,)).graph


def expected(case: Path) -> str:
    """Given ... Result ..., or only what stays."""
    given, result = dump(before(case)), dump(after(case))
    return f"Given\n{given}\nResult\n{result}" if given != result else f"Unchanged\n{given}"
