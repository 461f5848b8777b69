"""`cnnc.diff`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cnnc

EXAMPLES = Path(__file__).parents[2] / "examples"
OLD = "net A(n = 4) = INPUT(8x8x3) -> a: CONV(n) -> GAP -> fc: FC(2)"


def test_nets_reports_and_targets_are_sides(tmp_path: Path) -> None:
    file, saved = tmp_path / "a.cnn", tmp_path / "a.json"
    file.write_text(OLD, encoding="utf-8")
    net = cnnc.load(file)
    saved.write_text(net.report().to_json(), encoding="utf-8")
    other = cnnc.load(file, n=6)
    for old in (net, net.report(), net.report().report, file, str(file), f"{file}:A", saved):
        found = cnnc.diff(old, other)
        assert found.totals["parameters"].change == 2 * 28 + 2 * 2
        assert [str(each) for each in found.pairs[1].arguments] == ["out 4 → 6"]
        assert not found.is_empty
    assert cnnc.diff(net, saved).is_empty


def test_its_forms_as_text() -> None:
    found = cnnc.diff(cnnc.loads(OLD), cnnc.loads(OLD, n=6))
    assert str(found) == repr(found) and "~ a" in str(found)
    assert json.loads(found.to_json())["format"] == "cnnc-diff/1"
    assert found.to_markdown().startswith("- **A**: ")
    assert "<table>" in found._repr_html_()
    assert "a: out 4 → 6." in found.sentences


def test_both_sides_are_counted_alike() -> None:
    net, other = cnnc.loads(OLD), cnnc.loads(OLD, n=6)
    one, many = cnnc.diff(net, other), cnnc.diff(net, other, batch=3)
    assert many.totals["macs"].new == 3 * (one.totals["macs"].new or 0)
    assert "training_bytes" in cnnc.diff(net, other, stage="training").totals
    with pytest.raises(cnnc.CnnError, match="counted with batch 3"):
        cnnc.diff(net.report(batch=3), other, batch=1)
    for wrong in ({"stage": "checked"}, {"batch": 0}, {"dtype": "float8"}):
        with pytest.raises(ValueError, match="no report of"):
            cnnc.diff(net, other, **wrong)


def test_every_net_of_two_files() -> None:
    file = EXAMPLES / "alexnet.cnn"
    found = cnnc.diff(file, file)
    assert [each.new.name for each in found.differences] == ["AlexNet", "AlexNet2012"]
    assert found.is_empty
