"""The Python face."""

from __future__ import annotations

import copy
import pickle
from typing import Any, cast

import numpy as np
import pytest

import cnnc
from backends.identifiers import class_name
from backends.numpy.kernels.weights import random_weights

PROGRAM = """
param width = 4 in 1..8
net Small(classes = 3) =
  INPUT(8x8x3) -> conv: CONV(width) -> bn: BN -> RELU -> GAP -> fc: FC(classes)
"""
X = np.linspace(-1.0, 1.0, 3 * 64, dtype=np.float32).reshape(1, 3, 8, 8)


def weights(net: cnnc.Net) -> dict[str, Any]:
    return dict(random_weights(net.journey.graph.weight_shapes(), 5))


def test_settings_are_python_values_or_texts() -> None:
    assert cnnc.loads(PROGRAM, width=2).report().rows[1].volume.c == 2
    assert cnnc.loads(PROGRAM, width="2 + 1", classes=7).report().rows[-1].volume.c == 7


def test_an_error_carries_every_diagnostic() -> None:
    with pytest.raises(cnnc.CnnError) as caught:
        cnnc.loads("INPUT(8x8x3) -> CONF(3) -> POOL(bad=1)")
    assert [each.code for each in caught.value.diagnostics] == ["E0201", "E0203"]


def test_a_report_prints_and_has_its_forms() -> None:
    report = cnnc.loads(PROGRAM).report()
    assert str(report) == repr(report) and "MACs for one image" in str(report)
    assert report.to_markdown().count("\n| ") >= len(report.rows) + 2
    assert report.to_json().startswith("{") and "TOTAL params" in report.to_cs231n()
    assert "<table>" in report._repr_html_() and "CONV(4)" in report._repr_html_()


def test_a_net_shows_itself_in_a_line() -> None:
    assert repr(cnnc.loads(PROGRAM)) == "<cnnc.Net Small of net.cnn, 6 layers>"


@pytest.mark.parametrize("wrong", ["jax", "Torch", ""])
def test_an_unknown_backend_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="no backend"):
        cnnc.loads(PROGRAM).emit(cast("Any", wrong))
    with pytest.raises(ValueError, match="no backend"):
        cnnc.loads(PROGRAM).emit("numpy", level=cast("Any", 7))
    with pytest.raises(ValueError, match="does not train"):
        cnnc.loads(PROGRAM).emit("numpy", train=True)
    with pytest.raises(ValueError, match="'fold_all' is no pass; these are: drop_training"):
        cnnc.loads(PROGRAM).emit("torch", without=["fold_all"])
    with pytest.raises(ValueError, match="no pass to do without"):
        cnnc.loads(PROGRAM).emit("torch", train=True, without=["fold_pad"])


def test_a_pass_is_left_out() -> None:
    net = cnnc.loads("INPUT(8x8x3) -> CONV(4) -> bn: BN")
    assert "BatchNorm2d" in net.emit("torch", without=["fold_batch_norm"])
    assert "BatchNorm2d" not in net.emit("torch")
    ours, theirs = net.build("numpy", without=["fold_batch_norm"]), net.build("numpy")
    image = np.ones((1, 3, 8, 8), np.float32)
    assert np.allclose(ours(image), theirs(image), atol=1e-5)


def test_both_backends_take_arrays_and_tensors() -> None:
    torch = pytest.importorskip("torch")
    net = cnnc.loads(PROGRAM)
    arrays = weights(net)
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    expected = net.build("numpy", weights=arrays)(X)
    for given in (arrays, tensors):
        assert np.array_equal(net.build("numpy", weights=given)(X), expected)
        model = net.build("torch", weights=given)
        assert not model.training
        with torch.inference_mode():
            found = model(torch.from_numpy(X)).numpy()
        assert np.abs(found - expected).max() <= 1e-5 * np.abs(expected).max()
    assert net.build("torch", train=True).training


def test_built_nets_can_be_copied_and_pickled_in_their_process() -> None:
    model = cnnc.loads(PROGRAM).build("numpy")
    for again in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert np.array_equal(again(X), model(X))


@pytest.mark.parametrize(
    "name", ["Conv2d", "Softmax", "FoldedNorm", "Linear", "Array", "PARAMETERS"]
)
def test_no_name_of_a_net_meets_one_of_the_module(name: str) -> None:
    """One class name in both backends, whatever they define."""
    text = f"net {name} = INPUT(4x4x2) -> conv: CONV(3) -> bn: BN -> SOFTMAX -> GAP -> FC(2)"
    net = cnnc.loads(text)
    made = net.build("numpy")
    assert type(made).__name__ == class_name(name)
    assert made(np.ones((1, 2, 4, 4), np.float32)).shape == (1, 2)


def test_class_names_meet_nothing_that_backends_define() -> None:
    from backends.numpy.library import definitions
    from backends.torch.copied import helpers

    for name in (*definitions(), *helpers()):
        assert class_name(name) != name or not name[0].isupper(), name


def test_every_input_stays_in_the_signature() -> None:
    """Also one that inference does not need."""
    text = (
        "net T { a = INPUT(4x4x2)  b = INPUT(4x4x3)\n"
        "output o (train) = b -> GAP\n a -> CONV(2) -> GAP }"
    )
    net = cnnc.loads(text)
    one, other = np.ones((1, 2, 4, 4), np.float32), np.ones((1, 3, 4, 4), np.float32)
    assert net.build("numpy")(one, other).shape == (1, 2, 1, 1)
