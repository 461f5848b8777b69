"""The network taken apart: what stands in the network's own class, and in each part of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from backends.torch.network import Network
from backends.torch.structure.closed import Closed, around, parts
from backends.torch.structure.inputs import ENTRY
from backends.torch.structure.part import Part, Unread
from compiler.graph import Graph, Node, Output
from compiler.ops.input import Input


@dataclass(slots=True)
class Body:
    """One part, or the whole ("" is its path): a graph in which the parts within are single layers.

    Paths are relative to its own. `origins`: the node of the whole network that a layer is.
    """

    path: str
    graph: Graph
    origins: dict[int, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    nodes: dict[int, int] = field(default_factory=dict)


def bodies(network: Network, loose: Collection[str] = ()) -> Mapping[str, Body]:
    """By path, the inner ones after those around them. `loose`: scopes that are none."""
    closed = parts(network, loose)
    graph = network.graph
    whole = Body("", Graph(graph.name, doc=graph.doc, params=graph.params, budget=graph.budget))
    found, known = {"": whole}, set(network.order)
    for node in network.order:
        body = whole
        for path in around(network, node, closed):
            if path not in found:
                found[path] = _opened(network, closed[path], body, closed)
            body = found[path]
        payload = graph[node]
        for source in graph.inputs(node):
            if source not in known:
                unread = Node(Unread(graph[source].shape), ENTRY, payload.span, graph[source].shape)
                body.nodes[source] = body.graph.add(unread, ())
        inputs = [_unit(network, source, body, closed) for source in graph.inputs(node)]
        here = replace(payload, path=_relative(payload.path, body.path))
        body.nodes[node] = body.graph.add(here, inputs)
        body.origins[body.nodes[node]] = node
    for path, scope in closed.items():
        body = found[path]
        body.graph.outputs = (Output("output", _unit(network, scope.exit, body, closed)),)
    whole.graph.outputs = tuple(
        replace(each, node=_unit(network, each.node, whole, closed)) for each in graph.outputs
    )
    return found


def _opened(network: Network, scope: Closed, around: Body, closed: Mapping[str, Closed]) -> Body:
    """The body of a part; in the one around it stands a layer for it."""
    graph = network.graph
    first, flows_out = graph[scope.nodes[0]], graph[scope.exit].shape
    body = Body(scope.path, Graph(graph.name))
    taken = scope.inputs(network)
    for source, name in taken.items():
        flows_in = graph[source].shape
        entry = Node(Input(flows_in), f"{ENTRY}{name}", first.span, flows_in)
        body.nodes[source] = body.graph.add(entry, ())
    part = Part(scope.path, flows_out)
    relative = _relative(scope.path, around.path)
    opened = next((call for call in first.calls if call.scope == scope.path), first)
    conditions = opened.conditions
    values = graph[scope.exit].values
    calls = first.calls
    layer = Node(part, relative, first.span, flows_out, calls, conditions=conditions, values=values)
    sources = [_unit(network, source, around, closed) for source in taken]
    around.parts[scope.path] = around.graph.add(layer, sources)
    return body


def _unit(network: Network, node: int, body: Body, closed: Mapping[str, Closed]) -> int:
    """The layer of a body that gives a node's value: its own, or that of a part within."""
    if node in body.nodes:
        return body.nodes[node]
    inner = (path for path in around(network, node, closed) if path in body.parts)
    return body.parts[next(inner)]


def _relative(path: str, scope: str) -> str:
    """A merge that is called as the scope is has no name of its own in it."""
    return path[len(scope) + 1 :] if scope else path
