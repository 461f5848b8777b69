"""Which scopes of a program become modules of their own: values flow in and one flows out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from backends.torch.network import Network
from backends.torch.structure.inputs import inputs, opened_by


@dataclass(slots=True)
class Closed:
    """A scope: its nodes, the nodes outside whose values it takes and the one that it gives.

    `block`: a block call opened it. `linear`: its layers and the parts within stand in a row, as
    those of an nn.Sequential do.
    """

    path: str
    block: bool = False
    weighted: bool = False
    broken: bool = False
    nodes: list[int] = field(default_factory=list)
    entries: set[int] = field(default_factory=set)
    exits: set[int] = field(default_factory=set)

    def inputs(self, network: Network) -> Mapping[int, str]:
        """The names of what it takes, in order; nothing where it is no module of its own."""
        is_whole = len(self.exits) == 1 and self.weighted and not self.broken
        if not is_whole or max(self.entries, default=0) > self.nodes[0]:
            return {}
        call = opened_by(network.graph[self.nodes[0]], self.path)
        return (inputs(self.entries, call) if self.entries else None) or {}

    @property
    def exit(self) -> int:
        (node,) = self.exits
        return node


def parts(network: Network, loose: Collection[str] = ()) -> Mapping[str, Closed]:
    """The scopes that become classes, by path. A labelled row of layers is an nn.Sequential, and
    needs none; so are the rows in `loose`."""
    scopes = _scopes(network)
    chosen: dict[str, Closed] = {}
    for path in sorted(scopes, key=lambda each: each.count("."), reverse=True):
        scope = scopes[path]
        if path in loose:
            continue
        count = len(scope.inputs(network))
        if (count and scope.block) or (count == 1 and not _is_linear(network, scope, chosen)):
            chosen[path] = scope
    return chosen


def around(network: Network, node: int, known: Mapping[str, object]) -> Iterator[str]:
    """The known scopes in which a node stands, outermost first.

    A merge whose label is that of its branches stands with them.
    """
    path = network.graph[node].path
    end = path.find(".")
    while end >= 0:
        if path[:end] in known:
            yield path[:end]
        end = path.find(".", end + 1)
    if path in known:
        yield path


def _scopes(network: Network) -> dict[str, Closed]:
    graph = network.graph
    scopes: dict[str, Closed] = {}
    for node in network.order:
        labels = graph[node].path.split(".")
        for depth in range(1, len(labels)):
            path = ".".join(labels[:depth])
            scopes.setdefault(path, Closed(path))
    inside = {node: list(around(network, node, scopes)) for node in network.order}
    for node in network.order:
        opened = {call.scope for call in graph[node].calls}
        for path in inside[node]:
            scope = scopes[path]
            scope.nodes.append(node)
            scope.block |= path in opened
            scope.weighted |= network.has_weights(node)
            scope.broken |= not network.is_computed(node) or graph[node].op.inputs == "none"
            first = scope.nodes[0]
            scope.broken |= (node in network.training) != (first in network.training)
        sources = graph.inputs(node) if network.is_computed(node) else ()
        for source in sources:
            here, there = inside[node], inside[source]
            for path in here:
                if path not in there:
                    scopes[path].entries.add(source)
            for path in there:
                if path not in here:
                    scopes[path].exits.add(source)
    for node in network.outputs:
        for path in inside[node]:
            scopes[path].exits.add(node)
    return scopes


def _is_linear(network: Network, scope: Closed, chosen: Mapping[str, Closed]) -> bool:
    """Whether the layers, with the parts within as one each, stand in a row of modules."""
    row: list[Closed | int] = []
    for node in scope.nodes:
        inner = next((p for p in around(network, node, chosen) if len(p) > len(scope.path)), None)
        unit = chosen[inner] if inner else node
        if not row or row[-1] != unit:
            row.append(unit)
    if any(isinstance(unit, int) and not network.is_module(unit) for unit in row):
        return False
    if isinstance(row[0], Closed) and len(row[0].entries) > 1:
        return False
    return all(_feeds(network, one, other) for one, other in pairwise(row))


def _feeds(network: Network, one: Closed | int, other: Closed | int) -> bool:
    source = one if isinstance(one, int) else one.exit
    if isinstance(other, int):
        return network.only_feeds(source, other)
    readers, inside = network.readers.get(source, ()), set(other.nodes)
    return (
        other.entries == {source} and inside.issuperset(readers) and source not in network.outputs
    )
