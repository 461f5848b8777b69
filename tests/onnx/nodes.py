"""The operator cases that the `onnx` package generates: `onnx/backend/test/case/node`."""

from __future__ import annotations

import importlib
import pkgutil
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import helper
from onnx.backend.test.case import node as cases


@dataclass(frozen=True, slots=True)
class NodeCase:
    """One node: its attributes, its inputs (None where one is left out), and its outputs."""

    name: str
    op: str
    attributes: Mapping[str, Any]
    inputs: tuple[NDArray[Any] | None, ...]
    outputs: tuple[NDArray[Any], ...]

    @property
    def x(self) -> NDArray[Any]:
        first = self.inputs[0]
        assert first is not None
        return first


def modules() -> list[str]:
    """The files of the folder, one an operator."""
    return sorted(each.name for each in pkgutil.iter_modules(cases.__path__))


@cache
def names(module: str) -> tuple[str, ...]:
    """All cases of a file, those also that say an operator by others."""
    return tuple(each.name for each in _read(module))


@cache
def read(module: str) -> Mapping[str, NodeCase]:
    """The cases of a file that are one node and whose data are arrays."""
    found = {}
    for each in _read(module):
        nodes, ((inputs, outputs),) = each.model.graph.node, each.data_sets
        arrays = all(isinstance(value, np.ndarray | np.generic) for value in (*inputs, *outputs))
        if len(nodes) == 1 and arrays:
            given = iter(map(np.asarray, inputs))
            found[each.name] = NodeCase(
                each.name,
                nodes[0].op_type,
                {each.name: helper.get_attribute_value(each) for each in nodes[0].attribute},
                tuple(next(given) if name else None for name in nodes[0].input),
                tuple(map(np.asarray, outputs)),
            )
    return found


@cache
def _read(module: str) -> tuple[Any, ...]:
    """A file makes its cases when it is imported, seeded, and adds them to a list."""
    before = len(cases._NodeTestCases)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the functions by which cases are computed
        importlib.import_module(f"{cases.__name__}.{module}")
    return tuple(cases._NodeTestCases[before:])
