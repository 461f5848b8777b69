"""The numbers of a whole network: names, units and meaning, once for budgets, limits, families and
differences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from compiler.metrics import BY_NAME
from compiler.report import Inference, Report, Row, Training
from dsl.diagnostics import did_you_mean

# In expressions and on command lines; as a column, of a table or in JSON.
NAMES = (
    ("params", "parameters"),
    ("memory", "live_bytes", "planned_bytes"),
    ("rf", "receptive_field", "field"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One number. `name`: as a column is called, `short`: in budgets, limits and expressions, ""
    where those do not know it. `title` is its heading, `noun` what stands behind it in a sentence,
    `what` its meaning. `of`: None where a network has none. `of_layer`: what a layer adds to it, or
    has of it. `better`: which of two, all else alike."""

    name: str
    short: str
    title: str
    unit: str
    what: str
    of: Callable[[Report], int | None]
    of_layer: Callable[[Row], int]
    better: Literal["smaller", "larger"] = "smaller"
    noun: str = ""

    def number(self, report: Report) -> int:
        return self.of(report) or 0

    @property
    def counted(self) -> str:
        return self.noun or self.title


def memory(report: Report) -> int:
    """Bytes at the worst moment: of values in inference; of what a training step holds besides the
    parameters."""
    match report.memory:
        case Inference(least):
            return least
        case Training(saved, gradients, state):
            return saved + gradients + state


def depth(report: Report) -> int:
    """Convolutions and FC on the longest path, as in ResNet-50 and VGG-16."""
    deep: dict[str, int] = {}
    for row in report.rows:
        before = max((deep[source] for source in row.sources), default=0)
        deep[row.path] = before + (row.macs > 0)
    return max(deep.values())


def _sum(name: str, short: str, what: str) -> Measured:
    """Of what the rows of a report add up to."""
    metric = BY_NAME[name]

    def of(report: Report) -> int:
        return int(getattr(report.totals, name))

    return Measured(
        name, short, metric.title, metric.unit, what, of, lambda row: int(getattr(row, name))
    )


def _held(row: Row) -> int:
    return row.live or row.saved or 0


MEASURED: tuple[Measured, ...] = (
    _sum("parameters", "params", "learned values"),
    _sum("macs", "macs", "multiply-accumulates"),
    _sum("flops", "flops", "2 x MACs"),
    _sum("activations", "activations", "values of all volumes"),
    _sum("buffers", "buffers", "values kept and not learned"),
    Measured(
        "memory",
        "memory",
        "memory",
        "bytes",
        "bytes of values held at once, or of a training step",
        memory,
        _held,
        noun="bytes of values",
    ),
    Measured(
        "receptive_field",
        "rf",
        "receptive field",
        "pixels",
        "largest receptive field, along the height, in pixels",
        lambda report: report.receptive_field,
        lambda row: row.receptive_field or 0,
        "larger",
        "pixels of receptive field",
    ),
    Measured(
        "layers",
        "layers",
        "layers",
        "layers",
        "layers of every kind",
        lambda report: len(report.rows),
        lambda row: 1,
    ),
    Measured(
        "depth",
        "depth",
        "depth",
        "layers",
        "convolutions and FC on the longest path",
        depth,
        lambda row: int(row.macs > 0),
        "larger",
        "convolutions and FC on the longest path",
    ),
    _sum("activation_bytes", "", "activations times the size of the dtype"),
    Measured(
        "live_bytes",
        "",
        "peak live bytes",
        "bytes",
        "bytes of values held at once",
        lambda report: memory(report) if isinstance(report.memory, Inference) else None,
        _held,
    ),
    Measured(
        "planned_bytes",
        "",
        "planned bytes",
        "bytes",
        "bytes of values in the plan of one arena",
        lambda report: report.memory.planned if isinstance(report.memory, Inference) else None,
        _held,
    ),
    Measured(
        "training_bytes",
        "",
        "training bytes",
        "bytes",
        "bytes of a training step besides the parameters",
        lambda report: memory(report) if isinstance(report.memory, Training) else None,
        _held,
    ),
)
METRICS: Mapping[str, Measured] = {each.short: each for each in MEASURED if each.short}
"""By the names of budgets, limits and expressions."""


def meant(word: str, known: Iterable[str]) -> str:
    """`did you mean params?` for what is nearly a known name, or the other name of one."""
    names = list(known)
    same = next((each for each in NAMES if word.casefold() in each), ())
    other = next((name for name in same if name in names), "")
    return f"did you mean {other}?" if other else did_you_mean(word, names)
