"""Hostile files of weights: `weights inspect`, `compile --weights` and emitted modules refuse them,
and do nothing else."""

from __future__ import annotations

import json
import struct
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

import cnnc
from backends.numpy.kernels.weights import random_weights
from tests.cli.run import SMALL
from tests.cli.run import cnnc as run
from tests.hostile.weights import bent, seeds

for name in ("torch", "h5py", "onnx"):
    pytest.importorskip(name)

NET = cnnc.loads(SMALL)
ARRAYS = dict(random_weights(NET.journey.graph.weight_shapes(), 1))
SEEDS = seeds(ARRAYS)
READ_BY_MODULES = (".safetensors", ".npz", ".packed.npz")
CASES, MANY = 40, 2_000
MOST_BYTES = 30 * 2**20  # of memory; the files have some kilobytes


@pytest.fixture(scope="module")
def module() -> Any:
    return type(NET.build("numpy"))


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


def try_all(path: Path, module: Any) -> bool:
    """Whether everybody took the file; who did not said so, in the form that is documented."""
    result = run("weights", "inspect", path)
    assert result.status in (0, 1), result.err
    assert (result.status == 0) == (result.err == "")
    assert result.status == 0 or result.err.startswith("error[E")
    assert "\x1b" not in result.out + result.err
    taken = result.status == 0
    if path.name.endswith(READ_BY_MODULES):
        try:
            module.load(path)
        except ValueError as error:
            taken = False
            assert str(error)
        output = path.with_name("net.py")
        made = run("compile", "-", "-b", "numpy", "--weights", path, "-o", output, stdin=SMALL)
        assert made.status in (0, 1, 2), made.err
        assert made.status == 0 or not output.exists()
        output.unlink(missing_ok=True)
        output.with_suffix(".safetensors").unlink(missing_ok=True)
    return taken


# Found by the search: a zip file of several disks, a text of 2^40 bytes in a pickle.
FOUND = ((".zip.pth", 528), (".legacy.pth", 288))


def bend(suffix: str, number: int, path: Path, module: Any) -> None:
    path.write_bytes(bent(SEEDS[suffix], Random(f"{suffix} {number}")))
    try:
        try_all(path, module)
    except BaseException:
        print(f"case {number} of {suffix}")
        raise


@pytest.mark.parametrize("suffix", SEEDS)
def test_sound_files_are_taken(suffix: str, tmp_path: Path, module: Any) -> None:
    path = tmp_path / f"w{suffix}"
    path.write_bytes(SEEDS[suffix])
    assert try_all(path, module)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("suffix", "number"), FOUND)
def test_bent_files_that_were_bugs(suffix: str, number: int, tmp_path: Path, module: Any) -> None:
    bend(suffix, number, tmp_path / f"w{suffix}", module)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", SEEDS)
def test_bent_files(suffix: str, tmp_path: Path, module: Any) -> None:
    for number in range(CASES):
        bend(suffix, number, tmp_path / f"w{suffix}", module)


# Of some bent heaps libhdf5 itself never comes back, and nobody can stop it from within.
ENDING = [suffix for suffix in SEEDS if suffix not in (".h5", ".keras")]


@pytest.mark.fuzz
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", ENDING)
def test_many_bent_files(suffix: str, tmp_path: Path, module: Any) -> None:
    for number in range(CASES, MANY):
        bend(suffix, number, tmp_path / f"w{suffix}", module)


def safetensors(header: object, data: bytes = b"\0" * 16) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(shape: object, offsets: object = (0, 16), dtype: object = "F32") -> dict[str, object]:
    return {"a": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}


