"""Whatever the text: a graph, or CnnError. `-m fuzz` searches for longer, `make fuzz` longest."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzzing.breaking import broken, seeds
from tests.fuzzing.target import run

quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
randoms = st.randoms(use_true_random=False)


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=quiet)
@given(st.one_of(randoms.map(broken), st.binary(max_size=200), st.text(max_size=100)))
def test_anything(program: bytes | str) -> None:
    run(program if isinstance(program, bytes) else program.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("number", range(20))
def test_broken_programs(number: int) -> None:
    for case in range(30):
        run(broken(Random(f"check/{number}/{case}")), emit=case % 5 == 0)


@pytest.mark.fuzz
@settings(max_examples=20_000, deadline=None, suppress_health_check=quiet, print_blob=True)
@given(st.one_of(randoms.map(broken), st.binary(), st.text()), st.booleans())
def test_anything_for_long(program: bytes | str, emit: bool) -> None:
    run(program if isinstance(program, bytes) else program.encode("utf-8", "surrogatepass"), emit)


@pytest.mark.parametrize("text", [text for text in seeds() if len(text) < 4_000][::3])
def test_every_beginning_of_a_program(text: str) -> None:
    """As an editor sees a program that is being written."""
    for end in range(0, len(text), max(1, len(text) // 10)):
        run(text[:end].encode())
