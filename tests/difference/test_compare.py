"""Which layer stands for which, and what is said of it."""

from __future__ import annotations

from collections import Counter

import pytest

import cnnc
from compiler.difference.compare import diff
from tests.difference.programs import blocks, change, changes, example, report, shown

CASES = {
    "an argument": (
        "INPUT(8x8x3) -> a: CONV(4, 5) -> RELU -> GAP",
        "INPUT(8x8x3) -> a: CONV(4, 3) -> RELU -> GAP",
        ["changed a k 5 → 3"],
        [],
    ),
    "values as a program writes them": (
        "INPUT(8x8x3) -> a: CONV(4, 1x7) -> POOL -> LRN -> DROPOUT",
        "INPUT(8x8x3) -> a: CONV(4, 7x1, pad=(1, 2), bias=false) -> POOL3 -> LRN(alpha=0.001)",
        [
            "changed a k 1x7 → 7x1 pad half → (1, 2) bias true → false",
            "changed 2 k 2 → 3",
            "changed 3 alpha 0.0001 → 0.001",
            "removed 4",
        ],
        [],
    ),
    "the operator": (
        "INPUT(8x8x3) -> CONV(4) -> POOL -> TANH -> fc: FC(2)",
        "INPUT(8x8x3) -> CONV(4) -> CONV(4, stride=2) -> RELU -> fc: FC(2)",
        ["changed 2 POOL → CONV(4, stride=2)", "changed 3 TANH → RELU"],
        [],
    ),
    "a layer put in": (
        "INPUT(8x8x3) -> a: CONV(4) -> RELU -> b: CONV(4) -> RELU -> GAP",
        "INPUT(8x8x3) -> a: CONV(4) -> BN -> RELU -> b: CONV(4) -> BN -> RELU -> GAP",
        ["added 2", "added 5"],
        [],
    ),
    "a layer taken out": (
        "INPUT(8x8x3) -> a: CONV(4) -> RELU -> DROPOUT -> b: CONV(4) -> GAP",
        "INPUT(8x8x3) -> a: CONV(4) -> RELU -> b: CONV(4) -> GAP",
        ["removed 3"],
        [],
    ),
    "a layer renamed": (
        "INPUT(8x8x3) -> first: CONV(4) -> RELU -> GAP",
        "INPUT(8x8x3) -> stem: CONV(4) -> RELU -> GAP",
        ["renamed first → stem"],
        [],
    ),
    "a block renamed": (
        "INPUT(8x8x3) -> CONV(4) -> one: pair(4) -> two: pair(8) -> GAP",
        "INPUT(8x8x3) -> CONV(4) -> eins: pair(4) -> two: pair(8) -> GAP",
        [
            "renamed one.first → eins.first",
            "renamed one.1 → eins.1",
            "renamed one.second → eins.second",
        ],
        ["renamed eins pair"],
    ),
    "a block renamed and changed within": (
        "INPUT(8x8x3) -> CONV(4) -> one: pair(4) -> two: pair(8) -> GAP",
        "INPUT(8x8x3) -> CONV(4) -> eins: pair(6) -> two: pair(8) -> GAP",
        [
            "changed one.first → eins.first out 4 → 6 +renamed",
            "renamed one.1 → eins.1",
            "changed one.second → eins.second out 4 → 6 +renamed",
        ],
        ["renamed eins pair"],
    ),
    "a block put in front of its equals": (
        "INPUT(8x8x4) -> s: [unit(4)]*3 -> GAP",
        "INPUT(8x8x4) -> s: [unit(4)]*5 -> GAP",
        [f"added s.{unit}.{layer}" for unit in (3, 4) for layer in ("conv", "bn", "2", "3", "4")],
        ["added s.3,s.4 unit"],
    ),
    "the last of equal blocks taken out": (
        "INPUT(8x8x4) -> s: [unit(4)]*3 -> GAP",
        "INPUT(8x8x4) -> s: [unit(4)]*2 -> GAP",
        [f"removed s.2.{layer}" for layer in ("conv", "bn", "2", "3", "4")],
        ["removed s.2 unit"],
    ),
    "a block moved": (
        "INPUT(8x8x4) -> a: unit(4) -> b: unit(4, 5) -> c: unit(4, 7) -> GAP",
        "INPUT(8x8x4) -> b: unit(4, 5) -> c: unit(4, 7) -> a: unit(4) -> GAP",
        [f"moved a.{layer}" for layer in ("conv", "bn", "2", "3", "4")],
        ["moved a unit"],
    ),
    "one of equal blocks moved keeps its name": (
        "INPUT(8x8x4) -> a: unit(4) -> b: unit(4) -> c: unit(4) -> GAP",
        "INPUT(8x8x4) -> b: unit(4) -> c: unit(4) -> a: unit(4) -> GAP",
        [f"moved a.{layer}" for layer in ("conv", "bn", "2", "3", "4")],
        ["moved a unit"],
    ),
    "a block moved and renamed": (
        "INPUT(8x8x4) -> a: unit(4) -> b: unit(4, 5) -> c: unit(4, 7) -> GAP",
        "INPUT(8x8x4) -> b: unit(4, 5) -> c: unit(4, 7) -> z: unit(4) -> GAP",
        [f"moved a.{layer} → z.{layer} +renamed" for layer in ("conv", "bn", "2", "3", "4")],
        ["moved z unit", "renamed z unit"],
    ),
    "a layer moved with what follows it": (
        "INPUT(8x8x3) -> CONV(4, 7) -> a: CONV(8, 5) -> PRELU -> CONV(16, 1) -> CONV(9) -> GAP",
        "INPUT(8x8x3) -> CONV(4, 7) -> CONV(16, 1) -> CONV(9) -> a: CONV(8, 5) -> PRELU -> GAP",
        ["moved a", "moved 3 → 5"],
        [],
    ),
    "two neighbours that changed places": (
        "INPUT(8x8x3) -> CONV(4) -> LRN -> POOL -> CONV(8) -> GAP",
        "INPUT(8x8x3) -> CONV(4) -> POOL -> LRN(size=3) -> CONV(8) -> GAP",
        ["changed 2 → 3 size 5 → 3 +moved"],
        [],
    ),
    "a merge that reads another layer": (
        "net A { x = INPUT(8x8x4) -> a: CONV(4)\n y = x -> b: CONV(4)\n z = y -> c: CONV(4)\n"
        "ADD{ z | x } -> GAP }",
        "net A { x = INPUT(8x8x4) -> a: CONV(4)\n y = x -> b: CONV(4)\n z = y -> c: CONV(4)\n"
        "ADD{ z | y } -> GAP }",
        ["changed 4 inputs c, a → c, b"],
        [],
    ),
    "one branch more": (
        "INPUT(8x8x4) -> CONCAT{ a: CONV(4) | b: CONV(4, 1) } -> GAP",
        "INPUT(8x8x4) -> CONCAT{ a: CONV(4) | b: CONV(4, 1) | c: CONV(4, 5) } -> GAP",
        ["added c", "changed 3 → 4 inputs a, b → a, b, c"],
        [],
    ),
    "a shortcut put around layers": (
        "INPUT(8x8x4) -> a: CONV(4) -> RELU -> b: CONV(4) -> GAP",
        "INPUT(8x8x4) -> ADD{ a: CONV(4) -> RELU -> b: CONV(4) | ID } -> GAP",
        ["added 4", "added 5"],
        [],
    ),
    "an operator is not replaced by a part of a new block": (
        "INPUT(8x8x4) -> a: CONV(4, 7) -> x: LRN -> GAP",
        "INPUT(8x8x4) -> a: CONV(4, 7) -> u: unit(4) -> GAP",
        ["removed x", "added u.conv", "added u.bn", "added u.2", "added u.3", "added u.4"],
        ["added u unit"],
    ),
    "names that both have are not mixed up": (
        "INPUT(8x8x3) -> conv1: CONV(4) -> conv2: CONV(4) -> conv3: CONV(4) -> GAP",
        "INPUT(8x8x3) -> conv1: CONV(4) -> conv3: CONV(4) -> GAP",
        ["removed conv2"],
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_changes(case: str) -> None:
    old, new, expected, whole = CASES[case]
    found = change(old, new)
    assert changes(found) == expected
    assert blocks(found) == whole


@pytest.mark.parametrize("case", CASES)
def test_the_same_the_other_way_round_is_as_much(case: str) -> None:
    old, new, _, _ = CASES[case]
    there, back = change(old, new), change(new, old)
    turned = {"added": "removed", "removed": "added"}
    statuses = Counter(turned.get(pair.status, pair.status) for pair in back.pairs)
    assert statuses == Counter(pair.status for pair in there.pairs)


PAIRS = [
    ("lenet.cnn", "alexnet.cnn:AlexNet2012"),
    ("zfnet.cnn", "vgg.cnn:VGG16"),
    ("vgg.cnn:VGG16", "googlenet.cnn:GoogLeNet"),
    ("googlenet.cnn:GoogLeNet", "resnet.cnn:ResNet50"),
    ("resnet.cnn:ResNet18", "resnet.cnn:ResNet152"),
    ("resnet.cnn:ResNet50", "densenet.cnn:DenseNet121"),
    ("mobilenet_v2.cnn", "mobilenet_v1.cnn"),
    ("vgg.cnn:VGG11", "squeezenet.cnn:SqueezeNet1_0"),
]


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_every_layer_of_both_stands_there_once(old: str, new: str) -> None:
    before, after = example(old), example(new)
    pairs = diff(before, after).pairs
    assert Counter(p.old.path for p in pairs if p.old) == Counter(r.path for r in before.rows)
    assert [p.new.path for p in pairs if p.new] == [row.path for row in after.rows]
    kept = [p.old.path for p in pairs if p.old and p.new and not p.moved]
    order = {row.path: number for number, row in enumerate(before.rows)}
    assert kept == sorted(kept, key=order.__getitem__)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_totals_are_those_of_the_reports_and_of_the_pairs(old: str, new: str) -> None:
    found = diff(example(old), example(new))
    totals = {total.name: total for total in found.totals}
    for name, of in (
        ("parameters", "parameters"),
        ("macs", "macs"),
        ("activations", "activations"),
    ):
        rows = [(pair.old, pair.new) for pair in found.pairs]
        change = sum(getattr(b, of) for _, b in rows if b) - sum(
            getattr(a, of) for a, _ in rows if a
        )
        assert totals[name].change == change
        assert (totals[name].old, totals[name].new) == tuple(
            getattr(side.totals, of) for side in (found.old, found.new)
        )


@pytest.mark.parametrize("target", sorted({target for pair in PAIRS for target in pair}))
def test_nothing_differs_from_itself(target: str) -> None:
    found = diff(example(target), example(target))
    assert found.is_empty and not found.blocks and not found.sentences
    assert all(not total.change for total in found.totals)


def test_layers_that_only_follow_are_affected() -> None:
    found = change(
        "INPUT(8x8x3) -> a: CONV(4) -> RELU -> fc: FC(2)",
        "INPUT(8x8x3) -> a: CONV(8) -> RELU -> fc: FC(2)",
    )
    assert [shown(pair) for pair in found.pairs] == [
        "same 0",
        "changed a out 4 → 8",
        "affected 2",
        "affected fc",
    ]


def test_removed_layers_stand_where_they_stood() -> None:
    found = change(
        "INPUT(8x8x3) -> a: CONV(4) -> x: LRN -> b: CONV(8) -> GAP",
        "INPUT(8x8x3) -> a: CONV(4) -> y: DROPOUT -> b: CONV(8) -> GAP",
    )
    assert [shown(pair) for pair in found.pairs][1:4] == ["same a", "removed x", "added y"]


def test_a_deeper_resnet_is_blocks_more_and_nothing_else() -> None:
    found = diff(example("resnet.cnn:ResNet34"), example("resnet.cnn:ResNet18"))
    assert blocks(found) == [
        "removed layer1.2 basic",
        "removed layer2.2,layer2.3 basic",
        "removed layer3.2,layer3.3,layer3.4,layer3.5 basic",
        "removed layer4.2 basic",
    ]
    told = {number for block in found.blocks for number in block.pairs}
    assert {n for n, p in enumerate(found.pairs) if p.status != "same"} == told


def test_settings_are_compared_as_programs_are() -> None:
    text = "param n = 4\nINPUT(8x8x3) -> a: CONV(n) -> GAP"
    found = diff(report(text), report(text, n="6"))
    assert changes(found) == ["changed a out 4 → 6"]


def test_training_graphs_are_compared() -> None:
    net = cnnc.loads("INPUT(8x8x3) -> a: CONV(4) -> d: DROPOUT -> fc: FC(2)")
    found = diff(net.journey.report("optimised"), net.journey.report("training"))
    assert changes(found) == ["added d"]
    assert {t.name for t in found.totals} > {"training_bytes", "planned_bytes"}


def test_inputs_that_changed_places_are_named() -> None:
    old = "INPUT(8x8x4) -> CONV(4) -> CONCAT{ CONV(4) | ID } -> GAP"
    found = change(old, old.replace("CONV(4) | ID", "ID | CONV(4)"))
    (merge,) = (pair for pair in found.pairs if pair.row.op == "CONCAT")
    assert [str(each) for each in merge.arguments] == ["inputs 2 CONV(4), 3 ID → 2 ID, 3 CONV(4)"]
