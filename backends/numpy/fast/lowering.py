"""`lower(graph)`: the layers of a network for the fast form, and where their values lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backends.numpy.fast.layers import layer
from backends.numpy.fast.places import Place, Places, places
from backends.numpy.fast.steps import Step, Steps, steps
from backends.numpy.layers.elementwise import Merging, ScaleShift, Through
from backends.numpy.runtime.buffers import Buffer, Halo, Slot
from backends.numpy.runtime.planner import Layer, Operation, Planner, Site, Value
from backends.numpy.runtime.store import Shapes
from compiler.arena import arrange
from compiler.graph import Graph
from compiler.ops.input import Input
from compiler.ops.merge import Concat
from compiler.sharing import Held

ELEMENTWISE = (Through, ScaleShift, Merging)


@dataclass(frozen=True, slots=True)
class Unlike:
    """Stands for a layer that the plain form computes, whose volume the graph knows."""

    height: int
    width: int
    channels: int
    apart = True

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        return self.height, self.width, self.channels

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        return (0, 0, 0, 0)

    def calls(self, site: Site) -> list[object]:
        raise NotImplementedError("it is planned, never run")


@dataclass(frozen=True, slots=True)
class Lowered:
    """`layers`: by node, what computes it, None where the plain form does. `values`: where they lie
    for the declared size, `buffers` the table of that; `arena` floats hold them, `least` live at
    once."""

    steps: Steps
    layers: Mapping[int, Layer | None]
    places: Places
    values: Mapping[int, Value]
    buffers: tuple[Buffer, ...]
    arena: int
    least: int


def lower(graph: Graph) -> Lowered:
    found = steps(graph)
    layers = {step.number: layer(step) for step in found.steps}
    elementwise = [number for number, each in layers.items() if isinstance(each, ELEMENTWISE)]
    plain = [number for number, each in layers.items() if each is None]
    where = places(graph, found, elementwise, plain)
    sources = [found.volumes[node] for node in graph.sources()]
    inputs = [(each.h, each.w, each.c) for each in sources]
    planner = Planner(inputs, where.channels, graph.weight_shapes())
    values: dict[int, Value] = {}
    for step in found.steps:
        values[step.number] = _planned(planner, step, layers[step.number], where, values)
    for output in graph.outputs:
        if not output.train:
            planner.output(output.name, values[found.same[output.node]])
    planner.finish()
    live = _live(planner.slots, planner.levels)
    buffers = _placed(planner.slots, live)
    ends = (each.offset + slot.size for each, slot in zip(buffers, planner.slots, strict=True))
    return Lowered(found, layers, where, values, tuple(buffers), max(ends), max(live))


def _planned(
    planner: Planner, step: Step, layer: Layer | None, where: Places, values: Mapping[int, Value]
) -> Value:
    place = where.places[step.number]
    sources = [values[each] for each in step.sources]
    if isinstance(step.op, Input):
        return planner.input(place.buffer, place.channel)
    if isinstance(step.op, Concat):
        branches = [
            _copied(planner, value, where.copied.get((step.number, index)))
            for index, value in enumerate(sources)
        ]
        return planner.join(*branches)
    volume = step.node.shape
    used: Layer = layer or Unlike(volume.h, volume.w, volume.c)  # type: ignore[assignment]
    then: list[Operation] = [
        (np.add, values[part.other]) for part in step.then if part.other is not None
    ]
    return planner.add(used, *sources, then=then, into=place.buffer, channel=place.channel)


def _copied(planner: Planner, value: Value, place: Place | None) -> Value:
    if place is None:
        return value
    return planner.add(Through(), value, into=place.buffer, channel=place.channel)


def _live(slots: Sequence[Slot], levels: int) -> list[int]:
    """Floats that live at each level."""
    live = [0] * (levels + 1)
    for slot in slots:
        for level in range(slot.first, slot.last + 1):
            live[level] += slot.size
    return live


def _placed(slots: Sequence[Slot], live: Sequence[int]) -> list[Buffer]:
    """The buffers in one arena."""
    held = [Held(slot.size, slot.first, slot.last) for slot in slots]
    offsets = arrange(held, live)
    return [
        Buffer(offset, (slot.height, slot.width, slot.channels), slot.halo)
        for offset, slot in zip(offsets, slots, strict=True)
    ]
