"""The lines that tell a planner what a network computes, one a layer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from backends.header import batch, plain
from backends.numpy.calls import call
from backends.numpy.fast.lowering import Lowered, lower
from backends.numpy.fast.printing import of_layer, of_parts
from backends.numpy.fast.steps import Step
from backends.numpy.fast.table import plan_table
from backends.numpy.fast.text import Group, Item, grouped, laid_out, listed
from backends.numpy.forward import Forward
from backends.numpy.layout import INDENT, Expression, literal, remark, rows
from backends.numpy.library import Import
from backends.numpy.site import Site
from compiler.graph import Graph
from compiler.ops.input import Input
from compiler.ops.merge import Concat

DEPTH = 2


def planned(graph: Graph, names: Mapping[int, str], known: Collection[str]) -> Forward:
    """The lines, the table of buffers and that of the plan; `known`: what the library has."""
    lowered = lower(graph)
    made = list(_lines(graph, lowered, names))
    text = "\n".join(line for line in made if not line.lstrip().startswith("#"))
    words = set(re.findall(r"[A-Za-z_]\w*", re.sub(r'"[^"]*"', "", text)))
    imports = [Import("numpy", alias="np")] if "np" in words else []
    imports += [Import("functools", "partial")] if "partial" in words else []
    return Forward(
        tuple(made),
        frozenset({*words, "Engine", "Buffer", "Planner"} & set(known)),
        "w" in words,
        tuple(imports),
        tuple(_buffers(lowered)),
        tuple(plan_table(lowered)),
    )


def _buffers(lowered: Lowered) -> list[str]:
    """A return of the buffers for the declared size."""
    made = (
        Expression((literal(each.offset), literal(each.volume), literal(each.halo)), "Buffer")
        for each in lowered.buffers
    )
    return rows("return [", made, "]", DEPTH)


def _lines(graph: Graph, lowered: Lowered, names: Mapping[int, str]) -> Iterator[str]:
    computed = {step.number: step for step in lowered.steps.steps}
    for number in lowered.steps.same:
        step = computed.get(number)
        if step is None:
            yield from _alias(graph, number, names)
            continue
        yield from remark(_comment(step), DEPTH)
        place = lowered.places.places[step.number]
        target = names[step.number]
        into = [f"into={place.buffer}"] + ([f"channel={place.channel}"] if place.channel else [])
        if isinstance(step.op, Input):
            yield from laid_out(grouped("plan.input", into), DEPTH, f"{target} = ")
        elif isinstance(step.op, Concat):
            yield from _join(step, lowered, names)
        else:
            items: list[Item] = [_layer(step, lowered, graph)]
            items += [names[each] for each in step.named]
            if step.then:
                items.append(listed("then=", of_parts(step.then, names)))
            yield from laid_out(grouped("plan.add", [*items, *into]), DEPTH, f"{target} = ")
    for output in graph.outputs:
        if not output.train:
            value = names[output.node]
            flat = ["flat=True"] if graph[output.node].shape.flat else []
            items = [literal(output.name), value, *flat]
            yield from laid_out(grouped("plan.output", items), DEPTH)


def _alias(graph: Graph, number: int, names: Mapping[int, str]) -> Iterator[str]:
    """A value that lies as another does: a comment, and a line where it has another name."""
    node, (source, *_) = graph[number], graph.inputs(number)
    yield from remark(plain(f"{node.path} {node.op}: {batch(node.shape)}"), DEPTH)
    if names[number] != names[source]:
        yield f"{INDENT * DEPTH}{names[number]} = {names[source]}"


def _join(step: Step, lowered: Lowered, names: Mapping[int, str]) -> Iterator[str]:
    branches: list[Item] = []
    for index, source in enumerate(step.named):
        place = lowered.places.copied.get((step.number, index))
        if place is None:
            branches.append(names[source])
            continue
        into = [f"into={place.buffer}"] + ([f"channel={place.channel}"] if place.channel else [])
        branches.append(grouped("plan.add", ["Through()", names[source], *into]))
    yield from laid_out(grouped("plan.join", branches), DEPTH, f"{names[step.number]} = ")


def _layer(step: Step, lowered: Lowered, graph: Graph) -> Item:
    layer = lowered.layers[step.number]
    if layer is not None:
        return of_layer(layer)
    inputs = tuple(f"x{number}" if number else "x" for number in range(len(step.sources)))
    biased = step.node.fold is not None or any(
        weight.role == "bias" for weight in graph.weights(step.number)
    )
    site = Site(step.node.path, inputs, step.volumes, step.node.shape, biased)
    function = f"lambda {', '.join(inputs)}: {call(step.op, site)}"
    flat = tuple(number for number, volume in enumerate(step.volumes) if volume.flat)
    return Group("Plain(", (function, *([f"flat={literal(flat)}"] if flat else [])))


def _comment(step: Step) -> str:
    """`conv1 CONV(64, 7) + bn1, RELU: N x 64 x 112 x 112`."""
    node = step.node
    fold = f" + {node.fold.path}" if node.fold else ""
    then = "".join(f", {part.op}" for part in step.then if part.path != node.path)
    return plain(f"{node.path} {step.op}{fold}{then}: {batch(node.shape)}")
