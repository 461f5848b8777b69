"""Each rule says what is so of two programs, and nothing where it is not."""

from __future__ import annotations

import pytest

from compiler.difference.compare import diff
from compiler.difference.network import Network
from compiler.difference.rules import cost, returned
from compiler.difference.rules.sight import Rule, Sight, counted, instead, listed, plain, some
from compiler.difference.sentences import RULES
from compiler.report import Report
from tests.difference.programs import example, report
from tests.difference.rules import layers, others, shape, structure
from tests.difference.rules.programs import DENSE, INCEPTION, INVERTED, OUTPUTS, PLAIN, RES

GROUPS = (shape, layers, structure, others)
POSITIVE = [case for group in GROUPS for case in group.SAYS]
NEGATIVE = [case for group in GROUPS for case in group.SILENT]


def said(rule: Rule, old: Report, new: Report) -> list[str]:
    found = diff(old, new)
    return rule(Sight(Network(old), Network(new), found.pairs, found.blocks))


@pytest.mark.parametrize(("rule", "old", "new", "sentence"), POSITIVE)
def test_it_says_what_is_so(rule: Rule, old: str, new: str, sentence: str) -> None:
    assert sentence in said(rule, report(old), report(new))


@pytest.mark.parametrize(("rule", "old", "new"), NEGATIVE)
def test_it_says_nothing_where_it_is_not_so(rule: Rule, old: str, new: str) -> None:
    assert said(rule, report(old), report(new)) == []


def test_every_rule_has_a_case_of_each_kind() -> None:
    assert {rule for rule, *_ in POSITIVE} == {*RULES, cost.cost}
    assert {rule for rule, *_ in NEGATIVE} == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_of_a_network_and_itself_it_says_nothing(rule: Rule) -> None:
    for text in (PLAIN, RES, INCEPTION, DENSE, INVERTED):
        assert said(rule, report(text), report(text)) == []


# As the papers count them.
DEPTHS = {
    "lenet.cnn": 5,
    "alexnet.cnn:AlexNet2012": 8,
    "vgg.cnn:VGG16": 16,
    "vgg.cnn:VGG19": 19,
    "googlenet.cnn:GoogLeNetPaper": 22,
    "resnet.cnn:ResNet18": 18,
    "resnet.cnn:ResNet50": 50,
    "resnet.cnn:ResNet152": 152,
    "densenet.cnn:DenseNet121": 121,
    "densenet.cnn:DenseNet201": 201,
    "mobilenet_v1.cnn": 28,
}


@pytest.mark.parametrize("target", DEPTHS)
def test_depth_is_what_the_papers_call_their_networks(target: str) -> None:
    assert Network(example(target)).depth == DEPTHS[target]


# Units, as the papers' tables have them.
UNITS = {
    "resnet.cnn:ResNet34": ("shortcuts", 16),
    "resnet.cnn:ResNet50": ("bottlenecks", 16),
    "resnet.cnn:ResNeXt50_32x4d": ("bottlenecks", 16),
    "resnet.cnn:ResNet152": ("shortcuts", 50),
    "googlenet.cnn:GoogLeNetPaper": ("parallel", 9),
    "squeezenet.cnn:SqueezeNet1_0": ("parallel", 8),
    "densenet.cnn:DenseNet121": ("kept", 58),
    "mobilenet_v2.cnn": ("inverted", 16),
}


@pytest.mark.parametrize("target", UNITS)
def test_units_are_counted_as_in_the_papers(target: str) -> None:
    kind, count = UNITS[target]
    assert len(getattr(Network(example(target)), kind)) == count


def test_loss_weights_of_training_outputs() -> None:
    text = OUTPUTS.replace("output f", "output f (train, weight=0.3)")
    old, new = (report(each, "training") for each in (text, text.replace("0.3", "0.5")))
    assert said(returned.returned, old, new) == ["Loss weight of f: 0.5 instead of 0.3."]
    plain = report(OUTPUTS, "training")
    assert said(returned.returned, old, plain) == ["Output f is there at inference, too."]
    assert said(returned.returned, plain, old) == ["Output f is for training alone, weight 0.3."]
    gone = report(OUTPUTS.replace("output f = x", ""), "training")
    assert said(returned.returned, old, gone) == [
        "Output no more: f (a, for training, weight 0.3)."
    ]


def test_outputs_alone_make_a_difference() -> None:
    found = diff(report(OUTPUTS), report(OUTPUTS.replace("output f = x", "")))
    assert all(pair.status == "same" for pair in found.pairs)
    assert not found.is_empty
    assert found.sentences == (
        "Output no more: f (a).",
        "As many parameters and as many MACs.",
        "Peak memory of values: 0.2 % fewer bytes.",
    )


def test_memory_in_training_is_that_of_a_step() -> None:
    old, new = (report(f"INPUT(16x16x4) -> CONV({out})", "training") for out in (4, 8))
    assert said(cost.cost, old, new)[1:] == ["Memory of a training step: 22.4 % more bytes."]


def test_words() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed("abc")] == ["a", "a and b", "a, b and c"]
    assert some(list("abcdef"), 3) == "a, b and 4 more"
    assert [counted(1, "pool"), counted(1200, "pool")] == ["1 pool", "1,200 pools"]
    assert [instead(0, 3, "pool"), instead(2, 0, "pool")] == ["no pools instead of 3", "2 pools"]
    assert [plain(n) for n in (0.667, 1.5, 2, 24.3, 1739.4)] == ["0.67", "1.5", "2", "24", "1,739"]
    assert cost.compared(0, 5, "MACs") == "5 MACs instead of 0"
    assert cost.compared(10**6, 10**6 + 3, "MACs") == "3 more MACs"
