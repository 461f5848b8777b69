"""Reads a report back that `json` wrote."""

from __future__ import annotations

import json as codec
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, NoReturn

from compiler.arguments import Unfit
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.formats.json import FORMAT
from compiler.graph import Call, Graph, Node, Optimizer
from compiler.lengths import Lengths
from compiler.op import Op, ShapeError
from compiler.ops import SIGNATURES
from compiler.receptive import receptive_fields
from compiler.report import (
    ITEMSIZES,
    Inference,
    Measure,
    Report,
    Returned,
    Row,
    Training,
    row_of,
    sum_up,
)
from compiler.sizes import Sizes
from compiler.volume import Volume
from dsl.diagnostics import CnnError, Diagnostic, printable
from dsl.source import Source, Span

VALUES_A_LAYER = 64  # twice what those of DenseNet-121 have, whose inputs are many
LEAST_VALUES = 10**6
RAISED = "--max-layers sets another limit"
_STAGES = ("source", "optimised", "training")
# What the file says of a layer and what follows from its operator must be one number.
_CHECKED = ("weights", "biases", "normalisation", "buffers", "activations", "macs")


def is_report(source: Source) -> bool:
    """Whether a text is JSON, which no program can begin like."""
    return source.text.lstrip()[:1] in ("{", "[")


def read_report(source: Source, max_layers: int = MAX_LAYERS) -> Report:
    """Raises CnnError E0806, which names the file and what is wrong with it."""
    # A bracket takes a byte of text and sixty of memory.
    values = sum(map(source.text.count, "[{,"))
    most = max(LEAST_VALUES, VALUES_A_LAYER * max_layers)
    if values > most:
        title = f"it has {values:,} values; the limit is {most:,}"
        raise _refused(source, title, RAISED)
    try:
        content = codec.loads(source.text)
    except codec.JSONDecodeError as error:
        reason = f"it is no JSON: {error.msg}, line {error.lineno}"
        raise _refused(source, reason) from None
    except RecursionError:
        raise _refused(source, "it is nested too deep") from None
    except ValueError:
        raise _refused(source, "a number has too many digits") from None
    file = _Part(source, content, "")
    _check_format(file)
    layers = len(file["layers"].items())
    if layers > max_layers:
        raise _refused(source, f"it has {layers:,} layers; the limit is {max_layers:,}", RAISED)
    return _report(file)


def _check_format(file: _Part) -> None:
    written = file.value.get("format") if isinstance(file.value, dict) else None
    if written == FORMAT:
        return
    kind = FORMAT.partition("/")[0]
    if isinstance(written, str) and written.startswith(f"{kind}/"):
        title = f"it has the format {written}, and this version reads {FORMAT}"
        raise _refused(file.source, title, "write it again with `cnnc report --format json`")
    title = "it is no report" if written is None else f"it is {written}, and no report"
    raise _refused(file.source, title, "`cnnc report --format json` writes one")


