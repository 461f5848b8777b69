"""The memory plan: followed step by step, no value is lost before it is read for the last time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import cnnc
from compiler.expansion.modules import read_source
from compiler.expansion.program import net_names
from compiler.graph import Graph
from compiler.plan import Buffer, Plan, plan
from compiler.report import Inference
from compiler.sharing import Place
from dsl.parser import parse
from tests.memory.programs import programs

EXAMPLES = Path(__file__).parents[2] / "examples"
SETTINGS: dict[str, dict[str, Any]] = {"pattern.cnn": {"N": 2, "M": 5, "K": 2}}
NETS = [
    f"{path.name}:{name}"
    for path in sorted(EXAMPLES.glob("*.cnn"))
    for name in net_names(parse(read_source(path, path.name)))
]
# Held from the way down on, the whole buffer of a U-Net's last CONCAT costs more than its copy.
MOST = {"unet.cnn:UNet": 1.3}


def load(target: str) -> cnnc.Net:
    file = target.partition(":")[0]
    return cnnc.load(EXAMPLES / target, **SETTINGS.get(file, {}))


def touch(one: Buffer, other: Buffer) -> bool:
    apart = one.offset + one.size <= other.offset or other.offset + other.size <= one.offset
    return not apart


def held_at_once(one: Buffer, other: Buffer) -> bool:
    return one.first <= other.last and other.first <= one.last


def follow(graph: Graph, made: Plan) -> None:
    """Runs the network on marks instead of values: whoever reads finds the mark that was written.

    A value's mark stands in its channels of its buffer; what is written there, or to any buffer
    that lies on the same place, wipes it out. A branch that a CONCAT finds in its place is not
    written: there both marks stand.
    """
    marks: dict[int, dict[int, set[int]]] = {number: {} for number in range(len(made.buffers))}
    clashes = [
        [other for other, b in enumerate(made.buffers) if other != number and touch(a, b)]
        for number, a in enumerate(made.buffers)
    ]
    origin: dict[int, int] = {}

    def read(node: int) -> None:
        place, whole = made.places[node], graph[origin[node]].shape
        for channel in range(place.channel, place.channel + whole.c):
            assert origin[node] in marks[place.buffer].get(channel, ()), graph[node].path

    def write(node: int) -> None:
        place, volume = made.places[node], graph[node].shape
        for other in clashes[place.buffer]:
            marks[other].clear()
        kept = set(in_place(node))
        for channel in range(place.channel, place.channel + volume.c):
            there = marks[place.buffer].get(channel, set()) if channel in kept else set()
            marks[place.buffer][channel] = {*there, node}

    def in_place(node: int) -> Iterator[int]:
        if graph[node].op.name != "CONCAT":
            return
        place, channel = made.places[node], made.places[node].channel
        for source in graph.inputs(node):
            width = graph[source].shape.c
            if made.places[source] == Place(place.buffer, channel):
                yield from range(channel, channel + width)
            channel += width

    for node in graph.sources():
        origin[node] = node
        write(node)
    for node in graph:
        op, inputs = graph[node].op, graph.inputs(node)
        if not inputs:
            continue
        for source in inputs:
            read(source)
        is_same = op.identity_at_inference or op.is_identity(graph.input_shapes(node))
        shared = made.places[node] == made.places[inputs[0]]
        if (op.is_view or is_same) and shared:
            origin[node] = origin[inputs[0]]
        else:
            origin[node] = node
            write(node)
    for output in graph.outputs:
        read(output.node)


def holds(graph: Graph) -> None:
    made = plan(graph)
    assert made.arena == max(buffer.offset + buffer.size for buffer in made.buffers)
    for step, node in enumerate(graph):
        held = sum(each.size for each in made.buffers if each.first <= step <= each.last)
        assert made.live[node] == held
    assert made.least <= max(made.live.values()) <= made.arena
    follow(graph, made)


@pytest.mark.parametrize("target", NETS)
@pytest.mark.parametrize("level", [0, 2])
def test_examples(target: str, level: int) -> None:
    """The arena is within 5 % of the largest live set, concat and residual included; see MOST."""
    journey = load(target).journey
    graph = (journey.optimised(2) if level else journey.inference).graph
    made = plan(graph)
    for one, other in combinations(made.buffers, 2):
        assert not (touch(one, other) and held_at_once(one, other))
    holds(graph)
    assert made.arena <= MOST.get(target, 1.05) * made.least


@given(text=programs())
@settings(max_examples=300, deadline=None)
def test_random_networks(text: str) -> None:
    """No value is lost, whatever is read by whom; and never is more held than without sharing."""
    graph = cnnc.loads(text).journey.inference.graph
    holds(graph)
    assert plan(graph).arena <= sum(graph[node].shape.values for node in graph)


@pytest.mark.parametrize(
    ("chain", "least"),
    [
        ("CONV(8) -> RELU", 4 * 4 * (3 + 8)),  # in place; the input is the caller's
        ("RELU -> CONV(8)", 4 * 4 * (3 + 8)),  # once it is read, the input counts no more
        ("CONV(8) -> BN -> RELU -> CONV(2) -> RELU", 4 * 4 * (3 + 8)),
        ("CONV(8) -> ADD{ CONV(8) | ID }", 4 * 4 * (8 + 8)),
        ("CONV(8) -> ADD{ CONV(8) | CONV(8) }", 4 * 4 * (8 + 8 + 8)),
        ("CONV(4) -> CONCAT{ CONV(2) | CONV(6) }", 4 * 4 * (4 + 8)),
        ("CONV(4) -> FLATTEN -> FC(10)", 4 * 4 * (3 + 4)),
    ],
)
def test_what_is_held_at_least(chain: str, least: int) -> None:
    """By hand."""
    memory = cnnc.loads(f"INPUT(4x4x3) -> {chain}").report().memory
    assert memory == Inference(4 * least, 4 * least)


def test_the_first_slice_of_a_concat_holds_the_whole_of_it() -> None:
    """One after another the values would need less: 3 + 4, then 4 + 6."""
    memory = cnnc.loads("INPUT(4x4x3) -> CONV(4) -> CONCAT{ ID | CONV(6) }").report().memory
    assert memory == Inference(4 * 160, 4 * 4 * 4 * (3 + 4 + 6))


def test_batch_and_dtype_multiply_memory() -> None:
    net = load("resnet.cnn:ResNet18")
    one, many = net.report().memory, net.report(batch=8, dtype="float16").memory
    assert isinstance(one, Inference) and isinstance(many, Inference)
    assert (many.least, many.planned) == (4 * one.least, 4 * one.planned)


def test_a_long_chain_is_planned_in_two_buffers() -> None:
    """Beyond the number of pairs for which several orders are tried."""
    graph = cnnc.loads("INPUT(4x4x3) -> [CONV(3)]*3000").journey.inference.graph
    made = plan(graph)
    assert made.arena == made.least == 2 * 4 * 4 * 3
