"""Layers from which no output is computed."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network
from compiler.lint.rule import Finding, Rule


def check(network: Network) -> Iterator[Finding]:
    told = network.graph.needed(network.graph.outputs)
    for number, node in network:
        if network.consumers[number] or network.graph.is_output(number):
            continue
        dead, waiting = [number], [number]
        while waiting:
            for source in network.sources[waiting.pop()]:
                if source not in told:
                    told.add(source)
                    dead.append(source)
                    waiting.append(source)
        parameters = sum(network.parameters(each) for each in dead)
        title = f"the value of {node.op} is never used"
        if len(dead) > 1:
            title = f"{len(dead):,} layers end here, and no output is computed from them"
        yield Finding(
            node.span,
            title,
            f"{node.shape} goes nowhere"
            + (f", {parameters:,} parameters with it" if parameters else ""),
            "merge it, return it with `output`, or remove it",
            number,
        )


RULE = Rule(
    name="dead-layer",
    title="layers from which no output is computed",
    explanation=(
        "A value that no layer reads and no output returns is a slip, or a branch that was "
        "meant to be merged. `cnnc compile` leaves such layers out, so their weights are in no "
        "module. An INPUT that nothing reads is one too. `cnnc check` warns with W0101."
    ),
    source='the language, "Chains": a value may head later chains',
    example=(
        "net N {\n"
        "  x = INPUT(32x32x3) -> CONV(16) -> RELU\n"
        "  side = x -> CONV(32) -> RELU\n"
        "  x -> GAP -> FC(10)\n"
        "}"
    ),
    network=check,
)
