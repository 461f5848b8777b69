"""The parameter report: what every layer of a network holds and costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from compiler.check import CheckedGraph
from compiler.graph import Graph, Node, Optimizer
from compiler.op import Op, Weight
from compiler.plan import plan
from compiler.receptive import Field, receptive_fields
from compiler.saved import saved
from compiler.sizes import Sizes, sizes
from compiler.volume import Volume

Stage: TypeAlias = Literal["source", "optimised", "training"]

ITEMSIZES: Mapping[str, int] = {
    "float64": 8,
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "int8": 1,
}


@dataclass(frozen=True, slots=True)
class Measure:
    """How many images go through at once, and the type of every value and weight."""

    batch: int = 1
    dtype: str = "float32"

    @property
    def itemsize(self) -> int:
        """Bytes of one value."""
        return ITEMSIZES[self.dtype]


ONE_IMAGE = Measure()


@dataclass(frozen=True, slots=True)
class Row:
    """One layer; counts are exact integers.

    `sources`: the paths of what flows in, in the order of arguments. `scopes`: the paths around the
    layer that block calls opened, each with its block's name, outermost first. `activations`:
    values of the output volume; dropout and ID cost none. `macs`: multiply-accumulates of
    convolutions and FC. `field`: what one value sees along height and width, None where it sees the
    whole input. `live`: bytes of all values that are held while the layer runs. `saved`: bytes that
    the layer keeps for the backward pass; None where the other is meant.
    """

    path: str
    layer: Op
    sources: tuple[str, ...]
    scopes: tuple[tuple[str, str], ...]
    inputs: tuple[Volume, ...]
    volume: Volume
    arrays: tuple[Weight, ...]
    activations: int
    activation_bytes: int
    macs: int
    field: Field
    live: int | None = None
    saved: int | None = None

    @property
    def op(self) -> str:
        return self.layer.name

    @property
    def weights(self) -> int:
        """Of convolutions, FC and learned activations."""
        return _sizes(self.arrays, "weight")

    @property
    def biases(self) -> int:
        """Of convolutions and FC."""
        return _sizes(self.arrays, "bias")

    @property
    def normalisation(self) -> int:
        """Learned scales and shifts of normalisations."""
        return _sizes(self.arrays, "normalisation")

    @property
    def buffers(self) -> int:
        """What is kept and not learned: batch norm's statistics."""
        return _sizes(self.arrays, "buffer")

    @property
    def parameters(self) -> int:
        return self.weights + self.biases + self.normalisation

    @property
    def flops(self) -> int:
        return 2 * self.macs

    @property
    def receptive_field(self) -> int | None:
        """Along the height, in pixels of the input."""
        return None if self.field is None else self.field[0].size

    @property
    def jump(self) -> Fraction | None:
        """Along the height: the distance of neighbouring values, in pixels of the input."""
        return None if self.field is None else self.field[0].jump


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of the rows."""

    activations: int
    activation_bytes: int
    weights: int
    biases: int
    normalisation: int
    buffers: int
    macs: int

    @property
    def parameters(self) -> int:
        return self.weights + self.biases + self.normalisation

    @property
    def flops(self) -> int:
        return 2 * self.macs


@dataclass(frozen=True, slots=True)
class Inference:
    """Bytes of values at the worst moment of one run: `least` is the largest live set in the order
    of the graph, `planned` the one arena that the plan of buffers needs for it."""

    least: int
    planned: int


@dataclass(frozen=True, slots=True)
class Training:
    """Bytes that a step of training holds besides the parameters."""

    saved: int
    gradients: int
    optimizer_state: int
    optimizer: Optimizer


@dataclass(frozen=True, slots=True)
class Returned:
    """An output by name: the path of the layer whose value it is, and its loss weight in training;
    None where it is no training output."""

    name: str
    path: str
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """`memory` is that of inference, or of training where the training graph was counted.

    `sizes`: the sizes of image that the network takes; None where it takes the program's alone.
    """

    name: str
    source: str
    doc: str
    params: Mapping[str, object]
    stage: Stage
    measure: Measure
    rows: tuple[Row, ...]
    totals: Totals
    memory: Inference | Training
    outputs: tuple[Returned, ...]
    sizes: Sizes | None

    @property
    def receptive_field(self) -> int | None:
        """Of the layer that sees furthest without seeing everything; None where there is none."""
        return max((row.receptive_field or 0 for row in self.rows), default=0) or None


def report(
    checked: CheckedGraph, source: str, stage: Stage = "source", measure: Measure = ONE_IMAGE
) -> Report:
    """The report of a graph; `source` is the program's name, `stage` says which graph it is."""
    graph = checked.graph
    rows, memory = (_training if stage == "training" else _inference)(graph, measure)
    outputs = tuple(
        Returned(each.name, graph[each.node].path, each.weight if each.train else None)
        for each in graph.outputs
    )
    return Report(
        graph.name,
        source,
        graph.doc,
        dict(graph.params),
        stage,
        measure,
        rows,
        sum_up(rows),
        memory,
        outputs,
        sizes(graph),
    )


