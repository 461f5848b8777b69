"""What failing programs say: each `.cnn` of this folder beside its `.err`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiler.expansion.modules import read_source
from dsl.diagnostics import CnnError, Diagnostic

from .programs import FOLDER, diagnostics, programs, rendered

ROOT = FOLDER.parents[1]
CODE = re.compile(r"\b[EW]\d{4}\b")
# What these need no single program can bring about: a file that is missing, a family of networks
# (tests/explore), two reports that are compared (tests/difference).
WITHOUT_PROGRAM = {"E0102", "E0802", "E0803", "E0806", "E0807"}


@pytest.mark.parametrize("path", programs(), ids=lambda path: path.stem)
def test_says(path: Path) -> None:
    """`python -m tests.errors` writes the expected texts anew."""
    expected = path.with_suffix(".err").read_text(encoding="utf-8")
    assert rendered(diagnostics(path)) == expected


@pytest.mark.parametrize("path", programs(), ids=lambda path: path.stem)
def test_diagnostics_are_sound(path: Path) -> None:
    found = diagnostics(path)
    assert found
    for diagnostic in found:
        assert diagnostic.title
        assert diagnostic.place
        for label in diagnostic.labels:
            assert 0 <= label.span.start < label.span.end <= len(label.span.source.text)


@pytest.mark.parametrize("path", programs(), ids=lambda path: path.stem)
def test_carets_stand_under_their_text(path: Path) -> None:
    for diagnostic in diagnostics(path):
        for source_line, carets in pictures(diagnostic):
            assert carets in {
                label.span.text.split("\n")[0][: len(carets)].rstrip("\r").replace("\0", " ")
                for label in diagnostic.labels
            } or is_cut(source_line), (source_line, carets)


def pictures(diagnostic: Diagnostic) -> list[tuple[str, str]]:
    """Each underlined line, and the text above its carets."""
    pairs, above = [], ""
    for line in diagnostic.render().split("\n"):
        number, bar, text = line.partition(" | ")
        carets = re.match(r" *(\^+)", text)
        if bar and number.strip():
            above = text
        elif bar and carets:
            pairs.append((above, above[carets.start(1) : carets.end(1)].rstrip()))
    return pairs


def is_cut(line: str) -> bool:
    """Very long lines are shown in part."""
    return line.startswith("...") or line.endswith("...")


def test_every_expected_text_has_its_program() -> None:
    assert [path.stem for path in programs()] == sorted(path.stem for path in FOLDER.glob("*.err"))


def test_every_code_is_shown() -> None:
    sources = [*ROOT.glob("dsl/*.py"), *ROOT.glob("compiler/**/*.py")]
    known = {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}
    said = {
        code
        for path in FOLDER.glob("*.err")
        for code in re.findall(r"^\w+\[(\w+)\]: ", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert known - said == WITHOUT_PROGRAM


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CnnError, match=r"error\[E0102\]: cannot read x.cnn: no such file"):
        read_source(tmp_path / "x.cnn", "x.cnn")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(CnnError, match=r"error\[E0102\]: cannot read x.cnn: is a directory"):
        read_source(tmp_path, "x.cnn")


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(CnnError, match=r"error\[E0102\]: cannot read x.cnn: "):
        read_source(Path("a\0b"), "x.cnn")


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "x.cnn"
    path.write_bytes(b"\xef\xbb\xbfINPUT -> FC")
    assert read_source(path, "x.cnn").text == "INPUT -> FC"
