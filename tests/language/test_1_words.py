"""Section 1 of the language: comments, numbers, volumes, windows, names, the papers' shorthand."""

from __future__ import annotations

import pytest

import cnnc
from tests.language.small import code, graph, layers, value, wiring


def test_a_comment_ends_with_its_line() -> None:
    assert layers("INPUT(8x8x3) # -> CONV(4)\n-> RELU # done") == [
        "INPUT(8x8x3) 8x8x3",
        "RELU 8x8x3",
    ]


def test_line_ends_mean_nothing() -> None:
    text = "let a = 4 block f(n) = CONV(n) -> RELU INPUT(8x8x3) -> f(a)"
    assert wiring(text) == wiring(text.replace(" ", "\n")) == wiring(text.replace(" ", "\r\n"))


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_docs_are_the_docstring_of_the_class(backend: cnnc.pipeline.Backend) -> None:
    text = '## Sees little.\n## And """knows\\ less.\nnet Small = INPUT(8x8x3) -> CONV(4)'
    made = cnnc.loads(text).build(backend)
    assert 'Sees little. And """knows\\ less.' in made.__doc__


def test_docs_of_a_bare_chain_are_those_above_it() -> None:
    text = "## A number.\nparam n = 2\n## A sketch.\nINPUT(8x8x3) -> CONV(n)"
    assert graph(text).doc == "A sketch."
    assert graph("## A number.\nlet n = 2\nINPUT(8x8x3) -> CONV(n)").doc == ""


def test_constants() -> None:
    assert [value(text) for text in ("true", "false", "none", '"a\\"b"', "[1, 2]", "(1, 2)")] == [
        True,
        False,
        None,
        'a"b',
        [1, 2],
        (1, 2),
    ]
    assert value("[]") == [] and value("[1, 2,]") == [1, 2] and value("1e-5") == 1e-5


def test_a_volume_is_height_width_channels() -> None:
    assert str(graph("INPUT(4x6x3) -> RELU")[0].shape) == "4x6x3"
    assert layers("let h = 4 INPUT((h, h + 2, 3))") == layers("INPUT(4x6x3)")


def test_a_window_is_a_number_or_height_x_width() -> None:
    one, square, wide = (layers(f"INPUT(8x8x3) -> CONV(4, {k})")[1] for k in ("3", "3x3", "1x7"))
    assert one == square == "CONV(4) 8x8x4"
    assert wide == "CONV(4, 1x7) 8x8x4"
    assert layers("INPUT(8x8x3) -> POOL(1x2)")[1] == "POOL(1x2) 8x4x3"


def test_there_are_no_hexadecimal_numbers() -> None:
    assert code("INPUT(8x8x3) -> CONV(0x10)").startswith("E01")


def test_names_of_the_user_may_be_in_any_case_but_not_a_built_ins() -> None:
    assert layers("block STEM(n) = CONV(n) INPUT(8x8x3) -> STEM(4)")[1] == "CONV(4) 8x8x4"
    assert layers("let Conv = 4 INPUT(8x8x3) -> CONV(Conv)")[1] == "CONV(4) 8x8x4"
    for text in ("let CONV = 4", "param RELU = 1", "block BN() = TANH"):
        assert code(f"{text} INPUT(8x8x3) -> TANH") == "E0208"
    assert code("net POOL = INPUT") == "E0208"
    assert code("net N { RELU = INPUT  INPUT -> TANH }") == "E0208"


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("CONV3-64", "CONV(64, 3)"),
        ("CONV7-64/2", "CONV(64, 7, stride=2)"),
        ("CONV1x3-8", "CONV(8, 1x3)"),
        ("POOL2", "POOL(2)"),
        ("POOL3/2", "POOL(3, stride=2)"),
        ("AVGPOOL3/2", "AVGPOOL(3, stride=2)"),
        ("FC-4096", "FC(4096)"),
        ("MAXPOOL2", "POOL(2)"),
    ],
)
def test_the_papers_shorthand(short: str, long: str) -> None:
    assert wiring(f"INPUT(32x32x3) -> {short}") == wiring(f"INPUT(32x32x3) -> {long}")


def test_a_short_form_has_only_what_the_operator_has() -> None:
    for word in ("LRN5", "GAP3", "FC3-64", "RELU-6", "DROPOUT2"):
        assert code(f"INPUT -> {word}") == "E0203"
