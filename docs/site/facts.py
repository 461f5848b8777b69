"""What is said of an operator, from its class and from its layer in an example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

from compiler.arguments import written
from compiler.op import Op, argument, signature
from compiler.ops.pooling import AvgPool, MaxPool
from compiler.report import Row
from docs.site.formulas import TRAINING

LANGUAGE = Path(__file__).parents[1] / "language.md"


def usual(op: type[Op]) -> dict[str, str]:
    """By argument what it is where it is left out; empty where it must be given."""
    found = {}
    for each in fields(op):
        name = argument(each.name)
        found[name] = "" if each.default is MISSING else written(each.default)
        if name == "stride" and issubclass(op, MaxPool | AvgPool):
            found[name] = "k"
    return found


def call(op: type[Op]) -> str:
    parts = [f"{name}={value}" if value else name for name, value in usual(op).items()]
    return f"{op.name}({', '.join(parts)})" if parts else op.name


def arguments(op: type[Op]) -> Iterator[str]:
    """A table, of an operator that has any."""
    kinds = signature(op).kinds
    if not kinds:
        return
    yield from ("| argument | usual value | accepts |", "| --- | --- | --- |")
    for name, value in usual(op).items():
        yield f"| `{name}` | {f'`{value}`' if value else 'must be given'} | {kinds[name].expects} |"
    yield ""


def facts(op: type[Op], row: Row) -> Iterator[str]:
    """One line each: what is true of the operator, and of the layer of the example."""
    before = " and ".join(map(str, row.inputs))
    rule = f"{_rule(op)}; here " if _rule(op) else ""
    yield f"- volume: {rule}{before + ' to ' if before else ''}{row.volume}"
    for array in row.arrays:
        size = " x ".join(map(str, array.shape))
        yield f"- `{array.name}`, {array.role}: {size}"
    work = _work(op)
    yield f"- parameters: {row.parameters:,}"
    yield f"- multiply-accumulates: {f'{work}; here ' if work else ''}{row.macs:,}"
    yield f"- receptive field: {_field(row)}"
    yield f"- memory: {_memory(op, row)}"
    if op.inputs != "none":
        yield f"- training keeps {_kept(row)}"
    if op.name in TRAINING:
        yield f"- in training, {TRAINING[op.name]}"
    elif op.identity_at_inference:
        yield "- passes values unchanged"


def _field(row: Row) -> str:
    if row.field is None:
        return "the whole input"
    high, wide = row.field
    return f"{high.size}x{wide.size} of the input, neighbours {high.jump} apart"


def _memory(op: type[Op], row: Row) -> str:
    if op.is_view:
        return "none, a view: the values that flow in, as another volume"
    if op.in_place:
        return "none of its own: it can work in place"
    extra = ", which may lie where one of its inputs does" if op.accumulates else ""
    return f"{row.volume.values:,} values for each image{extra}"


def _kept(row: Row) -> str:
    """What is held for the backward pass, all inputs learning."""
    kept = row.layer.kept(row.inputs, row.volume, (True,) * len(row.inputs))
    several = len(row.inputs) > 1
    parts = [f"input {index + 1}" if several else "what flows in" for index in kept.inputs]
    parts += ["what flows out"] if kept.output else []
    parts += [f"{kept.values:,} values for each image"] if kept.values else []
    parts += [f"{kept.indices:,} places for each image"] if kept.indices else []
    parts += [f"{kept.constants:,} values for each batch"] if kept.constants else []
    return " and ".join(parts) or "nothing"


def _rule(op: type[Op]) -> str:
    """The output's size, as the table of the language has it."""
    row = re.search(rf"^\| `{op.name}`.*\| (.*?) \|$", _section("Operators"), re.MULTILINE)
    assert row is not None, op.name
    return row[1].replace("(#", "(language.md#")


def _work(op: type[Op]) -> str:
    section = _section("Operators").partition("### Weights and work")[2]
    row = re.search(rf"^\| `{op.name}` .*\| (.*?) \|$", section, re.MULTILINE)
    return row[1].replace(" * ", " \\* ") if row is not None and row[1] != "0" else ""


def _section(title: str) -> str:
    text = LANGUAGE.read_text(encoding="utf-8").partition(f"\n## {title}\n")[2]
    return re.split(r"^## ", text, flags=re.MULTILINE)[0]
