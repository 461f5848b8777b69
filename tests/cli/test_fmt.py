"""`cnnc fmt`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.run import cnnc

MESSY = "INPUT(8x8x3)->CONV( 4 ) # why\n  ->FC(5)"
NEAT = "INPUT(8x8x3) -> CONV(4)  # why\n-> FC(5)\n"
BROKEN = "INPUT -> CONV(\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("messy.cnn", "deep/messy.cnn", ".hidden/messy.cnn", "messy.txt"):
        (tmp_path / name).write_text(MESSY, encoding="utf-8")
    (tmp_path / "neat.cnn").write_text(NEAT, encoding="utf-8")
    return tmp_path


def text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def test_files_are_formatted_in_place(folder: Path) -> None:
    (folder / "neat.cnn").chmod(0o640)
    before = (folder / "neat.cnn").stat()
    result = cnnc("fmt", folder / "messy.cnn", folder / "neat.cnn")
    assert (result.status, result.out) == (0, "")
    assert result.err == "1 file changed, 1 file unchanged\n"
    assert text(folder / "messy.cnn") == NEAT
    after = (folder / "neat.cnn").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_folder_is_all_its_programs_but_hidden_ones(folder: Path) -> None:
    assert cnnc("fmt", folder, folder / "neat.cnn").err == "2 files changed, 1 file unchanged\n"
    assert text(folder / "deep" / "messy.cnn") == NEAT
    assert text(folder / ".hidden" / "messy.cnn") == MESSY
    assert text(folder / "messy.txt") == MESSY
    assert cnnc("fmt", folder).err == "3 files unchanged\n"


def test_a_folder_without_programs(tmp_path: Path) -> None:
    result = cnnc("fmt", tmp_path)
    assert result.status == 1 and "error[E0102]: there is no .cnn file in" in result.err


def test_check_names_what_would_change_and_writes_nothing(folder: Path) -> None:
    result = cnnc("fmt", "--check", folder)
    assert result.status == 1
    expected = [folder / "deep" / "messy.cnn", folder / "messy.cnn"]
    assert result.out == "".join(f"would change {path}\n" for path in expected)
    assert result.err == "2 files would change, 1 file unchanged\n"
    assert text(folder / "messy.cnn") == MESSY
    assert cnnc("fmt", "--check", folder / "neat.cnn").status == 0


def test_diff_is_a_patch(folder: Path) -> None:
    path = folder / "messy.cnn"
    result = cnnc("fmt", "--diff", path)
    assert result.status == 0
    assert result.out.startswith(f"--- {path}\n+++ {path}\n@@ -1,2 +1,2 @@\n")
    assert "\\ No newline at end of file\n" in result.out
    assert text(path) == MESSY
    assert cnnc("fmt", "--diff", "--check", path).status == 1
    if shutil.which("patch"):
        subprocess.run(["patch", "-s", path], input=result.out, text=True, check=True)
        assert text(path) == NEAT


def test_a_diff_is_coloured_on_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    from cnnc.cli import colour

    console = Console(force_terminal=True, color_system="standard", width=80, soft_wrap=True)
    monkeypatch.setattr(colour, "Console", lambda **_: console)
    with console.capture() as caught:
        colour.print_changes("--- a\n+++ a\n@@ -1 +1 @@\n-x\n+y\n same\n")
    printed = caught.get()
    assert "\x1b[31m-x" in printed and "\x1b[32m+y" in printed and "\n same\n" in printed


def test_standard_input_to_standard_output() -> None:
    result = cnnc("fmt", "-", stdin=MESSY)
    assert (result.status, result.out, result.err) == (0, NEAT, "")
    assert cnnc("fmt", "-", stdin=NEAT).out == NEAT
    checked = cnnc("fmt", "--check", "-", stdin=MESSY)
    assert (checked.status, checked.out) == (1, "would change <stdin>\n")


def test_what_does_not_parse_is_left_alone_and_others_are_not(folder: Path) -> None:
    (folder / "broken.cnn").write_text(BROKEN, encoding="utf-8")
    result = cnnc("fmt", folder)
    assert result.status == 1 and result.out == ""
    assert "error[E0106]: the program ends too early" in result.err
    assert result.err.endswith("2 files changed, 1 file unchanged, 1 file with errors\n")
    assert text(folder / "broken.cnn") == BROKEN
    assert text(folder / "messy.cnn") == NEAT


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = cnnc("fmt", tmp_path / "missing.cnn")
    assert result.status == 1 and "error[E0102]" in result.err


def test_line_ends_and_byte_order_marks_change_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.cnn"
    for data in (b"\xef\xbb\xbfINPUT\n", b"INPUT\r\n", b"INPUT\r", b"INPUT"):
        path.write_bytes(data)
        assert cnnc("fmt", "--check", path).status == 1
        assert cnnc("fmt", path).err == "1 file changed\n"
        assert path.read_bytes() == b"INPUT\n"


def test_a_link_stays_a_link(folder: Path) -> None:
    (folder / "link.cnn").symlink_to("messy.cnn")
    cnnc("fmt", folder / "link.cnn")
    assert (folder / "link.cnn").is_symlink()
    assert text(folder / "messy.cnn") == NEAT
