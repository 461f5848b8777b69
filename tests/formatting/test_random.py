"""Random programs, and programs whose white space is changed at random."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from dsl.diagnostics import CnnError
from dsl.formatting.same import same
from dsl.parser import parse
from dsl.source import Source
from tests.formatting.cases import KEPT, comments, layout
from tests.programs.syntax import Chunks, programs

quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
SPACE = re.compile(r'"(?:[^"\\\n]|\\.)*"|#[^\n]*|([ \t\n]+)')
# Before these the author's line ends are kept.
LED = re.compile(r"->|\||if\b|for\b|[\[(]|[A-Za-z_]")


def holds(text: str) -> None:
    """A text that the grammar takes, unless it is nested too deep."""
    try:
        tree = parse(Source("test.cnn", text))
    except CnnError as error:
        assume(error.diagnostics[0].code != "E0108")
        raise
    once = layout(text)
    assert same(parse(Source("test.cnn", once)), tree)
    assert layout(once) == once
    assert comments(once) == comments(text)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=quiet)
@given(programs(2))
def test_random_programs(chunks: Chunks) -> None:
    holds(" ".join(chunks))


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=quiet)
@given(programs(2))
def test_random_programs_with_random_gaps(chunks: Chunks) -> None:
    holds(scattered(chunks))


@pytest.mark.fuzz
@settings(max_examples=5_000, deadline=None, suppress_health_check=quiet, print_blob=True)
@given(programs())
def test_random_programs_for_long(chunks: Chunks) -> None:
    holds(" ".join(chunks))
    holds(scattered(chunks))


def scattered(chunks: Chunks) -> str:
    """With line ends, empty lines and comments between, always the same for the same chunks."""
    rng = random.Random(" ".join(chunks))
    gaps = (
        [" "] * 8 + ["\n"] * 3 + ["\n\n\n", "\r\n", " # a\n", "\n## b\n", "\n# c # d\n\n", " \t "]
    )
    return "".join(chunk + rng.choice(gaps) for chunk in chunks)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_other_white_space_gives_the_same_layout(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    rng = random.Random(path.stem)
    for _ in range(2):
        other = mangled(text, rng)
        assert other != text
        assert layout(other) == layout(text)


def mangled(text: str, rng: random.Random) -> str:
    """Other indents, other spaces, and line ends where none are kept; comments do not move."""
    parts, at = [], 0
    for match in SPACE.finditer(text):
        gap = match[1]
        if gap is None:
            continue
        parts += [text[at : match.start()], _other(gap, text[match.end() :], rng)]
        at = match.end()
    return "".join(parts) + text[at:]


def _other(gap: str, after: str, rng: random.Random) -> str:
    spaces = rng.choice(["", " ", "\t", "      "])
    lines = gap.count("\n")
    if lines > 1:
        return spaces + "\n" * rng.randint(2, 4) + spaces
    if lines == 1:
        return spaces + rng.choice(["\n", "\r\n"]) + spaces
    if after.startswith("#") or LED.match(after) or rng.random() < 0.8:
        return " " + spaces
    return rng.choice(["\n", " \n\t"])