def sum_up(rows: Iterable[Row]) -> Totals:
    rows = tuple(rows)
    return Totals(
        activations=sum(row.activations for row in rows),
        activation_bytes=sum(row.activation_bytes for row in rows),
        weights=sum(row.weights for row in rows),
        biases=sum(row.biases for row in rows),
        normalisation=sum(row.normalisation for row in rows),
        buffers=sum(row.buffers for row in rows),
        macs=sum(row.macs for row in rows),
    )


def _inference(graph: Graph, measure: Measure) -> tuple[tuple[Row, ...], Inference]:
    planned = plan(graph)
    size = measure.batch * measure.itemsize
    live = {node: values * size for node, values in planned.live.items()}
    return _rows(graph, measure, live=live), Inference(planned.least * size, planned.arena * size)


def _training(graph: Graph, measure: Measure) -> tuple[tuple[Row, ...], Training]:
    found = saved(graph)
    kept = {node: each.bytes(measure.batch, measure.itemsize) for node, each in found.items()}
    rows = _rows(graph, measure, saved=kept)
    gradients = sum_up(rows).parameters * measure.itemsize
    state = gradients * graph.optimizer.slots
    return rows, Training(sum(kept.values()), gradients, state, graph.optimizer)


def _rows(
    graph: Graph,
    measure: Measure,
    live: Mapping[int, int] | None = None,
    saved: Mapping[int, int] | None = None,
) -> tuple[Row, ...]:
    fields = receptive_fields(graph)
    return tuple(
        row_of(
            graph,
            number,
            fields[number],
            measure,
            None if live is None else live[number],
            None if saved is None else saved[number],
        )
        for number in graph
    )


def row_of(
    graph: Graph, number: int, field: Field, measure: Measure, live: int | None, saved: int | None
) -> Row:
    """What follows from a node and its inputs, with the bytes that are known of it."""
    node, inputs = graph[number], graph.input_shapes(number)
    values = 0 if node.op.identity_at_inference else node.shape.values * measure.batch
    return Row(
        node.path,
        node.op,
        tuple(graph[source].path for source in graph.inputs(number)),
        _scopes(node),
        inputs,
        node.shape,
        node.op.weights(inputs),
        values,
        values * measure.itemsize,
        node.op.macs(inputs, node.shape) * measure.batch,
        field,
        live,
        saved,
    )


def _scopes(node: Node) -> tuple[tuple[str, str], ...]:
    """Where two calls opened the same path, the inner one names it: it is what is drawn."""
    return tuple({call.scope: call.block for call in node.calls if call.scope}.items())


def _sizes(arrays: tuple[Weight, ...], role: str) -> int:
    return sum(each.size for each in arrays if each.role == role)
