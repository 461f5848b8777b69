"""Random programs: every pass alone and all together give what the program as written gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cnnc
from compiler.graph import Graph
from compiler.lengths import Lengths
from compiler.optimise import PASSES
from compiler.sizes import sizes
from dsl.diagnostics import CnnError
from tests.fuzzing.building import working
from tests.passes.agreeing import agrees, graphs
from tests.passes.programs import program

quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
randoms = st.randoms(use_true_random=False)
# What takes away training outputs and dead layers acts on programs of `working` alone.
LEVEL_0 = {each.name for each in PASSES if each.level == 0}


def compiled(random: Random, make: Callable[[Random], str] = program) -> cnnc.Net | None:
    """None for the few whose windows are larger than their volumes."""
    try:
        return cnnc.loads(make(random), "random.cnn")
    except CnnError as error:
        assert {each.code for each in error.diagnostics} <= {"E0303", "E0311", "E0312"}
        return None


def test_every_pass_alone_and_all_together() -> None:
    """The seeds are such that each pass acts several times."""
    found: Counter[str] = Counter()
    ran = [agrees(net, found) for seed in range(40) if (net := compiled(Random(seed)))]
    assert sum(ran) > 25
    for each in PASSES:
        assert found[each.name] > 0 or each.name in LEVEL_0, each.name


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=quiet)
@given(randoms)
def test_programs_that_hypothesis_makes(random: Random) -> None:
    if net := compiled(random):
        agrees(net, Counter())


def test_every_pass_keeps_the_sizes_of_image_that_a_network_takes() -> None:
    found = 0
    for make in (program, working):
        for seed in range(100):
            net = compiled(Random(seed), make)
            if net is None:
                continue
            wanted = taken(net.journey.inference.graph)
            found += wanted is not None
            for name, checked in graphs(net):
                assert taken(checked.graph) == wanted, (make.__name__, seed, name)
    assert found > 100


def taken(graph: Graph) -> tuple[Lengths, Lengths] | None:
    found = sizes(graph)
    return (found.height, found.width) if found else None


@pytest.mark.fuzz
@pytest.mark.parametrize("first", range(0, 1_000, 50))
def test_two_thousand_programs(first: int) -> None:
    """Half of them hold all of the language, half what the passes look for."""
    shown = 0
    for seed in range(first, first + 50):
        net = compiled(Random(seed))
        shown += net is not None and agrees(net, Counter())
        shown += agrees(cnnc.loads(working(Random(seed)), "random.cnn"), Counter())
    assert shown > 70
