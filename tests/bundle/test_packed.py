"""Weights in the order in which layers read them, and what a damaged file of them says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

import cnnc as api
from tests.bundle.making import MIXED, bundle, made_up, net_class
from tests.kernels.compare import noise

SHAPE = (3, 32, 32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mixed")
    weights = made_up(MIXED, folder / "w.safetensors")
    for name, options in (("mixed", ()), ("folded", ("--unpacked",))):
        done = bundle(MIXED, weights, folder / f"{name}.py", *options)
        assert (done.status, done.err) == (0, "")
    return folder


@pytest.mark.parametrize("lanes", [1, 2, 3, None])
@pytest.mark.parametrize("batch", [1, 2, 5])
def test_the_same_bytes_as_packing_at_load(lanes: int | None, batch: int, folder: Path) -> None:
    """Whatever the batch and the lanes are, and though the file was packed for one of each."""
    net = net_class(folder / "mixed.py").load(lanes=lanes)
    other = net_class(folder / "folded.py").load(lanes=lanes)
    theirs = api.loads(MIXED).build("numpy", weights=folder / "w.safetensors")
    x = noise(batch, *SHAPE, seed=batch)
    assert (net(x) == other(x)).all()
    assert np.abs(net(x) - theirs(x)).max() <= 1e-5 * np.abs(theirs(x)).max()


def test_every_kind_of_order_is_in_it(folder: Path) -> None:
    """Else the tests here would show less than they say."""
    with safe_open(folder / "mixed.safetensors", "numpy") as file:
        told = json.loads(file.metadata()["packed"])
    parts = [told, *(each for parts in told["groups"].values() for each in parts)]
    pieces = [piece for part in parts for held in part["held"].values() for piece in held]
    kinds = {order[0] if order else None for _, _, order, _ in pieces}
    assert kinds == {None, "ColumnBlocks", "PixelOrder", "SquareBlocks", "TapOrder"}
    assert told["groups"] and told["facts"]


def test_the_first_call_reads_what_it_needs_and_copies_nothing(folder: Path) -> None:
    """All that the store holds after it are views of the file."""
    net = net_class(folder / "mixed.py").load(lanes=2)
    before = {id(array) for array in held(net.engine.setup.weights)}
    net(noise(1, *SHAPE))
    after = held(net.engine.setup.weights)
    assert {id(array) for array in after} == before
    assert all(not each.flags.owndata and not each.flags.writeable for each in after)


def held(store: Any) -> list[Any]:
    own = [piece.array for pieces in store.held.values() for piece in pieces]
    return own + [each for parts in store.groups.values() for part in parts for each in held(part)]


@pytest.mark.parametrize("option", ["exact", "tune"])
def test_what_needs_the_filters_is_refused(option: str, folder: Path) -> None:
    with pytest.raises(ValueError, match=f"{option}=True: these weights are packed; .*--unpacked"):
        net_class(folder / "mixed.py").load(**{option: True})
    exact = net_class(folder / "folded.py").load(exact=True)
    assert exact(noise(1, *SHAPE)).shape == (1, 7)


def told_wrong(told: dict[str, Any], what: str) -> None:
    held = told["held"]
    changes: dict[str, Any] = {
        "gone": lambda: held["a.weight"][0].__setitem__(3, "nothing"),
        "short": lambda: held["a.weight"][0].__setitem__(1, 63),
        "late": lambda: held["a.weight"][0].__setitem__(0, 1),
        "kind": lambda: held["b.weight"][0].__setitem__(2, ["Store", 4, 64]),
        "square": lambda: held["b.weight"][0][2].__setitem__(1, 3),
        "shape": lambda: told["shapes"].__setitem__("b.weight", [64, 63, 3, 3]),
        "other": lambda: held["a.weight"][0].__setitem__(3, "a.bias"),
        "no pieces": lambda: told.pop("held"),
        "a list": lambda: told.__setitem__("groups", []),
        "nothing": lambda: held.__setitem__("a.weight", []),
    }
    changes[what]()


@pytest.mark.parametrize(
    "what",
    ["gone", "short", "late", "kind", "square", "shape", "other", "no pieces", "a list", "nothing"],
)
def test_a_file_that_does_not_fit_together(what: str, folder: Path, tmp_path: Path) -> None:
    path = folder / "mixed.safetensors"
    with safe_open(path, "numpy") as file:
        metadata = file.metadata()
    told = json.loads(metadata["packed"])
    told_wrong(told, what)
    wrong = tmp_path / "wrong.safetensors"
    save_file(load_file(path), wrong, metadata | {"packed": json.dumps(told)})
    with pytest.raises(ValueError, match=r"wrong\.safetensors: its packed weights do not fit"):
        net_class(folder / "mixed.py").load(wrong)


@pytest.mark.parametrize("text", ["", "[", "[]", "null", "[" * 100_000, '{"shapes": 1}'])
def test_a_file_that_tells_nothing(text: str, folder: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.safetensors"
    metadata = {"cnnc": "packed", "net": "Mixed", "packed": text}
    save_file(load_file(folder / "mixed.safetensors"), wrong, metadata)
    with pytest.raises(ValueError, match=r"wrong\.safetensors: its packed weights do not fit"):
        net_class(folder / "mixed.py").load(wrong)


def test_another_nets_file(folder: Path, tmp_path: Path) -> None:
    text = MIXED.replace("net Mixed", "net Other")
    bundle(text, folder / "w.safetensors", tmp_path / "other.py")
    with pytest.raises(ValueError, match="these are weights of Other, expected Mixed's"):
        net_class(folder / "mixed.py").load(tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match="these weights are packed, for the bundle beside them"):
        api.loads(MIXED).build("numpy", weights=folder / "mixed.safetensors")


def test_a_bundles_weights_are_not_bundled_again(folder: Path, tmp_path: Path) -> None:
    done = bundle(MIXED, folder / "mixed.safetensors", tmp_path / "again.py")
    assert done.status == 1 and "error[E0502]: these weights were transformed already" in done.err
    assert not list(tmp_path.iterdir())
