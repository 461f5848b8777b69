"""GoogLeNet in training mode: three outputs, batch statistics, dropout."""

from __future__ import annotations

from pathlib import Path

import torch

import cnnc
from tests.conformance.torchvisions import TOLERANCE, image, torchvision_model

GOOGLENET = Path(__file__).parents[2] / "examples" / "googlenet.cnn:GoogLeNet"


def test_three_outputs_and_the_statistics_after_them() -> None:
    """The same seed drops the same values: the dropouts have torchvision's p and its order."""
    reference = torchvision_model("googlenet").train()
    ours = cnnc.load(GOOGLENET).build("torch", train=True).train()
    ours.load_state_dict(reference.state_dict())
    x = image((4, 224, 224))
    with torch.no_grad():
        torch.manual_seed(5)
        expected = reference(x)
        torch.manual_seed(5)
        found = ours(x)
    # A named tuple, in which the second head stands before the first.
    named = {
        "output": expected.logits,
        "aux1": expected.aux_logits1,
        "aux2": expected.aux_logits2,
    }
    assert found.keys() == named.keys()
    for key, value in named.items():
        assert (found[key] - value).abs().max() <= TOLERANCE * value.abs().max(), key
    after = ours.state_dict()
    for key, value in reference.state_dict().items():
        torch.testing.assert_close(after[key], value, rtol=1e-4, atol=1e-4, msg=key)


def test_gradients_reach_the_first_layer_through_each_head() -> None:
    reference = torchvision_model("googlenet").train()
    ours = cnnc.load(GOOGLENET).build("torch", train=True).train()
    ours.load_state_dict(reference.state_dict())
    x = image((2, 96, 96))
    torch.manual_seed(5)
    expected = reference(x)
    torch.manual_seed(5)
    found = ours(x)
    heads = ("output", "logits"), ("aux1", "aux_logits1"), ("aux2", "aux_logits2")
    for key, attribute in heads:
        losses = found[key].square().mean(), getattr(expected, attribute).square().mean()
        first, theirs = (
            torch.autograd.grad(loss, model.get_parameter("conv1.conv.weight"), retain_graph=True)[
                0
            ]
            for loss, model in zip(losses, (ours, reference), strict=True)
        )
        assert theirs.abs().max() > 0
        assert (first - theirs).abs().max() <= 1e-3 * theirs.abs().max(), key


def test_evaluation_gives_one_tensor_as_torchvision_does() -> None:
    ours = cnnc.load(GOOGLENET).build("torch", train=True).eval()
    with torch.inference_mode():
        assert ours(image((1, 64, 64))).shape == (1, 1000)


def test_numpy_takes_the_weights_of_the_heads_and_leaves_them_out() -> None:
    state = torchvision_model("googlenet").state_dict()
    arrays = {key: value.numpy() for key, value in state.items()}
    net = cnnc.load(GOOGLENET)
    x = image((1, 64, 64)).numpy()
    alone = {key: value for key, value in arrays.items() if not key.startswith("aux")}
    with_heads, without = (net.build("numpy", weights=each)(x) for each in (arrays, alone))
    assert (with_heads == without).all()
