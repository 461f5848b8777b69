"""The uses of a block, laid over one another: the fullest one, and what the others have of it."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from backends.torch.structure.bodies import Body
from backends.torch.structure.part import Part
from compiler.graph import Graph, Node
from dsl.source import Span

MAX_WAYS = 64


@dataclass(frozen=True, slots=True)
class Aligned:
    """`full` is the body that has every layer. For each of its layers, `uses` has the layer of
    every body, None where it is absent; `instead` has the input whose value is read then."""

    bodies: tuple[Body, ...]
    full: Body
    uses: dict[int, tuple[int | None, ...]]
    instead: dict[int, int]

    def presence(self, layer: int) -> tuple[bool, ...]:
        return tuple(use is not None for use in self.uses[layer])

    def is_optional(self, layer: int) -> bool:
        return None in self.uses[layer]

    def payloads(self, layer: int) -> list[Node | None]:
        pairs = zip(self.bodies, self.uses[layer], strict=True)
        return [None if use is None else body.graph[use] for body, use in pairs]


def align(bodies: Sequence[Body]) -> Aligned | None:
    """None where no body has the layers of all others, in their order, or where the values do not
    flow alike without what is absent."""
    full = max(bodies, key=lambda body: len(body.graph))
    keys = _keys(full)
    found: dict[int, list[int | None]] = {layer: [] for layer in keys.values()}
    for body in bodies:
        own = _keys(body)
        if [key for key in keys if key in own] != list(own):
            return None
        for key, layer in keys.items():
            found[layer].append(own.get(key))
    uses = {layer: tuple(each) for layer, each in found.items()}
    open_ = [layer for layer, each in uses.items() if None in each]
    ways = [range(len(full.graph.inputs(layer))) for layer in open_]
    count = 1
    for way in ways:
        count *= len(way)
    if count > MAX_WAYS:
        return None
    for choice in product(*ways):
        instead = {
            layer: full.graph.inputs(layer)[index]
            for layer, index in zip(open_, choice, strict=True)
        }
        aligned = Aligned(tuple(bodies), full, uses, instead)
        if all(_flows_alike(aligned, number) for number in range(len(bodies))):
            return aligned
    return None


def alone(body: Body) -> Aligned:
    """A body that nothing is laid over."""
    return Aligned((body,), body, {layer: (layer,) for layer in body.graph}, {})


def _flows_alike(aligned: Aligned, number: int) -> bool:
    """Whether a body is the full one without its absent layers."""
    graph, full = aligned.bodies[number].graph, aligned.full.graph
    value: dict[int, int] = {}
    for layer in full:
        use = aligned.uses[layer][number]
        if use is None:
            value[layer] = value[aligned.instead[layer]]
            continue
        value[layer] = use
        if graph.inputs(use) != tuple(value[each] for each in full.inputs(layer)):
            return False
    return [value[each.node] for each in full.outputs] == [each.node for each in graph.outputs]


def _keys(body: Body) -> dict[Hashable, int]:
    """Each layer by where the program has it, counted where that is repeated. Groups of one label
    stand in different places: their layers have their names alone."""
    found: dict[Hashable, int] = {}
    counts: dict[Hashable, int] = {}
    called = any(call.scope == body.path for n in body.graph for call in body.graph[n].calls)
    for layer in body.graph:
        payload = body.graph[layer]
        place: Hashable = tuple(_place(body, payload)) if called else payload.path
        counts[place] = counts.get(place, 0) + 1
        found[place, counts[place]] = layer
    return found


def _place(body: Body, payload: Node) -> Iterator[Hashable]:
    if payload.op.inputs == "none":
        yield "what flows in"
        return
    path = payload.op.path if isinstance(payload.op, Part) else None
    within = f"{body.path}." if body.path else ""
    for call in payload.calls:
        if call.span is None or not call.scope.startswith(within) or call.scope == body.path:
            continue
        yield _at(call.span)
        if call.scope == path:
            return  # the call that makes this part; what it calls in its turn is inside
    yield "label", payload.path if path else _at(payload.span)


def _at(span: Span) -> Hashable:
    return span.source.name, span.start, span.end


def is_same_labels(aligned: Aligned, rows: Collection[str]) -> bool:
    """Whether the keys of all uses agree, but for numbers that count the layers of a row."""
    full = aligned.full.graph
    for number, body in enumerate(aligned.bodies):
        shifted: set[str] = set()
        for layer in full:
            use = aligned.uses[layer][number]
            if use is None or not full.weights(layer):
                continue
            one, other = full[layer].path.split("."), body.graph[use].path.split(".")
            if len(one) != len(other):
                return False
            for depth, (left, right) in enumerate(zip(one, other, strict=True)):
                if left != right:
                    shifted.add(".".join(other[:depth]))
        if not shifted.issubset(rows) or not all(_counts(body.graph, each) for each in shifted):
            return False
    return True


def _counts(graph: Graph, scope: str) -> bool:
    """Whether what stands in a scope is called 0, 1, 2, ..."""
    depth = len(scope.split(".")) if scope else 0
    within = f"{scope}." if scope else ""
    inside = (graph[each] for each in graph if graph[each].path.startswith(within))
    labels = dict.fromkeys(
        each.path.split(".")[depth] for each in inside if each.op.inputs != "none"
    )
    return list(labels) == [str(index) for index in range(len(labels))]
