"""`cnnc compile --bundle`: what is refused, and that nothing is written then."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from tests.bundle.making import bundle, imported, labels, made_up, net_class
from tests.cli.run import cnnc

PLAIN = "net Plain = INPUT(8x8x3) -> c: CONV(4) -> RELU -> FLATTEN -> f: FC(3)"
ANY = "net Any = INPUT(32x32x3) -> c: CONV(4) -> RELU -> GAP -> f: FC(3)"
MAPS = "net Maps = INPUT(8x8x3) -> c: CONV(4)"
DEEP = "net Deep = INPUT(8x8x5) -> GAP -> f: FC(3)"
HOSTILE = ('"""', "\\", "{x}", "'; import os #", "\N{LATIN SMALL LETTER E WITH ACUTE}\u2028\x85.")


@pytest.mark.parametrize(
    ("program", "options", "told"),
    [
        (PLAIN, ("--resize", "9x8"), "E0910]: photographs become 9x8, and Plain takes 8x8"),
        (PLAIN, ("--crop", "9"), "E0910]: photographs become 9x9, and Plain takes 8x8"),
        (PLAIN, ("--resize", "8"), "E0910]: --resize 8 sets one side, and Plain takes 8x8 alone"),
        (PLAIN, ("--resize", "7", "--crop", "8"), "E0910]: --crop 8x8 takes more than --resize 7"),
        (PLAIN, ("--resize", "9x7", "--crop", "8"), "E0910]: --crop 8x8 takes more than --resize"),
        (PLAIN, ("--mean", "1,2"), "E0910]: --mean has 2 numbers, and Plain takes 3 channels"),
        (PLAIN, ("--std", "1,2"), "E0910]: --std has 2 numbers, and Plain takes 3 channels"),
        (DEEP, ("--resize", "8x8"), "E0910]: Deep takes no photograph, but 8x8x5"),
        (DEEP, ("--labels", "labels"), "E0911]: Deep gives no probability for each class"),
        (MAPS, ("--labels", "labels"), "E0911]: Maps gives no probability for each class"),
        (PLAIN, ("--labels", "two"), "E0911]: it has 2 labels, and Plain has 3 classes"),
        (PLAIN, ("--labels", "missing"), "E0912]: cannot read the labels: No such file"),
        (PLAIN, ("--labels", "gap"), "E0912]: cannot read the labels: line 2 is empty"),
        (PLAIN, ("--labels", "latin"), "E0912]: cannot read the labels: it is not UTF-8"),
        (PLAIN, ("--labels", "."), "E0912]: cannot read the labels: Is a directory"),
    ],
)
def test_what_does_not_fit(
    program: str, options: tuple[str, str], told: str, tmp_path: Path
) -> None:
    weights = made_up(program, tmp_path / "w.safetensors")
    labels(tmp_path / "labels", ("a", "b", "c"))
    labels(tmp_path / "two", ("a", "b"))
    labels(tmp_path / "gap", ("a", "", "c"))
    (tmp_path / "latin").write_bytes(b"a\nb\n\xe4\n")
    given = [str(tmp_path / each) if options[0] == "--labels" else each for each in options[1:]]
    done = bundle(program, weights, tmp_path / "out.py", options[0], *given)
    assert done.status == 1 and f"error[{told}" in done.err
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--crop", "0"), "--crop '0': write pixels"),
        (("--resize", "8x"), "--resize '8x': write pixels"),
        (("--resize", "1x2x3"), "--resize '1x2x3': write pixels"),
        (("--resize", "²"), "--resize '²': write pixels"),
        (("--resize", "99999"), "--resize '99999': write pixels"),
        (("--mean", "a"), "--mean 'a': write numbers"),
        (("--std", "inf"), "--std 'inf': write numbers"),
        (("--std", "1,0,1"), "--std 1,0,1: deviations are above 0"),
        (("-O", "1"), "--bundle is of a module in the fast form"),
        (("--stop-after", "plan"), "--bundle is of a module in the fast form"),
    ],
)
def test_what_is_written_wrong(options: tuple[str, ...], told: str, tmp_path: Path) -> None:
    weights = made_up(PLAIN, tmp_path / "w.safetensors")
    done = bundle(PLAIN, weights, tmp_path / "out.py", *options)
    assert done.status == 2 and told in unwrapped(done.err)
    assert not list(tmp_path.glob("out*"))


