"""A softmax at the end of a network whose loss has one of its own."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network
from compiler.lint.program import Program
from compiler.lint.rule import Finding, Rule
from dsl import syntax


def check(network: Network) -> Iterator[Finding]:
    if not _has_cross_entropy(network.program):
        return
    for output in network.graph.outputs:
        node = network[output.node]
        if node.op.name in ("SOFTMAX", "LOG_SOFTMAX"):
            yield Finding(
                node.span,
                f"{node.op.name} before a cross-entropy loss, which has one of its own",
                f"the output {output.name}",
                f"leave the {node.op.name} out; the largest score is the same class",
                output.node,
            )


def _has_cross_entropy(program: Program) -> bool:
    for declaration in program.tree.declarations:
        if isinstance(declaration, syntax.Train):
            for setting in declaration.settings:
                value = setting.value
                if isinstance(value, syntax.Name) and value.id == "cross_entropy":
                    return True
                if isinstance(value, syntax.FunctionCall) and value.name == "cross_entropy":
                    return True
    return False


RULE = Rule(
    name="softmax-before-loss",
    title="a softmax before the cross-entropy loss",
    explanation=(
        "The loss `cross_entropy` takes scores and computes their softmax itself, in a way that "
        "does not overflow. A softmax before it is computed twice: gradients become small, and "
        "training is slow without an error to show why."
    ),
    source='CS231n notes, Linear Classification, "Softmax classifier"; PyTorch, CrossEntropyLoss',
    example=(
        "train { loss = cross_entropy }\n"
        "INPUT(32x32x3) -> CONV(16) -> RELU -> GAP -> FC(10) -> SOFTMAX"
    ),
    network=check,
)
