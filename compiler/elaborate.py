"""`elaborate(net) -> Graph`: the network written out, its volumes known as it goes.

An element with an error gives a poisoned flow, and the rest is expanded on: what depends on the
error stays silent, what does not is reported in the same run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from compiler.aliases import meant_layer
from compiler.binding import operator, parameters
from compiler.expressions import Here, condition, evaluate, shown
from compiler.graph import Graph, Node, Output
from compiler.modules import check_name, extend, library, stray_chain
from compiler.names import optional_name
from compiler.op import Op, Place, ShapeError, Signature
from compiler.ops import SIGNATURES
from compiler.paths import Paths
from compiler.problems import Meter, Poisoned, Problem, Reporter, problem, too_large
from compiler.values import POISON, BlockValue, Defaults, Flow, OperatorValue, Scope, kind_of
from compiler.volume import Volume
from dsl import syntax
from dsl.builder import shorthand
from dsl.diagnostics import Diagnostic, Label
from dsl.source import Span

MAX_LAYERS = 20_000
MAX_CALLS = 60
MAX_VALUES = 2**40
STEPS_PER_LAYER = 50
STEPS_PER_ELEMENT = 4


@dataclass(frozen=True, slots=True)
class Frame:
    """The body that is being expanded: its names, what flows into it, how it was called, and the
    values that it makes, some of them further down."""

    scope: Scope
    defaults: Defaults
    incoming: Flow | None
    paths: Paths
    calls: tuple[tuple[syntax.Block, Span], ...]
    values: frozenset[str] = frozenset()

    @property
    def call_names(self) -> tuple[str, ...]:
        return tuple(block.name for block, _ in self.calls)


class Elaborator:
    """One expansion of one net. `heads`: paths of the last layers with weights before an output."""

    def __init__(
        self,
        reporter: Reporter,
        choices: dict[str, bool],
        classes: int,
        heads: frozenset[str],
        max_layers: int,
    ) -> None:
        self.reporter = reporter
        self.choices = choices
        self.classes = classes
        self.heads = heads
        self.max_layers = max_layers
        self.graph = Graph("")
        self.sketched: set[int] = set()
        self.input: Volume | None = None
        self.outputs: list[Output] = []
        self.output_names: set[str] = {"output"}
        self.meter = Meter(STEPS_PER_LAYER * max_layers)

    def net(self, net: BlockValue, names: dict[str, object]) -> Graph:
        """The whole network; what is wrong with it is in the reporter."""
        self.graph.name = net.name
        self.graph.doc = net.block.doc
        frame = Frame(net.home.inner(names), net.defaults, None, Paths(), ())
        result = self.body(net.block, frame)
        if result is None:
            title = f"the network {net.name} has no layers"
            raise Problem(Diagnostic("E0313", title, (Label(net.block.name_span),)))
        if not result.poisoned:
            self.outputs.insert(0, Output("output", result.node))
        self.graph.outputs = tuple(self.outputs)
        return self.graph

    # Bodies

    def body(self, block: syntax.Block, frame: Frame) -> Flow | None:
        *statements, last = block.body or (None,)
        if not isinstance(last, syntax.Chain):
            title = f"the body of {block.name} must end with a chain"
            place = block.body[-1].span if block.body else block.name_span
            mend = f"leave `{last.name} =` out" if isinstance(last, syntax.Value) else ""
            self.reporter.add(Diagnostic("E0219", title, (Label(place),), help=mend))
            return POISON
        values = frozenset(each.name for each in block.body if isinstance(each, syntax.Value))
        frame = replace(frame, values=values) if values else frame
        for index, statement in enumerate(statements):
            try:
                if isinstance(statement, syntax.Chain):
                    following = block.body[index + 1]
                    frame = replace(frame, incoming=POISON)
                    if isinstance(following, syntax.Chain):
                        raise Problem(stray_chain(statement, following))
                    raise Problem(_lost_chain(statement))
                frame = self.statement(statement, frame)
            except Problem as found:
                self.report(found, frame)
            except Poisoned:
                pass
        alias = self.alias(block, last, frame)
        if alias is not None:
            call, called = alias
            return self.guarded(
                lambda: self.call_block(call, called, frame.incoming, frame, frame.paths), frame
            )
        return self.chain(last, frame.incoming, frame)

    def alias(
        self, block: syntax.Block, last: syntax.Chain, frame: Frame
    ) -> tuple[syntax.Call, BlockValue] | None:
        """A body whose one element is a block call is that block: the call opens no scope."""
        if len(last.elements) > 1 or any(
            isinstance(each, syntax.Value | syntax.Output) for each in block.body
        ):
            return None
        (call,) = last.elements
        if not isinstance(call, syntax.Call):
            return None
        value = _found(frame.scope, call.name)
        return (call, value) if isinstance(value, BlockValue) else None

    def statement(
        self, statement: syntax.Let | syntax.Value | syntax.Default | syntax.Output, frame: Frame
    ) -> Frame:
        """The frame as it is after the statement."""
        self.meter.spend(1, frame.calls[-1][1] if frame.calls else statement.span)
        here = self.here(frame, frame.incoming)
        match statement:
            case syntax.Let():
                value: object = Poisoned
                self.declare(statement.name, statement.name_span, frame)
                try:
                    value = evaluate(statement.value, here)
                finally:
                    frame.scope.names[statement.name] = value
            case syntax.Value():
                self.declare(statement.name, statement.name_span, frame)
                flow = self.chain(statement.chain, frame.incoming, frame)
                frame.scope.names[statement.name] = POISON if flow is None else flow
            case syntax.Default():
                return replace(frame, defaults=extend(frame.defaults, statement, frame.scope))
            case syntax.Output():
                self.output(statement, frame)
        return frame

    def declare(self, name: str, span: Span, frame: Frame) -> None:
        check_name(name, span)
        if name in frame.scope.names:
            raise problem("E0207", f"`{name}` is declared twice", span)

    def output(self, statement: syntax.Output, frame: Frame) -> None:
        weight = 1.0
        for option in statement.options:
            value = 0.0 if option.name is None else evaluate(option.value, self.here(frame, None))
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if option.name != "weight" or not is_number:
                mend = "such as output aux (train, weight=0.3) = x -> ..."
                title = "an output takes `train` and `weight=` a number"
                raise problem("E0225", title, option.span, help=mend)
            assert isinstance(value, int | float)
            weight = float(value)
        if statement.name in self.output_names:
            title = f"there is an output `{statement.name}` already"
            raise problem("E0207", title, statement.name_span)
        self.output_names.add(statement.name)
        flow = self.chain(statement.chain, frame.incoming, frame)
        if flow is not None and not flow.poisoned:
            self.outputs.append(Output(statement.name, flow.node, statement.train, weight))

    # Elements

    def chain(self, chain: syntax.Chain, flow: Flow | None, frame: Frame) -> Flow | None:
        """`flow` is what the chain starts from, unless its first element is a value or an INPUT."""
        for index, element in enumerate(chain.elements):
            self.meter.spend(STEPS_PER_ELEMENT, element.span)
            if isinstance(element, syntax.Call) and not element.has_parentheses:
                value = _found(frame.scope, element.name)
                if isinstance(value, Flow):
                    flow = self.guarded(partial(_head, element, value, index), frame)
                    continue
            flow = self.element(element, flow, frame, frame.paths, None)
        return flow

    def guarded(self, expand: Callable[[], Flow | None], frame: Frame) -> Flow | None:
        """Records what goes wrong inside, and goes on with a poisoned flow."""
        try:
            return expand()
        except Problem as found:
            self.report(found, frame)
        except Poisoned:
            pass
        return POISON

    def element(
        self,
        element: syntax.Element,
        flow: Flow | None,
        frame: Frame,
        paths: Paths,
        label: str | None,
    ) -> Flow | None:
        return self.guarded(lambda: self.expand(element, flow, frame, paths, label), frame)

    def expand(
        self,
        element: syntax.Element,
        flow: Flow | None,
        frame: Frame,
        paths: Paths,
        label: str | None,
    ) -> Flow | None:
        here = self.here(frame, flow)
        match element:
            case syntax.Call():
                return self.call(element, flow, frame, paths, label)
            case syntax.Labelled():
                name = element.label
                if element.index is not None:
                    name += _index_text(element.index, here)
                labelled = element.element
                if isinstance(labelled, syntax.Optional):
                    if not self.is_present(labelled, here, element.label):
                        return flow
                    labelled = labelled.element
                return self.element(labelled, flow, frame, paths, name)
            case syntax.Optional():
                if self.is_present(element, here):
                    return self.element(element.element, flow, frame, paths, label)
                return flow
            case syntax.Merge():
                return self.merge(element, flow, frame, paths, label)
            case syntax.Group(chain=chain):
                inner = paths if label is None else paths.inner(paths.take(label))
                return self.chain(chain, flow, replace(frame, paths=inner))
            case syntax.Repeat():
                inner = paths if label is None else paths.inner(paths.take(label))
                return self.repeat(element, flow, replace(frame, paths=inner))
            case syntax.Loop():
                inner = paths if label is None else paths.inner(paths.take(label))
                return self.loop(element, flow, replace(frame, paths=inner))

    def is_present(self, element: syntax.Optional, here: Here, label: str | None = None) -> bool:
        if element.condition is not None:
            return condition(element.condition, here)
        return self.choices.get(label or optional_name(element), True)

    def repeat(self, repeat: syntax.Repeat, flow: Flow | None, frame: Frame) -> Flow | None:
        count = evaluate(repeat.count, self.here(frame, flow))
        if isinstance(count, float) and count.is_integer():
            count = int(count)
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            title = "a repetition is a whole number of times, from 0 up"
            says = f"this is {shown(count)}"
            raise problem("E0408", title, repeat.count.span, says)
        if count > self.max_layers:
            raise too_large(repeat.count.span, f"{count:,} repetitions")
        for _ in range(count):
            self.meter.spend(STEPS_PER_ELEMENT, repeat.span)
            flow = self.element(repeat.element, flow, frame, frame.paths, None)
            if flow is POISON:
                break
        return flow

    def loop(self, loop: syntax.Loop, flow: Flow | None, frame: Frame) -> Flow | None:
        rows = evaluate(loop.iterable, self.here(frame, flow))
        if not isinstance(rows, list | tuple):
            raise problem("E0401", f"{kind_of(rows)} is no list", loop.iterable.span)
        for target in loop.targets:
            check_name(target.id, target.span)
        for row in rows:
            self.meter.spend(STEPS_PER_ELEMENT, loop.span)
            values = list(row) if isinstance(row, list | tuple) else [row]
            if len(loop.targets) == 1:
                values = [row]
            if len(values) != len(loop.targets):
                title = f"{len(loop.targets)} names for a row of {len(values)}"
                if not isinstance(row, list | tuple):
                    title = f"{len(loop.targets)} names for one value"
                span = loop.targets[0].span.to(loop.targets[-1].span)
                raise problem("E0410", title, span, f"the row is {shown(row)}")
            names = dict(zip((target.id for target in loop.targets), values, strict=True))
            flow = self.chain(loop.chain, flow, replace(frame, scope=frame.scope.inner(names)))
            if flow is POISON:
                break
        return flow

    def merge(
        self,
        merge: syntax.Merge,
        flow: Flow | None,
        frame: Frame,
        paths: Paths,
        label: str | None,
    ) -> Flow | None:
        signature = _merge_signature(merge)
        inner = paths if label is None else paths.inner(label)
        branch_frame = replace(frame, paths=inner)
        kept: list[tuple[Flow, Span]] = []
        for branch in merge.branches:
            chain: syntax.Chain | None = branch.chain
            if branch.condition is not None and not condition(
                branch.condition, self.here(frame, flow)
            ):
                chain = branch.otherwise
            if chain is not None:
                result = self.chain(chain, flow, branch_frame)
                if result is None:
                    raise problem("E0308", "nothing flows into this branch", chain.span)
                if flow is None and result.poisoned:
                    flow = POISON
                kept.append((result, chain.span))
        if not kept:
            raise problem("E0310", f"no branch of this {merge.name} is left", merge.span)
        if len(kept) == 1:
            return kept[0][0]
        if any(result.poisoned for result, _ in kept):
            return POISON
        return self.layer(signature.op(), kept, merge.span, frame, paths, label)

    def call(
        self,
        call: syntax.Call,
        flow: Flow | None,
        frame: Frame,
        paths: Paths,
        label: str | None,
    ) -> Flow | None:
        value = _found(frame.scope, call.name)
        if value is None:
            value = SIGNATURES.get(call.name)
        if value is None:
            short = shorthand(call.span.source, call.name, call.name_span.start)
            if short is not None and short.name in SIGNATURES:
                call = replace(short, args=(*short.args, *call.args), span=call.span)
                value = SIGNATURES[short.name]
        if isinstance(value, OperatorValue):
            value = value.signature
        if isinstance(value, Signature):
            return self.call_operator(call, value, flow, frame, paths, label)
        if isinstance(value, BlockValue):
            inner = paths.inner(paths.take(label))
            return self.call_block(call, value, flow, frame, inner)
        if value is Poisoned:
            raise Poisoned
        if isinstance(value, Flow):
            title = f"`{call.name}` is a value: it takes no arguments"
            if not call.has_parentheses:
                title = f"`{call.name}` is a value: it takes no label, no `?` and no repetition"
            raise problem("E0224", title, call.span)
        if value is not None:
            title = f"`{call.name}` is {kind_of(value)}, not a layer"
            raise problem("E0217", title, call.name_span)
        if flow is POISON and re.fullmatch(r"[xX][0-9]+", call.name):
            raise Poisoned  # `[a -> b]x2`: reported as two chains
        mend = meant_layer(call.name, [*SIGNATURES, *frame.scope.known()])
        if call.name in library():
            mend = f"the library has one: use std.{library()[call.name]} ({call.name})"
        if call.name in frame.values:
            mend = f"`{call.name}` can be used only after the line that makes it"
        raise problem("E0201", f"there is no layer `{call.name}`", call.name_span, help=mend)

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
        path = paths.prefix + (label or str(paths.count))
        incoming = None if flow is None or flow.poisoned else flow.shape
        place = Place(incoming, self.input, self.classes, path in self.heads)
        defaults = frame.defaults.get(signature.op.name, {})
        here = self.here(frame, flow)
        if signature.op.inputs == "none" and flow is not None and not flow.poisoned:
            title = f"{call.name} stands at the head of a chain, and here something flows in"
            raise problem("E0309", title, call.span)
        if signature.op.inputs == "one" and flow is None:
            mend = "begin with INPUT, or with a value"
            raise problem("E0308", f"nothing flows into {call.name}", call.span, help=mend)
        op, sketched = operator(call, signature, here, defaults, place)
        if flow is not None and flow.poisoned and signature.op.inputs == "one":
            raise Poisoned
        inputs = [] if flow is None or flow.poisoned else [(flow, call.span)]
        result = self.layer(op, inputs, call.span, frame, paths, label)
        if sketched and signature.op.name == "FC":
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
        paths: Paths,
        label: str | None,
    ) -> Flow:
        if len(self.graph) >= self.max_layers:
            raise too_large(span, f"more than {self.max_layers:,} layers")
        shapes = tuple(flow.shape for flow, _ in inputs)
        path = paths.prefix + paths.take(label)
        try:
            shape = op.shape(shapes)
        except ShapeError as error:
            raise _shape_problem(error, op, inputs, span) from None
        if shape.values > MAX_VALUES:
            title = f"a volume of {shape} has {shape.values:,} values; the limit is {MAX_VALUES:,}"
            raise problem("E0307", title, span)
        node = Node(op, path, span, shape, frame.call_names)
        return Flow(self.graph.add(node, [flow.node for flow, _ in inputs]), shape)

    def call_block(
        self,
        call: syntax.Call,
        value: BlockValue,
        flow: Flow | None,
        frame: Frame,
        paths: Paths,
    ) -> Flow | None:
        if any(block is value.block for block, _ in frame.calls):
            title = f"the block {value.name} calls itself"
            mend = "a block cannot stand in itself; to repeat, write [a -> b]*N"
            raise problem("E0214", title, call.span, help=mend)
        if len(frame.calls) >= MAX_CALLS:
            raise problem("E0108", f"block calls nested more than {MAX_CALLS} deep", call.span)
        if value.block.is_net:
            title = f"`{value.name}` is a net; only blocks stand in a chain"
            raise problem("E0217", title, call.name_span)
        names = parameters(call, value.block, self.here(frame, flow), value.home)
        calls = (*frame.calls, (value.block, call.span))
        inner = Frame(value.home.inner(names), value.defaults, flow, paths, calls)
        return self.body(value.block, inner)

    def here(self, frame: Frame, flow: Flow | None) -> Here:
        return Here(frame.scope, flow, self.input, self.meter)

    def report(self, found: Problem, frame: Frame) -> None:
        notes = [f"in the call {span.text} at {span}" for _, span in reversed(frame.calls)]
        if len(notes) > 4:
            notes = [*notes[:3], f"... in {len(notes) - 3} more calls"]
        self.reporter.add(found.diagnostic, notes)


def _found(scope: Scope, name: str) -> object | None:
    try:
        return scope.find(name)
    except KeyError:
        return None


def _head(call: syntax.Call, value: Flow, index: int) -> Flow:
    if index:
        title = f"`{call.name}` is a value: it can head a chain, not stand within one"
        mend = f"a merge brings it in: ADD{{ ID | {call.name} }} or CONCAT{{ ID | {call.name} }}"
        raise problem("E0224", title, call.span, help=mend)
    return value


def _index_text(index: syntax.Expression, here: Here) -> str:
    value = evaluate(index, here)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise problem("E0401", "a label's index is a whole number from 0 up", index.span)
    return str(value)


def _merge_signature(merge: syntax.Merge) -> Signature:
    merges = [name for name, each in SIGNATURES.items() if each.op.inputs == "merge"]
    if merge.name not in merges:
        mend = meant_layer(merge.name, merges) or f"the merges are {', '.join(merges)}"
        raise problem("E0310", f"`{merge.name}` is not a merge", merge.name_span, help=mend)
    if len(merge.branches) < 2:
        mend = f"write {merge.name}{{ a | b }}"
        raise problem("E0310", f"{merge.name} needs two branches", merge.span, help=mend)
    return SIGNATURES[merge.name]


def _lost_chain(chain: syntax.Chain) -> Diagnostic:
    mend = "`name = ...` keeps its value; what the network returns stands last"
    title = "the value of this chain is lost"
    return Diagnostic("E0219", title, (Label(chain.span),), help=mend)


def _shape_problem(
    error: ShapeError, op: Op, inputs: list[tuple[Flow, Span]], span: Span
) -> Problem:
    labels = tuple(Label(place, str(flow.shape)) for flow, place in inputs)
    if not error.at_inputs:
        into = f"{labels[0].text} flows into {op}" if labels else ""
        labels = (Label(span, into),)
    return Problem(Diagnostic(error.code, error.title, labels, help=error.help))
