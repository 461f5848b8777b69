"""The training mode of operators: values and gradients against modules of torch and torchvision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
import torch
from torch import nn

import cnnc
from backends.torch.helpers.hog import hog
from tests.torch.build import noise

models = pytest.importorskip("torchvision.models.convnext")
ops = pytest.importorskip("torchvision.ops")
transforms = pytest.importorskip("torchvision.transforms")

Function: TypeAlias = Callable[[torch.Tensor], torch.Tensor]


class LayerScale(nn.Module):
    """The line of torchvision's ConvNeXt block."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((4, 1, 1), 0.1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weight * x


class Of(nn.Module):
    """A function as a module."""

    def __init__(self, function: Function) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.function(x)


# What stands between an 8x6x4 volume and the output, and who else computes it.
SAME: dict[str, Callable[[], nn.Module]] = {
    "LAYERNORM": lambda: models.LayerNorm2d(4, eps=1e-6),
    "LAYERNORM(affine=false)": lambda: models.LayerNorm2d(4, eps=1e-6, elementwise_affine=False),
    "GROUPNORM(2)": lambda: nn.GroupNorm(2, 4),
    "GROUPNORM(1, 0.1, affine=false)": lambda: nn.GroupNorm(1, 4, eps=0.1, affine=False),
    "INSTANCENORM": lambda: nn.InstanceNorm2d(4),
    "INSTANCENORM(0.1, affine=true)": lambda: nn.InstanceNorm2d(4, eps=0.1, affine=True),
    "SCALE(0.1)": LayerScale,
    "DROP_PATH(0.4)": lambda: ops.StochasticDepth(0.4, "row"),
    "DROP_PATH(0.0)": lambda: ops.StochasticDepth(0.0, "row"),
    "DROP_PATH(1.0)": lambda: ops.StochasticDepth(1.0, "row"),
    "SLICE(1, 3)": lambda: Of(lambda x: torch.split(x, [1, 2, 1], dim=1)[1]),
    "SHUFFLE(2)": lambda: nn.ChannelShuffle(2),
    "PAD((1, 2, 0, 3))": lambda: nn.ZeroPad2d((0, 3, 1, 2)),
    "PAD((1, 2, 0, 3), reflect)": lambda: nn.ReflectionPad2d((0, 3, 1, 2)),
    "PAD((1, 2, 0, 3), replicate)": lambda: nn.ReplicationPad2d((0, 3, 1, 2)),
    "CROP((1, 1, 2, 2))": lambda: transforms.CenterCrop((6, 2)),
    "UPSAMPLE": lambda: nn.Upsample(scale_factor=2),
    "UPSAMPLE(3x2, bilinear)": lambda: nn.Upsample((24, 12), mode="bilinear"),
    "PIXEL_SHUFFLE(2)": lambda: nn.PixelShuffle(2),
    "NORMALIZE([0.1, 0.2, 0.3, 0.4], [1, 2, 3, 4])": lambda: transforms.Normalize(
        (0.1, 0.2, 0.3, 0.4), (1, 2, 3, 4)
    ),
}
FORMS = ("INPUT(8x6x4) -> {}", "INPUT(8x6x4) -> f: [CONV(4, 1) -> {}]")


def run(net: Any, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The value in training with a fixed seed, and the gradient that reaches x."""
    x = x.clone().requires_grad_()
    torch.manual_seed(3)
    y: torch.Tensor = net(x)
    (y * noise(*y.shape, seed=4)).sum().backward()  # type: ignore[no-untyped-call]  # torch has no types there
    assert x.grad is not None
    return y.detach(), x.grad


@pytest.mark.parametrize("form", FORMS, ids=["alone", "in a sequence"])
@pytest.mark.parametrize("element", SAME)
def test_in_training(element: str, form: str) -> None:
    """Values, the gradient of the input and those of all parameters."""
    ours = cnnc.loads(form.format(element)).build("torch", train=True)
    theirs: nn.Module = SAME[element]()
    if "CONV" in form:
        theirs = nn.Sequential(nn.Conv2d(4, 4, 1), theirs)
    theirs.train()
    draw(ours)
    draw(theirs)
    x = noise(5, 4, 8, 6)
    for mine, wanted in zip(run(ours, x), run(theirs, x), strict=True):
        torch.testing.assert_close(mine, wanted, rtol=1e-5, atol=1e-5)
    pairs = zip(ours.parameters(), theirs.parameters(), strict=True)
    for one, other in pairs:
        assert one.grad is not None and other.grad is not None
        torch.testing.assert_close(one.grad.flatten(), other.grad.flatten(), rtol=1e-4, atol=1e-4)


def draw(net: nn.Module) -> None:
    """The same parameters in both, whatever their shapes."""
    for number, each in enumerate(net.parameters()):
        each.data = noise(each.numel(), seed=number).reshape(each.shape)


def test_drop_path_drops_whole_images() -> None:
    net = cnnc.loads("INPUT(3x3x2) -> DROP_PATH(0.5)").build("torch", train=True)
    torch.manual_seed(0)
    y = net(torch.ones(64, 2, 3, 3)).flatten(1)
    assert set(y.unique().tolist()) == {0.0, 2.0}
    assert torch.equal(y.amin(1), y.amax(1))
    assert torch.equal(net.eval()(torch.ones(64, 2, 3, 3)), torch.ones(64, 2, 3, 3))


def test_scale_begins_with_init() -> None:
    net = cnnc.loads("INPUT(3x3x2) -> layer: SCALE(1e-6)").build("torch", train=True)
    assert {key: value.tolist() for key, value in net.state_dict().items()} == {
        "layer.weight": pytest.approx([1e-6, 1e-6])
    }


BLOCK = """
net Block = INPUT(8x8x12)
  -> ADD{ block: [
            a: DWCONV(7) -> b: LAYERNORM
            -> c: CONV(48, 1) -> GELU -> d: CONV(12, 1) -> layer_scale: SCALE(0.3)]
            -> DROP_PATH(0.5)
        | ID }
"""


def test_the_block_of_convnext() -> None:
    """torchvision's CNBlock with its own weights, in training with the same seed."""
    theirs = models.CNBlock(12, 0.3, 0.5).train()
    ours = cnnc.loads(BLOCK).build("torch", train=True)
    state = theirs.state_dict()
    names = {"a": "block.0", "b": "block.2", "c": "block.3", "d": "block.5"}
    taken = {
        f"block.{label}.{kind}": state[f"{name}.{kind}"]
        for label, name in names.items()
        for kind in ("weight", "bias")
    }
    for label in ("c", "d"):  # FC at each position is a convolution of 1x1
        taken[f"block.{label}.weight"] = taken[f"block.{label}.weight"][:, :, None, None]
    taken["block.layer_scale.weight"] = state["layer_scale"].flatten()
    ours.load_state_dict(taken)
    x = noise(6, 12, 8, 8)
    for mine, wanted in zip(run(ours, x), run(theirs, x), strict=True):
        torch.testing.assert_close(mine, wanted, rtol=1e-4, atol=1e-5)


def test_the_gradient_of_hog() -> None:
    """Against differences: directions stay in their bins where an image changes little."""
    x = noise(2, 3, 9, 8).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda each: hog(each, (2, 3), (2, 1), 5), x)


def test_the_gradient_of_hog_is_finite_where_nothing_changes() -> None:
    x = torch.zeros(1, 1, 8, 8, requires_grad=True)
    hog(x, (4, 4), (2, 2), 9).sum().backward()  # type: ignore[no-untyped-call]  # torch has no types there
    assert x.grad is not None and x.grad.isfinite().all()
