"""The numbers of members: those of `cnnc report`, and those of papers."""

from __future__ import annotations

import json

import pytest

from compiler.measured import METRICS
from tests.cli.run import EXAMPLES, cnnc
from tests.explore.programs import FAILING, MOBILENET, TOWER, as_json

# "MobileNets" (Howard et al., 2017), tables 6 and 7 round these: width, resolution, params, MACs.
PAPER = [
    ("1.0", "224", 4_231_976, 568.74e6),
    ("0.75", "224", 2_585_560, 325.40e6),
    ("0.5", "224", 1_331_592, 149.50e6),
    ("0.25", "224", 470_072, 41.03e6),
    ("1.0", "192", 4_231_976, 418.1e6),
    ("1.0", "160", 4_231_976, 290.7e6),
    ("1.0", "128", 4_231_976, 186.4e6),
]


def test_mobilenets_members_are_the_papers() -> None:
    content = as_json(MOBILENET)
    assert content["counts"]["members"] == content["counts"]["shown"] == 16
    found = {
        (each["params"]["width"], each["params"]["resolution"]): each["metrics"]
        for each in content["members"]
    }
    for width, resolution, params, macs in PAPER:
        metrics = found[width, resolution]
        assert metrics["params"] == params
        assert metrics["macs"] == pytest.approx(macs, rel=3e-4)
    assert {each["rf"] for each in found.values()} == {315}


def test_every_number_is_that_of_the_report() -> None:
    content = as_json("-", stdin=TOWER)
    assert len(content["members"]) == 24 - FAILING
    for each in content["members"]:
        options = [part for pair in each["settings"].items() for part in ("--set", "=".join(pair))]
        report = json.loads(cnnc("report", "-", *options, "--format", "json", stdin=TOWER).out)
        totals = report["totals"]
        fields = [layer["receptive_field"] for layer in report["layers"]]
        assert each["metrics"] == {
            "params": totals["parameters"],
            "macs": totals["macs"],
            "flops": totals["flops"],
            "activations": totals["activations"],
            "buffers": totals["buffers"],
            "memory": report["memory"]["inference"]["least_bytes"],
            "rf": max(field[0] for field in fields if field is not None),
            "layers": len(report["layers"]),
            "depth": sum(layer["op"] in ("CONV", "FC") for layer in report["layers"]),
        }
        assert each["params"] == {name: _text(value) for name, value in report["params"].items()}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_a_member_fails_as_check_does() -> None:
    content = as_json("-", stdin=TOWER)
    assert len(content["failed"]) == FAILING
    for each in content["failed"]:
        options = [part for pair in each["settings"].items() for part in ("--set", "=".join(pair))]
        result = cnnc("check", "-", *options, stdin=TOWER)
        assert result.status == 1
        assert f"error[{each['code']}]: {each['title']}\n" in result.err


@pytest.mark.parametrize(
    ("net", "depth"),
    [
        ("vgg.cnn:VGG16", 16),
        ("vgg.cnn:VGG19", 19),
        ("resnet.cnn:ResNet18", 18),
        ("resnet.cnn:ResNet50", 50),
        ("resnet.cnn:ResNet152", 152),
        ("densenet.cnn:DenseNet121", 121),
        ("googlenet.cnn:GoogLeNet", 22),
    ],
)
def test_depth_is_the_number_in_the_name(net: str, depth: int) -> None:
    (member,) = as_json(f"{EXAMPLES}/{net}", "--top", "1")["members"]
    assert member["metrics"]["depth"] == depth


def test_every_metric_says_what_it_is() -> None:
    assert all(metric.what for metric in METRICS.values())
