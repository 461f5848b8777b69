"""Which layers of a network are looked at; of the checked graph alone, nothing is computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cnnc.imaging.asked import Asked
from cnnc.imaging.refusal import unexplained
from compiler.features import select
from compiler.graph import Graph, Output
from compiler.ops.activation import LogSoftmax, Softmax
from compiler.ops.convolution import Conv, DepthwiseConv
from compiler.ops.pooling import AdaptiveAvgPool, AvgPool, GlobalAvgPool, MaxPool

POOLS = (MaxPool, AvgPool, GlobalAvgPool, AdaptiveAvgPool)


@dataclass(frozen=True, slots=True)
class Choice:
    """Layers that are looked at: the one of the map, the one of the scores, those whose activations
    are drawn."""

    layer: int | None
    score: int | None
    drawn: tuple[int, ...]

    def paths(self, graph: Graph) -> tuple[str, ...]:
        nodes = (*self.drawn, self.layer, self.score)
        return tuple(dict.fromkeys(graph[node].path for node in nodes if node is not None))


def choose(graph: Graph, asked: Asked) -> Choice:
    """Raises ValueError for an unknown path, CnnError E0832."""
    layer = None if asked.layer is None else named_maps(graph, asked.layer)
    score = None
    if asked.cam or (asked.activations and layer is None):
        score = scores(graph)
        layer = last_maps(graph, score) if layer is None else layer
        refuse_idle(graph, layer, score)
    wanted = [named_maps(graph, path) for path in asked.maps]
    if asked.activations and layer is not None:
        wanted.insert(0, layer)
    return Choice(layer, score, tuple(dict.fromkeys(wanted)))


def scores(graph: Graph) -> int:
    """The layer that gives one number a class: the main output, or what a softmax there reads, as
    in the paper. Raises CnnError E0832 where the output is no such thing."""
    (node,) = (each.node for each in graph.outputs if each.name == "output")
    volume = graph[node].shape
    if volume.spatial != (1, 1):
        raise unexplained(
            f"{graph.name} gives {volume}, and not one score a class",
            "a network that ends with GAP or FC can be explained; "
            "--no-cam leaves out the map, for other pictures",
        )
    last = _computed(graph, node)
    if isinstance(graph[last].op, Softmax | LogSoftmax):
        return _computed(graph, *graph.inputs(last))
    return node


def _computed(graph: Graph, node: int) -> int:
    """The layer that gives the value, before those that do nothing at inference."""
    while graph[node].op.identity_at_inference:
        (node,) = graph.inputs(node)
    return node


def last_maps(graph: Graph, score: int) -> int:
    """The last maps before the classifier: those that only poolings and layers without maps stand
    between and the scores. Raises CnnError E0832 where there are none, or several."""
    found = sorted(set(_last_maps(graph, score)))
    learned = [node for node in found if _is_learned(graph, node)]
    if not learned:
        title = f"{graph.name} has no maps: no convolution stands before its classifier"
        raise unexplained(title, "--layer PATH explains a layer that has maps and no weights")
    if len(found) > 1:
        paths = tuple(f"{graph[node].path}: {graph[node].op} {graph[node].shape}" for node in found)
        title = f"{len(found)} layers have the last maps before the scores of {graph.name}"
        raise unexplained(title, "say which: --layer PATH", paths)
    return found[0]


def _last_maps(graph: Graph, score: int) -> Iterator[int]:
    waiting, seen = [score], {score}
    while waiting:
        node = waiting.pop()
        op = graph[node].op
        if has_maps(graph, node) and not isinstance(op, POOLS) and not op.identity_at_inference:
            yield node
            continue
        for source in graph.inputs(node):
            if source not in seen:
                seen.add(source)
                waiting.append(source)


def _is_learned(graph: Graph, node: int) -> bool:
    """Whether weights have a part in the value."""
    return any(graph.weights(each) for each in _before(graph, node))


def _before(graph: Graph, node: int) -> set[int]:
    return graph.needed((Output("", node),))


def has_maps(graph: Graph, node: int) -> bool:
    return graph[node].shape.spatial != (1, 1)


def named_maps(graph: Graph, path: str) -> int:
    """The layer of a path, or the last one of a scope. Raises ValueError where there is none, and
    CnnError E0832 where it has no maps."""
    (found,) = select(graph, (path,)).outputs
    if not has_maps(graph, found.node):
        title = f"`{path}` gives {graph[found.node].shape}, which are no maps"
        raise unexplained(title, "`cnnc report FILE` lists the layers with their volumes")
    return found.node


def refuse_idle(graph: Graph, node: int, score: int) -> None:
    """Raises CnnError E0832 where the scores do not depend on the layer."""
    if node not in _before(graph, score):
        title = f"`{graph[node].path}` does not flow into the scores of {graph.name}"
        raise unexplained(title, f"`{graph[score].path}` gives them; name a layer before it")


def first_convolution(graph: Graph) -> int:
    """Raises CnnError E0832 where there is no convolution."""
    for node in graph:
        if isinstance(graph[node].op, Conv | DepthwiseConv):
            return node
    raise unexplained(f"{graph.name} has no filters: it has no convolution", "leave out --filters")
