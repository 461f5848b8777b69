"""Tuning: whatever is found the fastest computes the same, and what is kept survives anything."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnc
from backends.numpy.kernels.fast.choosing import Recipe, Work, choices, square_choices
from backends.numpy.runtime import tuning
from backends.numpy.runtime.trials import sites_of
from tests.numpy_backend.test_fast import PROGRAMS, built, error, image

SQUARES = "INPUT(14x14x64) -> CONV(64) -> RELU -> ADD{ CONV(64) | ID } -> RELU -> CONV(40, 1)"
POINTWISE = "INPUT(13x11x5) -> CONV(48, 3) -> RELU -> CONV(32, 1, stride=2)"
TUNED = {
    "squares": SQUARES,
    **{name: PROGRAMS[name] for name in ("ragged", "dilated", "groups", "concatenated", "excited")},
    "squares, ragged": "INPUT(13x11x48) -> CONV(64) -> RELU -> CONV(32, pad=0)",
    "in parts": "INPUT(5x5x512) -> CONV(64, 3, stride=2) -> RELU -> CONV(96, 1)",
}


@pytest.fixture(autouse=True)
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def kept(caches: Path) -> list[Path]:
    return sorted(path for path in caches.rglob("*") if path.is_file())


def content(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


class Replacing:
    """Puts another function into an emitted module, which nets of the same text share."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def __call__(self, made: Any, name: str, function: Callable[..., object]) -> None:
        self.monkeypatch.setitem(type(made).forward.__globals__, name, function)


@pytest.fixture
def replaced(monkeypatch: pytest.MonkeyPatch) -> Replacing:
    return Replacing(monkeypatch)


@pytest.mark.parametrize("name", TUNED)
@pytest.mark.parametrize("batch", [1, 3])
def test_every_recipe_computes_the_same(name: str, batch: int, replaced: Replacing) -> None:
    """As in double precision, within the bounds of the kernels: the one that is the fastest here
    is among them, and elsewhere another."""
    x = image(TUNED[name], batch)
    tried = 0
    for number in range(24):
        made, theirs = built(TUNED[name], lanes=2, tune=True)

        def nth(layer: Any, case: Any, number: int = number) -> Recipe:
            nonlocal tried
            halo = layer.halo(case.sources[0], case.target, case.weights.shapes)
            recipes: list[Recipe] = layer.recipes(sites_of(case, halo)[0])
            tried = max(tried, len(recipes))
            return recipes[number % len(recipes)]

        replaced(made, "measured", nth)
        replaced(made, "tuned_folder", lambda: None)
        assert error(made(x), theirs(x)) < 2e-5, number
        if number + 1 >= tried:
            break
    assert tried > 1 or name in ("groups", "ragged", "dilated", "excited")


@pytest.mark.parametrize("lanes", [1, 2, "fork"])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_what_was_found_is_kept_and_used(lanes: Any, caches: Path, replaced: Replacing) -> None:
    if lanes == "fork" and not hasattr(os, "fork"):
        pytest.skip("this system cannot fork")
    first, theirs = built(SQUARES, lanes=lanes, tune=True)
    x = image(SQUARES, 1)
    wanted = first(x)
    assert error(wanted, theirs(x)) < 1e-5
    files = kept(caches)
    # Three layers, of which two differ in what follows them.
    assert len(files) == 3 and len({file.parent for file in files}) == 1
    for file in files:
        found = content(file)
        assert (found["format"], found["machine"]) == (tuning.TUNED, tuning.tuned_on())
    second, _ = built(SQUARES, lanes=lanes, tune=True)
    replaced(second, "measured", unwanted)
    assert np.array_equal(second(x), wanted)
    other_batch = image(SQUARES, 5)
    with pytest.raises(AssertionError, match="measured"):
        second(other_batch)


def unwanted(*given: object) -> Recipe:
    raise AssertionError("it is measured again")


def test_without_tuning_nothing_is_read_or_written(caches: Path, replaced: Replacing) -> None:
    made, _ = built(SQUARES)
    replaced(made, "Tuner", unwanted)
    made(image(SQUARES, 1))
    assert not kept(caches)


def test_exact_is_never_tuned_into_squares(caches: Path) -> None:
    """Not even by a file that says so."""
    x = image(SQUARES, 1)
    made, theirs = built(SQUARES, exact=True, tune=True)
    assert error(made(x), theirs(x)) < 2e-6
    files = kept(caches)
    assert len(files) == 3
    for file in files:
        assert content(file)["square"] == 0 and "exact" in file.name
        file.write_text(json.dumps({**content(file), "square": 4, "numbers": [16, 32]}), "utf-8")
    again, _ = built(SQUARES, exact=True, tune=True)
    with pytest.warns(UserWarning, match="is ignored: it holds no result of tuning"):
        assert error(again(x), theirs(x)) < 2e-6


def test_weights_that_squares_would_lose_stay_with_columns(
    caches: Path, replaced: Replacing
) -> None:
    """Another net's layer of the same sizes was tuned into squares."""
    made, _ = built(SQUARES, tune=True)
    x = image(SQUARES, 1)
    made(x)
    for file in kept(caches):
        if file.name.startswith("Square"):
            new = {**content(file), "square": 4, "axis": "rows", "numbers": [16, 32]}
            file.write_text(json.dumps(new), "utf-8")
    lost, theirs = built(SQUARES, tune=True)
    replaced(lost, "winograd_error", lambda weight, square: 1.0)
    assert error(lost(x), theirs(x)) < 2e-6


