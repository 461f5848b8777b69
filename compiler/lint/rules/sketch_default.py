"""Arguments that a sketch leaves to the notes' rules of thumb."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.arguments import written
from compiler.graph import Node
from compiler.lint.network import Network, pair
from compiler.lint.program import operator
from compiler.lint.rule import Edit, Finding, Rule
from dsl import syntax


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        filled = _filled(node)
        if filled:
            call = network.program.call(node.span)
            yield Finding(
                node.span,
                f"{node.op.name} is sketched: {filled}",
                f"{node.shape}",
                f"write it out: {_written(node)}",
                number,
                _edit(node, call) if call is not None and operator(call) == node.op.name else None,
            )


def _filled(node: Node) -> str:
    """What the rules of thumb have put in, in words."""
    op, given = node.op, node.given
    if op.name == "INPUT" and not given:
        return f"{node.shape} is taken"
    if op.name == "FC" and "out" not in given:
        return f"{node.shape.c} outputs are taken"
    if op.name == "POOL" and not {"k", "stride"} & set(given):
        return "2x2 and stride 2 are taken"
    if op.name == "CONV" and "out" not in given:
        rest = [] if "k" in given else [f"{pair(op, 'k')[0]}x{pair(op, 'k')[1]}"]
        rest += [] if "stride" in given else [f"stride {max(pair(op, 'stride'))}"]
        rest += [] if "pad" in given else ["padding that keeps the size"]
        return f"{', '.join([f'{node.shape.c} filters', *rest])} are taken"
    return ""


def _written(node: Node) -> str:
    op = node.op
    if op.name == "CONV":
        return f"CONV({node.shape.c}, {written(pair(op, 'k'))})"
    if op.name == "POOL":
        return "POOL2"
    return f"{op.name}({node.shape if op.name == 'INPUT' else node.shape.c})"


def _edit(node: Node, call: syntax.Call) -> Edit | None:
    """Certain where what is taken does not depend on what else the program is set to."""
    if node.op.name not in ("INPUT", "POOL") or call.args:
        return None
    if node.op.name == "POOL" and call.name != "POOL":
        return Edit(call.span, f"{call.name}(2)")
    return Edit(call.span, "POOL(2)" if node.op.name == "POOL" else _written(node))


RULE = Rule(
    name="sketch-default",
    title="an argument that a sketch leaves to a rule of thumb",
    explanation=(
        "What a sketch leaves out is filled by the notes' rules of thumb: INPUT is 224x224x3; "
        "CONV is 3x3 with stride 1 and padding that keeps the size, and has 64 filters at the "
        "input's height, twice as many at half of it, 512 at most; POOL is 2x2 with stride 2; "
        "FC has 4096 outputs, and the last one `classes`. In a design that is meant these "
        "numbers belong into the program. What is told is a call without a volume, a number "
        "of filters or outputs, or a window and stride of a POOL."
    ),
    source='the language, "Sketch defaults"; CS231n notes, "Layer Sizing Patterns"',
    example="INPUT(32x32x3) -> CONV(16) -> RELU -> POOL -> GAP -> FC(10)",
    network=check,
    fix="writes out INPUT and POOL, whose values are always the same",
)
