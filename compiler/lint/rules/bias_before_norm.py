"""A bias that batch norm takes away again."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network
from compiler.lint.program import operator, with_argument
from compiler.lint.rule import Edit, Finding, Rule

NORMS = ("BN", "INSTANCENORM")


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if not getattr(node.op, "bias", False) or network.graph.is_output(number):
            continue
        consumers = network.consumers[number]
        if len(consumers) != 1 or network[consumers[0]].op.name not in NORMS:
            continue
        norm = network[consumers[0]].op.name
        yield Finding(
            node.span,
            f"a bias before {norm}, which takes it away again",
            f"{node.shape.c:,} parameters that do nothing",
            "bias=false",
            number,
            _edit(network, number),
        )


def _edit(network: Network, number: int) -> Edit | None:
    """Certain where the norm is literally the next layer, whatever the program is set to."""
    place = network.program.place(network[number].span)
    if place is None or operator(place.beside(1)) not in NORMS:
        return None
    if operator(place.call) != network[number].op.name:
        return None
    mend = with_argument(place.call, "bias", "false")
    return Edit(*mend) if mend is not None else None


RULE = Rule(
    name="bias-before-norm",
    title="a bias before batch norm",
    explanation=(
        "Batch norm subtracts the mean of each channel, and with it whatever was added to the "
        "channel before; its own shift takes the bias's place. The bias costs memory and an "
        "addition, and its gradient is zero."
    ),
    source="Ioffe, Szegedy, Batch Normalization, 2015, section 3.2",
    example="INPUT(32x32x3) -> CONV(16) -> BN -> RELU -> GAP -> FC(10)",
    network=check,
    fix="writes `bias=false` where batch norm is literally the next layer",
    keeps="all but biases",
)
