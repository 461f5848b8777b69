"""Folded modules take the program's own weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from compiler.graph import Fold
from compiler.op import Op
from compiler.ops.convolution import Conv, DepthwiseConv, TransposedConv
from compiler.ops.linear import FullyConnected
from compiler.ops.merge import Concat
from compiler.ops.normalisation import BatchNorm, Scale
from compiler.volume import Volume
from tests.torch.build import Program, chain, difference, noise, randomise

VOLUME = Volume(5, 6, 4)
LAYERS: list[tuple[Op, Op]] = [
    (Conv(6), Conv(6)),
    (Conv(6, bias=False), Conv(6)),
    (Conv(6, groups=2, bias=False), Conv(6, groups=2)),
    (DepthwiseConv(multiplier=2), DepthwiseConv(multiplier=2)),
    (TransposedConv(6), TransposedConv(6)),
    (TransposedConv(6, groups=2, bias=False), TransposedConv(6, groups=2)),
    (FullyConnected(6), FullyConnected(6)),
    (FullyConnected(6, bias=False), FullyConnected(6)),
]


def folded(layer: Op, norm: BatchNorm, own_bias: bool, **about: Any) -> Any:
    program = Program()
    fold = Fold("norms.bn", norm, own_bias)
    node = program.add(layer, program.input(*VOLUME.spatial, VOLUME.c), path="a.conv", fold=fold)
    return program.output(program.add(Conv(2, (1, 1)), node, path="last")).build(**about)


def unfolded(layer: Op, norm: BatchNorm) -> Any:
    return chain(VOLUME, ("a.conv", layer), ("norms.bn", norm), ("last", Conv(2, (1, 1)))).build()


@pytest.mark.parametrize("norm", [BatchNorm(), BatchNorm(0.1), BatchNorm(affine=False)], ids=str)
@pytest.mark.parametrize(("layer", "after"), LAYERS, ids=[str(layer) for layer, _ in LAYERS])
def test_the_weights_of_the_program(layer: Op, after: Op, norm: BatchNorm) -> None:
    plain = unfolded(layer, norm)
    state = randomise(plain)
    has_bias = "a.conv.bias" in state
    net = folded(after, norm, has_bias)
    before = dict(state)
    assert not net.load_state_dict(state).missing_keys
    assert state.keys() == before.keys()
    x = noise(2, 4, 5, 6)
    assert difference(net(x), plain(x)) < 2e-6
    again = folded(after, norm, has_bias)
    again.load_state_dict(net.state_dict())
    assert torch.equal(again(x), net(x))
    del state["norms.bn.num_batches_tracked"]
    assert not again.load_state_dict(state).missing_keys


def test_every_wrong_key_is_named() -> None:
    state = randomise(unfolded(Conv(6, bias=False), BatchNorm()))
    del state["norms.bn.running_var"], state["last.bias"]
    state["a.conv.bias"] = state["strange"] = state["norms.bn.bias"]
    state["norms.bn.weight"] = torch.zeros(7)
    with pytest.raises(RuntimeError) as caught:
        folded(Conv(6), BatchNorm(), False).load_state_dict(state)
    message = str(caught.value)
    for part in (
        "norms.bn.running_var is missing",
        "last.bias is missing",
        "a.conv.bias is unknown",
        "strange is unknown",
        "norms.bn.weight is (7,), not (6,)",
    ):
        assert part in message


def test_not_strict() -> None:
    state = randomise(unfolded(Conv(6, bias=False), BatchNorm()))
    del state["norms.bn.running_var"]
    result = folded(Conv(6), BatchNorm(), False).load_state_dict(state, strict=False)
    assert result.missing_keys == ["a.conv.bias"]


def test_weights_of_training_are_ignored() -> None:
    state = randomise(unfolded(Conv(6, bias=False), BatchNorm()))
    state["aux.fc.weight"] = state["aux.bn.num_batches_tracked"] = torch.zeros(1)
    dropped = ("aux.fc.weight", "aux.fc.bias", "aux.bn.weight")
    net = folded(Conv(6), BatchNorm(), False, dropped_weights=dropped)
    assert not net.load_state_dict(state).unexpected_keys
    plain = chain(VOLUME, ("last", Conv(2))).build(dropped_weights=dropped)
    wanted = {key: noise(*value.shape) for key, value in plain.state_dict().items()}
    plain.load_state_dict({**wanted, "aux.fc.weight": torch.zeros(1)})
    with pytest.raises(RuntimeError, match=r"other\.weight"):
        plain.load_state_dict({**wanted, "other.weight": torch.zeros(1)})


def folds_alike(plain: Any, net: Any) -> None:
    """The program's own weights and the net's give the same values."""
    state = randomise(plain)
    assert not net.load_state_dict(state).missing_keys
    x = noise(2, 4, 5, 6)
    assert difference(net(x), plain(x)) < 2e-6
    before = net.state_dict()
    assert not net.load_state_dict(before).missing_keys
    assert all(torch.equal(before[key], value) for key, value in net.state_dict().items())


@pytest.mark.parametrize("norm", [BatchNorm(), BatchNorm(0.1, affine=False), Scale()], ids=str)
@pytest.mark.parametrize(
    "layer",
    [
        Conv(6, pad=(0, 0, 0, 0)),
        Conv(6, pad=(0, 0, 0, 0), groups=2),
        DepthwiseConv(pad=(0, 0, 0, 0), multiplier=2),
        FullyConnected(6),
    ],
    ids=str,
)
def test_norms_before_a_layer(layer: Op, norm: BatchNorm | Scale) -> None:
    plain = chain(VOLUME, ("norm", norm), ("layer", layer)).build()
    program = Program()
    fold = Fold("norm", norm, True, before=True, volume=VOLUME)
    source = program.input(*VOLUME.spatial, VOLUME.c)
    folds_alike(plain, program.output(program.add(layer, source, path="layer", fold=fold)).build())


@pytest.mark.parametrize("norm", [BatchNorm(), BatchNorm(0.1, affine=False), Scale()], ids=str)
def test_norms_of_several_layers(norm: BatchNorm | Scale) -> None:
    layers: list[Op] = [Conv(6), TransposedConv(4, (3, 3), (1, 1), (1, 1), groups=2)]

    def build(fold: Callable[[int], Fold | None]) -> Any:
        program = Program()
        source = program.input(*VOLUME.spatial, VOLUME.c)
        nodes = [
            program.add(layer, source, path=f"layer{index}", fold=fold(index))
            for index, layer in enumerate(layers)
        ]
        both = program.add(Concat(), *nodes, path="both")
        return program.output(both if fold(0) else program.add(norm, both, path="norm")).build()

    whole = Volume(5, 6, 10)
    net = build(lambda index: Fold("norm", norm, True, volume=whole, first=6 * index))
    folds_alike(build(lambda index: None), net)
