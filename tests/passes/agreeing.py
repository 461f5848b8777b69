"""Each pass alone, and all of them, against the program as written: both backends, by numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

import cnnc
from backends.numpy.emit import emit as emit_numpy
from backends.torch.emit import emit as emit_torch
from cnnc.pipeline import Backend
from cnnc.verify import seeded_inputs, seeded_weights
from compiler.check import CheckedGraph, check
from compiler.graph import Graph
from compiler.ops.fused import Fused
from compiler.optimise import LEVELS, PASSES, optimise
from tests.fuzzing.comparing import TOLERANCE, distance, exact, run, within


@np.errstate(all="ignore")  # values are compared, and those that are no numbers left out
def agrees(net: cnnc.Net, found: Counter[str]) -> bool:
    """Every graph that the passes make of the net against PyTorch as written, in double precision;
    False where single precision has nothing to say. `found` counts the passes that act."""
    weights, inputs = seeded_weights(net.journey, 1), seeded_inputs(net.journey, 2, 2)
    reference = exact(net, weights, inputs)
    single = run(net, net.emit("torch", 0), "torch", weights, inputs)
    plain = run(net, net.emit("numpy", 0), "numpy", weights, inputs)
    if not all(map(within, (*reference.values(), *single.values(), *plain.values()))):
        return False
    if any(distance(single[name], each) > TOLERANCE / 20 for name, each in reference.items()):
        return False
    for name, checked in graphs(net):
        found[name] += 1
        for backend, source in sources(net, checked):
            for output, value in run(net, source, backend, weights, inputs).items():
                wanted = reference[output]
                assert value.shape == wanted.shape, (name, backend, output)
                difference = distance(value, wanted)
                assert difference < TOLERANCE, (name, backend, output, difference)
    return True


def graphs(net: cnnc.Net) -> Iterator[tuple[str, CheckedGraph]]:
    """As written; each pass alone where it changes something; all passes of each level."""
    inference = net.journey.inference
    yield "nothing", inference
    for each in PASSES:
        graph = each.run(inference.graph)
        if graph is not inference.graph:
            yield each.name, check(graph, (each.name,))
    for level in LEVELS[1:]:
        yield f"level {level}", optimise(net.journey.checked, level)
    yield "fused", optimise(net.journey.checked, 2, fuse=True)


def sources(net: cnnc.Net, checked: CheckedGraph) -> Iterator[tuple[Backend, str]]:
    about, fused = net.journey.about(train=False), has_fused(checked.graph)
    yield "numpy", emit_numpy(checked, about, fast=fused)
    if not fused:
        yield "torch", emit_torch(checked, about, train=False)


def has_fused(graph: Graph) -> bool:
    return any(isinstance(graph[node].op, Fused) for node in graph)
