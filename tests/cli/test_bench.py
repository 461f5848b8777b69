"""`cnnc bench`. How long things take is not asserted: what is compared, said and refused is."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from backends.numpy.kernels.weights import random_weights
from cnnc import load
from cnnc.benching import agreement, contender, ours, rounds
from cnnc.benching.contender import Array, Contender
from cnnc.benching.formats import json as form
from dsl.diagnostics import CnnError
from tests.cli.run import EXAMPLES, SMALL, cnnc

pytest.importorskip("torch")

SCHEMA = json.loads(Path(form.__file__).with_name("bench.schema.json").read_text(encoding="utf-8"))
QUICK = ("--rounds", "2", "--threads", "1")


def content(*args: str | Path, stdin: str | None = None) -> dict[str, object]:
    result = cnnc("bench", *args, *QUICK, "--format", "json", stdin=stdin)
    assert result.status == 0, result.err
    found: dict[str, object] = json.loads(result.out)
    Draft202012Validator(SCHEMA).validate(found)
    return found


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_all_contenders_agree_and_are_timed_in_every_round() -> None:
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    found = content("-", "--batch", "2", "--with", "numpy-plain", stdin=SMALL)
    assert (found["inputs"], found["reference"]) == ([[2, 3, 8, 8]], "torch")
    rows = found["contenders"]
    assert isinstance(rows, list)
    names = ["numpy", "torch", "torch-channels-last", "onnxruntime", "numpy-plain"]
    assert [row["name"] for row in rows] == names
    for row in rows:
        assert len(row["times"]) == 2 and row["minimum"] == min(row["times"])
        assert row["difference"]["relative"] < 1e-5
    torch = rows[1]
    assert torch["ratio"] == {"of_minima": 1.0, "median": 1.0}
    assert torch["difference"] == {"largest": 0.0, "relative": 0.0}


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    known = importlib.util.find_spec
    for module in ("pytorch", "exported"):
        monkeypatch.setattr(
            f"cnnc.benching.{module}.find_spec",
            lambda name: None if name in ("torch", "onnxruntime") else known(name),
        )
    result = cnnc("bench", "-", *QUICK, "--format", "json", stdin=SMALL)
    assert result.status == 0, result.err
    assert "left out: torch: torch is not installed: pip install 'cnnc[torch]'" in result.err
    found = json.loads(result.out)
    Draft202012Validator(SCHEMA).validate(found)
    assert [row["name"] for row in found["contenders"]] == ["numpy"]
    assert found["contenders"][0]["ratio"] is None and found["reference"] is None
    left = {each["name"] for each in found["left_out"]}
    assert left == {"torch", "torch-channels-last", "onnxruntime"}


def test_what_onnx_cannot_say_is_left_out_with_the_reason() -> None:
    """Its exporter prints the graph then, which is no part of the result."""
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    program = "INPUT(5x5x3) -> CONV(4) -> ADAPTIVE_AVGPOOL(3) -> fc: FC(2)"
    result = cnnc("bench", "-", *QUICK, "--format", "json", stdin=program)
    assert "left out: onnxruntime: torch.onnx.export failed: " in result.err
    assert "onnxruntime" not in {row["name"] for row in json.loads(result.out)["contenders"]}


def test_a_graph_that_compiled_code_prints_is_no_part_of_the_result(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    (tmp_path / "net.cnn").write_text("INPUT(5x5x4) -> CONV(4) -> SHUFFLE(2) -> GAP", "utf-8")
    command = [sys.executable, "-m", "cnnc", "bench", "net.cnn", *QUICK, "--format", "json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["contenders"]
    assert "left out: onnxruntime: torch.onnx.export failed: " in done.stderr


def test_forks_take_part_or_it_is_said_why() -> None:
    result = cnnc("bench", "-", *QUICK, "--with", "numpy-forks", "--format", "json", stdin=SMALL)
    found = json.loads(result.out)
    took_part = "numpy-forks" in {row["name"] for row in found["contenders"]}
    assert took_part != ("left out: numpy-forks: " in result.err), result.err


def test_the_reference_of_onnx_takes_part_in_two_rounds() -> None:
    pytest.importorskip("onnx")
    more = ("--rounds", "3", "--threads", "1", "--with", "onnx-reference", "--format", "json")
    result = cnnc("bench", "-", *more, stdin=SMALL)
    rows = {row["name"]: row for row in json.loads(result.out)["contenders"]}
    assert rows["onnx-reference"]["difference"]["relative"] < 1e-5
    assert [len(rows[name]["times"]) for name in ("onnx-reference", "torch")] == [2, 3]


def test_a_tuned_net_takes_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    rows = content("-", "--with", "numpy-tuned", stdin=SMALL)["contenders"]
    assert isinstance(rows, list)
    assert rows[-1]["what"] == "generated NumPy, 1 lanes, tuned"
    assert [file.suffix for file in tmp_path.rglob("*") if file.is_file()] == [".json"]


def test_several_outputs_and_another_size() -> None:
    two = """
