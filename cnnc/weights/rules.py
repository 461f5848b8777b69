"""Rules that say which array of a file is which of the program's: `encoder.* -> features.*`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnc.weights.stored import refused

DROP = "-"


@dataclass(frozen=True, slots=True)
class Rule:
    """`*` stands for any text, the first of the target for the first of the pattern. A target `-`
    leaves the array out."""

    pattern: str
    target: str
    line: int

    def applied(self, name: str) -> str | None:
        """What the array is called by this rule; None where it does not match."""
        expression = "(.*)".join(map(re.escape, self.pattern.split("*")))
        found = re.fullmatch(expression, name, re.S)
        if found is None:
            return None
        texts = iter(found.groups())
        first, *others = self.target.split("*")
        return first + "".join(f"{next(texts)}{each}" for each in others)

    def __str__(self) -> str:
        return f"{self.pattern} -> {self.target}"


def read_rules(path: Path) -> tuple[Rule, ...]:
    """One a line; `#` begins a comment. Raises CnnError E0501, E0906."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise refused("E0501", path, f"cannot read rules: {reason}") from None
    rules = []
    for number, line in enumerate(text.splitlines(), 1):
        content = line.partition("#")[0].strip()
        if content:
            rules.append(_rule(content, number, path))
    return tuple(rules)


def _rule(content: str, line: int, path: Path) -> Rule:
    pattern, arrow, target = (each.strip() for each in content.partition("->"))
    if not (arrow and pattern and target) or "->" in target:
        title = f"line {line}: not a rule: {content}"
        raise refused("E0906", path, title, "write PATTERN -> NAME, or PATTERN -> -")
    if target.count("*") > pattern.count("*"):
        title = f"line {line}: more * in the name than in the pattern: {content}"
        raise refused("E0906", path, title, "each * of the name takes the text of one on the left")
    return Rule(pattern, target, line)


def first_match(rules: Sequence[Rule], *names: str) -> tuple[Rule, str] | None:
    """The first rule that matches one of an array's names, and what it makes of it."""
    for rule in rules:
        for name in names:
            made = rule.applied(name)
            if made is not None:
                return rule, made
    return None
