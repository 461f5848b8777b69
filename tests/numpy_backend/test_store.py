"""How many bytes a net keeps of its weights, and that orders lose nothing."""

from __future__ import annotations

import gc
import pickle
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnc
from backends.numpy.kernels.fast.columns import ColumnBlocks
from backends.numpy.kernels.fast.dense import PixelOrder
from backends.numpy.kernels.fast.depthwise import TapOrder
from backends.numpy.kernels.fast.transforms import SquareBlocks
from backends.numpy.runtime.store import Order, Store
from cnnc.verify import seeded_weights
from tests.kernels.compare import noise

EXAMPLES = Path(__file__).parents[2] / "examples"
MIXED = (
    "INPUT(12x12x32) -> CONV(64, 3, stride=2) -> RELU -> DWCONV(3) -> CONV(64, groups=2)"
    " -> CONV(48, 1) -> RELU -> FC(96) -> RELU -> FC(70)"
)
SQUARES = "INPUT(14x14x128) -> CONV(128) -> RELU -> CONV(96) -> GAP"


def stores(net: Any) -> list[Any]:
    """The store of a net, and those of groups inside."""
    found = [net.engine.setup.weights]
    for store in found:
        found += [each for group in store.groups.values() for each in group]
    return found


def alive(net: Any) -> int:
    """The bytes of all that the net and its plans hold of the weights."""
    arrays = {id(p.array): p.array for s in stores(net) for held in s.held.values() for p in held}
    for store in stores(net):
        arrays |= {id(each): each for made in store.made.values() for each in made.values()}
    return sum(each.nbytes for each in arrays.values())


def weights_of(text: str) -> dict[str, Any]:
    return dict(seeded_weights(cnnc.loads(text).journey, 1))


def size(weights: dict[str, Any]) -> int:
    return sum(each.nbytes for each in weights.values())


def test_each_weight_is_held_once() -> None:
    weights = weights_of(MIXED)
    net = type(cnnc.loads(MIXED).build("numpy"))(weights)
    for batch in (1, 2, 1):
        net(noise(batch, 32, 12, 12, seed=1))
        assert net.engine.setup.weights.nbytes == size(weights)
    assert alive(net) < 1.3 * size(weights)  # convolutions have other blocks for two images


def test_what_came_is_let_go() -> None:
    """All but biases, and matrices that are read as they came."""
    weights = weights_of(MIXED)
    net = type(cnnc.loads(MIXED).build("numpy"))(weights)
    packed = [key for key, each in weights.items() if each.ndim > 2 or key == "7.weight"]
    assert len(packed) == 5
    watched = [weakref.ref(weights[key]) for key in packed]
    del weights
    net(noise(1, 32, 12, 12, seed=1))
    gc.collect()
    assert [each() for each in watched] == [None] * 5


def test_squares_are_held_instead_of_their_filters() -> None:
    weights = weights_of(SQUARES)
    net = type(cnnc.loads(SQUARES).build("numpy"))(weights)
    filters = sum(each.nbytes for each in weights.values() if each.ndim == 4)
    for batch in (1, 3):
        net(noise(batch, 128, 14, 14, seed=1))
        assert alive(net) == size(weights) - filters + filters * 16 // 9


def test_narrow_groups_are_held_with_zeros() -> None:
    """Four groups of 8 channels see all 32: three of four weights are zero."""
    text = "INPUT(12x12x32) -> conv: CONV(64, groups=4) -> GAP"
    weights = weights_of(text)
    net = type(cnnc.loads(text).build("numpy"))(weights)
    net(noise(1, 32, 12, 12, seed=1))
    held = net.engine.setup.weights.nbytes
    assert held == size(weights) + 3 * weights["conv.weight"].nbytes


