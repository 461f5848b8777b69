"""`cnnc verify`."""

from __future__ import annotations

import json

import pytest

from tests.cli.run import EXAMPLES, SMALL, cnnc

pytest.importorskip("torch")


def test_both_backends_agree_layer_by_layer() -> None:
    result = cnnc("verify", "-", "--format", "json", stdin=SMALL)
    content = json.loads(result.out)
    assert result.status == 0 and content["agrees"]
    assert [each["what"] for each in content["layers"]] == ["0", "conv", "bn", "3", "4", "fc"]
    assert all(each["relative"] < 1e-5 for each in content["layers"])


def test_against_torchvision() -> None:
    pytest.importorskip("torchvision")
    target = f"{EXAMPLES}/squeezenet.cnn:SqueezeNet1_1"
    result = cnnc("verify", target, "--against", "torchvision:squeezenet1_1", "--batch", "2")
    assert result.status == 0, result.err
    assert "agrees within 1e-4" in result.out


def test_against_another_network_is_refused_with_its_reason() -> None:
    pytest.importorskip("torchvision")
    target = f"{EXAMPLES}/squeezenet.cnn:SqueezeNet1_1"
    wrong = cnnc("verify", target, "--against", "torchvision:alexnet")
    assert wrong.status == 1 and "error[E0603]" in wrong.err
    misspelt = cnnc("verify", target, "--against", "torchvision:squeezenet11")
    assert "did you mean squeezenet1_1?" in misspelt.err
    assert cnnc("verify", target, "--against", "keras:x").status == 1
