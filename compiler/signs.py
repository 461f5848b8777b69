"""Which values are certainly not negative: those behind a ReLU, and what keeps them so."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.graph import Graph
from compiler.op import Op
from compiler.ops import activation, arrangement, image, linear, merge, normalisation, pooling
from compiler.ops import regularisation as training
from compiler.ops.fused import Fused

# Whatever flows in.
ALWAYS = (
    activation.HardSigmoid,
    activation.Relu,
    activation.Relu6,
    activation.Sigmoid,
    activation.Softmax,
    activation.Softplus,
    image.Hog,
)
# Where what flows in is not negative.
KEPT = (
    activation.Elu,
    activation.Gelu,
    activation.HardSwish,
    activation.LeakyRelu,
    activation.Mish,
    activation.Prelu,
    activation.Silu,
    activation.Tanh,
    arrangement.Crop,
    arrangement.Pad,
    arrangement.PixelShuffle,
    arrangement.Shuffle,
    arrangement.Slice,
    arrangement.Upsample,
    linear.Flatten,
    linear.Reshape,
    merge.Add,
    merge.Concat,
    merge.Mul,
    pooling.AdaptiveAvgPool,
    pooling.AvgPool,
    pooling.GlobalAvgPool,
    training.Dropout,
    training.Dropout2d,
    training.DropPath,
    training.Identity,
)


def not_negative(graph: Graph) -> frozenset[int]:
    """The nodes whose values are all >= 0, whatever the images and the weights are.

    True of float32 too: no rounding makes a sum, product or mean of such values negative.
    """
    found: set[int] = set()
    for node in graph:
        sources = graph.inputs(node)
        if _stays(graph[node].op, sources, [source in found for source in sources]):
            found.add(node)
    return frozenset(found)


def _stays(op: Op, sources: Sequence[int], given: Sequence[bool]) -> bool:
    if isinstance(op, Fused):
        own = len(given) - sum(part.merges for part in op.then)
        stays, others = _stays(op.first, sources[:own], given[:own]), iter(given[own:])
        for part in op.then:
            stays = _stays(part.op, (0, 1), [stays, next(others)] if part.merges else [stays])
        return stays
    if isinstance(op, ALWAYS):
        return True
    if isinstance(op, merge.Max):
        return any(given)
    if isinstance(op, merge.Mul) and len(sources) == 2 and sources[0] == sources[1]:
        return True  # a square
    if not given or not all(given):
        return False
    if isinstance(op, pooling.MaxPool):
        # Between the taps of a dilated window padding can be all that there is: minus infinity.
        return op.dilation == (1, 1)
    if isinstance(op, normalisation.LocalResponseNorm):
        return op.k > 0 and op.alpha >= 0
    if isinstance(op, image.Normalize):
        return max(op.mean) <= 0
    return isinstance(op, KEPT)
