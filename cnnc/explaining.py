"""The long forms of diagnostics: one Markdown file a code in `explanations/`.

docs/errors.md has its tables from them, and the tests run their examples.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.diagnostics import nearest

if TYPE_CHECKING:
    from compiler.lint.rule import Rule

FOLDER = Path(__file__).with_name("explanations")
TITLE = re.compile(r"# (?P<code>[EW]\d{4}): (?P<title>.+)\n")
FENCE = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A program in `program.cnn`, the commands that are run on it (`cnnc check program.cnn` where
    none are written) and what they print. Each is empty where the example has none."""

    program: str
    commands: str
    prints: str


@dataclass(frozen=True, slots=True)
class Explanation:
    code: str
    title: str
    meaning: str
    mend: str
    example: Example
    mended: Example


def codes() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("[EW][0-9]*.md"))


@cache
def explanation(code: str) -> Explanation:
    """Of a known code, or of a rule of lint."""
    if code in rules():
        return of_rule(code)
    return read((FOLDER / f"{code}.md").read_text(encoding="utf-8"))


def read(text: str) -> Explanation:
    title = TITLE.match(text)
    assert title is not None, text
    meaning, *rest = re.split(r"^## (.+)\n", text[title.end() :], flags=re.MULTILINE)
    sections = {name: part.strip() for name, part in zip(rest[::2], rest[1::2], strict=True)}
    return Explanation(
        title["code"],
        title["title"],
        meaning.strip(),
        sections["Mend"],
        _example(sections.get("Example", "")),
        _example(sections.get("Mended", "")),
    )


def _example(text: str) -> Example:
    blocks = {match["kind"]: match["text"] for match in FENCE.finditer(text)}
    return Example(blocks.get("cnn", ""), blocks.get("sh", ""), blocks.get("text", ""))


def rules() -> dict[str, Rule]:
    """The rules of lint, by name."""
    from compiler.lint.rules import BY_NAME  # they are many files, which few calls need

    return BY_NAME


def of_rule(name: str) -> Explanation:
    """Of a rule of lint, whose texts stand in the rule."""
    from compiler.lint.page import example  # as above

    (found,) = example(rules()[name])
    rule, said = found.rule, found.diagnostic
    meaning = "\n\n".join(_wrapped(each) for each in (rule.explanation, f"Source: {rule.source}."))
    mend = f"{said.help}\n`cnnc lint --fix` {rule.fix}." if rule.fix else said.help
    shown = Example(f"{rule.example}\n", "cnnc lint net.cnn\n", f"{said.render()}\n")
    return Explanation(rule.name, rule.title, meaning, mend, shown, Example("", "", ""))


def _wrapped(text: str) -> str:
    """As wide as the files of `explanations/`."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(textwrap.fill(each, 100, break_on_hyphens=False) for each in paragraphs)


def find(word: str) -> tuple[str | None, str | None]:
    """The code, or the rule of lint, that was meant; or else the nearest one."""
    known = [*codes(), *rules()]
    code = word.upper() if word.upper() in known else word.lower()
    if code in known:
        return code, None
    return None, nearest(word, known)
