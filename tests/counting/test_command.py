"""`report --count` and `--explain-count`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

import cnnc
import compiler.formats
from compiler.counting import PROFILES
from tests.cli.run import EXAMPLES, SMALL
from tests.cli.run import cnnc as run
from tests.counting.emitted import emitted, paths

SCHEMA = json.loads(Path(compiler.formats.__file__).with_name("count.schema.json").read_text())
ALEXNET = f"{EXAMPLES}/alexnet.cnn:AlexNet"
TARGETS = [
    "alexnet.cnn:AlexNet",
    "googlenet.cnn:GoogLeNet",
    "densenet.cnn:DenseNet121",
    "mobilenet_v2.cnn",
]


@pytest.mark.parametrize("target", TARGETS)
def test_which_layers_are_modules_is_known_without_torch(target: str) -> None:
    net = cnnc.load(EXAMPLES / target)
    assert net.journey.modules() | {""} == paths(emitted(net))
    assert net.journey.modules("optimised") | {""} == paths(net.build("torch"))


@pytest.mark.parametrize("name", [name for name in PROFILES if name != "cnnc"])
def test_every_profile_has_its_table_and_its_last_words(name: str) -> None:
    result = run("report", ALEXNET, "--count", name)
    assert result.status == 0
    profile = PROFILES[name]
    assert all(figure.name in result.out for figure in profile.figures)
    assert f"{profile.call} prints:" in result.out


def test_ptflops_of_alexnet_by_layer() -> None:
    """Read off the tool; that it is so is tested beside this."""
    result = run("report", ALEXNET, "--count", "ptflops", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.out)))
    found = {row["path"]: int(row["macs"]) for row in rows}
    assert found["features.0"] == 70_470_400 and found["features.1"] == 2 * 55 * 55 * 64
    assert sum(found.values()) == 716_431_912


def test_cnnc_is_the_report() -> None:
    assert run("report", ALEXNET, "--count", "cnnc").out == run("report", ALEXNET).out


@pytest.mark.parametrize("name", [name for name in PROFILES if name != "cnnc"])
def test_json_follows_its_schema(name: str) -> None:
    for options in ([], ["--explain-count"]):
        result = run("report", ALEXNET, "--count", name, "--format", "json", *options)
        content = json.loads(result.out)
        jsonschema.validate(content, SCHEMA)
        for index, figure in enumerate(content["figures"]):
            assert figure["total"] == sum(each["numbers"][index] for each in content["layers"])
        assert ("against" in content) == bool(options)


@pytest.mark.parametrize("profiles", ["torchinfo", "ptflops", "thop,ptflops", "keras,fvcore"])
def test_the_differences_explain_the_totals(profiles: str) -> None:
    """What is different in the rows is all that is different in the sums."""
    result = run("report", ALEXNET, "--count", profiles, "--explain-count", "--format", "json")
    content = json.loads(result.out)
    for kind in ("work", "parameters"):
        sides = [
            [each["total"] for each in side["figures"] if each["kind"] == kind]
            for side in (content["against"], content)
        ]
        if not all(sides):
            continue
        differing = [each["numbers"] for each in content["differences"] if each["kind"] == kind]
        assert sides[1][0] - sides[0][0] == sum(new - old for old, new in differing)


def test_an_explanation_gives_both_rules_and_every_row() -> None:
    result = run("report", "-", "--count", "ptflops", "--explain-count", stdin=SMALL)
    assert "work: cnnc MACs 6,932 MACs, ptflops macs 8,217 MACs" in result.out
    lines = [line.strip() for line in result.out.splitlines()]
    at = lines.index("BN, 1 layer")
    assert lines[at + 1 : at + 3] == [
        "cnnc: nothing",
        "ptflops: 2 for each value, 1 without gamma and beta",
    ]
    assert lines[at + 3].split() == ["bn", "0", "512"]
    assert "cnnc and ptflops count every layer alike" in result.out  # the parameters


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--count", "ptflop"], "ptflops"),
        (["--count", "thop", "--batch", "2"], "one image"),
        (["--count", "thop", "--format", "cs231n"], "table, markdown, csv, json"),
        (["--format", "cs231n", "--batch", "2"], "one image"),
        (["--format", "json", "--columns", "macs"], "has its own"),
        (["--explain-count"], "--count PROFILE"),
        (["--count", "thop,thop", "--explain-count"], "ONE,OTHER"),
        (["--count", "thop,keras"], "--explain-count"),
        (["--count", "thop", "--explain-count", "--format", "csv"], "table or json"),
    ],
)
def test_what_makes_no_sense_is_refused(options: list[str], says: str) -> None:
    result = run("report", "-", *options, stdin=SMALL)
    assert result.status == 2
    assert says in " ".join(result.err.replace("│", " ").split())