def npz(header: str, data: bytes = b"\0" * 16) -> bytes:
    text = header.encode().ljust(118) + b"\n"
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("a.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data)
    return file.getvalue()


def npy(shape: str, descr: str = "'<f4'", order: str = "False") -> bytes:
    return npz(f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}")


EMPTY = b"PK\x05\x06" + b"\0" * 18
LIES: dict[str, tuple[str, bytes]] = {
    "an enormous header": (".safetensors", struct.pack("<Q", 2**63) + b"{}"),
    "a header beyond the file": (".safetensors", struct.pack("<Q", 500) + b"{}"),
    "more values than bytes": (".safetensors", safetensors(entry([2**40]))),
    "as many bytes claimed": (".safetensors", safetensors(entry([2**40], (0, 2**42)))),
    "sizes whose product overflows": (".safetensors", safetensors(entry([2**32, 2**32, 4]))),
    "zero times much": (".safetensors", safetensors(entry([0, 2**47], (0, 0)), b"") + b"x"),
    "a negative size": (".safetensors", safetensors(entry([-4]))),
    "a size that is no number": (".safetensors", safetensors(entry(["4"]))),
    "a size of true": (".safetensors", safetensors(entry([4, True]))),
    "thousands of sizes": (".safetensors", safetensors(entry([1] * 5_000 + [4]))),
    "an unknown type": (".safetensors", safetensors(entry([4], dtype="PICKLE"))),
    "overlapping arrays": (
        ".safetensors",
        safetensors({**entry([4]), "b": entry([4])["a"]}),
    ),
    "data that begins before": (".safetensors", safetensors(entry([4], (-16, 0)))),
    "a key twice": (
        ".safetensors",
        safetensors(b'{"a":1,' + b",".join(b'"k%d":1' % at for at in range(30_000)) + b',"a":1}'),
    ),
    "deep JSON": (".safetensors", safetensors(b"[" * 100_000)),
    "a number of 10,000 digits": (".safetensors", safetensors(b'{"a": ' + b"9" * 10_000 + b"}")),
    "no Unicode": (".safetensors", safetensors(b'{"\xff": 1}')),
    "npy of an enormous shape": (".npz", npy("(1099511627776,)")),
    "npy of an overflowing shape": (".npz", npy("(4294967296, 4294967296, 4)")),
    "npy of a negative shape": (".npz", npy("(-4,)")),
    "npy of a shape that is true": (".npz", npy("(True, 4)")),
    "npy of objects": (".npz", npy("(4,)", "'|O'")),
    "npy of a huge text": (".npz", npy("(1,)", "'<U1000000000'")),
    "npy of fields": (".npz", npy("(2,)", "[('x', '<f4'), ('y', '|O')]")),
    "npy that calls": (".npz", npy("__import__('os').getcwd()")),
    "npy in deep brackets": (".npz", npz("(" * 5_000)),
    "an empty zip file": (".npz", EMPTY),
    "a member that is no array": (".npz", npz("no header")),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("suffix", "content"), LIES.values(), ids=LIES.keys())
def test_lies_are_refused(suffix: str, content: bytes, tmp_path: Path, module: Any) -> None:
    path = tmp_path / f"w{suffix}"
    path.write_bytes(content)
    with little_memory():
        result = run("weights", "inspect", path)
    if content != EMPTY:
        assert result.status == 1 and "error[E09" in result.err
    with pytest.raises(ValueError, match=r"."):
        module.load(path)
    assert not try_all(path, module)


@pytest.mark.parametrize("suffix", [".safetensors", ".npz", ".zip.pth", ".onnx"])
def test_a_key_says_nothing_to_the_terminal(suffix: str, tmp_path: Path) -> None:
    key = "a\x1b]0;owned\x07\n=cmd|<script>"
    path = tmp_path / f"w{suffix}"
    path.write_bytes(seeds({key: np.zeros((2, 2), np.float32)})[suffix])
    result = run("weights", "inspect", path)
    assert result.status == 0, result.err
    assert len(result.out.splitlines()) == (5 if suffix == ".zip.pth" else 4)
    assert not [char for char in result.out if not char.isprintable() and char != "\n"]
    listed = json.loads(run("weights", "inspect", path, "--format", "json").out)
    assert [each["key"] for each in listed["arrays"]] == [key]
