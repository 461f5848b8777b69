"""The metrics of a report: name, unit and method of each, once for every format and command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from compiler.receptive import Axis
from compiler.report import Row, Stage

Number: TypeAlias = int | Fraction
Quantity: TypeAlias = int | tuple[Number, Number] | None


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of a layer. `name` is its key in JSON and CSV, `title` the heading of its column.

    A pair is one number along height and width each. `total`: how the numbers of layers become that
    of the network, if they do. `absent`: what a table shows where a layer has no such number.
    `only`: of what graphs it is a number, where not of all.
    """

    name: str
    title: str
    unit: str
    method: str
    of: Callable[[Row], Quantity]
    total: Literal["sum", "largest", "none"] = "sum"
    absent: str = ""
    only: Literal["inference", "training", ""] = ""

    def is_of(self, stage: Stage) -> bool:
        """Whether a report of that graph has it."""
        return self.only in ("", "training" if stage == "training" else "inference")


def _along_both(of: Callable[[Axis], Number]) -> Callable[[Row], Quantity]:
    return lambda row: None if row.field is None else (of(row.field[0]), of(row.field[1]))


METRICS: tuple[Metric, ...] = (
    Metric(
        "activations",
        "activations",
        "values",
        "values of the output volume, times the batch; dropout and ID cost none",
        lambda row: row.activations,
    ),
    Metric(
        "activation_bytes",
        "activation bytes",
        "bytes",
        "activations times the size of the dtype",
        lambda row: row.activation_bytes,
    ),
    Metric(
        "weights",
        "weights",
        "values",
        "learned weights of convolutions, FC and PRELU",
        lambda row: row.weights,
    ),
    Metric("biases", "biases", "values", "of convolutions and FC", lambda row: row.biases),
    Metric(
        "normalisation",
        "norm",
        "values",
        "learned scales and shifts of normalisations",
        lambda row: row.normalisation,
    ),
    Metric(
        "parameters",
        "parameters",
        "values",
        "weights + biases + normalisation: all that is learned",
        lambda row: row.parameters,
    ),
    Metric(
        "buffers",
        "buffers",
        "values",
        "kept and not learned: batch norm's running mean and variance",
        lambda row: row.buffers,
    ),
    Metric(
        "macs",
        "MACs",
        "multiply-accumulates",
        "of convolutions and FC, times the batch; biases and all other layers cost none",
        lambda row: row.macs,
    ),
    Metric(
        "flops",
        "FLOPs",
        "floating-point operations",
        "2 x MACs: one multiplication and one addition each",
        lambda row: row.flops,
    ),
    Metric(
        "receptive_field",
        "field",
        "pixels of the input, height and width",
        "what one value of the output sees (Araujo et al., 2019); null where it sees everything",
        _along_both(lambda axis: axis.size),
        "none",
        "all",
    ),
    Metric(
        "jump",
        "jump",
        "pixels of the input, height and width",
        "the distance between what two neighbouring values see",
        _along_both(lambda axis: axis.jump),
        "none",
    ),
    Metric(
        "start",
        "start",
        "pixels of the input, height and width",
        "the centre of what the first value sees; the first pixel's is 0.5",
        _along_both(lambda axis: axis.start),
        "none",
    ),
    Metric(
        "live_bytes",
        "live bytes",
        "bytes",
        "values held while the layer runs, in the order of the graph; its temporaries left out",
        lambda row: row.live,
        "largest",
        only="inference",
    ),
    Metric(
        "saved_bytes",
        "saved bytes",
        "bytes",
        "kept for the backward pass as PyTorch's autograd keeps it, each value once",
        lambda row: row.saved,
        only="training",
    ),
)

BY_NAME: dict[str, Metric] = {metric.name: metric for metric in METRICS}
