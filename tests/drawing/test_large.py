"""A deep network is drawn in as many boxes as say something, not in as many as it has layers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from compiler.drawing.folding import MOST_BOXES
from compiler.drawing.look import STYLES, Look, Style
from compiler.drawing.picture import picture
from compiler.graph import Graph
from compiler.op import Op
from compiler.ops.activation import Relu
from compiler.ops.convolution import Conv
from compiler.ops.input import Input
from compiler.ops.merge import Add
from compiler.ops.normalisation import BatchNorm
from compiler.volume import Volume
from tests.drawing.cases import made

SIZE = Volume(8, 8, 4)
Layer = tuple[Op, str, Volume, tuple[int, ...]]


def chain(count: int) -> Iterator[Layer]:
    yield Input(SIZE), "0", SIZE, ()
    for index in range(1, count):
        yield (Conv(4) if index % 2 else Relu()), str(index), SIZE, (index - 1,)


def residual(units: int) -> Iterator[Layer]:
    yield Input(SIZE), "0", SIZE, ()
    for unit in range(units):
        at, path = 5 * unit, f"stage.{unit}"
        yield Conv(4), f"{path}.conv", SIZE, (at,)
        yield BatchNorm(), f"{path}.bn", SIZE, (at + 1,)
        yield Relu(), f"{path}.relu", SIZE, (at + 2,)
        yield Add(), f"{path}.add", SIZE, (at + 3, at)
        yield Relu(), f"{path}.end", SIZE, (at + 4,)


@pytest.fixture(scope="module")
def deep() -> Graph:
    return made("Deep", chain(100_000))


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_a_chain_of_100_000_layers_is_three_boxes(deep: Graph, style: Style) -> None:
    text = picture(deep, Look(style=style))
    assert text.count("data-path=") == 3  # the input, the run, and its last member: an output
    assert ("49999× CONV 4, 3×3" if style == "graph" else "50000× CONV 4, 3×3") in text


@pytest.mark.slow
def test_4_000_residual_units_are_one_run() -> None:
    text = picture(made("Deep", residual(4_000)))
    assert text.count("data-path=") <= MOST_BOXES
    assert "3999×" in text


@pytest.mark.slow
def test_what_is_all_different_is_drawn_whole() -> None:
    layers = [
        (op if index else Input(SIZE), str(index), SIZE, (index - 1,) if index else ())
        for index in range(3_000)
        for op in [Conv(4, (1 + 2 * (index % 2), 1))]
    ]
    assert picture(made("Mixed", layers)).count("data-path=") == 3_000
