"""Graphs built by hand, and what is emitted for them imported."""

from __future__ import annotations

from itertools import count
from types import ModuleType
from typing import Any

import torch

from backends.header import About
from backends.torch.emit import emit
from compiler.check import check
from compiler.graph import Fold, Graph, Node, Output
from compiler.op import Op
from compiler.ops.input import Input
from compiler.volume import Volume
from dsl.source import Source, Span

SPAN = Span(Source("test.cnn", "net"), 0, 3)
NUMBERS = count()


class Program:
    """A graph under construction; a layer's path is its number unless another is given."""

    def __init__(self, name: str = "Tested") -> None:
        self.graph = Graph(name)

    def add(self, op: Op, *inputs: int, path: str = "", fold: Fold | None = None) -> int:
        shape = op.shape(tuple(self.graph[each].shape for each in inputs))
        path = path or str(len(self.graph))
        return self.graph.add(Node(op, path, SPAN, shape, fold=fold), inputs)

    def input(self, h: int, w: int, c: int, path: str = "") -> int:
        return self.add(Input(Volume(h, w, c)), path=path)

    def output(self, node: int, name: str = "output", train: bool = False) -> Program:
        self.graph.outputs = (*self.graph.outputs, Output(name, node, train))
        return self

    def source(self, train: bool = False, weights: str | None = None, **about: Any) -> str:
        given = {"source": "test.cnn", "params": {}, "version": "0", "totals": {}, "doc": ""}
        return emit(
            check(self.graph), About(**{**given, **about}), train=train, weights_file=weights
        )

    def build(self, train: bool = False, **about: Any) -> Any:
        """The emitted network, in evaluation mode unless it is to train."""
        module = import_text(self.source(train, **about))
        net = getattr(module, module.__all__[0])()
        return net if train else net.eval()


def chain(volume: Volume, *layers: Op | tuple[str, Op]) -> Program:
    """INPUT -> each layer -> output."""
    program = Program()
    node = program.add(Input(volume))
    for each in layers:
        path, op = each if isinstance(each, tuple) else ("", each)
        node = program.add(op, node, path=path)
    return program.output(node)


def import_text(source: str) -> ModuleType:
    module = ModuleType(f"emitted_{next(NUMBERS)}")
    module.__file__ = "/nowhere/emitted.py"
    exec(compile(source, module.__name__, "exec"), module.__dict__)
    return module


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def randomise(net: torch.nn.Module, seed: int = 0) -> dict[str, torch.Tensor]:
    """Random weights and batch norm statistics, put into the net and given back."""
    state = {}
    for number, (key, value) in enumerate(net.state_dict().items()):
        drawn = 0.3 * noise(*value.shape, seed=seed + number)
        state[key] = drawn.abs() + 0.5 if key.endswith(("running_var", "slope")) else drawn
        if not value.is_floating_point():
            state[key] = value
    torch.nn.Module.load_state_dict(net, state)
    return state


def difference(got: torch.Tensor, wanted: torch.Tensor) -> float:
    """The largest, relative to the largest value."""
    assert got.shape == wanted.shape
    scale = max(wanted.abs().max().item(), 1e-6) if wanted.numel() else 1.0
    return (got - wanted).abs().max().item() / scale if wanted.numel() else 0.0
