"""The rules as text: the list of `cnnc lint --rules`, and docs/lint.md."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path

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
HEAD = Path(__file__).with_name("head.md")


def page() -> str:
    """docs/lint.md."""
    rows = [f"| [{rule.name}](#{rule.name}) | {rule.title} | {_mark(rule)} |" for rule in RULES]
    head = ["## The rules", "", "| rule | finds | mended |", "|---|---|---|"]
    table = "\n".join([*head, *rows])
    return (
        HEAD.read_text(encoding="utf-8")
        + table
        + "\n"
        + "".join(f"\n{section(rule)}" for rule in RULES)
    )


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
    rules = (rule,) if rule.network or rule.program else RULES
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
