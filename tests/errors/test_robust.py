"""Whatever the text: a graph, or CnnError, and soon. `-m fuzz` searches for longer."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.check import check
from compiler.expansion.program import expand
from compiler.ops import SIGNATURES
from dsl.diagnostics import CnnError
from dsl.parser import parse
from dsl.source import Source

ROOT = Path(__file__).parents[2]
TEXTS = [
    path.read_text(encoding="utf-8")
    for folder in ("examples", "compiler/std", "tests/errors/used")
    for path in sorted((ROOT / folder).glob("*.cnn"))
]
TOKEN = re.compile(r"#[^\n]*\n|\w+|\s+|->|\.\.|[^\w\s]")
VOCABULARY = """
param let default block net output use if else for in and or not true false none
range min max len sum int round make_divisible input std train budget weight optimizer sgd
a b x CONV3-64 POOL3/2 FC-10 half same floor strict 0 1 2 3 7 1.5 1e-4 224x224x3 1x7
-> -> -> [ ] ( ) { } | : , ? * = + - / // % ** < <= == .. . # " @
"""
WORDS = [
    *SIGNATURES,
    *VOCABULARY.split(),
    "\n",
    "INPUT ->",
    "block b(x) =",
    "[CONV]*2",
    "ADD{ ID |",
]
# What one program may take on a machine that does other things too.
SECONDS = 5


def run(text: str) -> None:
    begun = time.perf_counter()
    try:
        check(expand(parse(Source("fuzz.cnn", text)), ROOT / "examples" / "fuzz.cnn"))
    except CnnError as error:
        assert error.diagnostics
        for diagnostic in error.diagnostics:
            assert diagnostic.render()
            for label in diagnostic.labels:
                assert 0 <= label.span.start <= label.span.end <= len(label.span.source.text)
    assert time.perf_counter() - begun < SECONDS


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """An example with some tokens left out, doubled, exchanged or put in."""
    tokens = TOKEN.findall(draw(st.sampled_from(TEXTS)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(tokens) - 1))
        other = draw(st.integers(0, len(tokens) - 1))
        match draw(st.sampled_from(["delete", "double", "exchange", "insert", "replace", "text"])):
            case "delete":
                tokens[at] = ""
            case "double":
                tokens.insert(at, tokens[at])
            case "exchange":
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case "insert":
                tokens.insert(at, f" {draw(st.sampled_from(WORDS))} ")
            case "replace":
                tokens[at] = draw(st.sampled_from(WORDS))
            case _:
                tokens.insert(at, draw(st.text(max_size=3)))
    return "".join(tokens)


soup = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)
sketch = st.lists(st.sampled_from(WORDS), max_size=12).map(
    lambda words: "INPUT -> " + " ".join(words)
)
expression = st.lists(st.sampled_from(WORDS), max_size=10).map(
    lambda words: f"let value = {' '.join(words)}\nINPUT -> FC(value)"
)
noise = st.binary(max_size=200).map(lambda data: data.decode("utf-8", errors="replace"))
anything = st.one_of(mutated(), soup, sketch, expression, noise, st.text(max_size=100))

quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=quiet)
@given(anything)
def test_any_text(text: str) -> None:
    run(text)


@pytest.mark.fuzz
@settings(max_examples=20_000, deadline=None, suppress_health_check=quiet, print_blob=True)
@given(anything)
def test_any_text_for_long(text: str) -> None:
    run(text)


@pytest.mark.parametrize("text", TEXTS)
def test_every_beginning_of_an_example(text: str) -> None:
    """As an editor sees a program that is being written."""
    for end in range(0, len(text), max(1, len(text) // 20)):
        run(text[:end])
