"""`cnnc draw`."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.run import EXAMPLES, SMALL, cnnc

RESNET = f"{EXAMPLES / 'resnet.cnn'}:ResNet18"
BEGINNINGS = {
    "x.svg": "<svg ",
    "x.dot": "digraph ",
    "x.gv": "digraph ",
    "x.mmd": "---\ntitle: ",
    "x.mermaid": "---\ntitle: ",
    "x.html": "<!doctype html>",
}


@pytest.mark.parametrize(("name", "beginning"), BEGINNINGS.items())
def test_the_suffix_says_the_format(tmp_path: Path, name: str, beginning: str) -> None:
    result = cnnc("draw", RESNET, "-o", tmp_path / name)
    assert (result.status, result.out, result.err) == (0, "", "")
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(beginning)


@pytest.mark.parametrize(
    ("format", "name"), [("svg", "x.svg"), ("dot", "x.dot"), ("mermaid", "x.mmd")]
)
def test_to_stdout(format: str, name: str) -> None:
    assert cnnc("draw", RESNET, "--format", format).out.startswith(BEGINNINGS[name])


def test_svg_unless_told_otherwise() -> None:
    result = cnnc("draw", "-", stdin=SMALL)
    assert result.status == 0
    assert ElementTree.fromstring(result.out).tag.endswith("svg")


def test_what_is_set_is_drawn() -> None:
    assert "FC 17" in cnnc("draw", RESNET, "--set", "classes=17").out


def test_depth_and_unfold_show_more() -> None:
    boxes = [
        cnnc("draw", RESNET, *options).out.count("data-path=")
        for options in (
            ("--depth", "1"),
            ("--depth", "1", "--unfold", "layer2.0"),
            ("--depth", "3"),
        )
    ]
    assert boxes == sorted(set(boxes))


def test_stages() -> None:
    assert ">BN · RELU<" in cnnc("draw", RESNET).out
    assert "BN" not in cnnc("draw", RESNET, "--stage", "optimised").out
    google = f"{EXAMPLES / 'googlenet.cnn'}:GoogLeNet"
    assert "→ aux1" in cnnc("draw", google, "--train").out
    assert "aux1" not in cnnc("draw", google).out


def test_styles_differ() -> None:
    assert 'class="prism convolution"' in cnnc("draw", RESNET, "--style", "volumes").out
    assert 'class="box convolution"' in cnnc("draw", RESNET).out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            ("-o", "x.png"),
            "no picture is written as 'x.png': .svg, .dot, .gv,",
        ),
        (("-o", "x.html", "--theme", "dark"), "--style and --theme are for SVG"),
        (("-o", "x.html", "--unfold", "layer2"), "the reader of a page unfolds it"),
        (("-o", "x"), "add --format"),
        (("--depth", "0"), "--depth"),
        (("--unfold", "layer22"), "there is no scope `layer22` to unfold; did you mean layer2?"),
        (("--train", "--stage", "optimised"), "--train takes the training graph"),
        (("--train", "--stage", "source"), "--train takes the training graph"),
        (("--format", "dot", "--style", "volumes"), "--style and --theme are for SVG"),
        (("--format", "mermaid", "--theme", "dark"), "--style and --theme are for SVG"),
    ],
)
def test_a_wrong_command_line(options: tuple[str, ...], says: str) -> None:
    result = cnnc("draw", RESNET, *options)
    assert result.status == 2
    assert says in " ".join(result.err.replace("│", " ").split())
    assert not any(Path(name).exists() for name in ("x", "x.png", "x.html"))


def test_the_program_is_not_overwritten(tmp_path: Path) -> None:
    program = tmp_path / "small.cnn"
    program.write_text(SMALL, encoding="utf-8")
    assert cnnc("draw", program, "-o", program).status == 2
    assert program.read_text(encoding="utf-8") == SMALL


def test_errors_of_the_program() -> None:
    result = cnnc("draw", "-", stdin="INPUT -> CONVV(3)")
    assert (result.status, result.out) == (1, "")
    assert "error[E0201]" in result.err


def test_the_page_is_that_of_the_report() -> None:
    page = cnnc("draw", RESNET, "--format", "html", "--depth", "1").out
    assert page == cnnc("report", RESNET, "--format", "html", "--depth", "1").out
