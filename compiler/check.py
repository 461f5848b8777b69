"""`check(graph)`: the only maker of checked graphs, which are all that a backend takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compiler.graph import Graph
from compiler.op import ShapeError
from dsl.diagnostics import MAX_ERRORS, CnnError, CompilerBug, Diagnostic, Label
from dsl.source import Span

_MADE_BY_CHECK = object()


@dataclass(frozen=True)
class CheckedGraph:
    """A graph that holds: every path is unique, every volume follows from its operator and inputs,
    every output exists. Not to be changed: a pass copies `graph`."""

    graph: Graph
    warnings: tuple[Diagnostic, ...]
    _maker: object

    def __post_init__(self) -> None:
        if self._maker is not _MADE_BY_CHECK:
            raise CompilerBug("a CheckedGraph is made by check() alone")


def check(graph: Graph, ran: Sequence[str] = ()) -> CheckedGraph:
    """The graph, checked. `ran` names the passes that it went through, for the message of a bug.

    Raises CnnError where a program gives two layers one name, CompilerBug where the compiler itself
    broke the graph.
    """
    twice = _duplicates(graph)
    if twice and not ran:
        raise CnnError(twice)
    try:
        if twice:
            raise CompilerBug(twice[0].title)
        _verify(graph)
    except CompilerBug as bug:
        after = f" after {', '.join(ran)}" if ran else ""
        raise CompilerBug(f"{graph.name}{after}: {bug}") from bug
    return CheckedGraph(graph, tuple(_unused(graph)) if not ran else (), _MADE_BY_CHECK)


def _duplicates(graph: Graph) -> list[Diagnostic]:
    """Layers of one name; a place in the source that makes many of them is reported once."""
    first: dict[str, int] = {}
    problems: dict[Span, Diagnostic] = {}
    for number in graph:
        node = graph[number]
        is_first = first.setdefault(node.path, number) == number
        if is_first or node.span in problems or len(problems) == MAX_ERRORS:
            continue
        earlier = graph[first[node.path]]
        labels = [Label(node.span, "again here"), Label(earlier.span, f"`{node.path}` is here")]
        mend = "give one of them another label"
        if earlier.span == node.span:
            labels = [Label(node.span, "made more than once")]
            mend = "number the label, `name[i]: ...`, or label what is repeated"
        title = f"two layers are called `{node.path}`"
        problems[node.span] = Diagnostic("E0218", title, tuple(labels), help=mend)
    return list(problems.values())


def _verify(graph: Graph) -> None:
    for number in graph:
        node, inputs = graph[number], graph.inputs(number)
        if max(inputs, default=-1) >= number:
            raise CompilerBug(f"{node.path} stands before what flows into it")
        shapes = tuple(graph[source].shape for source in inputs)
        wanted = {"none": len(shapes) == 0, "one": len(shapes) == 1, "merge": len(shapes) > 1}
        if not wanted[node.op.inputs]:
            raise CompilerBug(f"{node.path}: {node.op.name} has {len(shapes)} inputs")
        try:
            shape = node.op.shape(shapes)
        except ShapeError as error:
            raise CompilerBug(f"{node.path}: {error.title}") from error
        if shape != node.shape or shape.flat != node.shape.flat:
            raise CompilerBug(f"{node.path}: {node.shape} is kept and {shape} follows")
    if not graph.outputs:
        raise CompilerBug("the graph has no output")
    for output in graph.outputs:
        if output.node not in graph:
            raise CompilerBug(f"the output {output.name} is not in the graph")


def _unused(graph: Graph) -> list[Diagnostic]:
    """A value that nothing reads: a slip, or a branch that was meant to be merged."""
    returned = {output.node for output in graph.outputs}
    return [
        Diagnostic(
            "W0101",
            f"the value of {graph[number].op} is never used",
            (Label(graph[number].span, f"{graph[number].shape} goes nowhere"),),
            severity="warning",
        )
        for number in graph
        if not graph.consumers(number) and number not in returned
    ]
