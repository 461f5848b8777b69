"""What the passes share that fold norms into layers with weights."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from compiler.graph import Fold, Graph
from compiler.op import Op
from compiler.ops.convolution import Conv, DepthwiseConv, TransposedConv
from compiler.ops.linear import FullyConnected
from compiler.ops.normalisation import BatchNorm, Scale

Layer: TypeAlias = Conv | DepthwiseConv | TransposedConv | FullyConnected
Norm: TypeAlias = BatchNorm | Scale


def trains(graph: Graph) -> bool:
    """Whether the graph is for training, where weights and statistics are not frozen."""
    return any(output.train for output in graph.outputs)


def has_bias(op: Op) -> bool:
    return isinstance(op, Layer) and op.bias


def can_fold(graph: Graph, node: int) -> bool:
    """Whether a node is a layer that can do a norm beside it: one that does none yet."""
    return isinstance(graph[node].op, Layer) and graph[node].fold is None


def is_read_by(graph: Graph, node: int, reader: int) -> bool:
    """Whether a value has one reader, which takes it once."""
    return graph.consumers(node) == (reader,) and not graph.is_output(node)


def put(graph: Graph, node: int, fold: Fold) -> None:
    """Makes a fold part of a layer, which gets a bias."""
    payload = graph[node]
    assert isinstance(payload.op, Layer)
    graph.replace(node, replace(payload, op=replace(payload.op, bias=True), fold=fold))


def fold_behind(graph: Graph, kind: type[Norm]) -> Graph:
    """Folds each norm of a kind into the layer that feeds it alone."""
    if trains(graph):
        return graph
    folded = graph.copy()
    for node in graph:
        norm = folded[node]
        if not isinstance(norm.op, kind):
            continue
        (source,) = folded.inputs(node)
        if can_fold(folded, source) and is_read_by(folded, source, node):
            put(folded, source, Fold(norm.path, norm.op, has_bias(folded[source].op)))
            folded.bypass(node)
    return folded if len(folded) < len(graph) else graph
