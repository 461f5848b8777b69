"""Names that hide others."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.names import bindings
from compiler.lint.program import Program
from compiler.lint.rule import Finding, Rule
from compiler.ops import WORDS

KINDS = {"loop": "loop name", "import": "block"}


def check(program: Program) -> Iterator[Finding]:
    for binding in bindings(program).all:
        name, hidden = binding.name, binding.hides
        if hidden is not None:
            line, kind = hidden.span.position[0], KINDS.get(hidden.kind, hidden.kind)
            yield Finding(
                binding.span,
                f"`{name}` hides the {kind} `{name}` of line {line}",
                help="another name; the one outside cannot be read here",
            )
        elif name in WORDS:
            yield Finding(
                binding.span,
                f"`{name}` hides the word `{name}` that arguments know",
                help=f"another name; here pad={name} no longer means what the reference says"
                if name in ("half", "same")
                else "another name",
            )


RULE = Rule(
    name="shadowed-name",
    title="a name that hides another",
    explanation=(
        "A block's parameter, a let in a body or a loop's name that is called as a param, let "
        "or block of the file goes before it: `--set width=0.5` then changes everything but "
        "that block. A name that is spelt like a word of the arguments, such as `same`, goes "
        "before the word."
    ),
    source='the language, "Words" and "Declarations"',
    example=(
        "param width = 16\n"
        "block unit(width) = CONV(width) -> RELU\n"
        "INPUT(32x32x3) -> unit(width) -> GAP -> FC(10)"
    ),
    program=check,
)
