"""`cnnc explain-image`: what it writes and prints, and what it refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

import cnnc
from cnnc.imaging.pictures import enlarged, overlay
from tests.cli.run import Result
from tests.cli.run import cnnc as run
from tests.explain.looking import DIGITS, WEIGHTS, arrays, digit, opened, saved, written

data = pytest.importorskip("skimage.data")
ROOT = Path(__file__).parents[2]
GIVEN = (DIGITS, "--weights", WEIGHTS)
COLOURED = (
    "net Small = INPUT(32x32x3) -> conv: CONV(6, 5) -> RELU -> POOL -> last: CONV(4) -> RELU"
    " -> GAP -> fc: FC(3)\n"
)


def explain(*args: str | Path, given: tuple[str | Path, ...] = GIVEN) -> Result:
    return run("explain-image", *given, *args)


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    return written(digit(7), tmp_path / "seven.png")


@pytest.fixture
def small(tmp_path: Path) -> tuple[str | Path, ...]:
    """A network of colours with weights made up."""
    (tmp_path / "small.cnn").write_text(COLOURED)
    torch.manual_seed(0)
    model = cnnc.loads(COLOURED).build("torch", level=0)
    weights = saved(arrays(model), tmp_path / "small.safetensors")
    return tmp_path / "small.cnn", "--weights", weights


def test_a_picture(seven: Path, tmp_path: Path) -> None:
    result = explain("--input", seven, "-o", tmp_path / "out.png")
    assert result.status == 0, result.err
    lines = dict(line.split(maxsplit=1) for line in result.out.splitlines())
    assert list(lines) == ["network", "image", "class", "layer", "highest", "picture"]
    assert lines["class"].startswith("7 of 10, score ") and lines["class"].endswith("fc: FC(10)")
    assert lines["layer"] == "18: RELU, 96 maps of 7x7, the last maps before the classifier"
    assert "no --mean, no --std; the network has NORMALIZE(0.1307, std=0.3081)" in lines["image"]
    assert lines["highest"].startswith("at row ") and "224x224" in lines["picture"]
    assert opened(tmp_path / "out.png").shape == (224, 224, 3)
    kept = opened(ROOT / "docs" / "pictures" / "grad-cam.png").astype(int)
    assert np.abs(opened(tmp_path / "out.png") - kept).max() <= 4  # a step of the 256 colours
    again = explain("--input", seven, "-o", tmp_path / "again.png")
    assert again.status == 0
    assert (tmp_path / "out.png").read_bytes() == (tmp_path / "again.png").read_bytes()


def test_the_picture_shows_the_definition(seven: Path, tmp_path: Path) -> None:
    """CAM (Zhou et al., 2016), which Grad-CAM is where a mean and one FC end a network; resized by
    PyTorch to the size of the picture."""
    chosen = 3
    wanted = explain("--input", seven, "-o", tmp_path / "out.png", "--class", str(chosen))
    assert wanted.status == 0 and "; the highest score is that of 7" in wanted.out
    x = torch.from_numpy(digit(7)[None, None] / np.float32(255))
    maps = cnnc.load(DIGITS).build("torch", WEIGHTS, features=["18"])(x)[0].detach()
    weight = torch.from_numpy(load_file(WEIGHTS)["fc.weight"])[chosen]
    cam = torch.einsum("k,khw->hw", weight, maps).relu()[None, None]
    wide = torch.nn.functional.interpolate(cam, (224, 224), mode="bilinear")[0, 0]
    unit = ((wide - wide.min()) / (wide.max() - wide.min())).numpy()
    drawn = overlay(enlarged(np.repeat(digit(7)[..., None], 3, 2), 8), unit)
    found = opened(tmp_path / "out.png").astype(int)
    assert np.abs(found - drawn).max() <= 4  # a step of the 256 colours


def test_a_folder_of_pictures(seven: Path, tmp_path: Path) -> None:
    options = ("--filters", "--activations", "--activations-of", "conv1", "--format", "json")
    result = explain("--input", seven, "-o", tmp_path / "a" / "b", *options)
    assert result.status == 0, result.err
    found = json.loads(result.out)
    assert found["format"] == "cnnc-explain-image/1" and found["found"]["explained"] == 7
    assert found["found"]["layer"] == {"path": "18", "call": "RELU", "shape": [96, 7, 7]}
    sizes = {
        "grad-cam.png": (224, 224),
        "activations-18.png": (10 * 51 + 2, 10 * 51 + 2),
        "activations-conv1.png": (4 * 58 + 2, 4 * 58 + 2),
        "filters.png": (4 * 50 + 2, 4 * 50 + 2),
    }
    assert [Path(each["file"]).name for each in found["pictures"]] == list(sizes)
    assert {each.name for each in (tmp_path / "a" / "b").iterdir()} == set(sizes)
    for each in found["pictures"]:
        shape = opened(Path(each["file"])).shape
        assert shape == (each["height"], each["width"], 3)
        assert shape[:2] == sizes[Path(each["file"]).name]


def test_where_the_map_is_highest(tmp_path: Path) -> None:
    """One bright spot, and a network that looks for brightness."""
    (tmp_path / "spot.cnn").write_text("INPUT(40x60x1) -> c: CONV(1, 5, stride=5, pad=0) -> GAP\n")
    ones = {"c.weight": np.ones((1, 1, 5, 5), np.float32), "c.bias": np.zeros(1, np.float32)}
    weights = saved(ones, tmp_path / "w.safetensors")
    image = np.zeros((40, 60), np.uint8)
    image[11:14, 46:49] = 255
    given = (tmp_path / "spot.cnn", "--weights", weights)
    path = written(image, tmp_path / "i.png")
    result = explain("--input", path, "-o", tmp_path / "o.png", given=given)
    assert "at row 12, column 47 of the image: in row 2, column 9 of the maps" in result.out
    blank = written(np.zeros((40, 60), np.uint8), tmp_path / "blank.png")
    result = explain("--input", blank, "-o", tmp_path / "o.png", given=given)
    assert result.status == 0 and "nowhere: it is the same everywhere" in result.out


def test_a_photograph_is_resized_and_normalised(
    small: tuple[str | Path, ...], tmp_path: Path
) -> None:
    photograph = written(data.coffee(), tmp_path / "coffee.png")
    out = ("-o", tmp_path / "out.png")
    refused = explain("--input", photograph, *out, given=small)
    assert refused.status == 1 and "E0831" in refused.err
    assert "the image is 400x600, height x width, and Small takes 32x32" in refused.err
    assert "--resize makes it 32x32; --size 400x600 keeps its own" in refused.err
    assert not (tmp_path / "out.png").exists()
    usual = explain("--input", photograph, *out, "--resize", given=small)
    assert "resized from 400x600 to 32x32, bilinear" in usual.out, usual.err
    assert opened(tmp_path / "out.png").shape == (400, 600, 3)
    numbers = ("--mean", "0.485,0.456,0.406", "--std", "0.2")
    other = explain("--input", photograph, *out, "--resize", *numbers, given=small)
    assert "mean 0.485,0.456,0.406 taken off, divided by std 0.2" in other.out
    large = explain("--input", photograph, *out, "--size", "400x600", given=small)
    assert "4 maps of 200x300" in large.out and "bilinear" not in large.out


def test_a_softmax_is_told_of_plain_scores_alone(tmp_path: Path) -> None:
    """In the network or not, but not of what a sigmoid made."""
    rng = np.random.default_rng(0)
    shapes = {"c.weight": (4, 1, 3, 3), "c.bias": (4,), "f.weight": (3, 4), "f.bias": (3,)}
    weights = {key: rng.standard_normal(shape, np.float32) for key, shape in shapes.items()}
    saved(weights, tmp_path / "w.safetensors")
    np.save(tmp_path / "i.npy", rng.standard_normal((1, 8, 8), np.float32))
    given = (tmp_path / "n.cnn", "--weights", tmp_path / "w.safetensors")
    image = ("--input", tmp_path / "i.npy", "-o", tmp_path / "o.png", "--format", "json")
    found = []
    for end in ("", " -> SOFTMAX", " -> SIGMOID"):
        (tmp_path / "n.cnn").write_text(f"INPUT(8x8x1) -> c: CONV(4) -> GAP -> f: FC(3){end}\n")
        found.append(json.loads(explain(*image, given=given).out)["found"])
    assert found[0]["score"] == found[1]["score"] and found[0]["cell"] == found[2]["cell"]
    assert found[0]["probability"] == found[1]["probability"] and 0 < found[0]["probability"] < 1
    assert found[2]["probability"] is None and 0 < found[2]["score"] < 1
    assert "by softmax" not in explain(*image[:4], given=given).out


def test_mean_and_deviation_are_those_of_an_array(
    small: tuple[str | Path, ...], tmp_path: Path
) -> None:
    """The same photograph, normalised by hand, gives the same scores."""
    image = data.astronaut()[:32, :32]
    array = ((image / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).transpose(2, 0, 1)
    np.save(tmp_path / "i.npy", array.astype(np.float32))
    json_too = ("-o", tmp_path / "o.png", "--format", "json")
    by_hand = explain("--input", tmp_path / "i.npy", *json_too, given=small)
    numbers = ("--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225")
    path = written(image, tmp_path / "i.png")
    by_option = explain("--input", path, *json_too, *numbers, given=small)
    one, two = (json.loads(each.out)["found"] for each in (by_hand, by_option))
    assert one["score"] == pytest.approx(two["score"], rel=1e-5)
    assert (one["cell"], one["strongest"]) == (two["cell"], two["strongest"])


def test_filters_need_no_photograph(small: tuple[str | Path, ...], tmp_path: Path) -> None:
    result = explain("--filters", "-o", tmp_path / "f.png", given=small)
    assert result.status == 0 and "6 filters of conv, 5x5x3" in result.out
    assert opened(tmp_path / "f.png").shape == (2 * 52 + 2, 3 * 52 + 2, 3)


def test_maps_without_scores(tmp_path: Path) -> None:
    """Where there is no class, activations can yet be seen."""
    (tmp_path / "n.cnn").write_text("net N = INPUT(8x8x1) -> a: CONV(2) -> RELU -> b: CONV(3)\n")
    rng = np.random.default_rng(0)
    shapes = {"a.weight": (2, 1, 3, 3), "a.bias": (2,), "b.weight": (3, 2, 3, 3), "b.bias": (3,)}
    weights = {key: rng.standard_normal(shape, np.float32) for key, shape in shapes.items()}
    given = (tmp_path / "n.cnn", "--weights", saved(weights, tmp_path / "w.safetensors"))
    np.save(tmp_path / "i.npy", rng.standard_normal((1, 8, 8), np.float32))
    image = ("--input", tmp_path / "i.npy", "-o", tmp_path / "o.png")
    refused = explain(*image, given=given)
    assert refused.status == 1 and "N gives 8x8x3, and not one score a class" in refused.err
    result = explain(*image, "--no-cam", "--activations-of", "b", given=given)
    assert result.status == 0 and "3 maps of b" in result.out and "class" not in result.out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("-o", "o.png"), "--input IMAGE says which photograph"),
        (("-o", "o.png", "--filters", "--class", "3"), "--input IMAGE says which"),
        (("-o", "o.png", "--filters", "--no-cam"), "--input IMAGE says which"),
        (("-o", "o.png", "--input", "seven.png", "--filters"), "2 pictures do not go into o.png"),
        (("-o", "-", "--input", "seven.png"), "pictures do not go to stdout"),
        (("-o", "o.jpg", "--input", "seven.png"), "name a picture X.png, or a folder"),
        (("-o", "seven.png", "--input", "seven.png"), "read by this command"),
        (("-o", "o.png", "--input", "seven.png", "--no-cam"), "nothing is made of --input"),
        (
            ("-o", "o.png", "--input", "seven.png", "--no-cam", "--activations", "--class", "1"),
            "nothing is drawn of --class and --layer",
        ),
        (("-o", "o.png", "--input", "seven.png", "--class", "10"), "no class 10: Digits has 10"),
        (("-o", "o.png", "--input", "seven.png", "--layer", "conv9"), "did you mean conv"),
        (("-o", "o.png", "--input", "seven.png", "--mean", "x"), "write numbers"),
        (("-o", "o.png", "--input", "seven.png", "--mean", "0.1,0.2"), "2 numbers for 1 channels"),
        (("-o", "o.png", "--input", "seven.png", "--std", "0"), "deviations are above 0"),
        (("-o", "o.png", "--input", "seven.png", "--std", "nan"), "write numbers"),
        (("-o", "o.png", "--input", "seven.png", "--size", "3x3"), "Digits takes no 3x3"),
        (("--input", "seven.png"), "Missing option"),
    ],
)
def test_wrong_usage(
    options: tuple[str, ...],
    says: str,
    seven: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = explain(*options)
    assert result.status == 2
    assert says in " ".join(result.err.replace("│", " ").split())
    assert [each.name for each in tmp_path.iterdir()] == ["seven.png"]


def test_wrong_files(seven: Path, tmp_path: Path) -> None:
    out = ("-o", tmp_path / "out")
    result = explain("--input", tmp_path / "no.png", *out)
    assert result.status == 1 and "error[E0830]: cannot read the image: No such file" in result.err
    result = explain("--input", seven, *out, given=(DIGITS, "--weights", tmp_path / "no.npz"))
    assert result.status == 1 and "E0501" in result.err
    np.savez(tmp_path / "w.npz", x=np.zeros(3, np.float32))
    result = explain("--input", seven, *out, given=(DIGITS, "--weights", tmp_path / "w.npz"))
    assert result.status == 1 and "E0502" in result.err
    assert not (tmp_path / "out").exists()
    (tmp_path / "out").write_text("a file")
    result = explain("--input", seven, *out)
    assert result.status == 1 and "E0601" in result.err


def test_two_inputs_are_no_photograph(tmp_path: Path, seven: Path) -> None:
    program = (
        "net N { a = INPUT(28x28x1) -> c: CONV(2)  b = INPUT(28x28x2)  ADD{ a | b } -> GAP }\n"
    )
    (tmp_path / "n.cnn").write_text(program)
    weights = {"c.weight": np.ones((2, 1, 3, 3), np.float32), "c.bias": np.ones(2, np.float32)}
    given = (tmp_path / "n.cnn", "--weights", saved(weights, tmp_path / "w.safetensors"))
    result = explain("--input", seven, "-o", tmp_path / "o.png", given=given)
    assert result.status == 1 and "N takes 2 inputs" in result.err


@pytest.mark.parametrize("missing", ["PIL", "torch"])
def test_what_is_not_installed_is_said(
    missing: str, seven: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("cnnc.imaging.")]:
        if name != "cnnc.imaging.asked":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    result = explain("--input", seven, "-o", tmp_path / "o.png")
    assert result.status == 1
    assert f"error[E0602]: explain-image needs {missing}, which is not installed" in result.err
    assert "pip install 'cnnc[explain]'" in result.err
