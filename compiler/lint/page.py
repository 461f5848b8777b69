"""The rules as text: the list of `cnnc lint --rules`, and docs/lint.md."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from compiler.check import check
from compiler.expansion.program import expand
from compiler.lint.network import Network
from compiler.lint.program import Program
from compiler.lint.rule import Rule
from compiler.lint.rules import RULES
from compiler.lint.runner import Found, lint
from dsl.parser import parse
from dsl.source import Source

WIDTH = 108
HEAD = """\
# Rules of lint

`cnnc lint FILE...` gives advice on programs that are no errors: the sizing rules of the CS231n notes, what papers
found since, and slips that compile. Each rule has a name, which stands where other diagnostics have a code, and a
source. [commands.md](commands.md#lint) has the command and its options. This page is made from the rules by
`python -m tests.lint`.

## Allowing

A rule is a rule of thumb, and a design may know better. A comment says so, best with a reason:

```cnn
# cnnc: allow-file(sketch-default) a sketch, and meant as one
net Sketch(classes = 10) =
  INPUT
  # cnnc: allow(large-window) as ZFNet has it
  -> CONV(64, 7, stride=2) -> RELU -> POOL
  -> CONV(127) -> RELU         # cnnc: allow(channel-multiple, even-window) 127 are enough
  -> GAP -> FC(classes)
```

- Behind something on its line it is for what begins or ends on that line.
- On a line of its own it is for what begins next: a declaration with all that is in it, a statement, or a layer.
- `allow-file` is for the whole file.
- Several rules are separated by commas; what stands behind the bracket is the reason.
- What a block of another file makes is told where the block is called. It may be allowed there, at any call on
  the way, or in the block's file.
- A comment that allows nothing is told itself, as [unused-allow](#unused-allow).

## Mending

`cnnc lint --fix` writes the mends that are certain, and `--diff` shows them. Each is tried on the expanded networks
first, with what `--set` gives: volumes, outputs, and the names and shapes of all that is learned must stay, unless
the rule says what goes. What fails that is left as it is, and told.

"""


def page() -> str:
    """docs/lint.md."""
    rows = [f"| [{rule.name}](#{rule.name}) | {rule.title} | {_mark(rule)} |" for rule in RULES]
    table = "\n".join(["## The rules", "", "| rule | finds | mended |", "|---|---|---|", *rows])
    return HEAD + table + "\n" + "".join(f"\n{section(rule)}" for rule in RULES)


def _mark(rule: Rule) -> str:
    return "yes" if rule.fix else ""


def section(rule: Rule) -> str:
    """What a rule is about, its source, an example and what is found in it, as Markdown."""
    (found,) = example(rule)
    lines = [f"### {rule.name}", "", *_filled(f"{rule.title[0].upper()}{rule.title[1:]}."), ""]
    lines += [*_filled(rule.explanation), ""]
    if not rule.usual:
        lines += [*_filled(f"Runs only where it is selected: `--select {rule.name}`."), ""]
    lines += _filled(f"Source: {rule.source}.")
    if rule.fix:
        lines += ["", *_filled(f"`--fix` {rule.fix}.")]
    shown = f"{rule.example}\n\n{found.diagnostic.render()}"
    lines += ["", *(f"    {line}".rstrip() for line in shown.split("\n"))]
    return "\n".join(lines) + "\n"


def example(rule: Rule) -> tuple[Found, ...]:
    """What the rule finds in its own example."""
    tree = parse(Source("net.cnn", rule.example))
    program = Program(tree)
    networks = [Network(program, check(expand(tree)).graph)]
    # An allow is left over where a rule has run.
    rules = RULES if rule.network is rule.program is None else (rule,)
    return tuple(each for each in lint(program, networks, rules) if each.rule is rule)


def listed(rules: Iterable[Rule]) -> str:
    """Each rule's name, what it finds, why, and from where that is."""
    parts = []
    for rule in rules:
        text = [f"{rule.name}: {rule.title}"]
        text += _indented(rule.explanation)
        text += _indented(f"--fix {rule.fix}.") if rule.fix else []
        text += _indented("Runs only where it is selected.") if not rule.usual else []
        text += _indented(f"Source: {rule.source}.")
        parts.append("\n".join(text) + "\n")
    return "\n".join(parts)


def _filled(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in textwrap.wrap(text, 98, break_on_hyphens=False)]
