"""Names that are declared and never used."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.names import bindings
from compiler.lint.program import Program
from compiler.lint.rule import Finding, Rule

MENDS = {
    "param": "use it, or remove it; nothing changes when it is set",
    "let": "use it, or remove it",
    "block": "call it, or remove it; a file of blocks alone is a library",
    "parameter": "use it, or remove it and what the calls give",
    "loop": "a repetition is written [a -> b]*3",
}


def check(program: Program) -> Iterator[Finding]:
    for binding in bindings(program).all:
        if binding.kind in MENDS and not binding.is_used and not binding.name.startswith("_"):
            kind = "loop name" if binding.kind == "loop" else binding.kind
            yield Finding(
                binding.span,
                f"the {kind} `{binding.name}` is never used",
                help=MENDS[binding.kind],
            )


RULE = Rule(
    name="unused-name",
    title="a param, let, block, parameter or loop name that is never used",
    explanation=(
        "A name that nothing reads is left over, or misspelt where it should be read: setting "
        "the param changes nothing. Not meant are names that begin with `_`, names of rows that "
        "are taken apart, parameters of blocks that are handed to other blocks, which must take "
        "what these give, and blocks of a file without a net, which are for other files. A "
        "`classes` is used by an FC without a number, a switch by its optional element."
    ),
    source='the language, "Declarations"',
    example="param width = 1.0\nINPUT(32x32x3) -> CONV(16) -> RELU -> GAP -> FC(10)",
    program=check,
)
