"""Bundles in threads, in processes and through pickles: always the same bytes."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.bundle.making import DIGITS, MIXED, TRAINED, bundle, digits, imported, made_up
from tests.kernels.compare import noise

THREADS = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shared")
    weights = made_up(MIXED, folder / "w.safetensors")
    assert bundle(DIGITS, TRAINED, folder / "digits.py").status == 0
    assert bundle(DIGITS, TRAINED, folder / "single.py", "--single").status == 0
    assert bundle(MIXED, weights, folder / "mixed.py").status == 0
    return folder


def together(works: list[Any], inputs: list[Any]) -> list[Any]:
    """What each call gives for each input, all threads at once from the start."""
    start = threading.Barrier(THREADS)

    def run(number: int) -> list[Any]:
        start.wait()
        return [works[number % len(works)](each) for each in inputs[number::THREADS]]

    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(run, range(THREADS)))
    return [parts[number % THREADS][number // THREADS] for number in range(len(inputs))]


@pytest.mark.parametrize("lanes", [1, 2])
def test_one_object_for_all_threads(lanes: int, folder: Path) -> None:
    """Calls take turns: no thread sees another one's values, of whatever batch these are."""
    net = imported(folder / "mixed.py").Mixed.load(lanes=lanes)
    inputs = [noise(1 + number % 6, 3, 32, 32, seed=number) for number in range(60)]
    serial = [net(each) for each in inputs]
    for ours, theirs in zip(together([net], inputs), serial, strict=True):
        assert (ours == theirs).all()


def test_an_object_for_each_thread(folder: Path) -> None:
    """They run beside each other, and their weights are one file in memory."""
    module = imported(folder / "mixed.py")
    nets = [module.Mixed.load(lanes=1) for _ in range(THREADS)]
    inputs = [noise(1 + number % 6, 3, 32, 32, seed=number) for number in range(60)]
    serial = [nets[0](each) for each in inputs]
    for ours, theirs in zip(together(nets, inputs), serial, strict=True):
        assert (ours == theirs).all()


def test_classify_in_threads(folder: Path) -> None:
    images, _ = digits()
    net = imported(folder / "digits.py").Digits.load()
    serial = [net.classify(each) for each in images[:60]]
    assert together([net.classify], list(images[:60])) == serial


@pytest.mark.parametrize("name", ["digits", "single", "mixed"])
@pytest.mark.parametrize("used", [False, True])
def test_pickles(name: str, used: bool, folder: Path) -> None:
    """The weights are in the pickle: it is of use where the file is not."""
    module = imported(folder / f"{name}.py")
    made = getattr(module, module.__all__[0])
    net = made.load(lanes=2)
    shape = (3, 32, 32) if name == "mixed" else (1, 28, 28)
    x = noise(3, *shape)
    expected = made.load(lanes=2)(x)
    if used:
        net(x)
    again = pickle.loads(pickle.dumps(net))
    assert (again(x) == expected).all()
    assert (pickle.loads(pickle.dumps(again))(x) == expected).all()


def test_a_pickle_in_another_process(folder: Path, tmp_path: Path) -> None:
    """Which can import the module, and has no weights beside it."""
    (tmp_path / "digits.py").write_bytes((folder / "digits.py").read_bytes())
    sys.path.insert(0, str(folder))
    try:
        import digits as module

        net = module.Digits.load()
    finally:
        sys.path.remove(str(folder))
    x = noise(2, 1, 28, 28)
    (tmp_path / "net.pickle").write_bytes(pickle.dumps((net, x)))
    text = (
        "import pickle, sys; net, x = pickle.load(open('net.pickle', 'rb'));"
        "sys.stdout.buffer.write(net(x).tobytes())"
    )
    done = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == net(x).tobytes()


def test_processes_read_the_file_themselves(folder: Path, tmp_path: Path) -> None:
    """A pool whose processes each load the bundle, as docs/deploying.md has it."""
    script = tmp_path / "pool.py"
    script.write_text(
        f"""
import multiprocessing, sys
sys.path.insert(0, {str(folder)!r})
import numpy as np
from digits import Digits

def start():
    global net
    net = Digits.load(lanes=1)

def score(x):
    return net(x)

if __name__ == "__main__":
    xs = list(np.random.default_rng(0).random((8, 1, 1, 28, 28), np.float32))
    with multiprocessing.get_context("spawn").Pool(2, start) as pool:
        made = pool.map(score, xs)
    serial = Digits.load(lanes=1)
    assert all((ours == serial(x)).all() for ours, x in zip(made, xs, strict=True))
    print("the same")
""",
        "utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "the same\n", "")
