"""Section 5 of the language: paths, after which weights are called in every backend."""

from __future__ import annotations

import cnnc
from tests.language.small import code, paths, wiring

IMAGE = "INPUT(8x8x4) ->"


def test_an_element_is_its_label_or_its_position() -> None:
    assert paths(f"{IMAGE} conv1: CONV(4) -> RELU -> fc: FC(3)") == ["0", "conv1", "2", "fc"]


def test_a_label_may_be_block_as_in_torchvision() -> None:
    """And so may an argument; a block that is declared behind them is one."""
    text = f"""net Named = {IMAGE} block: [CONV(4) -> unit(3)] -> block[1]: HOG(2, block=1)
               block unit(n) = block: CONV(n)"""
    assert paths(text) == ["0", "block.0", "block.1.block", "block1"]


def test_the_example_of_the_contract() -> None:
    text = f"{IMAGE} features: [[CONV -> RELU]*2 -> POOL] -> RELU"
    assert paths(text) == ["0", *(f"features.{index}" for index in range(5)), "2"]


def test_a_labelled_repetition_counts_its_calls() -> None:
    text = f"""block bottleneck(n) = conv1: CONV(n) -> RELU
               {IMAGE} layer1: [bottleneck(64)]*2 -> TANH"""
    assert paths(text) == [
        "0",
        "layer1.0.conv1",
        "layer1.0.1",
        "layer1.1.conv1",
        "layer1.1.1",
        "2",
    ]


def test_a_bare_group_and_a_merges_braces_open_no_scope() -> None:
    text = f"{IMAGE} [RELU -> [TANH]] -> ADD{{ a: CONV(4) -> BN | [CONV(4)] }} -> RELU"
    assert paths(text) == ["0", "1", "2", "a", "4", "5", "6", "7"]


def test_a_merge_is_counted_after_its_branches() -> None:
    text = f"{IMAGE} sum: ADD{{ CONV(4) | a: TANH }} -> RELU"
    assert paths(text) == ["0", "sum.0", "sum.a", "sum", "2"]


def test_a_label_and_a_call_open_one_scope_together() -> None:
    text = f"block f(n) = CONV(n) -> RELU {IMAGE} f(2) -> stem: f(3) -> f(4)"
    assert paths(text) == ["0", "1.0", "1.1", "stem.0", "stem.1", "3.0", "3.1"]


def test_a_body_that_is_one_call_is_that_call() -> None:
    """`block wide(n) = unit(2*n)` only gives other arguments."""
    text = f"""block unit(n) = conv: CONV(n) -> BN
               block wide(n) = unit(2*n)
               {IMAGE} layer: wide(4)"""
    assert paths(text) == ["0", "layer.conv", "layer.1"]


def test_what_is_absent_does_not_count() -> None:
    text = f"{IMAGE} RELU -> BN? -> CONV(4)?(false) -> [CONV]*0 -> POOL"
    assert paths(text, bn=False) == ["0", "1", "2"]
    assert wiring(text, bn=False) == wiring(f"{IMAGE} RELU -> POOL")


def test_labels_with_an_index() -> None:
    text = f"{IMAGE} [layer[i]: CONV(4) for i in range(1, 3)]"
    assert paths(text) == ["0", "layer1", "layer2"]


def test_values_name_nothing() -> None:
    """A value's chain is counted where it is written."""
    text = "net N { x = INPUT(8x8x4) -> CONV(2)  y = x -> RELU  ADD{ x | y } }"
    assert paths(text) == ["0", "1", "2", "3"]


def test_two_layers_of_one_name_are_an_error() -> None:
    assert code(f"{IMAGE} a: CONV(4) -> a: RELU") == "E0218"


def test_weights_are_called_after_paths_in_each_backend() -> None:
    text = f"{IMAGE} stem: [conv: CONV(2) -> BN] -> FC(3, bias=false)"
    keys = {
        "stem.conv.weight",
        "stem.conv.bias",
        "stem.1.weight",
        "stem.1.bias",
        "stem.1.running_mean",
        "stem.1.running_var",
        "2.weight",
    }
    net = cnnc.loads(text)
    state = net.build("torch", train=True).state_dict()
    assert set(state) - {"stem.1.num_batches_tracked"} == keys
    net.build("numpy", weights={key: state[key].numpy() for key in keys})
    report = net.report().rows
    assert {f"{row.path}.{each.name}" for row in report for each in row.arrays} == keys


def test_what_comes_out_empty_does_not_count() -> None:
    """A label or a block call makes nothing of what is absent."""
    text = f"""block empty() = RELU?(false)
               {IMAGE} a: [CONV(2)]*0 -> empty() -> b: empty() -> c: [d: [empty()]]
               -> m: ADD{{ ID if false | [RELU]*0 }} -> CONV(2)"""
    assert wiring(text) == wiring(f"{IMAGE} CONV(2)")


def test_a_group_around_a_lone_call_changes_no_name() -> None:
    text = f"block b(n) = c: CONV(n) -> RELU  block w(n) = b(n)  {IMAGE} w(2)"
    assert wiring(text.replace("= b(n)", "= [[b(n)]]")) == wiring(text)
