"""Small graphs built by hand, and their emitted modules, imported."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from backends.header import About
from backends.numpy.emit import emit
from compiler.check import CheckedGraph, check
from compiler.graph import Fold, Graph, Node, Output
from compiler.op import Op
from compiler.ops.input import Input
from compiler.volume import Volume
from dsl.source import Source, Span

SPAN = Span(Source("test.cnn", ""), 0, 0)
ABOUT = About("test.cnn", {}, "0.1.0", {"parameters": 0}, "A net for a test.")


class Build:
    """Adds layers to a graph: `build = Build(Volume(8, 8, 3)); build.add(Relu(), build.input)`."""

    def __init__(self, *volumes: Volume, name: str = "Small") -> None:
        self.graph = Graph(name)
        self.inputs = [
            self.add(Input(volume), path=f"input{index}") for index, volume in enumerate(volumes)
        ]

    def add(self, op: Op, *inputs: int, path: str = "", fold: Fold | None = None) -> int:
        shape = op.shape(tuple(self.graph[each].shape for each in inputs))
        path = path or f"n{len(self.graph)}"
        return self.graph.add(Node(op, path, SPAN, shape, fold=fold), inputs)

    def chain(self, *operators: Op, start: int = 0) -> int:
        node = start
        for op in operators:
            node = self.add(op, node)
        return node

    def checked(self, *outputs: int, names: Iterable[str] = ()) -> CheckedGraph:
        wanted = list(names) or [f"out{index}" for index in range(len(outputs))]
        self.graph.outputs = tuple(
            Output(name, node) for name, node in zip(wanted, outputs, strict=True)
        )
        return check(self.graph)


def module(checked: CheckedGraph, folder: Path, about: About = ABOUT, **options: Any) -> ModuleType:
    """The emitted module, written into the folder and imported from there."""
    path = folder / f"emitted_{checked.graph.name.lower()}.py"
    path.write_text(emit(checked, about, **options), "utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = made
    spec.loader.exec_module(made)
    return made