GARBAGE = {
    "empty": b"",
    "cut off": b'{"format": "cnnc-tuned/1", "mach',
    "bytes": bytes(range(256)),
    "a list": b"[]",
    "nested": b"[" * 4000,
    "endless": b"1" * 1_000_000,
    "another format": {"format": "cnnc-tuned/0"},
    "another machine": {"machine": "an abacus"},
    "a square of 3": {"square": 3},
    "true": {"square": True},
    "no axis": {"axis": ["rows"]},
    "no numbers": {"numbers": None},
    "negative": {"numbers": [-1, 0, 0, 0]},
    "fractions": {"numbers": [1.5, 1, 1, 1]},
    "of squares": {"numbers": [16, 32]},
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_ignored_with_a_warning_and_mended(
    name: str, caches: Path, replaced: Replacing
) -> None:
    text = POINTWISE
    made, theirs = built(text, tune=True)
    x = image(text, 1)
    made(x)
    file = kept(caches)[0]
    garbage = GARBAGE[name]
    if isinstance(garbage, bytes):
        file.write_bytes(garbage)
    else:
        file.write_text(json.dumps({**content(file), **garbage}), "utf-8")  # type: ignore[dict-item]
    again, _ = built(text, tune=True)
    with pytest.warns(UserWarning) as told:
        assert error(again(x), theirs(x)) < 1e-5
    assert [str(each.message).startswith(f"{file} is ignored: ") for each in told] == [True]
    third, _ = built(text, tune=True)
    replaced(third, "measured", unwanted)
    assert error(third(x), theirs(x)) < 1e-5


def test_numbers_that_fit_no_tile_come_to_the_nearest(caches: Path) -> None:
    """Right in form, absurd in what they say."""
    made, theirs = built(SQUARES, tune=True)
    x = image(SQUARES, 1)
    made(x)
    for file in kept(caches):
        numbers = [10**9] * len(content(file)["numbers"])
        new = {**content(file), "axis": "images", "numbers": numbers}
        file.write_text(json.dumps(new), "utf-8")
    again, _ = built(SQUARES, tune=True)
    assert error(again(x), theirs(x)) < 1e-5


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    text = POINTWISE
    made, theirs = built(text, tune=True)
    x = image(text, 1)
    with pytest.warns(UserWarning, match="tuning is not kept"):
        assert error(made(x), theirs(x)) < 1e-5


def test_where_files_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tuning.tuned_folder()
    assert folder is not None and folder.is_relative_to(tmp_path / "cnnc")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.setattr(sys, "platform", "linux")
    usual = tuning.tuned_folder()
    assert usual is not None and usual.is_relative_to(tmp_path / "home" / ".cache")
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.warns(UserWarning, match="no home folder"):
        assert tuning.tuned_folder() is None


def homeless() -> Path:
    raise RuntimeError


def rewrite(file: Path, number: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what is read is always whole
        for turn in range(200):
            tuning.write_recipe(file, Recipe(0, "rows", (number, turn + 1, 64, 1)))
            found = tuning.read_recipe(file, squares=False)
            assert found is not None and found.numbers[0] in (1, 2, 3)


def test_many_write_at_once(tmp_path: Path) -> None:
    file = tmp_path / "new" / "layer.json"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=rewrite, args=(file, number)) for number in (1, 2, 3)]
    for each in writers:
        each.start()
    for each in writers:
        each.join(120)
    assert [each.exitcode for each in writers] == [0, 0, 0]
    assert kept(tmp_path) == [file]
    assert tuning.read_recipe(file, squares=False) is not None


def test_the_command_line(tmp_path: Path, caches: Path) -> None:
    module = tmp_path / "net.py"
    module.write_text(cnnc.loads(POINTWISE).emit("numpy", 2), "utf-8")
    command = [sys.executable, str(module), "--random", "--tune"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("tuning: ")
    assert [file.suffix for file in kept(caches) if file != module] == [".json", ".json"]


def test_the_plain_form_has_no_such_option(tmp_path: Path) -> None:
    module = tmp_path / "net.py"
    module.write_text(cnnc.loads(POINTWISE).emit("numpy", 1), "utf-8")
    command = [sys.executable, str(module), "--random", "--tune"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and "unrecognized arguments: --tune" in done.stderr


def test_there_is_a_choice_where_every_tile_is_too_large() -> None:
    """Found by random programs: a convolution behind one of 192,192 filters."""
    depth = 9 * 192_192
    work = Work(pixels=18, width=6, depth=depth, channels=192, copies=True, run=64, passes=1)
    assert {each.tile for each in choices(work)} == {6}
    few = work._replace(depth=27)
    assert min(each.tile for each in choices(few)) == 18
    assert {each.number for each in square_choices(9, 3, 192_192, 192, 4)} == {3}
    assert {each.number for each in square_choices(9, 3, 64, 192, 4)} == {9}
