"""The report in the notation of the CS231n notes' VGG table.

As there, a layer that works in place (an activation, dropout) or changes nothing has no line,
memory is rounded to two digits, and weights leave the biases out. The totals are exact: the sum
that the notes once printed (24M values, 93MB) is a known slip; the volumes of VGG-16's lines add up
to 15,237,608.
"""

from __future__ import annotations

from compiler.formats.columns import megabytes
from compiler.op import Weight
from compiler.report import Report, Row
from compiler.volume import Volume


def cs231n(report: Report) -> str:
    rows = [row for row in report.rows if row.arrays or not _costs_nothing(row)]
    values = sum(row.activations for row in rows if not row.layer.in_place)
    totals = report.totals
    lines = [_line(row) for row in rows]
    lines += [
        "",
        f"TOTAL memory: {values:,} values * 4 bytes = {megabytes(4 * values)} / image"
        " (only forward! ~*2 for bwd)",
        f"TOTAL params: {totals.weights:,} weights + {totals.biases:,} biases"
        f" = {totals.parameters:,} parameters",
    ]
    if totals.buffers:
        lines.append(f"      buffers: {totals.buffers:,} (batch norm's statistics, not learned)")
    return "\n".join(lines) + "\n"


def _costs_nothing(row: Row) -> bool:
    return row.layer.in_place or row.layer.is_identity(row.inputs)


def _line(row: Row) -> str:
    volume = row.volume
    product = f"{volume.h}*{volume.w}*{volume.c}="
    memory = (product if volume.spatial != (1, 1) else "") + _rounded(volume.values)
    if row.layer.in_place:
        memory = "in place"
    return f"{_notation(row)}: [{volume}]  memory:  {memory}   weights: {_weights(row)}"


def _notation(row: Row) -> str:
    """`CONV3-64`, `CONV7-64/2`, `POOL2`, `FC`."""
    layer = row.layer
    k = getattr(layer, "k", None)
    if not isinstance(k, tuple):
        return row.op
    text = row.op + (str(k[0]) if k[0] == k[1] else f"{k[0]}x{k[1]}")
    if hasattr(layer, "out"):
        text += f"-{layer.out}"
    stride = getattr(layer, "stride", (1, 1))
    usual = layer.usual().get("stride", (1, 1))
    if stride != usual:
        text += f"/{stride[0]}" if stride[0] == stride[1] else f"/{stride[0]}x{stride[1]}"
    return text


def _weights(row: Row) -> str:
    learned = [each for each in row.arrays if each.role == "weight"]
    if not learned:
        return "0"
    return f"{_product(learned[0], row.inputs[0])} = {row.weights:,}"


def _product(weight: Weight, volume: Volume) -> str:
    match weight.shape:
        case (out, channels, high, wide):
            return f"({high}*{wide}*{channels})*{out}"
        case (out, inputs) if volume.spatial != (1, 1):
            return f"{volume.h}*{volume.w}*{volume.c}*{out}"
        case (out, inputs):
            return f"{inputs}*{out}"
        case shape:
            return "*".join(map(str, shape))


def _rounded(count: int) -> str:
    """Two digits, as the notes round: 3.2M, 150K, 4096."""
    for unit, letter in ((10**9, "G"), (10**6, "M"), (10**3, "K")):
        if count >= 10 * unit or (count >= unit and letter != "K"):
            scaled = float(f"{count / unit:.2g}")
            return f"{scaled:g}{letter}"
    return str(count)
