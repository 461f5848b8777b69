"""`Elaborator.net(net) -> Graph`: the network written out, its volumes known as it goes.

An element with an error gives a poisoned flow, and the rest is expanded on: what depends on the
error stays silent, what does not is reported in the same run.
"""

from __future__ import annotations

from dataclasses import replace

from compiler.expansion.binding import parameters
from compiler.expansion.declarations import check_name, extend
from compiler.expansion.elements import Elements, found
from compiler.expansion.expressions import evaluate
from compiler.expansion.modules import stray_chain
from compiler.expansion.paths import Paths
from compiler.expansion.placing import BlockCall, Frame
from compiler.expansion.problems import Poisoned, Problem, problem
from compiler.expansion.values import POISON, BlockValue, Flow, is_number
from compiler.graph import Call, Graph, Output
from dsl import syntax
from dsl.diagnostics import Diagnostic, Label
from dsl.source import Span

MAX_LAYERS = 200_000
MAX_CALLS = 60


class Elaborator(Elements):
    """Expands bodies: of the net, and of the blocks that it calls."""

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
            except Problem as wrong:
                self.report(wrong, frame)
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
        if any(isinstance(each, syntax.Value | syntax.Output) for each in block.body):
            return None
        call, *others = last.elements
        while isinstance(call, syntax.Group) and not others:
            call, *others = call.chain.elements
        if others or not isinstance(call, syntax.Call):
            return None
        value = found(frame.scope, call.name)
        return (call, value) if isinstance(value, BlockValue) else None

    def statement(
        self, statement: syntax.Let | syntax.Value | syntax.Default | syntax.Output, frame: Frame
    ) -> Frame:
        """The frame as it is after the statement."""
        self.meter.spend(1, frame.calls[-1].span if frame.calls else statement.span)
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
                flow = POISON
                try:
                    flow = self.something(statement, frame)
                    self.call_value(statement.name, flow, frame)
                finally:
                    frame.scope.names[statement.name] = flow
            case syntax.Default():
                return replace(frame, defaults=extend(frame.defaults, statement, frame.scope))
            case syntax.Output():
                self.output(statement, frame)
        return frame

    def call_value(self, name: str, flow: Flow, frame: Frame) -> None:
        """Keeps a block's first name of a value, for code that is to be read."""
        if flow.poisoned:
            return
        scope = frame.calls[-1].kept.scope if frame.calls else ""
        node = self.graph[flow.node]
        if all(where != scope for where, _ in node.values):
            self.graph.replace(flow.node, replace(node, values=(*node.values, (scope, name))))

    def something(self, statement: syntax.Value | syntax.Output, frame: Frame) -> Flow:
        flow = self.chain(statement.chain, frame.incoming, frame)
        if flow is None:
            title = f"nothing flows into `{statement.name}`"
            raise problem("E0308", title, statement.chain.span, help="begin with INPUT")
        return flow

    def declare(self, name: str, span: Span, frame: Frame) -> None:
        check_name(name, span)
        if name in frame.scope.names:
            raise problem("E0207", f"`{name}` is declared twice", span)

    def output(self, statement: syntax.Output, frame: Frame) -> None:
        weight = 1.0
        for position, option in enumerate(statement.options):
            is_weight = option.name == "weight" and statement.train and position == 0
            value = evaluate(option.value, self.here(frame, None)) if is_weight else None
            if not is_number(value) or value < 0:
                mend = "such as output aux (train, weight=0.3) = x -> ..."
                title = "an output takes `train`, and with it `weight=` a number from 0 up, once"
                raise problem("E0225", title, option.span, help=mend)
            weight = float(value)
        if statement.name in self.output_names:
            title = f"there is an output `{statement.name}` already"
            raise problem("E0207", title, statement.name_span)
        self.output_names.add(statement.name)
        flow = self.something(statement, frame)
        if not flow.poisoned:
            self.outputs.append(Output(statement.name, flow.node, statement.train, weight))

    def call_block(
        self,
        call: syntax.Call,
        value: BlockValue,
        flow: Flow | None,
        frame: Frame,
        paths: Paths,
    ) -> Flow | None:
        is_within = any(each.block is value.block for each in frame.calls)
        if is_within and self.open.is_recursive(value.block):
            title = f"the block {value.name} calls itself"
            mend = "a block cannot stand in itself; to repeat, write [a -> b]*N"
            raise problem("E0214", title, call.span, help=mend)
        if len(frame.calls) >= MAX_CALLS:
            raise problem("E0108", f"block calls nested more than {MAX_CALLS} deep", call.span)
        if value.block.is_net:
            title = f"`{value.name}` is a net; only blocks stand in a chain"
            raise problem("E0217", title, call.name_span)
        names = parameters(call, value.block, self.here(frame, flow), value.home)
        scope = paths.prefix.removesuffix(".")
        program = (call, value.block, names, frame.conditions)
        kept = Call(value.block.name, scope, call.span, *program)
        calls = (*frame.calls, BlockCall(value.block, call.span, kept))
        inner = Frame(value.home.inner(names), value.defaults, flow, paths, calls)
        return self.body(value.block, inner)


def _lost_chain(chain: syntax.Chain) -> Diagnostic:
    mend = "`name = ...` keeps its value; what the network returns stands last"
    title = "the value of this chain is lost"
    return Diagnostic("E0219", title, (Label(chain.span),), help=mend)
