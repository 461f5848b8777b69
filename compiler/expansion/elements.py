"""The elements of a chain: groups, repetitions, choices, merges, calls."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import replace
from functools import partial

from compiler.expansion.aliases import meant_layer
from compiler.expansion.declarations import check_name
from compiler.expansion.expressions import Here, condition, evaluate, shown
from compiler.expansion.names import optional_name, short_form, unknown_layer
from compiler.expansion.paths import Paths
from compiler.expansion.placing import Frame, Placing
from compiler.expansion.problems import Poisoned, problem, too_large
from compiler.expansion.values import POISON, BlockValue, Flow, OperatorValue, Scope, kind_of
from compiler.graph import Condition
from compiler.op import Signature
from compiler.ops import SIGNATURES
from dsl import syntax
from dsl.source import Span

STEPS_PER_ELEMENT = 4
MAX_NESTED = 150
MAX_BRANCHES = 1_000


class Elements(Placing, ABC):
    """Expands elements; what a block's body means is the business of `Elaborator`."""

    @abstractmethod
    def call_block(
        self,
        call: syntax.Call,
        value: BlockValue,
        flow: Flow | None,
        frame: Frame,
        paths: Paths,
    ) -> Flow | None:
        """What flows out of a block, whose elements are named in `paths`."""

    def chain(self, chain: syntax.Chain, flow: Flow | None, frame: Frame) -> Flow | None:
        """`flow` is what the chain starts from, unless its first element is a value or an INPUT."""
        for index, element in enumerate(chain.elements):
            self.meter.spend(STEPS_PER_ELEMENT, element.span)
            value = None
            if isinstance(element, syntax.Call) and not element.has_parentheses:
                value = found(frame.scope, element.name)
            if isinstance(element, syntax.Call) and isinstance(value, Flow):
                flow = self.guarded(partial(_head, element, value, index, frame), frame)
            else:
                flow = self.element(element, flow, frame, frame.paths, None)
            frame = replace(frame, is_head=False) if frame.is_head else frame
        return flow

    def element(
        self,
        element: syntax.Element,
        flow: Flow | None,
        frame: Frame,
        paths: Paths,
        label: str | None,
    ) -> Flow | None:
        self.depth += 1
        try:
            if self.depth > MAX_NESTED:
                title = f"elements nested more than {MAX_NESTED} deep, with those of blocks"
                wrong = problem("E0108", title, element.span)
                self.report(wrong, frame)
                return POISON
            return self.guarded(lambda: self.expand(element, flow, frame, paths, label), frame)
        finally:
            self.depth -= 1

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
                    frame = _under(frame, labelled.condition, True)
                    labelled = labelled.element
                return self.element(labelled, flow, frame, paths, name)
            case syntax.Optional():
                if self.is_present(element, here):
                    inner = _under(frame, element.condition, True)
                    return self.element(element.element, flow, inner, paths, label)
                return flow
            case syntax.Merge():
                return self.merge(element, flow, frame, paths, label)
            case syntax.Group(chain=chain):
                return self.chain(chain, flow, replace(frame, paths=paths.labelled(label)))
            case syntax.Repeat():
                return self.repeat(element, flow, replace(frame, paths=paths.labelled(label)))
            case syntax.Loop():
                return self.loop(element, flow, replace(frame, paths=paths.labelled(label)))

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
            frame = replace(frame, is_head=False)
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
            is_row = isinstance(row, list | tuple) and len(loop.targets) > 1
            values = row if is_row and isinstance(row, list | tuple) else [row]
            if len(values) != len(loop.targets):
                title = f"{len(loop.targets)} names for a row of {len(values)}"
                if not isinstance(row, list | tuple):
                    title = f"{len(loop.targets)} names for one value"
                span = loop.targets[0].span.to(loop.targets[-1].span)
                raise problem("E0410", title, span, f"the row is {shown(row)}")
            names = dict(zip((target.id for target in loop.targets), values, strict=True))
            flow = self.chain(loop.chain, flow, replace(frame, scope=frame.scope.inner(names)))
            frame = replace(frame, is_head=False)
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
        inner = paths.labelled(label)
        branch_frame = replace(frame, paths=inner, is_head=True)
        kept: list[tuple[Flow, Span]] = []
        for branch in merge.branches:
            chain: syntax.Chain | None = branch.chain
            taken = True
            if branch.condition is not None:
                taken = condition(branch.condition, self.here(frame, flow))
                chain = branch.chain if taken else branch.otherwise
            if chain is not None:
                inside = _under(branch_frame, branch.condition, taken)
                result = self.chain(chain, flow, inside)
                if branch.otherwise is None:
                    frame = _under(frame, branch.condition, taken)
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
        is_counted = label is not None and inner.count > 0  # by its branches
        path = paths.peek(label) if is_counted else paths.take(label)
        return self.layer(signature.op(), kept, merge.span, frame, path)

    def call(
        self,
        call: syntax.Call,
        flow: Flow | None,
        frame: Frame,
        paths: Paths,
        label: str | None,
    ) -> Flow | None:
        value = found(frame.scope, call.name)
        if value is None:
            value = SIGNATURES.get(call.name)
        if value is None:
            short = short_form(call.name, call.name_span)
            if short is not None:
                call = replace(short, args=(*short.args, *call.args), span=call.span)
                value = SIGNATURES[short.name]
        if isinstance(value, OperatorValue):
            value = value.signature
        if isinstance(value, Signature):
            return self.call_operator(call, value, flow, frame, paths, label)
        if isinstance(value, BlockValue):
            return self.call_block(call, value, flow, frame, paths.inner(label))
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
        if call.name in frame.values:
            title = f"there is no layer `{call.name}`"
            mend = f"`{call.name}` can be used only after the line that makes it"
            raise problem("E0201", title, call.name_span, help=mend)
        raise unknown_layer(call.name, call.name_span, frame.scope.known())


def found(scope: Scope, name: str) -> object | None:
    try:
        return scope.find(name)
    except KeyError:
        return None


def _head(call: syntax.Call, value: Flow, index: int, frame: Frame) -> Flow:
    if index or not frame.is_head:
        title = f"`{call.name}` is a value: it can head a chain, not stand within one"
        if not index:
            title = f"`{call.name}` is a value, and what flows into this chain would be lost"
        mend = f"a merge brings it in: ADD{{ ID | {call.name} }} or CONCAT{{ ID | {call.name} }}"
        raise problem("E0224", title, call.span, help=mend)
    return value


def _under(frame: Frame, expression: syntax.Expression | None, held: bool) -> Frame:
    """The frame under one more condition, where there is one."""
    if expression is None:
        return frame
    return replace(frame, conditions=(*frame.conditions, Condition(expression, held)))


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
    if len(merge.branches) > MAX_BRANCHES:
        title = f"{merge.name} has {len(merge.branches):,} branches; the limit is {MAX_BRANCHES:,}"
        raise problem("E0310", title, merge.name_span)
    if len(merge.branches) < 2:
        mend = f"write {merge.name}{{ a | b }}"
        raise problem("E0310", f"{merge.name} needs two branches", merge.span, help=mend)
    return SIGNATURES[merge.name]
