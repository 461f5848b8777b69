"""Nothing in a picture overlaps, crosses or overflows: of all examples, and of graphs by chance."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.drawing.diagram import diagram
from compiler.drawing.figure import figure
from compiler.drawing.flatten import chained, flat
from compiler.drawing.folding import fold
from compiler.drawing.scopes import parts
from compiler.graph import Graph
from compiler.op import Op
from compiler.ops.activation import Relu
from compiler.ops.convolution import Conv
from compiler.ops.input import Input
from compiler.ops.merge import Add, Concat
from compiler.ops.pooling import MaxPool
from compiler.volume import Volume
from tests.drawing.cases import NETS, graph, made
from tests.drawing.invariants import hold


@pytest.mark.parametrize("depth", [None, 1, 2, 3, 99])
@pytest.mark.parametrize("target", NETS)
def test_diagrams_of_the_examples(target: str, depth: int | None) -> None:
    hold(diagram(fold(parts(graph(target)), depth)))


@pytest.mark.parametrize("target", NETS)
def test_figures_of_the_examples(target: str) -> None:
    hold(figure(flat(chained(parts(graph(target))))))


TRAINED = [target for target in NETS if len(graph(target, train=True).outputs) > 1]


@pytest.mark.parametrize("depth", [None, 2, 99])
@pytest.mark.parametrize("target", TRAINED)
def test_pictures_with_several_outputs(target: str, depth: int | None) -> None:
    network = parts(graph(target, train=True))
    hold(diagram(fold(network, depth)))
    hold(figure(flat(fold(network, depth))))


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("target", NETS)
def test_figures_with_branches(target: str, depth: int) -> None:
    hold(figure(flat(fold(parts(graph(target)), depth))))


SCOPES = ("", "a", "a.b", "a.c", "d", "d.e.f")


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Some tens of layers, each reading some of the last few, in scopes that values leave and enter
    as they will."""
    ops: list[Op] = [Input(Volume(8, 8, 4)), Conv(4), Relu(), MaxPool(), Add(), Concat()]
    layers: list[tuple[Op, str, Volume, tuple[int, ...]]] = [(ops[0], "0", Volume(8, 8, 4), ())]
    for index in range(1, draw(st.integers(2, 24))):
        op = draw(st.sampled_from(ops[1:]))
        count = draw(st.integers(2, 4)) if op.inputs == "merge" else 1
        sources = st.integers(max(0, index - draw(st.sampled_from((1, 2, 5, 25)))), index - 1)
        inputs = tuple(draw(sources) for _ in range(count))
        scope = draw(st.sampled_from(SCOPES))
        path = f"{scope}.{index}" if scope else str(index)
        layers.append((op, path, Volume(8, 8, 4), inputs))
    return made("Random", layers)


@given(graphs(), st.sampled_from((None, 1, 2, 9)))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_diagrams_of_graphs_by_chance(network: Graph, depth: int | None) -> None:
    hold(diagram(fold(parts(network), depth)))


@given(graphs())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_figures_of_graphs_by_chance(network: Graph) -> None:
    hold(figure(flat(parts(network))))
