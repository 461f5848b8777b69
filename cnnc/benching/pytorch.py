"""A PyTorch module as contenders: eager, with channels last, compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, TypeAlias

from cnnc.benching.contender import Absent, Array, Maker, Run, reason

Build: TypeAlias = Callable[[], Any]  # a module of its own each time, in evaluation mode


def torch_makers(
    build: Build, inputs: Sequence[Array], threads: int, whose: str
) -> tuple[Maker, Maker, Maker]:
    """`whose`: generated, or torchvision's."""

    def eager() -> Run:
        torch = _torch(threads)
        return _call(torch, build(), _tensors(torch, inputs))

    def channels_last() -> Run:
        torch = _torch(threads)
        last = torch.channels_last
        tensors = [each.to(memory_format=last) for each in _tensors(torch, inputs)]
        return _call(torch, build().to(memory_format=last), tensors)

    def compiled() -> Run:
        torch = _torch(threads)
        # Weights as constants: what is timed here is never trained.
        model = torch.compile(build(), options={"freezing": True})
        run = _call(torch, model, _tensors(torch, inputs))
        try:
            run()
        except Exception as error:  # a compiler that is missing, a layer that it cannot do
            raise Absent(f"torch.compile failed: {reason(error)}") from None
        return run

    return (
        Maker("torch", f"{whose} PyTorch, eager", eager, threads),
        Maker(
            "torch-channels-last", f"{whose} PyTorch, eager, channels last", channels_last, threads
        ),
        Maker("torch-compile", f"{whose} PyTorch, torch.compile, frozen", compiled, threads),
    )


def _torch(threads: int) -> Any:
    """Raises Absent."""
    if find_spec("torch") is None:
        raise Absent("torch is not installed: pip install 'cnnc[torch]'")
    import torch

    torch.set_num_threads(threads)
    return torch


def _tensors(torch: Any, inputs: Sequence[Array]) -> list[Any]:
    return [torch.from_numpy(each) for each in inputs]


def _call(torch: Any, model: Any, tensors: Sequence[Any]) -> Run:
    def run() -> Any:
        with torch.no_grad():
            return model(*tensors)

    return run
