"""Layers that change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network
from compiler.lint.program import Place, operator
from compiler.lint.rule import Edit, Finding, Rule

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
    node = network[number]
    span = place.without() if place is not None and operator(place.call) == node.op.name else None
    edit = Edit(span, "") if span is not None else None
    return Finding(node.span, title, str(node.shape), "leave it out", number, edit)


RULE = Rule(
    name="redundant-layer",
    title="a layer that changes nothing",
    explanation=(
        "ID is the shortcut of a merge; in a chain with other layers it does nothing. FC "
        "flattens what comes in by itself, in PyTorch's order. A second ReLU finds nothing "
        "below 0. Each of them is a position in the names of the layers behind it."
    ),
    source="LANGUAGE, \"Operators\"; trap 10 of the language",
    example="INPUT(32x32x3) -> CONV(16) -> RELU -> GAP -> FLATTEN -> FC(10)",
    network=check,
    fix="removes it, where no layer with weights gets another name by that",
)
