"""`--resume`: what was counted is not counted again, whatever ended the walk."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from cnnc.exploring import runner
from cnnc.exploring.members import Member, measure
from cnnc.exploring.program import Program
from tests.cli.run import Result, cnnc
from tests.explore.programs import TOWER

SIZE = 24


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The settings of every member that this process counts."""
    several: list[dict[str, str]] = []

    def count(program: Program, settings: dict[str, str]) -> Member:
        several.append(settings)
        return measure(program, settings)

    monkeypatch.setattr(runner, "measure", count)
    return several


def explore(journal: Path, *options: str, program: str = TOWER) -> Result:
    return cnnc("explore", "-", "--format", "json", "--resume", journal, *options, stdin=program)


def test_a_walk_that_is_done_is_read_from_its_journal(
    tmp_path: Path, counted: list[dict[str, str]]
) -> None:
    first = explore(tmp_path / "j")
    assert (first.status, len(counted)) == (0, SIZE)
    assert explore(tmp_path / "j").out == first.out
    assert len(counted) == SIZE
    assert first.out == cnnc("explore", "-", "--format", "json", stdin=TOWER).out


@pytest.mark.parametrize("lines", [0, 1, 2, 9, SIZE])
@pytest.mark.parametrize("cut", [0, 1, 30])
def test_a_walk_that_was_cut_goes_on(
    tmp_path: Path, counted: list[dict[str, str]], lines: int, cut: int
) -> None:
    """A kill leaves whole lines and at most a part of one."""
    journal = tmp_path / "j"
    whole = explore(journal).out
    texts = journal.read_text("utf-8").splitlines(keepends=True)
    cut_text = "".join(texts[:lines]) + texts[lines][: len(texts[lines]) - cut if cut else 0]
    journal.write_text(cut_text, "utf-8")
    counted.clear()
    again = explore(journal)
    assert (again.status, again.out) == (0, whole)
    assert again.err in ("", "exploring - ...\n")  # what it says of itself after a second
    # A line that lacks its end alone is whole.
    kept = max(0, lines - 1) + (cut == 1 and lines > 0)
    assert len(counted) == SIZE - kept
    assert explore(journal).out == whole
    assert len(counted) == SIZE - kept
    settings = [json.dumps(each) for each in counted]
    assert len(set(settings)) == len(settings)


def test_another_part_of_the_family_goes_on_from_it(
    tmp_path: Path, counted: list[dict[str, str]]
) -> None:
    explore(tmp_path / "j", "--vary", "N=[0, 2]")
    assert len(counted) == 16
    explore(tmp_path / "j")
    assert len(counted) == SIZE


def test_other_expressions_need_no_new_counts(
    tmp_path: Path, counted: list[dict[str, str]]
) -> None:
    explore(tmp_path / "j")
    result = explore(tmp_path / "j", "--where", "N == 1", "--sort", "-rf", "--pareto", "params,rf")
    assert result.status == 0
    assert len(counted) == SIZE


def test_two_runs_at_once_share_a_journal(tmp_path: Path, counted: list[dict[str, str]]) -> None:
    """The lines of both stand in it, one cut short by the other's."""
    journal = tmp_path / "j"
    whole = explore(journal).out
    first, *lines = journal.read_text("utf-8").splitlines()
    mixed = [first, lines[3], lines[5][:40], first, lines[3], *lines[:12]]
    journal.write_text("\n".join([*mixed, ""]), "utf-8")
    counted.clear()
    assert explore(journal).out == whole
    assert len(counted) == SIZE - 12


CHANGED = TOWER.replace("FC(5)", "FC(6)")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", None),
        ("INPUT(8x8x3) -> GAP\n", "line 1 is none of its lines"),
        ("{}\n", "line 1 is none of its lines"),
        ("[1]\n", "line 1 is none of its lines"),
        ('{"format": "cnnc-explore-journal/9"}\n', "line 1 is none of its lines"),
        ("\x00\x01\n", "line 1 is none of its lines"),
        (b"\xff\xfe", "line 1 is none of its lines"),
        ("HEADER\nnonsense\n", "line 2 is none of its lines"),
        ("HEADER\n[]\n", "line 2 is none of its lines"),
        ("HEADER\nnull\n", "line 2 is none of its lines"),
        ('HEADER\n{"settings": {"N": 1}}\n', "line 2 is none of its lines"),
        (
            'HEADER\n{"settings": {}, "params": {}, "metrics": {"params": 1}, "problem": null}\n',
            "line 2 is none of its lines",
        ),
        (
            'HEADER\n{"settings": {}, "params": {}, "metrics": {}, "problem": {"code": 3}}\n',
            "line 2 is none of its lines",
        ),
    ],
)
def test_what_is_no_journal_is_refused_and_kept(
    tmp_path: Path, content: str | bytes, says: str | None
) -> None:
    journal = tmp_path / "j"
    explore(journal)
    header = journal.read_text("utf-8").splitlines()[0]
    raw = content if isinstance(content, bytes) else content.replace("HEADER", header).encode()
    journal.write_bytes(raw)
    result = explore(journal)
    if says is None:
        assert result.status == 0
        return
    assert (result.status, result.out) == (1, "")
    assert "error[E0804]" in result.err
    assert says in " ".join(result.err.split())
    assert journal.read_bytes() == raw


@pytest.mark.parametrize("options", [(), ("--max-layers", "100")])
def test_the_journal_of_another_program_is_refused_and_kept(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    journal = tmp_path / "j"
    explore(journal, *options)
    before = journal.read_bytes()
    result = explore(journal, program=CHANGED)
    assert (result.status, result.out) == (1, "")
    assert "error[E0804]" in result.err and "<stdin> has changed since" in result.err
    assert journal.read_bytes() == before


def test_a_change_of_a_used_file_is_a_change(tmp_path: Path) -> None:
    unit, net, journal = (tmp_path / name for name in ("unit.cnn", "net.cnn", "j"))
    unit.write_text("param w = 1 in 1..3\nblock unit() = CONV(w)\n")
    net.write_text('use "unit.cnn" (unit)\nINPUT(8x8x3) -> unit -> GAP\n')
    assert cnnc("explore", net, "--resume", journal).status == 0
    unit.write_text("param w = 1 in 1..3\nblock unit() = CONV(2*w)\n")
    result = cnnc("explore", net, "--resume", journal)
    assert result.status == 1
    assert "has changed since" in result.err


@pytest.mark.parametrize("place", ["folder", "nowhere/j", "/dev/zero"])
def test_a_journal_that_cannot_be_written_is_told(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    result = explore(tmp_path / place)
    assert result.status == 1
    assert "error[E0601]: cannot write" in result.err


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(file: int, content: bytes) -> int:
        if b"settings" in content:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return before(file, content)

    before = os.write
    monkeypatch.setattr("cnnc.exploring.journal.os.write", write)
    result = explore(tmp_path / "j")
    assert result.status == 1
    assert f"cannot write {tmp_path / 'j'}: No space left on device" in result.err