@dataclass(frozen=True, slots=True)
class _Part:
    """A value of the file, and where it stands there."""

    source: Source
    value: Any
    place: str

    def __getitem__(self, key: str) -> _Part:
        if not isinstance(self.value, dict) or key not in self.value:
            self.refuse(f"has no `{key}`")
        return _Part(self.source, self.value[key], f"{self.place}.{key}".lstrip("."))

    def text(self) -> str:
        """Without what a terminal obeys: somebody else may have written the file."""
        if not isinstance(self.value, str):
            self.refuse("is no text")
        return "\n".join(map(printable, self.value.split("\n")))

    def whole(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            self.refuse("is no whole number from 0 up")
        return int(self.value)

    def maybe(self) -> int | None:
        return None if self.value is None else self.whole()

    def items(self) -> list[_Part]:
        if not isinstance(self.value, list):
            self.refuse("is no list")
        return [
            _Part(self.source, each, f"{self.place}[{at}]") for at, each in enumerate(self.value)
        ]

    def refuse(self, what: str) -> NoReturn:
        raise _refused(self.source, f"`{self.place}` {what}" if self.place else f"it {what}")


def _refused(source: Source, what: str, mend: str = "") -> CnnError:
    title = f"cannot read the report {source.name}: {what}"
    return CnnError([Diagnostic("E0806", title, help=mend, file=source.name)])


def _report(file: _Part) -> Report:
    stage, dtype = file["stage"], file["dtype"]
    if stage.value not in _STAGES:
        stage.refuse(f"is none of {', '.join(_STAGES)}")
    if dtype.value not in ITEMSIZES:
        dtype.refuse(f"is none of {', '.join(ITEMSIZES)}")
    measure = Measure(max(1, file["batch"].whole()), dtype.value)
    params = file["params"]
    if not isinstance(params.value, dict):
        params.refuse("is no object")
    rows = _rows(file["layers"], file["net"].text(), measure)
    return Report(
        file["net"].text(),
        file["source"].text(),
        file["doc"].text(),
        {name: _param(value) for name, value in params.value.items()},
        stage.value,
        measure,
        rows,
        sum_up(rows),
        _memory(file["memory"]),
        _outputs(file["outputs"], {row.path for row in rows}),
        _sizes(file["sizes"]),
    )


def _outputs(outputs: _Part, paths: Set[str]) -> tuple[Returned, ...]:
    found = []
    for each in outputs.items():
        path, weight = each["path"], each["train_weight"]
        if path.text() not in paths:
            path.refuse(f"is {path.value}, which is no layer")
        if isinstance(weight.value, bool) or not isinstance(weight.value, int | float | None):
            weight.refuse("is no number")
        found.append(Returned(each["name"].text(), path.text(), weight.value))
    if not found:
        outputs.refuse("is empty")
    return tuple(found)


def _param(value: object) -> object:
    return tuple(map(_param, value)) if isinstance(value, list) else value


def _sizes(part: _Part) -> Sizes | None:
    if part.value is None:
        return None
    whole = part["whole"]
    pair = None if whole.value is None else (_lengths(whole["height"]), _lengths(whole["width"]))
    return Sizes(_lengths(part["height"]), _lengths(part["width"]), pair)


def _lengths(part: _Part) -> Lengths:
    rests = []
    for run in part["rests"].items():
        if len(run.items()) != 2:
            run.refuse("is no pair of first and last")
        first, last = (each.whole() for each in run.items())
        rests.append((first, last))
    if not rests:
        part["rests"].refuse("is empty")
    return Lengths(part["least"].whole(), max(1, part["every"].whole()), tuple(rests))


def _memory(memory: _Part) -> Inference | Training:
    if isinstance(memory.value, dict) and "inference" in memory.value:
        part = memory["inference"]
        return Inference(part["least_bytes"].whole(), part["planned_bytes"].whole())
    part = memory["training"]
    optimizer = Optimizer(
        part["optimizer"].text(),
        part["optimizer_slots"].whole(),
        bool(part["optimizer_assumed"].value),
    )
    return Training(
        part["saved_bytes"].whole(),
        part["gradient_bytes"].whole(),
        part["optimizer_bytes"].whole(),
        optimizer,
    )


def _rows(layers: _Part, net: str, measure: Measure) -> tuple[Row, ...]:
    """The graph is built again: volumes, arrays and receptive fields follow from its operators."""
    graph = Graph(net)
    numbers: dict[str, int] = {}
    parts = layers.items()
    if not parts:
        layers.refuse("is empty")
    for part in parts:
        path = part["path"].text()
        if path in numbers:
            part.refuse(f"has the path {path}, which another layer has")
        sources = [_source(each, numbers) for each in part["inputs"].items()]
        node = _node(part, path, tuple(graph[source].shape for source in sources))
        numbers[path] = graph.add(node, sources)
    fields = receptive_fields(graph)
    rows = []
    for part, number in zip(parts, graph, strict=True):
        live, saved = part["live_bytes"].maybe(), part["saved_bytes"].maybe()
        row = row_of(graph, number, fields[number], measure, live, saved)
        _check(part, row)
        rows.append(row)
    return tuple(rows)


def _source(part: _Part, numbers: Mapping[str, int]) -> int:
    if part.text() not in numbers:
        part.refuse(f"is {part.value}, which is no layer before it")
    return numbers[part.text()]


def _node(part: _Part, path: str, inputs: tuple[Volume, ...]) -> Node:
    op = _op(part)
    wanted = {"none": not inputs, "one": len(inputs) == 1, "merge": len(inputs) > 1}
    if not wanted[op.inputs]:
        part["inputs"].refuse(f"are {len(inputs)}, which {op.name} does not take")
    try:
        shape = op.shape(inputs)
    except ShapeError as error:
        part.refuse(f"does not fit what flows in: {error.title}")
    if part["output"].value != [shape.h, shape.w, shape.c]:
        part["output"].refuse(f"is not {shape}, which follows from its inputs")
    calls = []
    for block in part["blocks"].items():
        if len(block.items()) != 2:
            block.refuse("is no pair of path and block")
        scope, name = (each.text() for each in block.items())
        calls.append(Call(name, scope))
    return Node(op, path, Span(part.source, 0, 0), shape, tuple(calls))


def _op(part: _Part) -> Op:
    name, arguments = part["op"].text(), part["arguments"]
    if name not in SIGNATURES:
        part["op"].refuse(f"is {name}, an operator that this version does not know")
    signature = SIGNATURES[name]
    if not isinstance(arguments.value, dict):
        arguments.refuse("is no object")
    if arguments.value.keys() != signature.kinds.keys():
        arguments.refuse(f"are not those of {name}: {', '.join(signature.kinds) or 'none'}")
    values = {}
    for each, kind in signature.kinds.items():
        try:
            values[each] = kind.accept(_param(arguments[each].value))
        except (Unfit, OverflowError, TypeError):
            arguments[each].refuse(f"must be {kind.expects}")
    return signature.op(**values)


def _check(part: _Part, row: Row) -> None:
    for name in _CHECKED:
        if part[name].whole() != getattr(row, name):
            part[name].refuse(f"is {part[name].value}, and {getattr(row, name)} follows")
