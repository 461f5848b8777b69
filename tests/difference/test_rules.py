"""Each rule says what is so of two programs, and nothing where it is not."""

from __future__ import annotations

import pytest

from compiler.difference.compare import diff
from compiler.difference.network import Network
from compiler.difference.rules import arguments, cost, layers, returned, shape, structure
from compiler.difference.rules.sight import Rule, Sight, counted, instead, listed, plain, some
from compiler.difference.sentences import RULES
from compiler.report import Report
from tests.difference.programs import example, report

PLAIN = (
    "INPUT(16x16x4) -> a: CONV(4) -> RELU -> b: CONV(4) -> RELU -> POOL -> fc: FC(9) -> c: FC(2)"
)
RES = "INPUT(16x16x4) -> ADD{ CONV(4) -> RELU -> CONV(4) | ID } -> GAP -> FC(2)"
PROJECTED = "INPUT(16x16x4) -> ADD{ CONV(8) -> CONV(8) | CONV(8, 1) } -> GAP -> FC(2)"
INCEPTION = (
    "INPUT(16x16x4) -> CONCAT{ CONV(4, 1) | CONV(2, 1) -> CONV(4, 3)"
    " | POOL(3, 1, pad=1) -> CONV(1, 1) } -> GAP"
)
DENSE = "INPUT(16x16x4) -> [CONCAT{ ID | BN -> RELU -> CONV(4) }]*3 -> GAP"
BOTTLENECK = "INPUT(16x16x8) -> CONV(2, 1) -> RELU -> CONV(2, 3) -> BN -> CONV(8, 1) -> GAP"
REDUCED = "INPUT(16x16x8) -> CONV(2, 1) -> RELU -> CONV(8, 5) -> GAP"
INVERTED = "INPUT(16x16x8) -> CONV(48, 1) -> DWCONV(3) -> CONV(8, 1) -> GAP"
SEPARABLE = "INPUT(16x16x8) -> DWCONV(3) -> BN -> RELU -> CONV(16, 1) -> GAP"
GATED = (
    "net A { x = INPUT(16x16x4) -> CONV(4)\n MUL{ x | x -> GAP -> CONV(4, 1) -> SIGMOID } -> GAP }"
)
OUTPUTS = (
    "net A { x = INPUT(16x16x4) -> a: CONV(4)\n y = x -> b: CONV(4)\n output f = x\n y -> GAP }"
)
TWO_INPUTS = (
    "net A { x = INPUT(16x16x4)\n y = INPUT(16x16x4)\n"
    " ADD{ x -> CONV(4) -> CONV(4) | y -> CONV(4, 1) } -> GAP }"
)
TWO_HEADS = (
    "net A { x = INPUT(16x16x4) -> CONV(4) -> GAP\n output kind = x -> k: FC(5)\n x -> m: FC(2) }"
)
# A gate has a mean and FC layers of its own, which are no head.
MEAN = "INPUT(16x16x4) -> CONV(4) -> GAP -> FC(2)"
SQUEEZED = (
    "net A { x = INPUT(16x16x4) -> CONV(4)\n"
    " MUL{ x | x -> GAP -> FC(2) -> RELU -> FC(4) -> SIGMOID } -> GAP -> FC(2) }"
)
SQUEEZED_ON_A_MAP = SQUEEZED.replace("} -> GAP -> FC(2)", "} -> FC(2)")
TWO_ADDED = "INPUT(16x16x4) -> ADD{ CONV(4) | CONV(4) } -> GAP -> FC(2)"

