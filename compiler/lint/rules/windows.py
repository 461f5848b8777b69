"""Large windows: what replaces them, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.graph import Node
from compiler.lint.network import Network, pair

LARGEST = 5


@dataclass(frozen=True, slots=True)
class Stack:
    """Three 3x3 convolutions see what one of 7x7 sees: so many of `out` filters, and the weights
    of both."""

    layers: int
    weights: int
    single: int

    @property
    def is_cheaper(self) -> bool:
        return self.weights < self.single


def is_large(node: Node) -> bool:
    """Whether a full convolution's window is more than 5x5; one of 1x7 is not."""
    return node.op.name == "CONV" and min(pair(node.op, "k")) > LARGEST


def is_depthwise(network: Network, number: int) -> bool:
    groups = int(getattr(network[number].op, "groups", 1))
    return groups > 1 and groups == network.incoming(number).c


def stack(network: Network, number: int) -> Stack | None:
    """What would replace a convolution; None where none of 3x3 see the same."""
    node = network[number]
    k = pair(node.op, "k")
    if pair(node.op, "dilation") != (1, 1) or k[0] != k[1] or k[0] % 2 == 0:
        return None
    groups, out = int(getattr(node.op, "groups", 1)), node.shape.c
    layers, into = k[0] // 2, network.incoming(number).c
    weights = 9 * out * (into + (layers - 1) * out) // groups
    return Stack(layers, weights, k[0] * k[1] * out * into // groups)
