"""The parameter report: what every layer of a network holds and costs, for one image."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from compiler.check import CheckedGraph
from compiler.graph import Graph
from compiler.op import Op, Weight
from compiler.receptive import receptive_fields
from compiler.volume import Volume


@dataclass(frozen=True, slots=True)
class Row:
    """One layer. All counts are exact integers; the batch is never multiplied in.

    `activations`: values of the output volume; dropout and ID cost none. `weights` and `biases` are
    learned, `buffers` are not (batch norm's statistics). `macs`: multiply-accumulates of
    convolutions and FC. The receptive field and the jump are along the height; None where a value
    sees the whole input.
    """

    path: str
    layer: Op
    inputs: tuple[Volume, ...]
    volume: Volume
    arrays: tuple[Weight, ...]
    macs: int
    receptive_field: int | None
    jump: int | Fraction | None

    @property
    def op(self) -> str:
        return self.layer.name

    @property
    def activations(self) -> int:
        return 0 if self.layer.identity_at_inference else self.volume.values

    @property
    def weights(self) -> int:
        return sum(each.size for each in self.arrays if each.role == "weight")

    @property
    def biases(self) -> int:
        return sum(each.size for each in self.arrays if each.role == "bias")

    @property
    def buffers(self) -> int:
        return sum(each.size for each in self.arrays if each.role == "buffer")

    @property
    def parameters(self) -> int:
        return self.weights + self.biases


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of the rows."""

    activations: int
    weights: int
    biases: int
    buffers: int
    macs: int

    @property
    def parameters(self) -> int:
        return self.weights + self.biases


@dataclass(frozen=True, slots=True)
class Report:
    name: str
    source: str
    doc: str
    params: dict[str, object]
    rows: tuple[Row, ...]
    totals: Totals


def report(checked: CheckedGraph, source: str) -> Report:
    """The report of a graph; `source` is the program's name."""
    graph = checked.graph
    rows = tuple(_rows(graph))
    totals = Totals(
        sum(row.activations for row in rows),
        sum(row.weights for row in rows),
        sum(row.biases for row in rows),
        sum(row.buffers for row in rows),
        sum(row.macs for row in rows),
    )
    return Report(graph.name, source, graph.doc, dict(graph.params), rows, totals)


def _rows(graph: Graph) -> list[Row]:
    fields = receptive_fields(graph)
    rows = []
    for number in graph:
        node, inputs = graph[number], graph.input_shapes(number)
        field = fields[number]
        size = jump = None
        if field is not None:
            size = field[0].size
            jump = int(field[0].jump) if field[0].jump.denominator == 1 else field[0].jump
        macs = node.op.macs(inputs, node.shape)
        arrays = node.op.weights(inputs)
        rows.append(Row(node.path, node.op, inputs, node.shape, arrays, macs, size, jump))
    return rows
