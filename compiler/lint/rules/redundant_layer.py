"""Layers that change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from compiler.lint.network import Network
from compiler.lint.program import Place, Program, operator
from compiler.lint.rule import Edit, Finding, Rule
from compiler.op import Op
from compiler.ops import SIGNATURES
from dsl import syntax
from dsl.walk import parts

IDEMPOTENT = ("RELU", "RELU6")


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        name, place = node.op.name, network.program.place(node.span)
        is_written = place is not None and operator(place.call) == name
        if name == "ID" and is_written and place is not None and not place.is_alone:
            yield _finding(network, number, "ID in a chain does nothing", place)
        elif name == "FLATTEN" and _feeds_fc(network, number):
            mend = place if place is not None and operator(place.beside(1)) == "FC" else None
            yield _finding(network, number, "FC flattens what comes in by itself", mend)
        elif name in IDEMPOTENT and network[network.sources[number][0]].op == node.op:
            mend = place if place is not None and operator(place.beside(-1)) == name else None
            yield _finding(network, number, f"{name} of {name} is the same", mend)


def _feeds_fc(network: Network, number: int) -> bool:
    consumers = network.consumers[number]
    is_fc = all(network[each].op.name == "FC" for each in consumers)
    return bool(consumers) and is_fc and not network.graph.is_output(number)


def _finding(network: Network, number: int, title: str, place: Place | None) -> Finding:
    node, edit = network[number], None
    if place is not None and operator(place.call) == node.op.name:
        span = place.without()
        if span is not None and not _would_rename(network.program, place):
            edit = Edit(span, "")
    return Finding(node.span, title, str(node.shape), "leave it out", number, edit)


@dataclass(slots=True)
class _Scope:
    """What a label, a block or a file has in it by position: where the last layer begins that may
    have weights."""

    last: int = -1


def _would_rename(program: Program, place: Place) -> bool:
    """Whether a layer with weights may be called after its position behind what is removed, with
    these settings or with others."""
    scope, is_repeated = _scopes(program)[id(place.chain)]
    return scope.last >= 0 if is_repeated else scope.last > place.call.span.start


@lru_cache(maxsize=4)
def _scopes(program: Program) -> dict[int, tuple[_Scope, bool]]:
    """For each chain, the scope that counts its elements, and whether it is repeated there."""
    found: dict[int, tuple[_Scope, bool]] = {}
    stack: list[tuple[syntax.Syntax, _Scope, bool]] = [(program.tree, _Scope(), False)]
    while stack:
        part, scope, is_repeated = stack.pop()
        if isinstance(part, syntax.Labelled | syntax.Block):
            scope, is_repeated = _Scope(), False
        elif isinstance(part, syntax.Loop | syntax.Repeat):
            is_repeated = True
        elif isinstance(part, syntax.Chain):
            found[id(part)] = scope, is_repeated
        elif isinstance(part, syntax.Call) and _may_learn(part):
            scope.last = max(scope.last, part.span.start)
        stack += [(each, scope, is_repeated) for each in parts(part)]
    return found


def _may_learn(call: syntax.Call) -> bool:
    """Also where it is a block, or a parameter, which may be any layer."""
    name = operator(call)
    return not name or SIGNATURES[name].op.weights is not Op.weights


RULE = Rule(
    name="redundant-layer",
    title="a layer that changes nothing",
    explanation=(
        "ID is the shortcut of a merge; in a chain with other layers it does nothing. FC "
        "flattens what comes in by itself, in PyTorch's order. A second ReLU finds nothing "
        "below 0. Each of them is a position in the names of the layers behind it."
    ),
    source='the language, "Operators"; trap 10 of the language',
    example="INPUT(32x32x3) -> CONV(16) -> RELU -> GAP -> FLATTEN -> FC(10)",
    network=check,
    fix="removes it, where no layer with weights can get another name by that",
)
