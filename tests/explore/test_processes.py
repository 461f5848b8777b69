"""Several processes count what one does; an interrupt or a kill loses nothing that was counted."""

from __future__ import annotations

import errno
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cnnc.exploring import runner
from cnnc.exploring.members import Member
from cnnc.exploring.program import Program
from cnnc.exploring.runner import shares
from tests.cli.run import cnnc
from tests.explore.programs import TOWER

ROOT = Path(__file__).parents[2]
# Each member takes about a hundredth of a second.
LONG = """
param N = 1 in 1..20
param width = 1 in 1..6
INPUT(16x16x3) -> [CONV(width) -> BN -> RELU]*(10 + N) -> GAP -> FC(5)
"""
SIZE = 120
PATIENCE = 120


@pytest.mark.parametrize(("jobs", "format"), [("2", "json"), ("3", "table")])
def test_processes_give_what_one_gives(jobs: str, format: str) -> None:
    options = ("--format", format, "--sort", "macs")
    one = cnnc("explore", "-", *options, stdin=TOWER)
    several = cnnc("explore", "-", *options, "--jobs", jobs, stdin=TOWER)
    assert (several.status, several.out) == (0, one.out)


def test_processes_have_the_files_that_a_program_uses(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()  # one project, whose files may use each other
    (tmp_path / "units").mkdir()
    (tmp_path / "units" / "unit.cnn").write_text(
        'use "../w.cnn" (one)\nblock unit() = one -> RELU\n'
    )
    (tmp_path / "w.cnn").write_text("param w = 1 in 1..5\nblock one() = CONV(w)\n")
    net = tmp_path / "nets" / "net.cnn"
    net.parent.mkdir()
    net.write_text(
        'use "../units/unit.cnn" (unit)\nuse std.conv (conv_bn)\n'
        "INPUT(8x8x3) -> unit -> conv_bn(4) -> GAP\n"
    )
    one = cnnc("explore", net, "--format", "json")
    assert json.loads(one.out)["counts"]["shown"] == 5
    assert cnnc("explore", net, "--format", "json", "--jobs", "2").out == one.out


@pytest.mark.parametrize("members", [0, 1, 7, 8, 9, 100, 1000, 5001])
@pytest.mark.parametrize("workers", [1, 2, 64])
def test_shares_are_all_members_in_their_order(members: int, workers: int) -> None:
    several = [{"N": str(at)} for at in range(members)]
    cut = shares(several, workers)
    assert [each for share in cut for each in share] == several
    assert all(0 < len(share) <= runner.CHUNK for share in cut)


def test_few_members_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(runner, "_in_processes", start)
    assert cnnc("explore", "-", stdin=TOWER).status == 0


def started(journal: Path, output: Path, jobs: int, program: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cnnc", "explore", str(program), "--format", "json"]
    options = ["--resume", str(journal), "-o", str(output), "--jobs", str(jobs)]
    return subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def wait_for_lines(journal: Path, process: subprocess.Popen[bytes], lines: int) -> None:
    end = time.monotonic() + PATIENCE
    while not journal.exists() or journal.read_bytes().count(b"\n") < lines:
        assert process.poll() is None, "it ended before it was stopped"
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_what_was_counted_outlives_the_walk(tmp_path: Path, jobs: int, how: signal.Signals) -> None:
    program, journal, output = (tmp_path / name for name in ("long.cnn", "j", "out.json"))
    program.write_text(LONG)
    process = started(journal, output, jobs, program)
    wait_for_lines(journal, process, 40)
    # The keyboard sends its interrupt to the whole group, a kill -9 reaches the one process.
    if how is signal.SIGINT:
        os.killpg(process.pid, how)
    else:
        process.kill()
    out, err = process.communicate(timeout=PATIENCE)
    assert out == b""
    assert not output.exists()
    wait_for_group(process.pid)
    before = journal.read_text("utf-8").split("\n")
    known = {json.dumps(json.loads(line)["settings"]) for line in before[1:-1]}
    assert 30 <= len(known) < SIZE
    if how is signal.SIGINT:
        assert process.returncode == 130
        assert err.decode() == f"stopped; --resume {journal} goes on from here\n"
    again = started(journal, output, jobs, program)
    _, err = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, err
    lines = journal.read_text("utf-8").splitlines()[1:]
    settings = [json.dumps(json.loads(each)["settings"]) for each in lines if ends(each)]
    assert len(settings) == len(set(settings)) == SIZE
    assert cnnc("explore", program, "--format", "json").out == output.read_text("utf-8")


def ends(line: str) -> bool:
    """A line that the kill cut short has no end."""
    return line.endswith("}")


def wait_for_group(leader: int) -> None:
    """Until every process of the run is gone, its workers among them."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return
        assert time.monotonic() < end, "a worker outlives its parent"
        time.sleep(0.02)


def test_an_interrupt_without_a_journal_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "measure", stop)
    result = cnnc("explore", "-", stdin=TOWER)
    assert (result.status, result.out, result.err) == (130, "", "")


def die(program: Program, several: list[dict[str, str]]) -> list[Member]:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def test_a_worker_that_is_killed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "measure_all", die)
    result = cnnc("explore", "-", "--jobs", "2", stdin=TOWER)
    assert (result.status, result.out) == (1, "")
    assert "error[E0805]: a process that counted members was killed" in result.err


def test_a_terminal_sees_a_bar_and_no_trace_of_it_in_the_result(tmp_path: Path) -> None:
    program, output = tmp_path / "long.cnn", tmp_path / "out.csv"
    program.write_text(LONG)
    ours, theirs = pty.openpty()
    with (
        output.open("wb") as out,
        subprocess.Popen(
            [sys.executable, "-m", "cnnc", "explore", program, "--format", "csv", "--jobs", "1"],
            cwd=ROOT,
            stdout=out,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "200"},
        ) as process,
    ):
        os.close(theirs)
        seen = everything(ours)
    os.close(ours)
    assert process.returncode == 0
    assert b"exploring" in seen and f"/{SIZE}".encode() in seen
    assert output.read_bytes().count(b"\n") == SIZE + 1
    assert b"\x1b" not in output.read_bytes()


def everything(terminal: int) -> bytes:
    """Until nobody writes to it; Linux says so with an error."""
    seen = b""
    try:
        while more := os.read(terminal, 65536):
            seen += more
    except OSError as error:
        assert error.errno == errno.EIO
    return seen
