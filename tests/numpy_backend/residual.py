"""A net for tests that has something of everything: folds, a lone batch norm, branches, a head."""

from __future__ import annotations

from compiler.check import CheckedGraph
from compiler.graph import Fold
from compiler.ops.activation import Relu, Softmax
from compiler.ops.convolution import Conv, DepthwiseConv, TransposedConv
from compiler.ops.linear import FullyConnected
from compiler.ops.merge import Add, Concat
from compiler.ops.normalisation import BatchNorm
from compiler.ops.pooling import GlobalAvgPool, MaxPool
from compiler.ops.regularisation import Dropout
from compiler.volume import Volume
from tests.numpy_backend.nets import Build

VOLUME = Volume(16, 16, 3)
SHAPE = (2, 3, 16, 16)


def residual(name: str = "Residual", outputs: tuple[str, ...] = ("scores",)) -> CheckedGraph:
    """With two outputs, the second is the map before the head."""
    build = Build(VOLUME, name=name)
    stem = Conv(8, (3, 3), stride=(2, 2))
    x = build.add(stem, 0, path="conv1", fold=Fold("bn1", BatchNorm(1e-5), False))
    x = build.add(Relu(), x, path="1")
    y = build.add(BatchNorm(1e-3), x, path="layer1.0.bn1")
    y = build.add(Conv(8, bias=False), y, path="layer1.0.conv1")
    y = build.add(
        DepthwiseConv((3, 5)),
        y,
        path="layer1.0.conv2",
        fold=Fold("layer1.0.bn2", BatchNorm(1e-3, affine=False), True),
    )
    x = build.add(Add(), y, x, path="layer1.0.0")
    up = build.add(
        TransposedConv(8, groups=2), x, path="up.conv", fold=Fold("up.bn", BatchNorm(1e-5), True)
    )
    down = build.add(MaxPool(), up, path="up.pool")
    maps = build.add(Concat(), x, down, path="concat")
    x = build.add(Dropout(), build.add(GlobalAvgPool(), maps, path="gap"), path="drop")
    x = build.add(FullyConnected(10), x, path="fc")
    x = build.add(Softmax(), x, path="softmax")
    return build.checked(*(x, maps)[: len(outputs)], names=outputs)
