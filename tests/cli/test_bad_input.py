"""Bad input: a diagnostic with its place and an exit status, never a traceback or half a file."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.cli.run import SMALL, Result, cnnc


def refused(result: Result, code: str) -> None:
    assert result.status == 1
    assert f"error[{code}]" in result.err
    assert "Traceback" not in result.err
    assert result.out == ""


@pytest.mark.parametrize("command", [("check",), ("report",), ("compile", "-b", "numpy")])
def test_programs_that_cannot_be_read(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "bytes.cnn").write_bytes(b"INPUT -> \xff\xfe")
    (tmp_path / "empty.cnn").write_bytes(b"")
    refused(cnnc(*command, tmp_path / "missing.cnn"), "E0102")
    refused(cnnc(*command, tmp_path), "E0102")
    refused(cnnc(*command, tmp_path / "bytes.cnn"), "E0101")
    refused(cnnc(*command, tmp_path / "empty.cnn"), "E0103")
    refused(cnnc(*command, "-", stdin=b"\xff"), "E0101")
    refused(cnnc(*command, tmp_path / "nul\0.cnn"), "E0102")


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    args = ("compile", "-", "-b", "numpy", "-o")
    refused(cnnc(*args, tmp_path, stdin=SMALL), "E0601")
    refused(cnnc(*args, tmp_path / "no" / "folder.py", stdin=SMALL), "E0601")
    assert list(tmp_path.iterdir()) == []


def test_an_error_leaves_the_old_output_alone(tmp_path: Path) -> None:
    old = tmp_path / "net.py"
    old.write_text("old", encoding="utf-8")
    refused(cnnc("compile", "-", "-b", "numpy", "-o", old, stdin="INPUT -> CONF"), "E0201")
    assert old.read_text(encoding="utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["net.py"]


@pytest.mark.parametrize(
    "args",
    [
        ("compile", "-"),
        ("compile", "-", "-b", "tensorflow"),
        ("compile", "-", "-b", "numpy", "--train"),
        ("compile", "-", "-b", "numpy", "--weights", "w.npz"),
        ("compile", "-", "-b", "numpy", "-O", "3"),
        ("compile", "-", "--print-after", "fold_everything"),
        ("report", "-", "--set", "N"),
        ("report", "-", "--set", "N=1", "--set", "N=2"),
        ("report", "-", "--format", "yaml"),
        ("report",),
        ("paint", "-"),
    ],
)
def test_a_wrong_command_line_is_status_2(args: tuple[str, ...]) -> None:
    result = cnnc(*args, stdin=SMALL)
    assert result.status == 2
    assert "Traceback" not in result.err


def test_a_bug_is_status_70_and_asks_for_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a slip of ours")

    monkeypatch.setattr(import_module("cnnc.cli.report"), "journey", broken)
    result = cnnc("report", "-", stdin=SMALL)
    assert result.status == 70
    assert "a slip of ours" in result.err and "report it" in result.err
    assert "Traceback" not in result.err


def test_a_reader_that_stops_early_is_no_error() -> None:
    line = "[CONV(8) -> RELU]*4000"
    command = [sys.executable, "-m", "cnnc", "report", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(f"INPUT(8x8x3) -> {line}")
        process.stdin.close()
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait() == 0
    assert "Traceback" not in errors and "BrokenPipe" not in errors


def test_no_colour_where_no_terminal_is() -> None:
    command = [sys.executable, "-m", "cnnc", "check", "-"]
    environment = {**os.environ, "NO_COLOR": "1"}
    result = subprocess.run(
        command, input="INPUT -> CONF", capture_output=True, text=True, env=environment
    )
    assert result.returncode == 1
    assert "\x1b" not in result.stderr and "did you mean CONV?" in result.stderr


@pytest.mark.parametrize("command", [("check",), ("report",), ("compile", "-b", "numpy")])
def test_an_output_never_overwrites_what_is_read(command: tuple[str, ...], tmp_path: Path) -> None:
    program = tmp_path / "net.cnn"
    program.write_text(SMALL, encoding="utf-8")
    result = cnnc(*command, program, "-o", program)
    assert result.status == 2
    assert program.read_text(encoding="utf-8") == SMALL


def test_links_are_followed_and_pipes_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old", encoding="utf-8")
    (tmp_path / "link.txt").symlink_to("real.txt")
    assert cnnc("report", "-", "-o", tmp_path / "link.txt", stdin=SMALL).status == 0
    assert (tmp_path / "link.txt").is_symlink()
    assert "conv" in (tmp_path / "real.txt").read_text(encoding="utf-8")
    assert cnnc("report", "-", "-o", os.devnull, stdin=SMALL).status == 0
    assert not Path(os.devnull).is_file()


def test_standard_input_is_read_as_a_file_is() -> None:
    """A byte order mark is no text; what is not UTF-8 is shown by its line."""
    assert cnnc("check", "-", stdin=b"\xef\xbb\xbf" + SMALL.encode()).status == 0
    assert "on line 2" in cnnc("check", "-", stdin=b"INPUT\n-> \xff").err
