"""What the layout is: each `.cnn` of this folder beside its `.fmt`, and what is true of all."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import CnnError
from dsl.formatting import formatted
from dsl.formatting.same import same
from dsl.parser import MAX_CHARACTERS, parse
from dsl.source import Source
from dsl.syntax import Module
from tests.formatting.cases import CASES, FOLDER, KEPT, ROOT, comments, everything, layout, read


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_layout(path: Path) -> None:
    """`python -m tests.formatting` writes the expected layouts anew."""
    expected = path.with_suffix(".fmt").read_bytes().decode("utf-8")
    assert formatted(read(path)) == expected


def test_every_layout_has_its_program() -> None:
    assert [path.stem for path in CASES] == sorted(path.stem for path in FOLDER.glob("*.fmt"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_examples_and_library_are_formatted(path: Path) -> None:
    """`cnnc fmt examples compiler/std` formats them."""
    assert formatted(read(path)) == path.read_text(encoding="utf-8")


def test_the_repository_has_programs() -> None:
    assert len(everything()) > 200


@pytest.mark.parametrize("path", everything(), ids=lambda path: str(path.relative_to(ROOT)))
def test_programs_stay_what_they_are(path: Path) -> None:
    source = read(path)
    once = formatted(source)
    assert same(tree(once), parse(source))
    assert formatted(Source(source.name, once)) == once
    assert comments(once) == comments(source.text)
    assert once.endswith("\n") and not once.endswith("\n\n")
    assert "\n\n\n" not in once and "\t" not in once and "\r" not in once
    assert all(line == line.rstrip() for line in once.split("\n"))


def tree(text: str) -> Module:
    return parse(Source("test.cnn", text))


@pytest.mark.parametrize(
    "one, other",
    [
        ("INPUT -> FC(1)", "INPUT -> FC(1.0)"),
        ("INPUT -> FC(1)", "INPUT -> FC(true)"),
        ("INPUT -> FC-1", "INPUT -> FC(1)"),
        ("INPUT -> [FC]", "INPUT -> FC"),
        ("let a = (1,)", "let a = [1]"),
        ("let a = b + (c + d)", "let a = b + c + d"),
        ("let a = 1", "## doc\nlet a = 1"),
        ("let a = 1 let b = 2", "let b = 2 let a = 1"),
        ("net A { x -> y z }", "net A { x y -> z }"),
        ("INPUT -> FC", "INPUT -> FC()"),
    ],
)
def test_trees_that_differ_are_told_apart(one: str, other: str) -> None:
    assert same(tree(one), tree(one))
    assert not same(tree(one), tree(other))


def test_line_ends_of_all_systems() -> None:
    lines = ["# one", "INPUT  # two", "-> FC", "", "", "## three", "net A = INPUT"]
    expected = "# one\nINPUT  # two\n-> FC\n\n## three\nnet A = INPUT\n"
    for end in ("\n", "\r\n", "\r"):
        assert layout(end.join(lines)) == expected
        declared = tree(end.join(lines)).declarations[-1]
        assert getattr(declared, "doc", "") == "three"


def test_a_doc_is_of_what_begins_the_line_below() -> None:
    (net,) = tree("## d\nnet A { let a = 1 ID }").declarations
    assert getattr(net, "doc", "") == "d"
    assert [getattr(each, "doc", None) for each in getattr(net, "body", ())] == ["", ""]


def test_a_layout_that_is_too_long_is_refused() -> None:
    deep = "INPUT -> " + "".join(f"a{at}: [CONV(64) -> " for at in range(45)) + "RELU" + "]" * 45
    text = "\n".join(f"net N{at} = {deep}" for at in range(150))
    assert len(text) < MAX_CHARACTERS
    with pytest.raises(CnnError) as caught:
        layout(text)
    assert [each.code for each in caught.value.diagnostics] == ["E0110"]


def test_what_is_no_program_gets_its_diagnostics() -> None:
    with pytest.raises(CnnError) as caught:
        layout("INPUT => FC\nnet A =\nnet B = INPUT")
    assert [each.code for each in caught.value.diagnostics] == ["E0105", "E0105"]
