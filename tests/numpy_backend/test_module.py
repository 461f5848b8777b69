"""What an emitted module promises its users."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from backends.numpy.transform import expected_weights, metadata, transform_weights
from compiler.op import Op
from compiler.ops.activation import Relu, Softmax
from compiler.ops.arrangement import Crop, Pad
from compiler.ops.convolution import Conv
from compiler.ops.image import Hog
from compiler.ops.linear import FullyConnected
from compiler.ops.merge import Add
from compiler.ops.pooling import AvgPool, GlobalAvgPool, MaxPool
from compiler.volume import Volume
from tests.kernels.compare import agree, noise
from tests.numpy_backend import reference
from tests.numpy_backend.nets import ABOUT, Build, module
from tests.numpy_backend.residual import SHAPE, residual


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return module(residual(), tmp_path_factory.mktemp("residual"))


def weights_of(emitted: ModuleType) -> dict[str, Any]:
    made: dict[str, Any] = emitted.random_weights(emitted.PARAMETERS, 3)
    return made


def test_output_agrees_with_torch(emitted: ModuleType) -> None:
    weights, x = weights_of(emitted), noise(*SHAPE)
    expected = reference.outputs(residual(), weights, x)["scores"]
    agree(emitted.Residual(weights)(x), expected)


def test_parameters_are_the_unfolded_ones(emitted: ModuleType) -> None:
    assert expected_weights(residual()) == emitted.PARAMETERS
    assert emitted.PARAMETERS["conv1.weight"] == (8, 3, 3, 3)
    assert "conv1.bias" not in emitted.PARAMETERS
    assert emitted.PARAMETERS["bn1.running_var"] == (8,)
    assert emitted.PARAMETERS["up.conv.bias"] == (8,)
    assert "layer1.0.bn2.weight" not in emitted.PARAMETERS


def test_folded_weights_give_the_same(emitted: ModuleType) -> None:
    weights, x = weights_of(emitted), noise(*SHAPE)
    folded = transform_weights(residual(), weights)
    shapes = emitted.folded_shapes(emitted.PARAMETERS, emitted.Residual.folded_norms())
    assert {key: array.shape for key, array in folded.items()} == shapes
    assert "layer1.0.bn1.running_mean" in folded and "bn1.running_mean" not in folded
    whole = emitted.Residual(weights)(x)
    np.testing.assert_array_equal(emitted.Residual(folded, folded=True)(x), whole)
    with pytest.raises(ValueError, match=r"bn1\.weight: missing"):
        emitted.Residual(folded)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
@pytest.mark.parametrize("folded", [False, True])
def test_load(emitted: ModuleType, tmp_path: Path, suffix: str, folded: bool) -> None:
    weights, path = weights_of(emitted), tmp_path / f"weights{suffix}"
    ours = transform_weights(residual(), weights) if folded else weights
    says = metadata(residual()) if folded else {}
    save(path, ours, says)
    net = emitted.Residual.load(path)
    np.testing.assert_array_equal(net(noise(*SHAPE)), emitted.Residual(weights)(noise(*SHAPE)))


def save(path: Path, weights: dict[str, Any], says: dict[str, str]) -> None:
    if path.suffix == ".npz":
        extra: dict[str, Any] = {"__metadata__": np.array(json.dumps(says))} if says else {}
        np.savez(path, **weights, **extra)
    else:
        save_file(weights, path, says or None)


def test_weights_of_another_net_are_refused_by_name(emitted: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_file(weights_of(emitted), path, {"cnnc": "folded", "net": "VGG16"})
    with pytest.raises(ValueError, match=r"weights of VGG16, expected those of Residual"):
        emitted.Residual.load(path)


def test_default_weights_lie_beside_the_module(tmp_path: Path) -> None:
    made = module(residual("Beside"), tmp_path, weights_file="beside.safetensors")
    with pytest.raises(FileNotFoundError):
        made.Beside.load()
    save_file(weights_of(made), tmp_path / "beside.safetensors")
    assert made.Beside.load()(noise(*SHAPE)).shape == (2, 10)


def test_each_wrong_key_is_named(emitted: ModuleType) -> None:
    weights = weights_of(emitted)
    weights["fc.weight"] = weights["fc.weight"].T
    weights["extra.weight"] = weights.pop("conv1.weight")
    weights["bn1.bias"] = weights["bn1.bias"].astype(np.int32)
    with pytest.raises(ValueError) as caught:
        emitted.Residual(weights)
    for part in (
        "conv1.weight: missing",
        "extra.weight: not a weight of this net",
        "fc.weight: has shape (16, 10), expected (10, 16)",
        "bn1.bias: holds int32, expected float32",
    ):
        assert part in str(caught.value)


def test_counters_and_training_weights_may_be_there(tmp_path: Path) -> None:
    made = module(residual("Aux"), tmp_path, replace(ABOUT, dropped_weights=("aux.fc.weight",)))
    weights = weights_of(made)
    weights["bn1.num_batches_tracked"] = np.int64(7)
    weights["aux.fc.weight"] = noise(3, 3)
    made.Aux(weights)
    weights["aux2.fc.weight"] = noise(3, 3)
    with pytest.raises(ValueError, match=r"aux2\.fc\.weight: not a weight"):
        made.Aux(weights)


def test_wrong_inputs_are_told_what_was_expected(tmp_path: Path) -> None:
    build = Build(Volume(8, 6, 3), name="Fixed")
    net = module(build.checked(build.chain(FullyConnected(4))), tmp_path).Fixed.random()
    wanted = r"expected a NumPy array, float32, N x 3 x 8 x 6"
    shapes = [(1, 3, 6, 8), (3, 8, 6), (1, 8, 6, 3), (), (1, 4, 8, 6)]
    wrong: list[Any] = [noise(*shape) for shape in shapes]
    wrong += [noise(1, 3, 8, 6).astype(np.float64), [[1.0]], None, "image"]
    for x in wrong:
        with pytest.raises(ValueError, match=wanted):
            net(x)
    assert net(noise(5, 3, 8, 6)).shape == (5, 4)


def test_sizes_are_free_where_nothing_depends_on_them(emitted: ModuleType) -> None:
    net, x = emitted.Residual(weights_of(emitted)), noise(1, 3, 20, 24)
    agree(net(x), reference.outputs(residual(), weights_of(emitted), x)["scores"])
    with pytest.raises(ValueError, match="float32, N x 3 x H x W"):
        net(noise(1, 4, 20, 24))


@pytest.mark.parametrize(
    ("op", "says"),
    [
        (Conv(4, (5, 5), pad=(0, 0, 0, 0)), "larger than"),
        (MaxPool((5, 5)), "larger than"),
        (AvgPool((5, 5)), "larger than"),
        (Hog((4, 4)), "larger than"),
        (Pad((4, 0, 0, 0), "reflect"), "cannot be reflected"),
        (Crop((2, 2, 0, 0)), "nothing is left"),
    ],
)
def test_images_too_small_for_a_window_are_refused(op: Op, says: str, tmp_path: Path) -> None:
    build = Build(Volume(8, 8, 3), name="Large")
    net = module(build.checked(build.chain(op, GlobalAvgPool())), tmp_path).Large.random()
    with pytest.raises(ValueError, match=r"4 x 4 do not fit the layers: height .* or more"):
        net(noise(1, 3, 4, 4))
    with pytest.raises(ValueError, match=says):
        net.forward(noise(1, 3, 4, 4))


def test_same_padding_with_a_stride_takes_sizes_that_are_padded_alike(tmp_path: Path) -> None:
    build = Build(Volume(8, 8, 3), name="Same")
    layers = build.chain(Conv(4, stride=(2, 2), pad="same"), GlobalAvgPool())
    net = module(build.checked(layers), tmp_path).Same.random()
    with pytest.raises(ValueError, match="2 or more, multiples of 2"):
        net(noise(1, 3, 9, 9))


def test_several_outputs_are_a_dict(tmp_path: Path) -> None:
    checked = residual("Two", ("scores", "maps"))
    made = module(checked, tmp_path)
    weights, x = weights_of(made), noise(*SHAPE)
    ours, theirs = made.Two(weights)(x), reference.outputs(checked, weights, x)
    assert list(ours) == ["scores", "maps"]
    for name in ours:
        agree(ours[name], theirs[name])


def test_several_inputs_and_shared_values(tmp_path: Path) -> None:
    build = Build(Volume(4, 4, 3), Volume(4, 4, 3), name="Pair")
    a = build.add(Relu(), 0)
    checked = build.checked(build.add(Add(), a, a, 1, build.add(Softmax(), 1)))
    made = module(checked, tmp_path)
    inputs = [noise(2, 3, 4, 4, seed=seed) for seed in (1, 2)]
    agree(made.Pair({})(*inputs), reference.outputs(checked, {}, *inputs)["out0"])


def test_pickle_and_threads(emitted: ModuleType) -> None:
    net = emitted.Residual.random(1)
    again = pickle.loads(pickle.dumps(net))
    inputs = [noise(*SHAPE, seed=seed) for seed in range(16)]
    alone = [net(x) for x in inputs]
    state = {key: array.copy() for key, array in net.weights.items()}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(again, inputs))
    np.testing.assert_array_equal(alone, together)
    for key, array in net.weights.items():
        np.testing.assert_array_equal(array, state[key])


def test_random_is_seeded(emitted: ModuleType) -> None:
    x = noise(*SHAPE)
    first, again, other = (emitted.Residual.random(seed)(x) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
