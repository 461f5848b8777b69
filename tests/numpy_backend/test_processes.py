"""Lanes and processes: fork, spawn, pickles, signals, exceptions. Nothing hangs, nothing is left.

Each case is a program of its own, which must end in time.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

import cnnc

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

NET = "net N { INPUT(40x40x8) -> CONV(32) -> RELU -> CONV(32) -> RELU -> GAP -> fc: FC(10) }"
LONGEST = 60  # seconds, after which a case hangs
HEAD = """
import os, pickle, signal, sys, threading, time
import multiprocessing as mp
import numpy as np
from emitted import N

def image(seed, batch=1):
    return np.random.default_rng(seed).standard_normal((batch, 8, 40, 40), np.float32)

def broken():
    raise ZeroDivisionError("broken on purpose")

def lanes_of(net):
    return next(iter(net.engine.plans.values())).lanes

def told_by(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("processes")
    (folder / "emitted.py").write_text(cnnc.loads(NET).emit("numpy", 2), "utf-8")
    return folder


def program(folder: Path, text: str) -> Path:
    path = folder / f"case{len(list(folder.iterdir()))}.py"
    path.write_text(f"{HEAD}\n{text}", "utf-8")
    return path


def run(folder: Path, text: str) -> str:
    """What a program prints; an error where it fails, or does not end in time."""
    command = [sys.executable, str(program(folder, text))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("lanes", ["2", '"fork"'])
@pytest.mark.parametrize("before", [True, False])
def test_a_net_of_the_parent_after_fork(folder: Path, lanes: str, before: bool) -> None:
    """Whether it ran there already or not, in parent and child at once, with batches of both."""
    text = f"""
net = N.random(0, lanes={lanes})
wanted = {{n: N.random(0, lanes=1)(image(n, n)) for n in (1, 3)}}
if {before}:
    net(image(1)), net(image(3, 3))
children = []
for _ in range(3):
    child = os.fork()
    if child == 0:
        right = False
        try:
            for turn in range(20):
                for n in (1, 3):
                    assert np.allclose(net(image(n, n)), wanted[n], atol=1e-5)
            right = True
        finally:
            os._exit(0 if right else 1)
    children.append(child)
for turn in range(20):
    for n in (1, 3):
        assert np.allclose(net(image(n, n)), wanted[n], atol=1e-5)
print([told_by(child) for child in children])
"""
    assert run(folder, text) == "[0, 0, 0]\n"


def test_fork_in_the_middle_of_a_run(folder: Path) -> None:
    """Another thread runs the net then: the child begins with locks that nobody there lets go."""
    text = """
net = N.random(0, lanes=2)
wanted = N.random(0, lanes=1)(image(1))
ending = threading.Event()
def runs():
    while not ending.is_set():
        net(image(1))
thread = threading.Thread(target=runs)
net(image(1))
thread.start()
told = []
for _ in range(10):
    time.sleep(0.01)
    child = os.fork()
    if child == 0:
        right = all(np.allclose(net(image(1)), wanted, atol=1e-5) for turn in range(5))
        os._exit(0 if right else 1)
    told.append(told_by(child))
ending.set()
thread.join()
print(told)
"""
    assert run(folder, text) == f"{[0] * 10}\n"


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
@pytest.mark.parametrize("lanes", ["2", '"fork"'])
def test_pickled_to_other_processes(folder: Path, method: str, lanes: str) -> None:
    text = f"""
def work(given):
    net, seed = given
    return net(image(seed))

if __name__ == "__main__":
    net = N.random(0, lanes={lanes})
    wanted = [net(image(seed)) for seed in range(6)]
    with mp.get_context("{method}").Pool(2) as pool:
        found = pool.map(work, [(net, seed) for seed in range(6)])
    print(all(np.array_equal(a, b) for a, b in zip(found, wanted)))
"""
    assert run(folder, text) == "True\n"


@pytest.mark.parametrize("lanes", ["2", "3", '"fork"'])
def test_an_exception_in_any_lane_at_any_place(folder: Path, lanes: str) -> None:
    """It is raised here, with its reason, and the next run is whole."""
    text = f"""
net = N.random(0, lanes={lanes})
wanted = net(image(1))
forked = {lanes} == "fork"
for lane, parts in enumerate(lanes_of(net).programs):
    for part in parts:
        for place in (0, len(part)):
            lanes_of(net).close()
            part.insert(place, broken)
            try:
                net(image(1))
            except (ZeroDivisionError, RuntimeError) as error:
                assert "broken on purpose" in str(error), error
            else:
                raise AssertionError("no exception")
            del part[place]
            if forked:
                assert not lanes_of(net).children
            assert np.array_equal(net(image(1)), wanted)
print("done")
"""
    assert run(folder, text) == "done\n"


def test_a_lane_that_is_ended_from_outside(folder: Path) -> None:
    text = """
net = N.random(0, lanes="fork")
wanted = net(image(1))
for number in (signal.SIGTERM, signal.SIGKILL):
    child = next(iter(lanes_of(net).children.values()))
    os.kill(child, number)
    try:
        net(image(1))
    except RuntimeError as error:
        assert f"{child}, was ended" in str(error), error
    else:
        raise AssertionError("no exception")
    assert np.array_equal(net(image(1)), wanted)
print("done")
"""
    assert run(folder, text) == "done\n"


RUNNING = """
net = N.random(0, lanes="fork")
x = image(1)
net(x)
print(*lanes_of(net).children.values(), flush=True)
try:
    while True:
        net(x)
except KeyboardInterrupt:
    print("interrupted", lanes_of(net).children, flush=True)
    net(x)
    print(*lanes_of(net).children.values(), flush=True)
"""


@pytest.fixture
def running(folder: Path) -> Iterator[Popen[str]]:
    """A program whose forked lanes run, in a process group of its own."""
    command = [sys.executable, str(program(folder, RUNNING))]
    process = Popen(command, stdout=PIPE, stderr=PIPE, text=True, start_new_session=True)
    yield process
    process.kill()
    process.communicate()


def children(process: Popen[str]) -> list[int]:
    assert process.stdout is not None
    return [int(each) for each in process.stdout.readline().split()]


@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to one", "to all, as terminals do"])
def test_an_interrupt(running: Popen[str], send: Callable[[int, int], None]) -> None:
    """The lanes of a run end at once, and another starts new ones, which end with the process.
    Between two runs, where an interrupt seldom comes, lanes have nothing to end."""
    first = children(running)
    time.sleep(0.3)
    send(running.pid, signal.SIGINT)
    out, error = running.communicate(timeout=LONGEST)
    told, line = out.splitlines()
    second = [int(each) for each in line.split()]
    between = f"interrupted {dict(enumerate(first, 1))}"
    assert (error, running.returncode, len(first)) == ("", 0, 1)
    assert told == (between if second == first else "interrupted {}")
    assert_ended([*first, *second])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to one", "to all"])
def test_an_end_without_notice(
    running: Popen[str], send: Callable[[int, int], None], number: signal.Signals
) -> None:
    """Nobody is there to end the lanes: they see it for themselves."""
    lanes = children(running)
    time.sleep(0.3)
    send(running.pid, number)
    running.communicate(timeout=LONGEST)
    assert running.returncode == -number
    assert len(lanes) == 1
    assert_ended(lanes)


def assert_ended(processes: list[int]) -> None:
    """Within a few times of what a waiting lane sleeps."""
    limit = time.monotonic() + LONGEST
    while left := [each for each in processes if alive(each)]:
        assert time.monotonic() < limit, left
        time.sleep(0.05)


def alive(process: int) -> bool:
    """One that only waits to be asked how it ended is not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    file = Path(f"/proc/{process}/stat")
    if not file.exists():
        return sys.platform != "linux"
    return file.read_text("utf-8").rpartition(")")[2].split()[0] not in "ZX"
