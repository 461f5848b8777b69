"""`python -m docs.site.operators` writes docs/operators.md anew, from the operators' classes; the
site has a page for each of them, with a drawing and the emitted lines."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getdoc
from pathlib import Path

import cnnc
from cnnc.net import Net
from compiler.op import Op
from compiler.ops import OPS
from compiler.report import Row
from docs.site import formulas
from docs.site.codes import GENERAL, codes
from docs.site.drawn import drawing, emitted, kernels
from docs.site.facts import arguments, call, facts

FILE = Path(__file__).parents[1] / "operators.md"
HEAD = f"""\
# Operators

<!-- made by `python -m docs.site.operators` -->

Each operator with its arguments in positional order, its formula, and an example with what it makes
and costs. [The language](language.md#operators) says how operators are written and joined.

Formulas are Python. `x[c, i, j]` is what flows in, of C channels, H rows and W columns; outside it
is 0, or left out of a maximum. `y` is what flows out. Arguments have their names; windows are
(kh, kw), strides (sh, sw), dilations (dh, dw), and `top` and `left` the padding before the volume.
A test runs the formulas against PyTorch. Any operator may raise {", ".join(GENERAL)}.

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
    """docs/operators.md: all of them, without pictures."""
    sections = (line for op in OPS for line in (f"## {op.name}", "", *_section(op, "")))
    return HEAD + "\n".join([*_table("#{}"), *sections])


def pages() -> dict[str, str]:
    """By name, those of the site: the index, a page for each operator, and its drawing."""
    names = [f"operators/{op.name}" for op in OPS]
    tree = ["```{toctree}", ":hidden:", "", *names, "```", ""]
    found = {"operators.md": HEAD + "\n".join([*_table("operators/{}.md"), *tree])}
    for op in OPS:
        found[f"operators/{op.name}.svg"] = drawing(net(op))
        found[f"operators/{op.name}.md"] = "\n".join([f"# {op.name}", "", *_own_page(op)])
    return found


def program(op: type[Op]) -> str:
    element = EXAMPLES.get(op.name, op.name)
    return "INPUT(16x16x8)" + (f" -> {element}" if element else "") + "\n"


def net(op: type[Op]) -> Net:
    return cnnc.loads(program(op), "example.cnn")


def example(op: type[Op]) -> Row:
    """The row of the operator in its example, the last of its name."""
    rows = net(op).report(train=True).rows
    return next(row for row in reversed(rows) if row.op == op.name)


def _table(link: str) -> Iterator[str]:
    yield from ("| operator | what it is |", "| --- | --- |")
    for op in OPS:
        at = link.format(op.name.lower() if link.startswith("#") else op.name)
        first = _doc(op)[0].replace("\n", " ").replace("|", "\\|")
        yield f"| [`{op.name}`]({at}) | {first} |"
    yield ""


def _doc(op: type[Op]) -> list[str]:
    """Its paragraphs."""
    return (getdoc(op) or "").split("\n\n")


def _section(op: type[Op], up: str, drawn: tuple[str, ...] = ()) -> Iterator[str]:
    if op.aliases:
        yield from ("Also " + ", ".join(f"`{each}`" for each in op.aliases) + ".", "")
    yield from ("```", "\n\n".join(_doc(op)), "```", "")
    yield from (f"`{call(op)}`", "", *arguments(op))
    if op.name in formulas.FORMULAS:
        yield from ("```", formulas.FORMULAS[op.name].replace("from_", "from"), "```", "")
    yield from ("```cnn", program(op).rstrip(), "```", "", *drawn)
    yield from (
        line.replace("(language.md", f"({up}language.md") for line in facts(op, example(op))
    )
    where = "errors.md"
    found = codes(op)
    if found:
        linked = (f"[{each}]({up}errors/{each}.md)" if up else each for each in found)
        yield f"- [errors]({up}{where}): " + ", ".join(linked)
    yield ""


def _own_page(op: type[Op]) -> Iterator[str]:
    picture = f"![The volumes of the example: {program(op).strip()}]({op.name}.svg)"
    yield from _section(op, "../", (picture, ""))
    train = op.identity_at_inference
    torch = emitted(net(op), "torch", train)
    yield from ("## Emitted", "", "At `-O1`, NumPy:", "")
    yield from ("```python", emitted(net(op), "numpy", False).rstrip(), "```", "")
    if text := kernels(net(op)):
        yield from ("<details><summary>The functions that it calls</summary>", "")
        yield from ("```python", text, "```", "", "</details>", "")
    yield from (f"PyTorch{', for training' if train else ''}:", "")
    yield from ("```python", torch.rstrip(), "```", "")


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
