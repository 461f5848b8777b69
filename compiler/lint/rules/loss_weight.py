"""Training outputs whose loss counts as much as the network's own."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.program import Program
from compiler.lint.rule import Finding, Rule
from dsl import syntax


def check(program: Program) -> Iterator[Finding]:
    for part in program.parts:
        if isinstance(part, syntax.Output) and part.train and not part.options:
            yield Finding(
                part.name_span,
                f"the loss of the training output `{part.name}` counts 1",
                "as much as the network's own",
                f"say so, or less: output {part.name} (train, weight=0.3) = ...",
            )


RULE = Rule(
    name="loss-weight",
    title="a training output without the weight of its loss",
    explanation=(
        "An auxiliary head is to bring gradients to the lower layers and not to lead the "
        "training: GoogLeNet adds its two losses with a weight of 0.3. Unless it is given the "
        "weight is 1."
    ),
    source=(
        "trap 9 of the language; Szegedy et al., Going Deeper with Convolutions, 2014, section 5"
    ),
    example=(
        "net N {\n"
        "  x = INPUT(32x32x3) -> CONV(16) -> RELU\n"
        "  output aux (train) = x -> GAP -> FC(10)\n"
        "  x -> CONV(32) -> RELU -> GAP -> FC(10)\n"
        "}"
    ),
    program=check,
)
