"""Activations and merges into the layer before them."""

from __future__ import annotations

from dataclasses import replace

from compiler.graph import Graph, Node
from compiler.op import Op
from compiler.ops import activation, convolution, pooling
from compiler.ops.fused import MERGES, Fused, Part
from compiler.ops.linear import FullyConnected
from compiler.ops.merge import Add, Max, Mul
from compiler.ops.normalisation import BatchNorm

# Functions of one value that have no weights.
ACTIVATIONS = (
    activation.Elu,
    activation.Gelu,
    activation.HardSigmoid,
    activation.HardSwish,
    activation.LeakyRelu,
    activation.Mish,
    activation.Relu,
    activation.Relu6,
    activation.Sigmoid,
    activation.Silu,
    activation.Softplus,
    activation.Tanh,
)
FIRST = (
    convolution.Conv,
    convolution.DepthwiseConv,
    convolution.TransposedConv,
    FullyConnected,
    BatchNorm,
    pooling.MaxPool,
    pooling.AvgPool,
    pooling.GlobalAvgPool,
    Add,
    Mul,
    Max,
)


def fuse_elementwise(graph: Graph) -> Graph:
    """Makes an activation, and an ADD, MUL or MAX of two values of one volume, part of the layer
    that feeds it, so that a backend can do it while the values are in a cache.

    Of the two layers that feed a merge the later is taken. Left alone where that layer's value is
    read by another too, or is an output; where both values of a merge are the same; where one is
    spread over the other; and where the layer before is of a kind that has no loop of its own.

    Given
        conv = CONV(8) <- x
        sum = ADD <- conv, x
        relu = RELU <- sum
    Result
        conv = CONV(8) then ADD, RELU <- x, x
    """
    fused = graph.copy()
    for node in graph:
        source = _source(fused, node)
        if source is None:
            continue
        payload, before = fused[node], fused[source]
        first, then = _parts(before.op)
        op = Fused(first, (*then, Part(payload.path, payload.op)))
        others = [each for each in fused.inputs(node) if each != source]
        made = replace(before, op=op, shape=payload.shape)
        fused.absorb(node, source, made, (*fused.inputs(source), *others))
    return fused if len(fused) < len(graph) else graph


def _source(graph: Graph, node: int) -> int | None:
    """The layer of which a node can become part."""
    payload, inputs = graph[node], graph.inputs(node)
    if not (isinstance(payload.op, ACTIVATIONS) or _merges_two(graph, payload, inputs)):
        return None
    for source in sorted(inputs, reverse=True):
        alone = graph.consumers(source) == (node,) and not graph.is_output(source)
        if alone and isinstance(_parts(graph[source].op)[0], FIRST):
            return source
    return None


def _merges_two(graph: Graph, payload: Node, inputs: tuple[int, ...]) -> bool:
    if not isinstance(payload.op, MERGES) or len(inputs) != 2:
        return False
    return all(graph[source].shape == payload.shape for source in inputs)


def _parts(op: Op) -> tuple[Op, tuple[Part, ...]]:
    return (op.first, op.then) if isinstance(op, Fused) else (op, ())
