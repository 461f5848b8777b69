"""Reports are read back as they were written, and what is no report is refused by name."""

from __future__ import annotations

import json as codec
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cnnc
from compiler.formats.json import json
from compiler.formats.reading import is_report, read_report
from compiler.report import Measure, Report, Stage
from dsl.diagnostics import CnnError
from dsl.source import Source

EXAMPLES = Path(__file__).parents[2] / "examples"
NETS = [
    "lenet.cnn",
    "alexnet.cnn:AlexNet2012",
    "googlenet.cnn:GoogLeNet",
    "resnet.cnn:ResNet18",
    "densenet.cnn:DenseNet121",
    "mobilenet_v2.cnn",
    "squeezenet.cnn:SqueezeNet1_0",
    "fcn.cnn",
]
SMALL = "INPUT(8x8x3) -> a: CONV(4, 1x3, pad=(1, 2)) -> TCONV(4) -> PRELU -> GAP -> fc: FC(5)"


def back(report: Report) -> Report:
    return read_report(Source("saved.json", json(report)))


@pytest.mark.parametrize("target", NETS)
@pytest.mark.parametrize("stage", ["source", "optimised", "training"])
def test_every_report_is_read_back_equal(target: str, stage: Stage) -> None:
    report = cnnc.load(EXAMPLES / target).journey.report(stage, Measure(2, "float16"))
    assert back(report) == report


def test_fractions_and_sides_survive() -> None:
    report = cnnc.loads(SMALL).journey.report()
    assert back(report) == report
    assert json(back(report)) == json(report)


def test_more_layers_than_are_allowed() -> None:
    source = Source("saved.json", json(cnnc.loads(SMALL).journey.report()))
    with pytest.raises(CnnError, match="it has 6 layers; the limit is 5") as found:
        read_report(source, 5)
    assert "--max-layers" in str(found.value)
    assert len(read_report(source, 6).rows) == 6


@pytest.mark.parametrize("piece", ["[],", "{},", "0,", "[[0],[0]],"])
def test_more_values_than_any_report_are_not_even_parsed(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codec, "loads", None)
    with pytest.raises(CnnError, match=r"values; the limit is 1,000,000"):
        read_report(Source("saved.json", "[" + piece * 1_000_000 + "0]"), 10)


def test_params_survive() -> None:
    text = "param n = 2\nparam s = (1, 2)\nnet A(on = true) = INPUT(8x8x3) -> CONV(n) -> GAP"
    report = cnnc.loads(text).journey.report()
    assert back(report).params == report.params


def test_a_program_is_no_report() -> None:
    assert not is_report(Source("a.cnn", "# {}\nINPUT -> GAP"))
    assert is_report(Source("a.json", '\n {"format": 1}'))


def wrong(text: str) -> str:
    with pytest.raises(CnnError) as caught:
        read_report(Source("saved.json", text))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "E0806" and diagnostic.file == "saved.json"
    assert diagnostic.title.startswith("cannot read the report saved.json: ")
    return f"{diagnostic.title.partition(': ')[2]} | {diagnostic.help}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "it is no JSON: Expecting property name enclosed in double quotes, line 1 | "),
        ("[" * 100_000, "it is nested too deep | "),
        ('{"a": ' + "9" * 5000 + "}", "a number has too many digits | "),
        ("{}", "it is no report | `cnnc report --format json` writes one"),
        ("[1]", "it is no report | `cnnc report --format json` writes one"),
        (
            '{"format": "cnnc-diff/1"}',
            "it is cnnc-diff/1, and no report | `cnnc report --format json` writes one",
        ),
        (
            '{"format": "cnnc-report/0"}',
            "it has the format cnnc-report/0, and this version reads cnnc-report/1"
            " | write it again with `cnnc report --format json`",
        ),
        ('{"format": "cnnc-report/1"}', "it has no `layers` | "),
    ],
)
def test_what_is_no_report_is_refused(text: str, expected: str) -> None:
    assert wrong(text) == expected


def _set(*keys: Any, to: Any) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = to

    return change


def _drop(*keys: Any) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        for key in keys[:-1]:
            content = content[key]
        del content[keys[-1]]

    return change


BROKEN = {
    "`stage` is none of source, optimised, training": _set("stage", to="checked"),
    "`dtype` is none of float64, float32, float16, bfloat16, int8": _set("dtype", to=4),
    "`batch` is no whole number from 0 up": _set("batch", to=1.5),
    "`params` is no object": _set("params", to=[]),
    "`layers` is no list": _set("layers", to={}),
    "`layers` is empty": _set("layers", to=[]),
    "it has no `memory`": _drop("memory"),
    "`memory` has no `training`": _set("memory", to={}),
    "it has no `sizes`": _drop("sizes"),
    "`sizes.height` has no `rests`": _drop("sizes", "height", "rests"),
    "`sizes.width.rests` is empty": _set("sizes", "width", "rests", to=[]),
    "`sizes.whole.width.rests[0]` is no pair of first and last": _set(
        "sizes", "whole", "width", "rests", 0, to=[1]
    ),
    "`layers[1]` has no `path`": _drop("layers", 1, "path"),
    "`layers[1].path` is no text": _set("layers", 1, "path", to=1),
    "`layers[1]` has the path 0, which another layer has": _set("layers", 1, "path", to="0"),
    "`outputs` is empty": _set("outputs", to=[]),
    "`outputs[0].path` is no, which is no layer": _set("outputs", 0, "path", to="no"),
    "`outputs[0].train_weight` is no number": _set("outputs", 0, "train_weight", to=True),
    "`layers[1].inputs[0]` is fc, which is no layer before it": _set(
        "layers", 1, "inputs", 0, to="fc"
    ),
    "`layers[1].inputs` are 0, which CONV does not take": _set("layers", 1, "inputs", to=[]),
    "`layers[1].op` is CONVV, an operator that this version does not know": _set(
        "layers", 1, "op", to="CONVV"
    ),
    "`layers[5].arguments` are not those of FC: out, bias": _set("layers", 5, "arguments", to={}),
    "`layers[1].arguments` is no object": _set("layers", 1, "arguments", to=[]),
    "`layers[1].arguments.out` must be a whole number from 1 up": _set(
        "layers", 1, "arguments", "out", to=-4
    ),
    "`layers[1].arguments.bias` must be true or false": _set(
        "layers", 1, "arguments", "bias", to=[[]]
    ),
    "`layers[1]` does not fit what flows in: groups=2 does not divide the input"
    " of 3 channels": _set("layers", 1, "arguments", "groups", to=2),
    "`layers[1].output` is not 10x10x4, which follows from its inputs": _set(
        "layers", 1, "output", to=[1, 2, 3]
    ),
    "`layers[1].weights` is 37, and 36 follows": _set("layers", 1, "weights", to=37),
    "`layers[1].macs` is no whole number from 0 up": _set("layers", 1, "macs", to=None),
    "`layers[1].blocks[0]` is no pair of path and block": _set("layers", 1, "blocks", to=[["a"]]),
    "`layers[1].live_bytes` is no whole number from 0 up": _set(
        "layers", 1, "live_bytes", to="many"
    ),
}


@pytest.mark.parametrize("expected", BROKEN)
def test_what_is_broken_is_named(expected: str) -> None:
    content = codec.loads(json(cnnc.loads(SMALL).journey.report()))
    BROKEN[expected](content)
    assert wrong(codec.dumps(content)).removesuffix(" | ") == expected
