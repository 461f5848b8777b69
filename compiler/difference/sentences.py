"""A difference in words: rules that each look at the two reports."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.difference.model import Block, Pair
from compiler.difference.network import Network
from compiler.difference.rules import arguments, cost, layers, returned, shape, structure
from compiler.difference.rules.sight import Rule, Sight
from compiler.report import Report

RULES: tuple[Rule, ...] = (
    shape.depth,
    structure.residual,
    structure.dense,
    structure.parallel,
    structure.bottlenecks,
    structure.reductions,
    structure.inverted,
    structure.separable,
    structure.gates,
    shape.width,
    shape.windows,
    shape.first_layer,
    layers.strided,
    layers.head,
    layers.batch_norm,
    layers.local_response_norm,
    layers.activation,
    layers.pooling,
    layers.dropout,
    layers.grouped,
    layers.dilated,
    shape.connected_width,
    shape.resolution,
    shape.outputs,
    returned.returned,
    shape.field,
    arguments.arguments,
    structure.blocks,
    structure.moves,
    structure.wiring,
    structure.names,
)


def sentences(
    old: Report, new: Report, pairs: Sequence[Pair], blocks: Sequence[Block]
) -> tuple[str, ...]:
    """What kind of change it is, and last what it costs; nothing where nothing differs."""
    sight = Sight(Network(old), Network(new), pairs, blocks)
    if all(pair.status == "same" for pair in pairs) and not returned.returned(sight):
        return ()
    said = [sentence for rule in (*RULES, cost.cost) for sentence in rule(sight)]
    return tuple(said)
