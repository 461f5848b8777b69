"""On a card, shown without one: fake tensors compute shapes and devices alone, and say where two
devices meet (torch's FakeTensorMode; a CUDA build of torch does this where there is no card)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import nn
from torch._subclasses import FakeTensorMode
from torch.func import functional_call
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

import cnnc
from tests.golden.cases import EXAMPLES, TRAINED
from tests.torch.build import import_text

NETS = [f"{file}:{net}" for file, nets in TRAINED.items() for net in nets]
BUILT = pytest.mark.skipif(torch.version.cuda is None, reason="this torch was built without CUDA")


class Recorded(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch has no types there
    """Every device on which an operation puts its result."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch has no types there
        self.devices: set[str] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        tensors = (each for each in tree_leaves(result) if isinstance(each, torch.Tensor))
        self.devices |= {each.device.type for each in tensors}
        return result


@contextmanager
def on_card(
    target: str, train: bool
) -> Iterator[tuple[nn.Module, dict[str, torch.Tensor], torch.Tensor]]:
    """The network, and on a fake card its parameters and buffers, and two images."""
    net = cnnc.load(EXAMPLES / target)
    graph = net.journey.graph
    volume = graph[graph.sources()[0]].shape
    module = import_text(net.emit("torch", level=0 if train else 2, train=train))
    with torch.device("meta"):
        made = getattr(module, module.__all__[0])()
    with FakeTensorMode():
        state = {name: like(each) for name, each in tensors(made)}
        yield made, state, torch.empty(2, volume.c, volume.h, volume.w, device="cuda")


def like(tensor: torch.Tensor) -> torch.Tensor:
    return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="cuda")


def tensors(net: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    yield from net.named_parameters()
    yield from net.named_buffers()


@BUILT
@pytest.mark.parametrize("target", NETS)
@pytest.mark.parametrize("train", [False, True], ids=["inference", "training"])
def test_every_value_is_on_the_card(target: str, train: bool) -> None:
    with on_card(target, train) as (net, state, x), Recorded() as recorded, torch.no_grad():
        functional_call(net.train(train), state, x)
    assert recorded.devices == {"cuda"}


@BUILT
def test_mixed_devices_are_seen() -> None:
    """What the tests above would say of a tensor that is made in the wrong place."""

    class Mixed(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x + torch.ones(x.shape)

    with FakeTensorMode(), pytest.raises(RuntimeError, match="on the same device"):
        Mixed()(torch.empty(1, 2, device="cuda"))
