"""Random programs that work: both backends at every level, the plan, the counts, the layout."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cnnc
from compiler.ops import OPS
from dsl.formatting import formatted
from dsl.formatting.same import same
from dsl.parser import parse
from dsl.source import Source
from tests.fuzzing.building import working
from tests.fuzzing.comparing import agrees

quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
programs = st.randoms(use_true_random=False).map(working)
SEEDS = range(16)


def compiled(seed: int) -> cnnc.Net:
    return cnnc.loads(working(Random(seed)), "random.cnn")


@pytest.mark.parametrize("seed", SEEDS)
def test_backends_and_levels_agree(seed: int) -> None:
    assert agrees(compiled(seed))


def test_every_operator_is_built() -> None:
    """And every program compiles: what is random is right by construction."""
    found: Counter[str] = Counter()
    for seed in range(400):
        graph = compiled(seed).journey.graph
        found.update(graph[node].op.name for node in graph)
    assert set(found) == {op.name for op in OPS}


def test_programs_are_the_same_from_run_to_run() -> None:
    assert [working(Random(seed)) for seed in SEEDS] == [working(Random(seed)) for seed in SEEDS]
    assert len({working(Random(seed)) for seed in range(100)}) > 95


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=quiet)
@given(programs)
def test_random_programs_compile(text: str) -> None:
    net = cnnc.loads(text)
    totals, rows = net.report().totals, net.report().rows
    assert totals.parameters == sum(row.parameters for row in rows)
    assert totals.macs == sum(row.macs for row in rows)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=quiet)
@given(programs)
def test_random_programs_keep_their_meaning_in_their_layout(text: str) -> None:
    source = Source("random.cnn", text)
    once = Source("random.cnn", formatted(source))
    assert same(parse(once), parse(source))
    assert formatted(once) == once.text
    one, other = (cnnc.loads(each.text, "random.cnn") for each in (source, once))
    assert one.report().to_json() == other.report().to_json()


@pytest.mark.fuzz
@settings(max_examples=1_000, deadline=None, suppress_health_check=quiet, print_blob=True)
@given(programs)
def test_backends_and_levels_agree_for_long(text: str) -> None:
    agrees(cnnc.loads(text))