net Two {
  half_way = INPUT(8x8x3) -> a: CONV(4)
  output side = half_way -> GAP -> FC(2)
  half_way -> b: CONV(4) -> GAP -> FC(3)
}
"""
    free = "INPUT(8x8x3) -> CONV(4) -> RELU -> GAP -> FC(5)"
    assert content("-", stdin=two)["contenders"]
    assert content("-", "--size", "10x12", stdin=free)["inputs"] == [[1, 3, 10, 12]]


def kept(path: Path, weights: Mapping[str, Any]) -> None:
    np.savez(path, **weights)


def test_the_weights_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "small.cnn"
    file.write_text(SMALL, encoding="utf-8")
    weights = random_weights(load(file).journey.graph.weight_shapes(), 3)
    kept(tmp_path / "own.npz", weights)
    assert content(file, "--weights", tmp_path / "own.npz")["weights"] == str(tmp_path / "own.npz")
    kept(tmp_path / "other.npz", {**weights, "fc.bias": np.zeros(4, np.float32)})
    wrong = cnnc("bench", file, *QUICK, "--weights", tmp_path / "other.npz")
    assert wrong.status == 1 and "error[E0502]" in wrong.err and "fc.bias" in wrong.err
    kept(tmp_path / "zero.npz", {key: array * 0 for key, array in weights.items()})
    nothing = cnnc("bench", file, *QUICK, "--weights", tmp_path / "zero.npz")
    assert nothing.status == 1 and "error[E0820]" in nothing.err and not nothing.out


def test_a_contender_that_computes_something_else_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call = ours._call
    monkeypatch.setattr(
        ours, "_call", lambda model, inputs: lambda: call(model, inputs)() + np.float32(1)
    )
    result = cnnc("bench", "-", *QUICK, stdin=SMALL)
    assert result.status == 1 and not result.out
    assert "error[E0820]: numpy computes something else" in result.err


@pytest.mark.parametrize(
    ("value", "agrees"), [(1.0, True), (1.00001, True), (1.01, False), (float("nan"), False)]
)
def test_equality_is_shown_by_numbers(value: float, agrees: bool) -> None:
    reference = (np.array([1.0, -0.5], np.float32),)
    given = made("numpy", (np.array([value, -0.5], np.float32),))
    if agrees:
        assert agreement.differences("N", [given], reference)["numpy"].relative < 1e-4
    else:
        with pytest.raises(CnnError, match="E0820"):
            agreement.differences("N", [given], reference)


def test_other_shapes_are_an_error() -> None:
    with pytest.raises(CnnError, match="E0820"):
        agreement.differences(
            "N", [made("numpy", (np.ones(2, np.float32),))], (np.ones(3, np.float32),)
        )


def made(name: str, outputs: tuple[Array, ...], most_rounds: int | None = None) -> Contender:
    return Contender(name, name, lambda: None, 1, most_rounds, 1.0, 1.0, outputs)


def test_contenders_take_turns_and_another_begins_each_round() -> None:
    calls: list[str] = []

    def caller(name: str, most: int | None) -> Contender:
        return Contender(name, name, lambda: calls.append(name), 1, most, 1.0, 1.0, ())

    blas: list[int] = []
    several = [caller("a", None), caller("b", None), caller("slow", 1)]
    times = rounds.take_turns(several, 2, blas.append, lambda what: None)
    assert list(dict.fromkeys(calls[: len(calls) // 2])) == ["a", "b", "slow"]
    assert {name: len(each) for name, each in times.items()} == {"a": 2, "b": 2, "slow": 1}
    assert calls[-1] == "a" and len(blas) == 5


def test_outputs_are_kept_though_the_next_call_overwrites_them() -> None:
    value = np.zeros(1, np.float32)

    def run() -> Array:
        value[0] += 1
        return value

    one = contender.construct(contender.Maker("one", "one", lambda: run, 1))
    run()
    assert one.outputs[0][0] == 1


@pytest.mark.parametrize("size", ["9", "0x9", "9x", "9x9x9", "9x11"])
def test_sizes_that_are_none(size: str) -> None:
    fixed = "INPUT(8x8x3) -> CONV(4) -> FC(5)"
    result = cnnc("bench", "-", *QUICK, "--size", size, stdin=fixed)
    assert result.status == 2 and "Invalid value" in result.err


def test_the_table_and_its_markdown_form() -> None:
    target = EXAMPLES / "lenet.cnn"
    text = cnnc("bench", target, *QUICK).out
    assert text.startswith("LeNet5, 1x1x32x32, threads: 1 each, 2 rounds in turns\n")
    assert "BLAS" in text and "torch 2" in text
    marked = cnnc("bench", target, *QUICK, "--format", "markdown").out
    assert marked.startswith("### LeNet5, ") and "| numpy | generated NumPy" in marked