@pytest.mark.slow
def test_vgg16_at_two_batches() -> None:
    """0.21 are transformed filters; FC layers are the same memory for every batch."""
    net = cnnc.load(EXAMPLES / "vgg.cnn:VGG16").build("numpy", weights=zeros_of_vgg())
    whole = net.engine.setup.weights.nbytes
    for batch in (1, 2):
        net(np.zeros((batch, 3, 224, 224), np.float32))
        assert net.engine.setup.weights.nbytes < 1.25 * whole
        assert alive(net) < 1.3 * whole


def zeros_of_vgg() -> dict[str, Any]:
    graph = cnnc.load(EXAMPLES / "vgg.cnn:VGG16").journey.graph
    return {key: np.zeros(shape, np.float32) for key, shape in graph.weight_shapes().items()}


def test_orders_that_no_plan_reads_are_let_go() -> None:
    """Plans of the last four batches are kept."""
    net = type(cnnc.loads(MIXED).build("numpy"))(weights_of(MIXED))
    most = 0
    for batch in (1, 2, 40, 3, 4, 5, 6):
        net(noise(batch, 32, 12, 12, seed=1))
        most = max(most, alive(net))
    for batch in (6, 7, 8, 9, 10):
        net(noise(batch, 32, 12, 12, seed=1))
    gc.collect()
    assert alive(net) <= most


@pytest.mark.parametrize("text", [MIXED, SQUARES])
def test_a_pickled_net_plans_anew_from_what_is_held(text: str) -> None:
    net = type(cnnc.loads(text).build("numpy"))(weights_of(text))
    channels, length = (32, 12) if text == MIXED else (128, 14)
    x = noise(5, channels, length, length, seed=1)
    wanted = net(x)
    net(x[:1])
    again = pickle.loads(pickle.dumps(net))
    assert np.array_equal(again(x[:1]), net(x[:1]))
    assert np.array_equal(again(x), wanted)


ORDERS: dict[str, tuple[Order, tuple[int, ...]]] = {
    "columns": (ColumnBlocks(16, 9), (48, 8, 3, 3)),
    "pointwise": (ColumnBlocks(32, 4), (64, 24, 1, 1)),
    "uneven": (ColumnBlocks(5, 2), (10, 7, 2, 3)),
    "pixels": (PixelOrder(3, 5), (6, 60)),
    "taps": (TapOrder(), (12, 1, 5, 3)),
}


@pytest.mark.parametrize("name", ORDERS)
def test_an_order_can_be_undone(name: str) -> None:
    order, shape = ORDERS[name]
    weight = noise(*shape, seed=1)
    assert np.array_equal(order.unpack(order.pack(weight), shape), weight)


@pytest.mark.parametrize("square", [2, 4])
def test_squares_change_their_blocks(square: int) -> None:
    weight = noise(96, 40, 3, 3, seed=1)
    wide, narrow = SquareBlocks(square, 96), SquareBlocks(square, 32)
    again = narrow.pack(wide.unpack(wide.pack(weight), weight.shape))
    assert np.array_equal(again, narrow.pack(weight))


def test_a_store_gives_what_came_in_any_order() -> None:
    weight = noise(96, 8, 3, 3, seed=1)
    store = Store({"a": weight})
    blocks = store.packed("a", ColumnBlocks(32, 1))
    assert store.packed("a", ColumnBlocks(32, 1)) is blocks
    halves = [store.packed("a", ColumnBlocks(48, 3), part) for part in ((0, 48), (48, 96))]
    assert np.array_equal(store["a"], weight)
    assert store.nbytes == weight.nbytes == sum(each.nbytes for each in halves)
    del halves
    assert np.array_equal(store.packed("a", ColumnBlocks(32, 1)), blocks)


def test_what_squares_have_replaced_is_not_guessed() -> None:
    store = Store({"a": noise(32, 8, 3, 3, seed=1)})
    store.packed("a", SquareBlocks(4, 32))
    with pytest.raises(KeyError, match="a: only what a layer made of it"):
        store["a"]
    with pytest.raises(KeyError, match="a: only what a layer made of it"):
        store.packed("a", ColumnBlocks(32, 1))
