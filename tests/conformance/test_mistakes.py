"""That the comparison with torchvision can fail: each deliberate mistake is seen by it."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnnc
from cnnc.build import import_source
from cnnc.pipeline import Backend
from tests.conformance.torchvisions import (
    TOLERANCE,
    Size,
    compute,
    differences,
    image,
    torchvision_model,
)

EXAMPLES = Path(__file__).parents[2] / "examples"
SIZES: tuple[Size, ...] = ((2, 96, 96),)


def changed(file: str, net: str, was: str, becomes: str) -> cnnc.Net:
    """A net of the examples with one change to its text."""
    text = (EXAMPLES / file).read_text("utf-8")
    assert text.count(was) == 1
    return cnnc.loads(text.replace(was, becomes), file, net)


def least(name: str, net: cnnc.Net) -> float:
    """The smallest of the differences of all forms: each has to see the mistake."""
    return min(differences(torchvision_model(name), net, SIZES).values())


def test_the_stride_in_the_first_1x1() -> None:
    """Same parameters, same shapes, another network."""
    net = cnnc.load(EXAMPLES / "resnet.cnn:ResNet50_v1")
    assert least("resnet50", net) > 100 * TOLERANCE


def test_pytorchs_eps_where_torchvision_has_another() -> None:
    net = changed("googlenet.cnn", "GoogLeNet", "stride, eps=0.001)", "stride)")
    assert least("googlenet", net) > TOLERANCE


def test_pools_that_round_down() -> None:
    net = changed("googlenet.cnn", "GoogLeNet", "default POOL(round=ceil)", "")
    assert least("googlenet", net) > 100 * TOLERANCE


def test_the_papers_5x5_does_not_take_torchvisions_weights() -> None:
    net = changed("googlenet.cnn", "GoogLeNet", "pool_proj, k=3)", "pool_proj)")
    with pytest.raises(RuntimeError, match="size mismatch"):
        least("googlenet", net)


def test_branches_in_another_order() -> None:
    """Both expand to 64 channels, so the mistake has no shape."""
    text = """
        default POOL(round=ceil)
        block fire(s, e) = squeeze: CONV(s, 1) -> RELU
          -> CONCAT{ expand3x3: CONV(e, 3) -> RELU | expand1x1: CONV(e, 1) -> RELU }
        block scores() = DROPOUT(0.5) -> CONV(1000, 1) -> RELU -> GAP
        net SqueezeNet1_1 =
          INPUT -> features: [CONV(64, 3, stride=2, pad=0) -> RELU -> POOL3/2
            -> fire(16, 64) -> fire(16, 64) -> POOL3/2
            -> fire(32, 128) -> fire(32, 128) -> POOL3/2
            -> fire(48, 192) -> fire(48, 192) -> fire(64, 256) -> fire(64, 256)]
          -> classifier: scores() -> FLATTEN
    """
    assert least("squeezenet1_1", cnnc.loads(text)) > 100 * TOLERANCE


EPS: tuple[tuple[Backend, str], ...] = (
    ("numpy", "var.astype(np.float64) + eps"),
    ("torch", "torch.rsqrt(others[0] + self.eps)"),
)


@pytest.mark.parametrize("backend, sum_", EPS)
def test_a_fold_that_forgets_eps(backend: Backend, sum_: str) -> None:
    source = cnnc.load(EXAMPLES / "googlenet.cnn:GoogLeNet").emit(backend)
    assert source.count(sum_) == 1
    module = import_source(
        source.replace(sum_, sum_.replace(" + self.eps", "").removesuffix(" + eps")), backend
    )
    reference = torchvision_model("googlenet")
    state = reference.state_dict()
    if backend == "numpy":
        model = module.GoogLeNet({key: value.numpy() for key, value in state.items()})
    else:
        model = module.GoogLeNet().eval()
        model.load_state_dict(state)
    x = image(SIZES[0])
    expected = compute(reference, x)
    assert abs(compute(model, x) - expected).max() > TOLERANCE * abs(expected).max()
