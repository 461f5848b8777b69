"""Section 6 of the language: what a sketch leaves out."""

from __future__ import annotations

import pytest

from tests.language.small import EXAMPLES, code, example, layers, rows, totals, wiring


def test_the_notes_line_is_vgg13() -> None:
    text = (EXAMPLES / "pattern.cnn").read_text("utf-8")
    assert text.splitlines()[-1] == "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC"
    report = example("pattern.cnn", N=2, M=5, K=2).report()
    assert report.totals.parameters == 133_047_848
    vgg13 = example("vgg.cnn:VGG13").report()
    ours, theirs = (
        [str(row.layer) for row in each.rows if row.parameters] for each in (report, vgg13)
    )
    assert ours == theirs


def test_input_is_224x224x3() -> None:
    assert layers("INPUT -> RELU")[0] == "INPUT 224x224x3"


def test_conv_is_3x3_stride_1_and_keeps_the_size() -> None:
    assert rows("INPUT -> CONV(5)")[1].weights == 3 * 3 * 3 * 5
    assert layers("INPUT -> CONV(5)")[1] == "CONV(5) 224x224x5"
    for k in (1, 3, 5, 7, 11):
        assert layers(f"INPUT(32x20x3) -> CONV(5, {k})")[1].endswith("32x20x5")


@pytest.mark.parametrize(("pools", "filters"), list(enumerate([64, 128, 256, 512, 512, 512])))
def test_the_number_of_filters(pools: int, filters: int) -> None:
    """min(512, 64 * input.H / in.H)."""
    assert layers(f"INPUT -> [POOL]*{pools} -> CONV")[-1].startswith(f"CONV({filters})")


def test_a_larger_input_begins_with_64_too() -> None:
    assert layers("INPUT(32x32x3) -> CONV -> POOL -> CONV")[1::2] == [
        "CONV(64) 32x32x64",
        "CONV(128) 16x16x128",
    ]


def test_pool_is_max_2x2_stride_2_without_padding() -> None:
    assert wiring("INPUT -> POOL") == wiring("INPUT -> POOL(2, stride=2, pad=0)")
    assert layers("INPUT(7x7x3) -> POOL")[1] == "POOL 3x3x3"


def test_fc_is_4096_and_the_last_one_classes() -> None:
    chain = "INPUT(8x8x3) -> FC -> RELU -> FC -> RELU -> FC -> SOFTMAX"
    for text, classes in ((chain, 1000), (f"param classes = 7 {chain}", 7)):
        sizes = [line.split("x")[-1] for line in layers(text) if line.startswith("FC")]
        assert sizes == ["4096", "4096", str(classes)]
    assert layers(f"net N(classes = 5) = {chain}")[-1] == "SOFTMAX 1x1x5"


def test_an_fc_before_a_convolution_is_not_the_last_layer_with_weights() -> None:
    assert layers("INPUT(8x8x3) -> FC -> CONV(10, 1)")[1:] == [
        "FC(4096) 1x1x4096",
        "CONV(10, 1) 1x1x10",
    ]


def test_each_output_has_its_last_layer() -> None:
    text = """net N(classes = 9) { x = INPUT(8x8x3) -> CONV(4)
                                   output aux (train) = x -> FC -> FC
                                   x -> FC }"""
    assert [line.split()[0] for line in layers(text)[2:]] == ["FC(4096)", "FC(9)", "FC(9)"]


def test_what_is_written_wins() -> None:
    assert layers("INPUT -> FC(12)")[-1] == "FC(12) 1x1x12"
    assert totals("default CONV(k=1, out=2) INPUT(8x8x3) -> CONV").weights == 6


@pytest.mark.parametrize("classes", [-1, 0, 1.5, True, "a", "[1]"])
def test_classes_is_a_whole_number_from_1_up(classes: object) -> None:
    assert code("param classes = 10 INPUT(8x8x3) -> FC", classes=classes) in ("E0211", "E0202")
    assert code("net N(classes = 10) = INPUT(8x8x3) -> FC(classes)", classes="0") == "E0211"
    assert layers("param classes = 10 INPUT(8x8x3) -> FC", classes=7.0)[1] == "FC(7) 1x1x7"
