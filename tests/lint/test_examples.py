"""The examples and the library keep the rules, or say why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnc.linted import linted
from cnnc.pipeline import Journey
from compiler.expansion.modules import STD, read_source
from compiler.lint.rules import RULES
from dsl.comments import comments
from tests.cli.run import EXAMPLES

USUAL = [rule for rule in RULES if rule.usual]
PROGRAMS = sorted([*EXAMPLES.glob("*.cnn"), *STD.glob("*.cnn")])
FREE = {"pattern": {"N": "2", "M": "5", "K": "2"}}  # names that the program leaves open


def lint(path: Path) -> list[str]:
    journey = Journey(read_source(path, path.name), path, None, FREE.get(path.stem, {}))
    return [each.diagnostic.render() for each in linted(journey, USUAL).found]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_keeps_the_rules(path: Path) -> None:
    if path.parent == STD:
        # Whether the library's allows are of use is seen where its blocks are called.
        assert [each for each in lint(path) if "unused-allow" not in each] == []
    else:
        assert lint(path) == []


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_every_allow_has_its_reason(path: Path) -> None:
    for comment in comments(read_source(path, path.name)):
        if comment.text.startswith("cnnc:"):
            assert comment.text.partition(")")[2].strip(), comment.text


def test_without_its_comments_an_example_has_findings() -> None:
    path = EXAMPLES / "alexnet.cnn"
    text = path.read_text(encoding="utf-8").replace("cnnc:", "")
    found = linted(Journey(type(read_source(path, "x"))("x", text), path, None, {}), USUAL).found
    assert [each.rule.name for each in found] == ["heavy-fc", "indivisible-input", "heavy-fc"]


def test_the_library_s_allows_are_of_use() -> None:
    """A residual network has what they allow."""
    source = read_source(STD / "residual.cnn", "residual.cnn")
    text = source.text.replace("cnnc:", "") + (
        "net N = INPUT(32x32x3) -> CONV(16) -> basic(32, stride=2) -> GAP -> FC(10)\n"
    )
    found = linted(Journey(type(source)("n.cnn", text), None, None, {}), USUAL).found
    assert {each.rule.name for each in found} == {"stride-over-window", "unused-name"}
