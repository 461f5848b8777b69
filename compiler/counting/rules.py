"""Rules and counts that several tools share."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compiler.counting.profile import Rule
from compiler.op import Op
from compiler.ops import OPS
from compiler.ops.arrangement import Upsample
from compiler.report import Row


def nothing(row: Row) -> int:
    return 0


def values(row: Row) -> int:
    """Values of the output."""
    return row.volume.values


def inputs(row: Row) -> int:
    """Values of the one input."""
    return row.inputs[0].values


def macs(row: Row) -> int:
    """Multiply-accumulates for one image, whatever the batch of the report."""
    return row.layer.macs(row.inputs, row.volume)


def learned(row: Row) -> int:
    return row.parameters


def is_affine(row: Row) -> bool:
    """Whether a normalisation learns a scale and a shift."""
    return row.normalisation > 0


def upsampled(row: Row) -> int:
    """Values of the output of an UPSAMPLE that makes more of them."""
    return 0 if row.layer.is_identity(row.inputs) else row.volume.values


def is_bilinear(row: Row) -> bool:
    return isinstance(row.layer, Upsample) and row.layer.mode == "bilinear"


def has_bias(row: Row) -> bool:
    return row.biases > 0


NOTHING = Rule("nothing", nothing)
MACS = Rule("its MACs", macs)
LEARNED = Rule("all that is learned", learned)


def every(rule: Callable[[type[Op]], Rule]) -> Mapping[str, Rule]:
    """A rule for every operator, found from what the operator is."""
    return {op.name: rule(op) for op in OPS}


def listed(*groups: tuple[str, Rule]) -> Mapping[str, Rule]:
    """A rule for every operator named, several in one text with blanks between."""
    return {name: rule for names, rule in groups for name in names.split()}


def does_macs(op: type[Op]) -> bool:
    return op.macs is not Op.macs


def has_weights(op: type[Op]) -> bool:
    return op.weights is not Op.weights


MACS_ALONE = every(lambda op: MACS if does_macs(op) else NOTHING)
PARAMETERS = every(lambda op: LEARNED)
