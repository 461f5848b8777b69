"""Which layers are looked at, and networks where there is nothing to see."""

from __future__ import annotations

from dataclasses import replace

import pytest

import cnnc
from cnnc.imaging.choosing import choose, first_convolution
from dsl.diagnostics import Diagnostic
from tests.cli.run import EXAMPLES
from tests.explain.looking import ASKED

HEAD = "INPUT(8x8x3) -> c: CONV(4)"


def paths(net: cnnc.Net, layer: str | None = None) -> tuple[str, str]:
    """Of the maps and of the scores."""
    graph = net.journey.checked.graph
    choice = choose(graph, replace(ASKED, layer=layer))
    assert choice.layer is not None and choice.score is not None
    return graph[choice.layer].path, graph[choice.score].path


@pytest.mark.parametrize(
    ("target", "maps", "score"),
    [
        ("vgg.cnn:VGG16", "features.29", "classifier.6"),  # before the last pooling, as the paper
        ("resnet.cnn:ResNet50", "layer4.2.10", "fc"),
        ("googlenet.cnn:GoogLeNet", "inception5b.4", "fc"),
        ("efficientnet.cnn", "features.8.2", "classifier.1"),
        ("lenet.cnn", "5", "fc3"),
    ],
)
def test_of_the_examples(target: str, maps: str, score: str) -> None:
    assert paths(cnnc.load(EXAMPLES / target)) == (maps, score)


@pytest.mark.parametrize(
    ("program", "maps", "score"),
    [
        (f"{HEAD} -> a: RELU -> FC(5)", "a", "3"),
        (f"{HEAD} -> a: RELU -> POOL -> DROPOUT(0.5) -> FC(5) -> RELU -> s: FC(2)", "a", "s"),
        (f"{HEAD} -> a: RELU -> s: FC(5) -> DROPOUT(0.5) -> SOFTMAX", "a", "s"),
        (f"{HEAD} -> a: RELU -> s: FC(5) -> LOG_SOFTMAX -> ID", "a", "s"),
        (f"{HEAD} -> a: RELU -> FC(5) -> s: SIGMOID", "a", "s"),
        # gates see all of the image through a pooling, and the maps are behind them
        (f"{HEAD} -> a: MUL{{ ID | GAP -> FC(4) -> SIGMOID }} -> GAP -> s: FC(5)", "a", "s"),
        (f"{HEAD} -> a: RELU -> CONCAT{{ GAP | GMP }} -> s: FC(5)", "a", "s"),
        (f"{HEAD} -> a: HOG(2) -> s: FC(5)", "a", "s"),
    ],
)
def test_of_programs(program: str, maps: str, score: str) -> None:
    assert paths(cnnc.loads(program)) == (maps, score)


def test_by_path() -> None:
    net = cnnc.load(EXAMPLES / "resnet.cnn:ResNet18")
    assert paths(net, "layer2.0.bn1")[0] == "layer2.0.bn1"
    assert paths(net, "layer2")[0] == "layer2.1.7"
    assert paths(net, "0")[0] == "0"
    with pytest.raises(ValueError, match="did you mean layer"):
        paths(net, "layer9")


def refusal(program: str, layer: str | None = None) -> Diagnostic:
    with pytest.raises(cnnc.CnnError) as caught:
        paths(cnnc.loads(program, "small.cnn"), layer)
    (found,) = caught.value.diagnostics
    assert found.code == "E0832" and found.help
    return found


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("INPUT(8x8x3) -> FC(5)", "small has no maps"),
        ("INPUT(8x8x3) -> NORMALIZE(0.5, 0.5) -> FC(9) -> RELU -> FC(5)", "small has no maps"),
        ("INPUT(1x1x3) -> CONV(5, 1)", "small has no maps"),
        ("INPUT(8x8x3) -> CONV(5)", "small gives 8x8x5, and not one score a class"),
        (f"{HEAD} -> CONCAT{{ CONV(2) -> GAP | CONV(3) -> GMP }} -> FC(5)", "2 layers have the"),
    ],
)
def test_nothing_to_choose(program: str, says: str) -> None:
    assert says in refusal(program).title


def test_several_last_maps_are_named() -> None:
    found = refusal(f"{HEAD} -> CONCAT{{ a: CONV(2) -> GAP | b: CONV(3) -> GMP }} -> FC(5)")
    assert found.notes == ("a: CONV(2) 8x8x2", "b: CONV(3) 8x8x3") and "--layer" in found.help


def test_layers_that_are_no_maps_or_idle() -> None:
    program = f"{HEAD} -> GAP -> f: FC(5)"
    assert "`f` gives 1x1x5, which are no maps" in refusal(program, "f").title
    side = (
        "net N { x = INPUT(8x8x3) -> c: CONV(4)  output m = x -> d: CONV(2)  x -> GAP -> s: FC(5) }"
    )
    assert "`d` does not flow into the scores of N" in refusal(side, "d").title
    assert paths(cnnc.loads(side), "c") == ("c", "s")


def test_the_first_convolution() -> None:
    graph = cnnc.loads("INPUT(8x8x3) -> NORMALIZE(0.5, 0.5) -> d: DWCONV -> CONV(4)").journey.graph
    assert graph[first_convolution(graph)].path == "d"
    with pytest.raises(cnnc.CnnError, match="N has no filters"):
        first_convolution(cnnc.loads("net N = INPUT(8x8x3) -> FC(5)").journey.graph)
