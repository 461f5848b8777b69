"""`cnnc compile`."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import cnnc as api
from backends.numpy.kernels.weights import random_weights
from tests.cli.run import EXAMPLES, SMALL, cnnc

HOSTILE = '''
## """ + __import__("os").system("echo owned") + """ \\N{BULLET} \\
net __import__ = INPUT(4x4x1) -> print: CONV(2) -> class_: BN -> GAP -> self: FC(2)
'''


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_source_is_the_same_from_run_to_run(backend: str) -> None:
    target = f"{EXAMPLES}/mobilenet_v2.cnn"
    assert cnnc("compile", target, "-b", backend).out == cnnc("compile", target, "-b", backend).out


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_no_text_of_a_program_becomes_code(backend: str) -> None:
    result = cnnc("compile", "-", "-b", backend, stdin=HOSTILE)
    assert result.status == 0
    names = {node.id for node in ast.walk(ast.parse(result.out)) if isinstance(node, ast.Name)}
    calls = {"__import__", "eval", "exec", "system"}
    assert not names & calls


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_the_emitted_file_runs_alone(backend: str, tmp_path: Path) -> None:
    target = tmp_path / "net.py"
    cnnc("compile", "-", "-b", backend, "-o", target, stdin=SMALL)
    command = [sys.executable, "-I", str(target)]
    shown = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True)
    assert "--weights" in shown.stdout and "--bench" in shown.stdout
    run = subprocess.run([*command, "--random", "3"], capture_output=True, text=True, check=True)
    assert "5" in run.stdout and run.stderr == ""


def test_stages_can_be_printed() -> None:
    graph = cnnc("compile", "-", "--stop-after", "graph", stdin=SMALL).out
    assert "conv = CONV(4) <- 0" in graph and "bn" in graph
    assert cnnc("compile", "-", "--stop-after", "checked", stdin=SMALL).out == graph
    optimised = cnnc("compile", "-", "--stop-after", "optimised", stdin=SMALL).out
    assert "folded bn" in optimised
    assert "Chain(" in cnnc("compile", "-", "--stop-after", "tree", stdin=SMALL).out
    after = cnnc("compile", "-", "--print-after", "fold_batch_norm", stdin=SMALL).out
    assert after.startswith("# after fold_batch_norm\n") and "folded bn" in after


def test_levels() -> None:
    plain = cnnc("compile", "-", "-O", "0", "--stop-after", "optimised", stdin=SMALL).out
    assert "folded" not in plain


def test_numpy_alone_has_fused_layers() -> None:
    args = ("compile", "-", "--stop-after", "optimised", "-b")
    assert "CONV(4) then RELU" in cnnc(*args, "numpy", stdin=SMALL).out
    assert "then" not in cnnc(*args, "numpy", "-O", "1", stdin=SMALL).out
    assert "then" not in cnnc(*args, "torch", stdin=SMALL).out
    fused = ("compile", "-", "--print-after", "fuse_elementwise")
    assert cnnc(*fused, "-b", "numpy", stdin=SMALL).status == 0
    refused = cnnc(*fused, stdin=SMALL)
    assert refused.status == 2 and "fold_scale" in refused.err


def test_passes_are_left_out() -> None:
    args = ("compile", "-", "-b", "numpy", "--without", "fold_batch_norm")
    graph = cnnc(*args, "--stop-after", "optimised", stdin=SMALL).out
    assert "folded" not in graph and "BN then RELU" in graph
    both = (*args, "--without", "fuse_elementwise", "--stop-after", "optimised")
    assert "then" not in cnnc(*both, stdin=SMALL).out
    assert "folded_norms" not in cnnc(*args, stdin=SMALL).out


def test_weights_are_transformed_as_the_module_wants_them(tmp_path: Path) -> None:
    own = tmp_path / "own.safetensors"
    save_file(dict(random_weights(api.loads(SMALL).journey.graph.weight_shapes(), 3)), own)
    target = tmp_path / "net.py"
    args = ("compile", "-", "-b", "numpy", "--without", "fold_batch_norm", "-o", target)
    assert cnnc(*args, "--weights", own, stdin=SMALL).status == 0
    run = [sys.executable, "-I", str(target), "--random", "3"]
    assert subprocess.run(run, capture_output=True, check=True).stdout
    assert "bn.running_mean" in load_file(tmp_path / "net.safetensors")


def test_an_unknown_pass_is_refused_and_the_known_are_listed() -> None:
    result = cnnc("compile", "-", "-b", "numpy", "--without", "fold_all", stdin=SMALL)
    assert result.status == 2
    assert "fold_all" in result.err and "share_equal_layers" in result.err


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_weights_are_transformed_beside_the_output(
    backend: str, suffix: str, tmp_path: Path
) -> None:
    own: dict[str, Any] = dict(weights_of(SMALL))
    given = tmp_path / f"own{suffix}"
    if suffix == ".npz":
        np.savez(given, **own)
    else:
        save_file(own, given)
    target = tmp_path / "net.py"
    args = ("compile", "-", "-b", backend, "-o", target, "--weights", given)
    assert cnnc(*args, stdin=SMALL).status == 0
    written = load_file(tmp_path / "net.safetensors")
    assert set(written) == {"conv.weight", "conv.bias", "fc.weight", "fc.bias"}
    by_default = subprocess.run(
        [sys.executable, "-I", str(target)], capture_output=True, text=True, cwd=tmp_path
    )
    assert by_default.returncode == 0, by_default.stderr
    x = np.ones((1, 3, 8, 8), np.float32)
    net = api.loads(SMALL, name="Net.cnn")
    reference = net.build("numpy", weights=own, level=0)(x)
    again = net.build("numpy", weights=tmp_path / "net.safetensors")(x)
    assert np.abs(again - reference).max() <= 1e-5 * np.abs(reference).max()


def test_weights_that_do_not_fit_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    own = weights_of(SMALL)
    own["fc.weight"] = np.ones((4, 4), np.float32)
    own["stray.weight"] = own.pop("conv.weight")
    save_file(own, tmp_path / "own.safetensors")
    target = tmp_path / "net.py"
    args = ("compile", "-", "-b", "numpy", "-o", target, "--weights", tmp_path / "own.safetensors")
    result = cnnc(*args, stdin=SMALL)
    assert result.status == 1 and "error[E0502]" in result.err
    for word in ("fc.weight", "stray.weight", "conv.weight"):
        assert word in result.err
    assert not target.exists() and not (tmp_path / "net.safetensors").exists()


@pytest.mark.parametrize("more", [(), ("--bundle",)])
def test_weights_that_are_no_numbers_are_named_and_nothing_is_written(
    tmp_path: Path, more: tuple[str, ...]
) -> None:
    own = weights_of(SMALL)
    own["fc.bias"][2] = np.nan
    save_file(own, tmp_path / "own.safetensors")
    args = ("-b", "numpy", "--weights", tmp_path / "own.safetensors", "-o", tmp_path / "net.py")
    result = cnnc("compile", "-", *args, *more, stdin=SMALL)
    assert result.status == 1 and "error[E0907]" in result.err
    assert "own.safetensors" in result.err
    assert "fc.bias 5: 1 of the 5 values of fc.bias" in result.err
    assert [each.name for each in tmp_path.iterdir()] == ["own.safetensors"]


def test_the_given_weights_are_never_overwritten(tmp_path: Path) -> None:
    save_file(weights_of(SMALL), tmp_path / "net.safetensors")
    before = (tmp_path / "net.safetensors").read_bytes()
    args = ("compile", "-", "-b", "torch", "-o", tmp_path / "net.py")
    result = cnnc(*args, "--weights", tmp_path / "net.safetensors", stdin=SMALL)
    assert result.status == 2
    assert (tmp_path / "net.safetensors").read_bytes() == before


def test_weights_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "w.npz").write_bytes(b"PK nonsense")
    args = ("compile", "-", "-b", "numpy", "-o", tmp_path / "net.py", "--weights")
    for name in ("w.npz", "missing.npz", "w.bin"):
        result = cnnc(*args, tmp_path / name, stdin=SMALL)
        assert result.status == 1 and "error[E0501]" in result.err
    assert [each.name for each in tmp_path.iterdir()] == ["w.npz"]


def weights_of(program: str) -> dict[str, np.ndarray]:
    graph = api.loads(program).journey.graph
    return dict(random_weights(graph.weight_shapes(), 1))


def test_weights_of_another_hand_are_never_overwritten(tmp_path: Path) -> None:
    """Beside the output, or as the output."""
    save_file(weights_of(SMALL), tmp_path / "net.safetensors")
    own: dict[str, Any] = dict(weights_of(SMALL))
    np.savez(tmp_path / "own.npz", **own)
    before = (tmp_path / "net.safetensors").read_bytes()
    args = ("compile", "-", "-b", "numpy", "--weights", tmp_path / "own.npz", "-o")
    result = cnnc(*args, tmp_path / "net.py", stdin=SMALL)
    assert result.status == 1 and "other weights" in result.err
    assert cnnc(*args, tmp_path / "net.safetensors", stdin=SMALL).status == 2
    assert cnnc(*args, tmp_path / "own.npz", stdin=SMALL).status == 2
    assert (tmp_path / "net.safetensors").read_bytes() == before
    assert cnnc(*args, tmp_path / "new.py", stdin=SMALL).status == 0
    assert cnnc(*args, tmp_path / "new.py", stdin=SMALL).status == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--train", "--stop-after", "optimised"), "--stop-after checked shows the training"),
        (("--train", "--stop-after", "graph"), "--stop-after checked shows the training"),
        (("--train", "--print-after", "fold_batch_norm"), "--train is of a module"),
        (("--train", "-b", "torch", "-O", "0"), "leave out -O"),
        (("--train", "-b", "torch", "-O", "2"), "leave out -O"),
        (("--train", "-b", "torch", "--without", "fold_pad"), "leave out -O and --without"),
        (("--train", "-b", "numpy"), "use -b torch"),
        (("--stop-after", "graph", "-b", "numpy"), "--stop-after graph is before"),
        (("--stop-after", "checked", "-O", "0"), "--stop-after checked is before"),
        (("--stop-after", "tree", "--without", "fold_pad"), "--stop-after tree is before"),
        (("--stop-after", "graph", "--print-after", "fold_batch_norm"), "graph is before"),
        (("--stop-after", "tree", "--set", "n=2"), "--set has no place"),
        (
            ("--stop-after", "optimised", "--weights", "w.npz", "-o", "x"),
            "--weights is of a module",
        ),
        (("--print-after", "fold_pad", "--without", "fold_pad"), "'fold_pad' does not run here"),
        (("-b", "numpy", "--weights", "w.npz", "-o", "-"), "--weights needs -o PATH"),
        (("-b", "numpy", "--weights", "w.npz"), "--weights needs -o PATH"),
        (("--stop-after", "plan", "-b", "torch"), "the fast form alone has a plan"),
    ],
)
def test_options_that_would_be_ignored_are_refused(options: tuple[str, ...], said: str) -> None:
    result = cnnc("compile", "-", *options, stdin=SMALL)
    assert (result.status, result.out) == (2, "")
    assert said in " ".join(result.err.replace("│", " ").split())
