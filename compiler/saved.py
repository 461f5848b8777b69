"""What a step of training keeps of each layer until its gradient is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compiler.graph import Graph

INDEX = 8  # bytes of the indices that a max pool keeps (int64)


@dataclass(frozen=True, slots=True)
class Saved:
    """`values` and `indices` for each image, and `constants`, values whatever the batch is."""

    values: int = 0
    indices: int = 0
    constants: int = 0

    def bytes(self, batch: int, itemsize: int) -> int:
        return batch * (self.values * itemsize + self.indices * INDEX) + self.constants * itemsize


def saved(graph: Graph) -> Mapping[int, Saved]:
    """By node, what PyTorch's autograd keeps of the training graph on the CPU, parameters and
    buffers left out.

    A value that several layers keep counts once, with the first of them. Values of INPUT are kept,
    too, where a convolution or FC reads them. Where no gradient flows nothing is kept. RELU6 keeps
    a copy of what it overwrites, so that working in place saves it nothing.
    """
    computed = graph.needed(graph.outputs)
    homes: dict[int, int] = {}  # the layer that made the value
    learns: dict[int, bool] = {}
    counted: set[int] = set()
    found: dict[int, Saved] = {}
    for node in graph:
        op, inputs, shapes = graph[node].op, graph.inputs(node), graph.input_shapes(node)
        homes[node] = homes[inputs[0]] if op.passes_on(shapes) else node
        flows = tuple(learns[source] for source in inputs)
        learns[node] = any(flows) or any(each.role != "buffer" for each in op.weights(shapes))
        if node not in computed or not learns[node]:
            found[node] = Saved()
            continue
        kept = op.kept(shapes, graph[node].shape, flows)
        own = (homes[node],) if kept.output else ()
        sources = [inputs[index] for index in kept.inputs]
        parts = [each for each in sources if kept.side_by_side and _is_part(graph, homes, each)]
        whole = dict.fromkeys((*(homes[each] for each in sources if each not in parts), *own))
        new = [home for home in whole if home not in counted]
        counted.update(new)
        values = sum(graph[each].shape.values for each in (*new, *parts))
        found[node] = Saved(values + kept.values, kept.indices, kept.constants)
    return found


def _is_part(graph: Graph, homes: Mapping[int, int], node: int) -> bool:
    return graph[node].shape.values < graph[homes[node]].shape.values
