"""The parts of the alignment against slower ways that are plainly right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import compiler.difference.sequence as sequence
from compiler.difference.compare import diff
from compiler.difference.dynamic import best
from compiler.difference.forks import ROOT, forks
from compiler.difference.moves import scopes
from compiler.difference.myers import common
from compiler.difference.sequence import in_order
from compiler.difference.slide import slid
from compiler.difference.tokens import ADJACENT, SAME_PATH, Sides, score, sides
from compiler.report import Report, Row
from tests.difference.programs import report

LAYERS = ("CONV(4)", "CONV(4, 1)", "RELU", "BN", "x: CONV(4)", "y: CONV(8, 5)", "POOL(3, 1)")
words = st.lists(st.sampled_from("abc"), max_size=9)


def chain(layers: Sequence[str]) -> Report:
    """Each label is used once; what is labelled again has none."""
    calls: list[str] = []
    for layer in layers:
        label, colon, call = layer.partition(": ")
        is_again = colon and any(each.startswith(f"{label}:") for each in calls)
        calls.append(call if is_again else layer)
    return report(" -> ".join(["INPUT(16x16x4)", *calls]))


networks = st.lists(st.sampled_from(LAYERS), max_size=6).map(chain)


@given(words, words)
def test_myers_finds_a_longest_common_subsequence(old: list[str], new: list[str]) -> None:
    found = common(old, new, 20)
    assert found is not None
    assert all(old[x] == new[y] for x, y in found)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(found))
    assert len(found) == longest(old, new)


def longest(old: Sequence[str], new: Sequence[str]) -> int:
    for length in range(min(len(old), len(new)), 0, -1):
        subsequences = set(combinations(new, length))
        if any(each in subsequences for each in combinations(old, length)):
            return length
    return 0


@given(words, words, st.integers(0, 6))
def test_myers_gives_up_beyond_so_many_edits(old: list[str], new: list[str], most: int) -> None:
    edits = len(old) + len(new) - 2 * longest(old, new)
    assert (common(old, new, most) is None) == (edits > most)


def points(both: Sides, pairs: Sequence[tuple[int, int]]) -> int:
    total = 0
    for number, (i, j) in enumerate(pairs):
        worth = score(both.tokens[both.old[i]], both.tokens[both.new[j]])
        assert worth
        total += worth
        total += SAME_PATH * (both.old_rows[i].path == both.new_rows[j].path)
        total += ADJACENT * (number > 0 and pairs[number - 1] == (i - 1, j - 1))
    return total


def most_points(both: Sides) -> int:
    """Every alignment there is is tried."""

    def rest(i: int, j: int, follows: bool) -> int:
        if i == len(both.old) or j == len(both.new):
            return 0
        worth = score(both.tokens[both.old[i]], both.tokens[both.new[j]])
        found = max(rest(i + 1, j, False), rest(i, j + 1, False))
        if worth:
            worth += SAME_PATH * (both.old_rows[i].path == both.new_rows[j].path)
            found = max(found, worth + ADJACENT * follows + rest(i + 1, j + 1, True))
        return found

    return rest(0, 0, False)


@given(networks, networks)
def test_dynamic_programming_finds_the_best_alignment(old: Report, new: Report) -> None:
    both = sides(old.rows, new.rows)
    found = best(both, range(len(old.rows)), range(len(new.rows)))
    assert points(both, found) == most_points(both)


@given(networks, networks)
def test_sliding_keeps_how_equal_the_layers_are(old: Report, new: Report) -> None:
    both = sides(old.rows, new.rows)
    pairs = in_order(both, range(len(old.rows)), range(len(new.rows)))
    moved = slid(both, pairs)
    assert len(moved) == len(pairs)
    assert sorted(moved) == moved and len({j for _, j in moved}) == len(moved)

    def tokens(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        return [(both.old[i], both.new[j]) for i, j in found]

    assert tokens(moved) == tokens(pairs)
    same = [sum(old.rows[i].path == new.rows[j].path for i, j in f) for f in (pairs, moved)]
    assert same[1] >= same[0] or moved != pairs


@given(st.lists(st.lists(st.integers(0, 30), max_size=4), min_size=1, max_size=30))
def test_forks_are_immediate_dominators(wanted: list[list[int]]) -> None:
    inputs = [sorted({s for s in sources if s < node}) for node, sources in enumerate(wanted)]
    graph: nx.DiGraph[int] = nx.DiGraph()
    for node, sources in enumerate(inputs):
        graph.add_edges_from((source, node) for source in sources or [ROOT])
    expected = nx.immediate_dominators(graph, ROOT)
    assert forks(inputs) == [expected[node] for node in range(len(inputs))]


@pytest.mark.parametrize("part", [0.0, 0.3, 1.0])
def test_the_cells_that_are_filled_grow_with_the_layers(
    part: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of ever longer networks, a part of which is another one: no cell count a layer above the
    limit, whatever the length."""
    cells = 0

    def counting(both: Sides, old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
        nonlocal cells
        cells += len(old) * len(new)
        return best(both, old, new)

    monkeypatch.setattr(sequence, "best", counting)
    monkeypatch.setattr(sequence, "CELLS", 10_000)
    for units in (50, 200, 800):
        other = round(part * units)
        kept, others = "unit(4) -> POOL(3, 1, pad=1)", "pair(4) -> LRN"
        old = report(f"INPUT(8x8x4) -> a: [{kept}]*{units} -> GAP")
        text = f"a: [{kept}]*{units - other} -> b: [{others}]*{other} -> GAP"
        new = report(f"INPUT(8x8x4) -> {text}")
        cells = 0
        diff(old, new)
        layers = len(old.rows) + len(new.rows)
        assert cells <= 2 * 10_000 + 2 * sequence.CELLS_A_LAYER * layers


def test_a_long_network_is_cut_without_losing_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence, "CELLS", 100)
    monkeypatch.setattr(sequence, "CELLS_A_LAYER", 2)
    monkeypatch.setattr(sequence, "MOST_EDITS", 4)
    old = report("INPUT(8x8x4) -> [CONV(4) -> RELU -> CONV(4, 1) -> BN]*20 -> GAP")
    new = report("INPUT(8x8x4) -> [CONV(4) -> TANH -> CONV(4, 5) -> RELU -> BN]*15 -> GAP")
    found = diff(old, new)
    assert [pair.new for pair in found.pairs if pair.new] == list(new.rows)
    assert paths(pair.old for pair in found.pairs if pair.old) == paths(old.rows)


def paths(rows: object) -> list[str]:
    assert hasattr(rows, "__iter__")
    return sorted(row.path for row in rows if isinstance(row, Row))


def test_scopes_are_stretches_and_outer_ones_come_first() -> None:
    net = report(
        "net A { x = INPUT(8x8x4) -> a: CONV(4)\n y = x -> t: [CONV(4) -> u: unit(4)]\n"
        "ADD{ y | x } -> s: [unit(4)]*2 -> GAP }"
    )
    found = scopes(net.rows)
    assert list(found) == ["t", "t.u", "s", "s.0", "s.1"]
    for prefix, inside in found.items():
        within = [n for n, row in enumerate(net.rows) if row.path.startswith(f"{prefix}.")]
        assert within == list(inside)


def test_a_scope_that_is_torn_is_none() -> None:
    net = report("net A { x = INPUT(8x8x4) -> CONV(4)\n y = x -> CONV(4)\n ADD{ y | x } -> GAP }")
    paths = ("s.a", "s.b", "x", "s.c", "r.a", "r.b.c")
    rows = [replace(row, path=path) for row, path in zip(net.rows, paths, strict=False)]
    assert scopes(rows) == {"r": range(4, 5)}