# Rule, old, new, and what it says.
POSITIVE: list[tuple[Rule, str, str, str]] = [
    (
        shape.depth,
        PLAIN,
        PLAIN.replace("-> POOL", "-> CONV(4) -> POOL"),
        "Deeper: 5 layers with weights instead of 4 (3 convolutions and 2 FC instead of"
        " 2 convolutions and 2 FC).",
    ),
    (
        shape.depth,
        RES,
        "INPUT(16x16x4) -> CONV(4) -> GAP -> FC(2)",
        "Shallower: 2 layers with weights instead of 3 (1 convolution and 1 FC instead of"
        " 2 convolutions and 1 FC).",
    ),
    (
        shape.depth,
        INCEPTION,
        PLAIN,
        "Deeper: 4 layers with weights on the longest path instead of 2 (2 convolutions and 2 FC"
        " instead of 4 convolutions).",
    ),
    (
        shape.depth,
        "INPUT(16x16x4) -> CONV(4) -> CONV(4) -> GAP",
        INCEPTION,
        "As deep as before, with 4 convolutions instead of 2 convolutions.",
    ),
    (
        shape.resolution,
        PLAIN,
        PLAIN.replace("16x16x4", "32x64x4"),
        "Larger input: 32x64x4 instead of 16x16x4, 8 times the pixels.",
    ),
    (
        shape.resolution,
        PLAIN,
        PLAIN.replace("16x16x4", "8x8x4"),
        "Smaller input: 8x8x4 instead of 16x16x4, 0.25 times the pixels.",
    ),
    (
        shape.resolution,
        PLAIN,
        PLAIN.replace("16x16x4", "16x16x1"),
        "The input has 1 channel instead of 4.",
    ),
    (shape.outputs, PLAIN, PLAIN.replace("c: FC(2)", "c: FC(1000)"), "1,000 outputs instead of 2."),
    (
        shape.outputs,
        TWO_HEADS,
        TWO_HEADS.replace("k: FC(5)", "k: FC(7)"),
        "Output kind: 7 values instead of 5.",
    ),
    (
        shape.outputs,
        TWO_HEADS.replace("k: FC(5)", "k: FC(2)"),
        TWO_HEADS.replace("k: FC(5)", "k: FC(9)").replace("m: FC(2)", "m: FC(9)"),
        "Outputs output and kind: 9 values instead of 2.",
    ),
    (
        shape.width,
        PLAIN,
        PLAIN.replace("CONV(4)", "CONV(12)"),
        "Wider: 3 times the filters in 2 of 2 convolutions.",
    ),
    (
        shape.width,
        PLAIN.replace("a: CONV(4)", "a: CONV(8)"),
        PLAIN.replace("CONV(4)", "CONV(2)"),
        "Narrower: 0.25 to 0.5 times the filters in 2 of 2 convolutions.",
    ),
    (
        shape.width,
        "INPUT(16x16x4) -> CONV(4) -> GAP",
        "INPUT(16x16x4) -> [CONV(4) -> CONV(64, 5)]*3 -> GAP",
        "Wider: up to 64 filters in a convolution instead of 4.",
    ),
    (
        shape.connected_width,
        PLAIN,
        PLAIN.replace("fc: FC(9)", "fc: FC(90) -> FC(30)"),
        "Hidden FC layers of 90 and 30 values instead of 9.",
    ),
    (
        shape.first_layer,
        PLAIN,
        PLAIN.replace("a: CONV(4)", "a: CONV(4, 7, stride=2)"),
        "The first convolution is 7x7 at stride 2 instead of 3x3 at stride 1.",
    ),
    (
        shape.windows,
        PLAIN,
        PLAIN.replace("a: CONV(4)", "a: CONV(4, 1x5)"),
        "Windows: 3x3 and 1x5 instead of 3x3.",
    ),
    (
        shape.windows,
        PLAIN.replace("a: CONV(4)", "a: CONV(4, 7)"),
        PLAIN,
        "Windows: nothing but 3x3 instead of 7x7 and 3x3.",
    ),
    (
        shape.field,
        PLAIN,
        PLAIN.replace("a: CONV(4)", "a: CONV(4, 7)"),
        "The largest receptive field is 10 pixels instead of 6.",
    ),
    (
        layers.activation,
        PLAIN.replace("RELU", "TANH"),
        PLAIN,
        "RELU instead of TANH.",
    ),
    (
        layers.activation,
        PLAIN.replace(" -> RELU", ""),
        PLAIN,
        "2 RELU, of which there was none.",
    ),
    (layers.activation, PLAIN, PLAIN.replace(" -> RELU", ""), "No RELU."),
    (
        layers.pooling,
        PLAIN,
        PLAIN.replace("POOL", "AVGPOOL"),
        "Average pooling instead of max pooling.",
    ),
    (
        layers.pooling,
        PLAIN,
        PLAIN.replace("POOL", "POOL(3, stride=2)"),
        "Overlapping pooling: 1 pool of 3x3 at stride 2.",
    ),
    (
        layers.pooling,
        PLAIN.replace("POOL", "POOL(3, stride=2)"),
        PLAIN,
        "The pools no longer overlap: 2x2 at stride 2.",
    ),
    (
        layers.strided,
        PLAIN,
        PLAIN.replace("POOL", "CONV(4, stride=2)"),
        "Strided convolutions for pools: 1 convolution with a stride, no pools instead of 1.",
    ),
    (
        layers.strided,
        PLAIN.replace("POOL", "CONV(4, stride=2)"),
        PLAIN,
        "Pools for strided convolutions: 1 pool, no convolutions with a stride instead of 1.",
    ),
    (layers.batch_norm, PLAIN, PLAIN.replace("RELU", "BN -> RELU"), "Batch norm: 2 layers."),
    (
        layers.batch_norm,
        PLAIN.replace("RELU", "BN -> RELU"),
        PLAIN,
        "No batch norm: 2 layers went.",
    ),
    (
        layers.local_response_norm,
        PLAIN,
        PLAIN.replace("POOL", "LRN -> POOL"),
        "Local response normalisation: 1 layer.",
    ),
    (
        layers.local_response_norm,
        PLAIN.replace("POOL", "LRN -> POOL"),
        PLAIN,
        "No LRN: 1 layer went.",
    ),
    (
        layers.dropout,
        PLAIN,
        PLAIN.replace("-> c", "-> DROPOUT -> DROPOUT(0.2) -> c"),
        "Dropout: 2 layers (0.2 and 0.5).",
    ),
    (
        layers.dropout,
        PLAIN.replace("-> c", "-> DROPOUT -> c"),
        PLAIN.replace("-> c", "-> DROPOUT(0.2) -> c"),
        "Dropout: 1 layer (0.2) instead of 1 (0.5).",
    ),
    (
        layers.dropout,
        PLAIN.replace("-> c", "-> DROPOUT -> c"),
        PLAIN,
        "No dropout: 1 layer went.",
    ),
    (
        layers.grouped,
        PLAIN,
        PLAIN.replace("b: CONV(4)", "b: CONV(4, groups=2)"),
        "Grouped convolution: 1 convolution split into 2 groups.",
    ),
    (
        layers.grouped,
        PLAIN.replace("b: CONV(4)", "b: CONV(4, groups=2)"),
        PLAIN,
        "No grouped convolutions: 1 was split.",
    ),
    (
        layers.dilated,
        PLAIN,
        PLAIN.replace("b: CONV(4)", "b: CONV(4, dilation=2)"),
        "Dilation: 1 dilated convolution.",
    ),
    (
        layers.head,
        PLAIN,
        "INPUT(16x16x4) -> a: CONV(4) -> GAP -> c: FC(2)",
        "Head: a global average pool and 1 FC layer instead of 2 FC layers on a map; FC layers hold"
        " 10 parameters instead of 2,333.",
    ),
    (
        layers.head,
        "INPUT(16x16x4) -> a: CONV(4) -> FLATTEN -> DROPOUT -> c: FC(2)",
        "INPUT(16x16x4) -> a: CONV(4) -> CONV(2, 1) -> GAP",
        "Head: a global average pool and no FC layer instead of 1 FC layer on a map; FC layers hold"
        " 0 parameters instead of 2,050.",
    ),
    (
        layers.head,
        SQUEEZED_ON_A_MAP,
        SQUEEZED,
        "Head: a global average pool and 1 FC layer instead of 1 FC layer on a map; FC layers hold"
        " 10 parameters instead of 2,050.",
    ),
    (
        layers.head,
        "INPUT(16x16x4) -> GAP -> FC(2)",
        "INPUT(16x16x4) -> FC(2)",
        "Head: 1 FC layer on a map instead of a global average pool; FC layers hold 2,050"
        " parameters instead of 10.",
    ),
    (
        layers.head,
        "INPUT(16x16x4) -> GAP -> FC(2)",
        "INPUT(16x16x4) -> CONV(2, 1) -> GAP",
        "No FC layer, where 1 FC layer held 10 parameters.",
    ),
    (
        structure.residual,
        PLAIN,
        RES,
        "Residual connections: 1 shortcut, around 2 convolutions.",
    ),
    (
        structure.residual,
        PLAIN,
        PROJECTED,
        "Residual connections: 1 shortcut, around 2 convolutions, 1 with a 1x1 projection.",
    ),
    (structure.residual, RES, PLAIN, "No residual connections: 1 shortcut went."),
    (
        structure.parallel,
        PLAIN,
        INCEPTION,
        "Parallel branches: 1 module of 3 side by side (1x1 | 1x1 3x3 | pool 1x1).",
    ),
    (structure.parallel, INCEPTION, PLAIN, "No parallel branches: 1 module went."),
    (
        structure.dense,
        PLAIN,
        DENSE,
        "Dense connections: 3 merges of all that flows in with what is computed of it.",
    ),
    (structure.dense, DENSE, PLAIN, "No dense connections: 3 went."),
    (
        structure.bottlenecks,
        PLAIN,
        BOTTLENECK,
        "Bottlenecks (1x1, 3x3 and a 1x1 that widens): 1 unit.",
    ),
    (structure.bottlenecks, BOTTLENECK, PLAIN, "No bottlenecks: 1 went."),
    (
        structure.reductions,
        PLAIN,
        REDUCED,
        "Reductions (a 1x1 that narrows before a larger window): 1 convolution.",
    ),
    (
        structure.reductions,
        REDUCED,
        PLAIN,
        "No reductions: no 1x1 convolution narrows before a larger window; 1 did.",
    ),
    (
        structure.inverted,
        BOTTLENECK,
        INVERTED,
        "Inverted bottlenecks (a 1x1 that widens, a depthwise convolution and a 1x1 that narrows):"
        " 1 unit.",
    ),
    (structure.inverted, INVERTED, PLAIN, "No inverted bottlenecks: 1 went."),
    (
        structure.separable,
        PLAIN,
        SEPARABLE,
        "Separable: 1 depthwise separable convolution, 5.8 times fewer MACs than as standard ones.",
    ),
    (
        structure.separable,
        PLAIN,
        SEPARABLE.replace("CONV(16, 1)", "CONV(1, 1)"),
        "Separable: 1 depthwise separable convolution, 1.1 times the MACs of standard ones.",
    ),
    (
        structure.bottlenecks,
        PLAIN,
        BOTTLENECK.replace("-> GAP", "-> CONV(2, 1) -> CONV(2, 5) -> CONV(8, 1) -> GAP"),
        "Bottlenecks (1x1, 3x3 or 5x5 and a 1x1 that widens): 2 units.",
    ),
    (
        structure.parallel,
        PLAIN,
        "INPUT(16x16x4) -> CONCAT{ CONV(4, 1) | CONV(4, 3) | RELU } -> GAP",
        "Parallel branches: 1 module of 3 side by side (1x1 | 3x3 | RELU).",
    ),
    (
        layers.pooling,
        PLAIN,
        PLAIN.replace("POOL", "POOL(3, stride=1x2)"),
        "Overlapping pooling: 1 pool of 3x3 at stride 1x2.",
    ),
    (
        layers.strided,
        "INPUT(16x16x4) -> POOL -> DWCONV(3, stride=2)",
        "INPUT(16x16x4) -> CONV(4, stride=2) -> DWCONV(3, stride=2)",
        "Strided convolutions for pools: 2 convolutions with a stride instead of 1,"
        " no pools instead of 1.",
    ),
    (
        layers.dilated,
        "INPUT(16x16x4) -> CONV(4, dilation=2) -> DWCONV(3, dilation=2)",
        "INPUT(16x16x4) -> CONV(4) -> DWCONV(3, dilation=2)",
        "Dilation: 1 dilated convolution instead of 2.",
    ),
    (structure.separable, SEPARABLE, PLAIN, "No depthwise separable convolutions: 1 went."),
    (structure.gates, PLAIN, GATED, "Gates on whole channels: 1 product."),
    (structure.gates, GATED, PLAIN, "No gates on channels: 1 went."),
    (
        returned.returned,
        OUTPUTS,
        OUTPUTS.replace("output f", "output g"),
        "New output: g (a).",
    ),
    (
        returned.returned,
        OUTPUTS,
        OUTPUTS.replace("output f = x", ""),
        "Output no more: f (a).",
    ),
    (
        returned.returned,
        OUTPUTS,
        OUTPUTS.replace("output f = x", "output f = y"),
        "Output f is that of b instead of a.",
    ),
    (
        structure.blocks,
        "INPUT(16x16x4) -> s: [unit(4)]*3 -> GAP",
        "INPUT(16x16x4) -> s: [unit(4)]*5 -> GAP",
        "Added: s.3 to s.4 (2 x unit).",
    ),
    (
        structure.blocks,
        "INPUT(16x16x4) -> [unit(4)]*2 -> x: pair(4) -> GAP",
        "INPUT(16x16x4) -> [unit(4)]*2 -> GAP",
        "Removed: x (pair).",
    ),
    (
        structure.blocks,
        "INPUT(16x16x4) -> a: unit(4) -> b: unit(4, 5) -> c: unit(4, 7) -> GAP",
        "INPUT(16x16x4) -> b: unit(4, 5) -> c: unit(4, 7) -> a: unit(4) -> GAP",
        "Moved: a (unit).",
    ),
    (
        structure.moves,
        "INPUT(16x16x4) -> [CONV(4) -> LRN -> POOL]*2 -> GAP",
        "INPUT(16x16x4) -> [CONV(4) -> POOL -> LRN]*2 -> GAP",
        "Moved: POOL behind CONV instead of LRN, 2 times.",
    ),
    (
        structure.wiring,
        "net A { x = INPUT(16x16x4) -> a: CONV(4)\n y = x -> b: CONV(4)\n ADD{ y | x } -> GAP }",
        "net A { x = INPUT(16x16x4)\n z = x -> a: CONV(4)\n y = z -> b: CONV(4)\n"
        " ADD{ y | x } -> GAP }",
        "Other inputs: 3 reads other layers than before.",
    ),
    (
        structure.names,
        "INPUT(16x16x4) -> a: unit(4) -> GAP",
        "INPUT(16x16x4) -> z: unit(4) -> GAP",
        "Only names: 5 layers have other paths.",
    ),
    (
        arguments.arguments,
        PLAIN,
        PLAIN.replace("a: CONV(4)", "a: CONV(4, 5, bias=false)"),
        "a: k 3 → 5 and bias true → false.",
    ),
    (
        arguments.arguments,
        "INPUT(16x16x4) -> [CONV(4) -> BN]*5 -> GAP",
        "INPUT(16x16x4) -> [CONV(6, bias=false) -> BN(eps=0.001)]*5 -> GAP",
        "Changed arguments: bias of 5 CONV and eps of 5 BN.",
    ),
    (
        cost.cost,
        "INPUT(16x16x4) -> GAP -> FC(2)",
        "INPUT(16x16x4) -> GAP -> FC(20)",
        "10 times the parameters and 10 times the MACs.",
    ),
    (
        cost.cost,
        "INPUT(16x16x4) -> FC(2)",
        "INPUT(16x16x4) -> CONV(40) -> GAP -> FC(2)",
        "23.8 % fewer parameters with 180 times the MACs.",
    ),
    (
        cost.cost,
        "INPUT(16x16x4) -> POOL -> CONV(4) -> GAP -> FC(2)",
        "INPUT(16x16x4) -> POOL -> CONV(4) -> GAP -> FC(2, bias=false)",
        "1.3 % fewer parameters and as many MACs.",
    ),
]

