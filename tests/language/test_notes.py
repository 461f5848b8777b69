"""What the CS231n notes count, and one slip of theirs."""

from __future__ import annotations

import pytest

import cnnc
from tests.language.small import (
    rows,
    totals,
)


def test_a_5x5_filter_over_32x32x3_has_75_weights_and_1_bias() -> None:
    row = rows("INPUT(32x32x3) -> CONV(1, 5, pad=0)")[1]
    assert (row.weights, row.biases, str(row.volume)) == (75, 1, "28x28x1")


def test_a_3x3_filter_over_depth_20_has_180_weights() -> None:
    assert rows("INPUT(16x16x20) -> CONV(1)")[1].weights == 180


def test_the_volume_of_the_notes_krizhevsky_example() -> None:
    """(227 - 11)/4 + 1 = 55; 55*55*96 neurons; 96 sets of 11*11*3 shared weights."""
    row = rows("INPUT(227x227x3) -> CONV(96, 11, stride=4, pad=0)")[1]
    assert (row.activations, row.weights, row.biases) == (290_400, 34_848, 96)


def test_three_layers_on_an_image_hold_10_million_activations() -> None:
    """With gradients 73.5 MiB; the notes print "10 million" and "72MB"."""
    layers = rows("INPUT(224x224x3) -> [CONV3-64]*3")[1:]
    assert [str(row.volume) for row in layers] == ["224x224x64"] * 3
    values = sum(row.activations for row in layers)
    assert values == 9_633_792
    assert values * 4 * 2 / 2**20 == 73.5


@pytest.mark.parametrize("channels", [1, 16, 64])
def test_three_3x3_see_7x7_with_27_against_49_weights(channels: int) -> None:
    image = f"INPUT((32, 32, {channels})) ->"
    stack = rows(f"{image} [CONV({channels}, 3)]*3")
    single = rows(f"{image} CONV({channels}, 7)")
    assert [row.receptive_field for row in stack] == [1, 3, 5, 7]
    assert single[-1].receptive_field == 7
    assert sum(row.weights for row in stack) == 27 * channels**2
    assert single[-1].weights == 49 * channels**2


@pytest.mark.parametrize(
    ("size", "k", "stride", "pad", "out"),
    [(32, 5, 1, 0, 28), (32, 3, 1, 0, 30), (7, 3, 1, 0, 5), (7, 3, 2, 0, 3), (5, 3, 2, 1, 3)],
)
def test_output_sizes_of_the_notes(size: int, k: int, stride: int, pad: int, out: int) -> None:
    """(W - F + 2P)/S + 1; 32 - 3 + 1 is 30, where the notes once say 29."""
    row = rows(f"INPUT(({size}, {size}, 1)) -> CONV(1, {k}, stride={stride}, pad={pad})")[1]
    assert row.volume.spatial == (out, out)


def test_a_10x10_input_of_the_notes_has_no_whole_size() -> None:
    """(10 - 3)/2 + 1 = 4.5: `the hyperparameter setting is considered invalid`."""
    with pytest.raises(cnnc.CnnError, match=r"4\.5"):
        cnnc.loads("INPUT(10x10x1) -> CONV(1, 3, stride=2, pad=0, round=strict)")


def test_an_fc_layer_is_a_convolution_of_the_whole_volume() -> None:
    """FC-4096 over 7x7x512 is F=7, P=0, S=1, K=4096; the next ones are 1x1."""
    fc = totals("INPUT(7x7x512) -> FC(4096) -> FC(1000)")
    conv = totals("INPUT(7x7x512) -> CONV(4096, 7, pad=0) -> CONV(1000, 1)")
    assert fc == conv
