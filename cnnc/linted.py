"""A file through lint: its nets, what the rules find in them, and the text mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from cnnc.nets import nets
from cnnc.pipeline import Journey
from compiler.graph import Graph
from compiler.lint.fix import fix
from compiler.lint.network import Network
from compiler.lint.program import Program
from compiler.lint.rule import Rule
from compiler.lint.runner import Found, lint
from dsl.diagnostics import CnnError, Diagnostic
from dsl.source import Source

MOST_ROUNDS = 20  # each mends what edits of the round before lay across


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found in a file, and its text with `fixed` certain mends written in."""

    source: Source
    found: tuple[Found, ...]
    fixed: int = 0


def linted(whole: Journey, rules: Sequence[Rule]) -> Linted:
    """What the rules find in a file.

    A file of declarations alone is looked at as text. Raises CnnError with all errors of its nets,
    where it has any: they come first.
    """
    graphs = _graphs(whole)
    program = Program(whole.tree)
    networks = [Network(program, graph) for graph in graphs]
    is_whole = whole.net is None and not whole.settings
    return Linted(whole.source, lint(program, networks, rules, is_whole))


def mended(whole: Journey, rules: Sequence[Rule]) -> Linted:
    """The file with all certain mends, and what is still found in it.

    The mends are proved on all nets of the file, also where one is named: they share the text.
    """
    fixed, result = 0, linted(whole, rules)
    for _ in range(MOST_ROUNDS):
        if all(each.edit is None for each in result.found):
            break
        source, count = fix(
            whole.source, _again(whole, whole.source), result.found, partial(_again, whole)
        )
        if not count:
            break
        fixed += count
        whole = replace(whole, source=source)
        result = linted(whole, rules)
    return Linted(result.source, result.found, fixed)


def _again(whole: Journey, source: Source) -> list[Graph]:
    """The graphs of all nets of another text in the file's place."""
    return _graphs(replace(whole, source=source, net=None))


def _graphs(whole: Journey) -> list[Graph]:
    """The graphs of a file's nets; none for a file that only declares, and is for other files."""
    graphs: list[Graph] = []
    problems: list[Diagnostic] = []
    for each in nets(whole):
        try:
            graphs.append(each.checked.graph)
        except CnnError as error:
            problems += [one for one in error.diagnostics if one not in problems]
    if [each.code for each in problems] == ["E0213"]:
        return []
    if problems:
        raise CnnError(problems)
    return graphs
