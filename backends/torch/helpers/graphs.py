"""CUDA graphs."""

import torch
from torch import nn


class CudaGraph:
    """A network whose work on a card is recorded once, for inputs of one shape, and replayed.

    Small layers take a processor longer to launch than a card to do; a graph is one launch.
    What a call returns is overwritten by the next. https://pytorch.org/docs/stable/notes/cuda.html
    """

    def __init__(self, net: nn.Module, *inputs: torch.Tensor) -> None:
        if any(not each.is_cuda for each in inputs):
            raise ValueError("a CUDA graph is recorded on a CUDA card: move net and inputs there")
        self.inputs = [each.clone() for each in inputs]
        self.graph = torch.cuda.CUDAGraph()
        with torch.inference_mode():
            for _ in range(3):  # libraries choose and allocate before it is recorded
                net(*self.inputs)
            with torch.cuda.graph(self.graph):
                self.outputs: torch.Tensor | dict[str, torch.Tensor] = net(*self.inputs)

    def __call__(self, *inputs: torch.Tensor) -> torch.Tensor | dict[str, torch.Tensor]:
        with torch.inference_mode():
            for own, given in zip(self.inputs, inputs, strict=True):
                if given.shape != own.shape:
                    raise ValueError(f"recorded for {tuple(own.shape)}, not {tuple(given.shape)}")
                own.copy_(given, non_blocking=True)
            self.graph.replay()
        return self.outputs
