"""The statements of `forward`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from backends.header import batch
from backends.torch.containers import Containers
from backends.torch.network import ACTIVATIONS, MAKERS, Network
from backends.torch.printing import Call, Expr, fits, inline, laid_out, literal
from backends.torch.site import lifted
from compiler.volume import Volume

MERGES = frozenset({"ADD", "CONCAT"})


@dataclass(frozen=True, slots=True)
class Statement:
    """`target = expr`, the value of a node; `training`: not at inference."""

    target: str
    expr: Expr
    volume: Volume
    node: int
    training: bool

    @property
    def indent(self) -> int:
        return 12 if self.training else 8

    @property
    def comment(self) -> str:
        return f"  # {batch(self.volume)}"

    @property
    def line(self) -> str:
        return f"{self.target} = {inline(self.expr)}{self.comment}"


def statements(
    network: Network, holders: Containers, names: Mapping[int, str]
) -> list[Statement]:
    result: list[Statement] = []
    for node in network.order:
        sequence = holders.sequences.get(node)
        if not network.is_computed(node) or (node in holders.inside and not sequence):
            continue
        graph = network.graph
        args: tuple[Expr, ...] = tuple(names[each] for each in graph.inputs(node))
        name, training = names[node], node in network.training
        if sequence:
            if sequence.entry and sequence.entry.shape and sequence.entry.name == "flat":
                flat = Call("torch.flatten", (*args, "1"))
                result.append(Statement(name, flat, sequence.entry.shape, node, training))
                args = (name,)
            elif sequence.entry:
                args = (lifted(args[0]),)
            call, last = Call(access(sequence.path), args), sequence.last
            result.append(Statement(name, call, graph[last].shape, last, training))
        elif args:
            result += _layer(network, node, name, args, result[-1:], training)
    return result


def _layer(
    network: Network,
    node: int,
    name: str,
    args: tuple[Expr, ...],
    previous: list[Statement],
    training: bool,
) -> Iterator[Statement]:
    """A layer's statement, and a flattening before it; an activation joins what it follows."""