# Rule, old, new: it says nothing.
NEGATIVE: list[tuple[Rule, str, str]] = [
    (shape.depth, PLAIN, PLAIN.replace("CONV(4)", "CONV(8)")),
    (shape.resolution, PLAIN, PLAIN.replace("CONV(4)", "CONV(8)")),
    (
        shape.resolution,
        "net A { x = INPUT(8x8x4)\n y = INPUT(8x8x4)\n ADD{ x | y } }",
        "net A { x = INPUT(9x9x4)\n y = INPUT(9x9x4)\n ADD{ x | y } }",
    ),
    (shape.outputs, PLAIN, PLAIN.replace("FC(9)", "FC(8)")),
    (shape.outputs, "INPUT(8x8x4) -> CONV(4)", "INPUT(8x8x4) -> CONV(6)"),
    (shape.width, PLAIN, PLAIN.replace("CONV(4)", "CONV(4, 5)")),
    (
        shape.width,
        PLAIN,
        PLAIN.replace("a: CONV(4)", "a: CONV(8)").replace("b: CONV(4)", "b: CONV(2)"),
    ),
    (shape.connected_width, PLAIN, PLAIN.replace("FC(2)", "FC(8)")),
    (shape.first_layer, PLAIN, PLAIN.replace("b: CONV(4)", "b: CONV(4, 7, stride=2)")),
    (shape.windows, PLAIN, PLAIN.replace("POOL", "POOL3")),
    (shape.field, PLAIN, PLAIN.replace("CONV(4)", "CONV(8)")),
    (layers.activation, PLAIN, PLAIN + " -> SOFTMAX"),
    (layers.pooling, PLAIN, PLAIN.replace("POOL", "POOL(3, stride=3)")),
    (layers.pooling, PLAIN, RES),
    (layers.strided, PLAIN, PLAIN.replace("b: CONV(4)", "b: CONV(4, stride=2)")),
    (layers.batch_norm, DENSE, DENSE.replace("*3", "*5")),
    (layers.local_response_norm, PLAIN, PLAIN.replace("RELU", "BN")),
    (layers.dropout, PLAIN, PLAIN.replace("RELU", "BN")),
    (layers.grouped, PLAIN, PLAIN.replace("b: CONV(4)", "b: CONV(4, groups=4)")),
    (layers.dilated, PLAIN, PLAIN.replace("b: CONV(4)", "b: CONV(4, 5)")),
    (layers.head, PLAIN, PLAIN.replace("FC(9)", "FC(90)")),
    (layers.head, PLAIN, PLAIN.replace("POOL ->", "POOL -> BN ->")),
    (structure.residual, PLAIN, TWO_ADDED),
    (structure.residual, PLAIN, TWO_INPUTS),
    (returned.returned, PLAIN, PLAIN + " -> SOFTMAX"),
    (returned.returned, PLAIN, OUTPUTS.replace("output f = x", "")),
    (shape.width, PLAIN.replace("CONV(4)", "CONV(257)"), PLAIN.replace("CONV(4)", "CONV(256)")),
    (structure.residual, RES, PROJECTED),
    (structure.residual, PLAIN, DENSE),
    (structure.parallel, PLAIN, DENSE),
    (structure.parallel, PLAIN, RES),
    (structure.dense, PLAIN, INCEPTION),
    (structure.bottlenecks, PLAIN, REDUCED),
    (structure.bottlenecks, PLAIN, INVERTED),
    (structure.reductions, PLAIN, BOTTLENECK),
    (structure.reductions, PLAIN, INVERTED),
    (structure.inverted, PLAIN, BOTTLENECK),
    (structure.inverted, PLAIN, SEPARABLE),
    (structure.separable, PLAIN, REDUCED),
    (layers.head, MEAN, SQUEEZED),
    (layers.head, SQUEEZED, MEAN),
    (shape.connected_width, PLAIN, SQUEEZED),
    (shape.outputs, TWO_HEADS, TWO_HEADS),
    (structure.gates, PLAIN, "net A { x = INPUT(8x8x4)\n MUL{ x | x -> CONV(4) } -> GAP }"),
    (structure.blocks, PLAIN, "INPUT(16x16x4) -> [unit(4)]*5 -> GAP"),
    (structure.moves, PLAIN, PLAIN.replace("POOL", "BN -> POOL")),
    (structure.wiring, PLAIN, PLAIN.replace("POOL", "BN -> POOL")),
    (structure.wiring, PLAIN, RES),
    (structure.names, PLAIN, PLAIN.replace("a: CONV(4)", "z: CONV(5)")),
    (structure.names, PLAIN, PLAIN.replace("RELU", "TANH")),
    (arguments.arguments, PLAIN, PLAIN.replace("POOL", "BN -> POOL")),
    (arguments.arguments, PLAIN, DENSE),
]


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
