"""Equality shown by numbers: both backends, and code that this project did not write.

Every network gets the same seeded weights, with batch-norm statistics that are far from the
identity, and the same seeded input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from backends.identifiers import class_name
from backends.numpy.emit import emit as emit_numpy
from backends.numpy.kernels.weights import random_weights
from backends.torch.emit import emit as emit_torch
from cnnc.build import import_source
from cnnc.pipeline import Journey
from compiler.check import CheckedGraph, check
from compiler.graph import Output

Array = NDArray[np.float32]
TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class Difference:
    """The largest difference between two values, absolute and relative to the largest value."""

    what: str
    shape: tuple[int, ...]
    largest: float
    difference: float

    @property
    def relative(self) -> float:
        return self.difference / self.largest if self.largest else self.difference

    @property
    def agrees(self) -> bool:
        return bool(np.isfinite(self.largest)) and self.relative <= TOLERANCE


@dataclass(frozen=True, slots=True)
class Verification:
    net: str
    layers: tuple[Difference, ...]
    outputs: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        return all(each.agrees for each in (*self.layers, *self.outputs))


def compare(what: str, ours: Array, reference: Array) -> Difference:
    """Raises ValueError where the shapes differ."""
    if ours.shape != reference.shape:
        raise ValueError(f"{what}: {ours.shape} against {reference.shape}")
    largest = float(np.abs(reference).max(initial=0.0))
    difference = float(np.abs(ours - reference).max(initial=0.0))
    return Difference(what, ours.shape, largest, difference)


def seeded_weights(journey: Journey, seed: int) -> dict[str, Array]:
    """All weights of the program, those of training heads too."""
    return dict(random_weights(journey.graph.weight_shapes(), seed))


def seeded_inputs(journey: Journey, seed: int, batch: int) -> list[Array]:
    graph = journey.graph
    noise = np.random.default_rng(seed)
    volumes = [graph[node].shape for node in graph.sources()]
    return [noise.standard_normal((batch, v.c, v.h, v.w), np.float32) for v in volumes]


def verify(journey: Journey, against: str | None, seed: int = 0, batch: int = 1) -> Verification:
    """Layer by layer as written, then the outputs of every form that is emitted.

    Raises CnnError E0603 where `against` names nothing that can be compared with.
    """
    weights = seeded_weights(journey, seed)
    inputs = seeded_inputs(journey, seed, batch)
    every = _every_layer(journey.inference)
    ours, theirs = (
        _run(journey, backend, every, weights, inputs) for backend in ("numpy", "torch")
    )
    layers = tuple(
        compare(path, ours[path], theirs[path])
        for path in (every.graph[output.node].path for output in every.graph.outputs)
    )
    reference = _run(journey, "torch", journey.inference, weights, inputs)
    if against is not None:
        from cnnc.references import reference_outputs

        shapes = [value.shape for value in reference.values()]
        others = reference_outputs(against, weights, inputs, shapes)
        names = list(reference)[: len(others)]
        rows = [
            compare(f"PyTorch against {against}: {name}", reference[name], other)
            for name, other in zip(names, others, strict=True)
        ]
        reference = dict(zip(names, others, strict=True))
    else:
        rows = []
    suffix = f"against {against}" if against else "against PyTorch as written"
    optimised = journey.optimised(2)
    for backend in ("numpy", "torch"):
        folded = _run(journey, backend, optimised, weights, inputs)
        for name, value in reference.items():
            rows.append(compare(f"{NAMES[backend]} folded {suffix}: {name}", folded[name], value))
    return Verification(journey.graph.name, layers, tuple(rows))


NAMES = {"numpy": "NumPy", "torch": "PyTorch"}


def _every_layer(checked: CheckedGraph) -> CheckedGraph:
    """The graph with each layer's value as an output, called after its path."""
    graph = checked.graph.copy()
    graph.outputs = tuple(Output(graph[node].path, node) for node in graph)
    return check(graph, ("every layer an output",))


def _run(
    journey: Journey,
    backend: str,
    checked: CheckedGraph,
    weights: Mapping[str, Array],
    inputs: list[Array],
) -> dict[str, Array]:
    """The outputs by name."""
    about = replace(journey.about(False), doc="")
    emit = emit_numpy if backend == "numpy" else lambda c, a: emit_torch(c, a, train=False)
    module = import_source(emit(checked, about), backend)
    made = getattr(module, class_name(checked.graph.name))
    result: Any
    if backend == "numpy":
        result = made(weights)(*inputs)
    else:
        model = made().eval()
        model.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
        with torch.inference_mode():
            result = model(*(torch.from_numpy(each) for each in inputs))
    named = result if isinstance(result, dict) else {checked.graph.outputs[0].name: result}
    return {name: np.asarray(value) for name, value in named.items()}
