"""`cnnc report`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.run import EXAMPLES, LINE, SMALL, cnnc

GOLDEN = Path(__file__).with_name("vgg16.cs231n")


def test_the_line_of_the_notes_is_vgg13() -> None:
    result = cnnc("report", "-", "--set", "N=2", "--set", "M=5", "--set", "K=2", stdin=LINE)
    assert result.status == 0
    assert "133,047,848 parameters" in result.out


def test_without_values_it_names_all_three_and_how_to_give_them() -> None:
    result = cnnc("report", "-", stdin=LINE)
    assert result.status == 1
    assert result.out == ""
    assert "3 names want a value: N, M, K" in result.err
    assert "--set N=" in result.err and "--set M=" in result.err and "--set K=" in result.err


def test_cs231n_prints_the_table_of_the_notes() -> None:
    result = cnnc("report", f"{EXAMPLES}/vgg.cnn:VGG16", "--format", "cs231n")
    assert result.out == GOLDEN.read_text(encoding="utf-8")
    assert (
        "CONV3-64: [224x224x64]  memory:  224*224*64=3.2M   weights: (3*3*3)*64 = 1,728"
        in result.out.splitlines()
    )
    assert "15,237,608 values * 4 bytes = 60.95 MB (58.13 MiB)" in result.out
    assert "138,344,128 weights + 13,416 biases = 138,357,544 parameters" in result.out


def test_the_table_has_every_column() -> None:
    result = cnnc("report", "-", stdin=SMALL)
    head, row = result.out.splitlines()[2], result.out.splitlines()[5]
    columns = "path, layer, output, activations, weights, biases, norm, buffers, MACs, field, jump"
    assert head.split() == columns.split(", ")
    assert row.split() == [
        "conv",
        "CONV(4)",
        "8x8x4",
        "256",
        "108",
        "4",
        "0",
        "0",
        "6,912",
        "3",
        "1",
    ]


def test_json_is_stable_and_adds_up() -> None:
    first = cnnc("report", f"{EXAMPLES}/googlenet.cnn:GoogLeNet", "--format", "json")
    second = cnnc("report", f"{EXAMPLES}/googlenet.cnn:GoogLeNet", "--format", "json")
    assert first.out == second.out
    content = json.loads(first.out)
    assert content["format"] == "cnnc-report/1"
    for key in ("weights", "biases", "buffers", "macs", "activations"):
        assert content["totals"][key] == sum(layer[key] for layer in content["layers"])
    assert content["totals"]["parameters"] == 6_624_904


def test_train_counts_the_auxiliary_heads() -> None:
    target = f"{EXAMPLES}/googlenet.cnn:GoogLeNet"
    result = cnnc("report", target, "--train", "--format", "json")
    assert json.loads(result.out)["totals"]["parameters"] == 13_004_888


def test_output_goes_into_a_file(tmp_path: Path) -> None:
    result = cnnc("report", "-", "-o", tmp_path / "r.txt", stdin=SMALL)
    assert result.status == 0 and result.out == ""
    assert "conv" in (tmp_path / "r.txt").read_text(encoding="utf-8")
    assert [each.name for each in tmp_path.iterdir()] == ["r.txt"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--train", "--stage", "source"), "give one of them"),
        (("--train", "--stage", "optimised"), "give one of them"),
        (("--train", "--columns", "live_bytes"), "`live_bytes` is of inference alone; without"),
        (("--columns", "macs,saved_bytes"), "`saved_bytes` is of training alone; --train has it"),
        (("--format", "json", "--columns", "macs"), "--columns chooses those of a table"),
        (("--format", "cs231n", "--batch", "2"), "for one image in float32"),
        (("--count", "fvcore", "--batch", "2"), "--count is of one image"),
        (("--allow-path", "no-such-folder"), "'no-such-folder' does not exist"),
        (("--allow-path", EXAMPLES / "lenet.cnn"), "is a file"),
    ],
)
def test_options_that_would_be_ignored_are_refused(
    options: tuple[str | Path, ...], said: str
) -> None:
    result = cnnc("report", "-", *options, stdin=SMALL)
    assert (result.status, result.out) == (2, "")
    assert said in " ".join(result.err.replace("│", " ").split())


def test_all_columns_are_those_of_the_graph() -> None:
    for options, there, missing in (((), "live", "saved"), (("--train",), "saved", "live")):
        out = cnnc("report", "-", "--columns", "all", *options, stdin=SMALL).out
        assert f"{there} bytes" in out and f"{missing} bytes" not in out
        table = cnnc("report", "-", "--format", "csv", *options, stdin=SMALL).out
        assert table.splitlines()[0].endswith(",live_bytes,saved_bytes")


def test_the_names_of_budgets_and_explore_lead_to_columns() -> None:
    for given, column in {
        "params": "parameters",
        "rf": "receptive_field",
        "memory": "live_bytes",
    }.items():
        result = cnnc("report", f"{EXAMPLES}/lenet.cnn", "--columns", given)
        assert result.status == 2
        assert f"did you mean {column}?" in " ".join(result.err.split())
