"""The operator cases inside the `onnx` package: `onnx/backend/test/data/pytorch-converted`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

Array = NDArray[np.float32]
FOLDER = Path(onnx.__file__).parent / "backend" / "test" / "data" / "pytorch-converted"


@dataclass(frozen=True, slots=True)
class Node:
    """One ONNX node; `arrays` are those of its inputs that are constants of the model."""

    op: str
    arrays: tuple[Array, ...]
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A model, an input and the output that PyTorch had for it."""

    name: str
    nodes: tuple[Node, ...]
    x: Array
    expected: Array

    @property
    def ops(self) -> tuple[str, ...]:
        return tuple(node.op for node in self.nodes)


def names() -> list[str]:
    """All cases of the folder."""
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def read(name: str) -> Case:
    graph = onnx.load(FOLDER / name / "model.onnx").graph
    constants = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    data = FOLDER / name / "test_data_set_0"
    return Case(
        name,
        tuple(_node(node, constants) for node in graph.node),
        _tensor(data / "input_0.pb"),
        _tensor(data / "output_0.pb"),
    )


def _node(node: onnx.NodeProto, constants: Mapping[str, Any]) -> Node:
    arrays = tuple(constants[each] for each in node.input if each in constants)
    attributes = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    return Node(node.op_type, arrays, attributes)


def _tensor(path: Path) -> Array:
    tensor = onnx.TensorProto()
    tensor.ParseFromString(path.read_bytes())
    return numpy_helper.to_array(tensor)