def unwrapped(text: str) -> str:
    """What typer shows in a box, in one line."""
    return " ".join(text.replace("│", " ").split())


@pytest.mark.parametrize(
    "option", ["--labels=w", "--resize=8", "--crop=8", "--mean=0", "--std=1", "--single"]
)
def test_options_of_a_bundle_alone(option: str, tmp_path: Path) -> None:
    done = cnnc("compile", "-", "-b", "numpy", option, stdin=PLAIN)
    name = option.partition("=")[0]
    assert done.status == 2 and f"{name} is of a bundle: give --bundle, too" in unwrapped(done.err)


def test_what_a_bundle_needs(tmp_path: Path) -> None:
    for args, told in (
        (("-b", "numpy"), "--bundle needs --weights W, and -o PATH"),
        (("-b", "torch", "--weights", "w"), "--bundle is of a module in the fast form"),
        (("-b", "numpy", "--weights", "w"), "--weights needs -o PATH"),
    ):
        done = cnnc("compile", "-", "--bundle", *args, stdin=PLAIN)
        assert done.status == 2 and told in unwrapped(done.err)


def test_damaged_weights_leave_what_was_there(tmp_path: Path) -> None:
    weights = made_up(PLAIN, tmp_path / "w.safetensors")
    assert bundle(PLAIN, weights, tmp_path / "out.py").status == 0
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    (tmp_path / "wrong.npz").write_bytes(b"PK")
    done = bundle(PLAIN, tmp_path / "wrong.npz", tmp_path / "out.py")
    assert done.status == 1 and "E0501" in done.err
    (tmp_path / "wrong.npz").unlink()
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_weights_of_someone_else_are_not_overwritten(tmp_path: Path) -> None:
    weights = made_up(PLAIN, tmp_path / "w.safetensors")
    done = bundle(PLAIN, weights, tmp_path / "w.py")
    assert done.status == 2 and "is read by this command" in unwrapped(done.err)
    other = made_up(PLAIN, tmp_path / "out.safetensors", seed=1)
    content = other.read_bytes()
    done = bundle(PLAIN, weights, tmp_path / "out.py")
    assert done.status == 1 and "E0601" in done.err
    assert other.read_bytes() == content and not (tmp_path / "out.py").exists()
    assert bundle(PLAIN, weights, tmp_path / "out.py", "--single").status == 0
    assert other.read_bytes() == content


def test_no_text_of_a_label_becomes_code(tmp_path: Path) -> None:
    text = "net Plain = INPUT(8x8x3) -> c: CONV(4) -> RELU -> FLATTEN -> f: FC(5)"
    weights = made_up(text, tmp_path / "w.safetensors")
    named = labels(tmp_path / 'it\'s "labels"', HOSTILE)
    out = tmp_path / "out.py"
    done = bundle(text, weights, out, "--labels", named)
    assert (done.status, done.err) == (0, "")
    assert imported(out).LABELS == HOSTILE
    names = {node.id for node in ast.walk(ast.parse(out.read_text())) if isinstance(node, ast.Name)}
    assert not names & {"__import__", "eval", "exec", "system"}
    assert "\u2028" not in out.read_text() and "\x85" not in out.read_text()


@pytest.mark.parametrize(
    ("options", "size", "made"),
    [((), (40, 50), (40, 50)), (("--resize", "36"), (40, 50), (36, 45))],
)
def test_a_network_of_several_sizes(
    options: tuple[str, ...], size: tuple[int, int], made: tuple[int, int], tmp_path: Path
) -> None:
    weights = made_up(ANY, tmp_path / "w.safetensors")
    assert bundle(ANY, weights, tmp_path / "out.py", *options).status == 0
    net = net_class(tmp_path / "out.py").load()
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    assert net.preprocess(image).shape == (1, 3, *made)
    assert len(net.classify(image)) == 3
