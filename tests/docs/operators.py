"""`python -m tests.docs.operators` writes docs/operators.md anew, from the operators' classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from inspect import getdoc

from cnnc.pipeline import Journey
from compiler.arguments import written
from compiler.op import Op, argument, signature
from compiler.ops import OPS
from compiler.ops.pooling import AvgPool, MaxPool
from compiler.report import Row
from dsl.source import Source
from tests.docs.blocks import ROOT

FILE = ROOT / "docs" / "operators.md"
HEAD = """\
# Operators

<!-- made by `python -m tests.docs.operators` -->

Each operator with its arguments in positional order, an example, and what the example makes.
[The language](language.md) says how operators are written and joined.
"""

# What stands behind `INPUT(16x16x8) ->`. An operator that is not here is written without arguments.
EXAMPLES = {
    "INPUT": "",
    "CONV": "CONV(16, 3, stride=2)",
    "DWCONV": "DWCONV(3)",
    "TCONV": "TCONV(4, 2, stride=2)",
    "FC": "FC(10)",
    "RESHAPE": "RESHAPE(8x8x32)",
    "POOL": "POOL(2)",
    "MINPOOL": "MINPOOL(2)",
    "AVGPOOL": "AVGPOOL(2)",
    "ADAPTIVE_AVGPOOL": "ADAPTIVE_AVGPOOL(4)",
    "ADAPTIVE_MAXPOOL": "ADAPTIVE_MAXPOOL(4)",
    "DROP_PATH": "DROP_PATH(0.1)",
    "GROUPNORM": "GROUPNORM(4)",
    "CONCAT": "CONCAT{ CONV(4, 1) | CONV(8, 3) }",
    "ADD": "ADD{ CONV(8, 3) | ID }",
    "MUL": "MUL{ ID | GAP -> SIGMOID }",
    "MAX": "MAX{ CONV(8, 3) | CONV(8, 3) }",
    "SLICE": "SLICE(0, 4)",
    "SHUFFLE": "SHUFFLE(2)",
    "PAD": "PAD(1)",
    "CROP": "CROP(1)",
    "UPSAMPLE": "UPSAMPLE(2)",
    "PIXEL_SHUFFLE": "PIXEL_SHUFFLE(2)",
    "NORMALIZE": "NORMALIZE(0.5, 0.25)",
}


def page() -> str:
    return "\n".join([HEAD, *_table(), *(line for op in OPS for line in _section(op))])


def program(op: type[Op]) -> str:
    element = EXAMPLES.get(op.name, op.name)
    return "INPUT(16x16x8)" + (f" -> {element}" if element else "") + "\n"


def example(op: type[Op]) -> Row:
    """The row of the operator in its example, the last of its name."""
    journey = Journey(Source("example.cnn", program(op)), None, None, {})
    rows = journey.report("training").rows
    return next(row for row in reversed(rows) if row.op == op.name)


def _table() -> Iterator[str]:
    yield "| operator | what it is |"
    yield "| --- | --- |"
    for op in OPS:
        first = _doc(op).split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
        yield f"| [`{op.name}`](#{op.name.lower()}) | {first} |"
    yield ""


def _doc(op: type[Op]) -> str:
    return getdoc(op) or ""


def _section(op: type[Op]) -> Iterator[str]:
    yield from (f"## {op.name}", "")
    if op.aliases:
        yield from ("Also " + ", ".join(f"`{each}`" for each in op.aliases) + ".", "")
    yield from ("```", _doc(op), "```", "")
    kinds = signature(op).kinds
    if kinds:
        yield from ("| argument | usual value | accepts |", "| --- | --- | --- |")
    for each in fields(op):
        name = argument(each.name)
        usual = "must be given" if each.default is MISSING else f"`{written(each.default)}`"
        if name == "stride" and issubclass(op, MaxPool | AvgPool):
            usual = "`k`"
        yield f"| `{name}` | {usual} | {kinds[name].expects} |"
    yield from ("", "```cnn", program(op).rstrip(), "```", "")
    row = example(op)
    before = " and ".join(str(each) for each in row.inputs)
    yield f"- volume: {before} to {row.volume}" if before else f"- volume: {row.volume}"
    for array in row.arrays:
        size = " x ".join(map(str, array.shape))
        yield f"- `{array.name}`: {size}, {array.role}"
    yield f"- parameters: {row.parameters}; multiply-accumulates: {row.macs}"
    if row.receptive_field is None:
        yield "- sees the whole input"
    else:
        yield f"- receptive field: {row.receptive_field} along the height"
    if op.identity_at_inference:
        yield "- passes values unchanged at inference"
    if op.is_view:
        yield "- the values that flow in, as another volume"
    yield ""


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
