"""The programs of this folder: what a rule finds in each, and the text that `--fix` makes of it.

Each rule has a folder of its name. Beside a program stands in `.lint` what the rule says of it, and
in `.fixed` the text with its mends, where there are any.
"""

from __future__ import annotations

from pathlib import Path

from cnnc.linted import Linted, linted, mended
from cnnc.pipeline import Journey
from compiler.expansion.modules import read_source
from compiler.lint.rule import Rule
from compiler.lint.rules import BY_NAME, RULES
from dsl.source import Source

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "lint.md"


def programs() -> list[Path]:
    return sorted(FOLDER.glob("*/*.cnn"))


def rule_of(path: Path) -> Rule:
    return BY_NAME[path.parent.name.replace("_", "-")]


def rules_for(rule: Rule) -> list[Rule]:
    """The rule alone; an allow is left over where all rules have run."""
    if rule.network is None and rule.program is None:
        return [each for each in RULES if each.usual]
    return [rule]


def whole(path: Path, text: str | None = None) -> Journey:
    source = read_source(path, path.name)
    return Journey(Source(path.name, text or source.text), path, None, {})


def says(path: Path, text: str | None = None) -> Linted:
    """What the folder's rule finds."""
    result = linted(whole(path, text), rules_for(rule_of(path)))
    found = tuple(each for each in result.found if each.rule is rule_of(path))
    return Linted(result.source, found)


def rendered(result: Linted) -> str:
    return "".join(f"{each.diagnostic.render()}\n\n" for each in result.found).removesuffix("\n")


def fixed(path: Path, text: str | None = None) -> Linted:
    """The program with the certain mends of the rules that run."""
    return mended(whole(path, text), rules_for(rule_of(path)))
