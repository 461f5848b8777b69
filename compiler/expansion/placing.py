"""Layers, put into the graph one by one, each with its volume."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from compiler.expansion.binding import operator
from compiler.expansion.expressions import Here
from compiler.expansion.paths import Paths
from compiler.expansion.problems import Meter, Poisoned, Problem, Reporter, problem, too_large
from compiler.expansion.settings import Settings
from compiler.expansion.values import POISON, Defaults, Flow, Scope
from compiler.graph import Call, Condition, Graph, Node, Output
from compiler.op import Op, Place, ShapeError, Signature
from compiler.volume import Volume
from dsl import syntax
from dsl.diagnostics import Diagnostic, Label
from dsl.source import Span

MAX_VALUES = 2**40
STEPS_PER_LAYER = 50
MAX_PATH = 1_000  # characters: a name may stand at every level, and before every layer


@dataclass(frozen=True, slots=True)
class BlockCall:
    """A call that is being expanded: the block, where it was called, and as the graph keeps it."""

    block: syntax.Block
    span: Span
    kept: Call


@dataclass(frozen=True, slots=True)
class Frame:
    """The body that is being expanded: its names, what flows into it, how it was called, the
    values that it makes, some of them further down, whether a value may stand here (where something
    flows in that the value would replace, it may not), and the conditions under which."""

    scope: Scope
    defaults: Defaults
    incoming: Flow | None
    paths: Paths
    calls: tuple[BlockCall, ...]
    values: frozenset[str] = frozenset()
    is_head: bool = True
    conditions: tuple[Condition, ...] = ()


class Placing:
    """One expansion of one net. `heads`: paths of the last layers with weights before an output."""

    def __init__(
        self,
        reporter: Reporter,
        settings: Settings,
        heads: frozenset[str],
        max_layers: int,
    ) -> None:
        self.reporter = reporter
        self.open = settings.open
        self.choices = settings.choices
        self.classes = settings.classes
        self.heads = heads
        self.max_layers = max_layers
        self.graph = Graph("")
        self.sketched: set[int] = set()
        self.input: Volume | None = None
        self.outputs: list[Output] = []
        self.output_names: set[str] = {"output"}
        self.depth = 0
        self.meter = Meter(STEPS_PER_LAYER * max_layers)

    def call_operator(
        self,
        call: syntax.Call,
        signature: Signature,
        flow: Flow | None,
        frame: Frame,
        paths: Paths,
        label: str | None,
    ) -> Flow:
        if signature.op.inputs == "merge":
            branches = " | ".join(each.span.text for each in call.args) or "a | b"
            title = f"{call.name} merges branches, which stand in braces"
            raise problem("E0310", title, call.span, help=f"write {call.name}{{ {branches} }}")
        incoming = None if flow is None or flow.poisoned else flow.shape
        place = Place(incoming, self.input, self.classes, paths.peek(label) in self.heads)
        defaults = frame.defaults.get(signature.op.name, {})
        here = self.here(frame, flow)
        if signature.op.inputs == "none" and flow is not None and not flow.poisoned:
            title = f"{call.name} stands at the head of a chain, and here something flows in"
            raise problem("E0309", title, call.span)
        if signature.op.inputs == "one" and flow is None:
            mend = "begin with INPUT, or with a value"
            raise problem("E0308", f"nothing flows into {call.name}", call.span, help=mend)
        op, given = operator(call, signature, here, defaults, place)
        if flow is not None and flow.poisoned and signature.op.inputs == "one":
            raise Poisoned
        inputs = [] if flow is None or flow.poisoned else [(flow, call.span)]
        result = self.layer(op, inputs, call.span, frame, paths.take(label), given, call)
        if "out" not in given and signature.op.name == "FC":
            self.sketched.add(result.node)
        if self.input is None and signature.op.inputs == "none":
            self.input = result.shape
        return result

    def layer(
        self,
        op: Op,
        inputs: list[tuple[Flow, Span]],
        span: Span,
        frame: Frame,
        path: str,
        given: tuple[str, ...] = (),
        written: syntax.Call | None = None,
    ) -> Flow:
        if len(self.graph) >= self.max_layers:
            raise too_large(span, f"more than {self.max_layers:,} layers")
        if len(path) > MAX_PATH:
            title = f"the name of a layer has {len(path):,} characters; the limit is {MAX_PATH:,}"
            raise problem("E0110", title, span)
        shapes = tuple(flow.shape for flow, _ in inputs)
        try:
            shape = op.shape(shapes)
        except ShapeError as error:
            raise _shape_problem(error, op, inputs, span) from None
        if shape.values > MAX_VALUES:
            title = f"a volume of {shape} has {shape.values:,} values; the limit is {MAX_VALUES:,}"
            raise problem("E0307", title, span)
        calls = tuple(each.kept for each in frame.calls)
        node = Node(op, path, span, shape, calls, None, given, written, frame.conditions)
        return Flow(self.graph.add(node, [flow.node for flow, _ in inputs]), shape)

    def guarded(self, expand: Callable[[], Flow | None], frame: Frame) -> Flow | None:
        """Records what goes wrong inside, and goes on with a poisoned flow."""
        try:
            return expand()
        except Problem as found:
            self.report(found, frame)
        except Poisoned:
            pass
        return POISON

    def here(self, frame: Frame, flow: Flow | None) -> Here:
        return Here(frame.scope, flow, self.input, self.meter)

    def report(self, found: Problem, frame: Frame) -> None:
        notes = [f"in the call {each.span.text} at {each.span}" for each in reversed(frame.calls)]
        if len(notes) > 4:
            notes = [*notes[:3], f"... in {len(notes) - 3} more calls"]
        self.reporter.add(found.diagnostic, notes)


def _shape_problem(
    error: ShapeError, op: Op, inputs: list[tuple[Flow, Span]], span: Span
) -> Problem:
    labels = tuple(Label(place, str(flow.shape)) for flow, place in inputs)
    if not error.at_inputs:
        into = f"{labels[0].text} flows into {op}" if labels else ""
        labels = (Label(span, into),)
    return Problem(Diagnostic(error.code, error.title, labels, help=error.help))
