"""A checked graph as the PyTorch backend looks at it: each layer's steps, and who reads what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backends.torch.layers import LAYERS
from backends.torch.printing import Call
from backends.torch.site import Site, Steps
from backends.values import needed
from compiler.graph import Graph

CONVOLUTIONS = frozenset({"CONV", "DWCONV", "TCONV"})
# Fresh values that no backward pass looks at again, which a ReLU may overwrite.
MAKERS = CONVOLUTIONS | {"FC", "BN", "ADD", "CONCAT"}
RECTIFIERS = frozenset({"RELU", "RELU6", "LEAKY_RELU", "ELU"})
SMOOTH = frozenset(
    {"GELU", "SILU", "HARDSWISH", "HARDSIGMOID", "SIGMOID", "TANH", "SOFTPLUS", "MISH"}
)
ACTIVATIONS = RECTIFIERS | SMOOTH
ELEMENTWISE = ACTIVATIONS | {"DROPOUT", "ID"}


@dataclass(frozen=True, slots=True)
class Absence:
    """Layers of a class that not all of its objects have: the constructor's condition under which
    they are there, and the attribute that holds the answer; `is_module`: theirs, None without."""

    condition: str
    attribute: str
    is_module: bool

    @property
    def test(self) -> str:
        return f"self.{self.attribute} is not None" if self.is_module else f"self.{self.attribute}"


@dataclass(frozen=True)
class Network:
    """`order`: what is computed, and layers with weights that nothing reads. `training`: what only
    the outputs of training need. `dropped`: paths of layers that are left out.

    Of a class that several parts share: `absent`, the layers that are not always there, `instead`,
    whose values are read then, and `varied`, those whose volumes are not always the same.
    """

    graph: Graph
    order: tuple[int, ...]
    training: frozenset[int]
    outputs: frozenset[int]
    readers: Mapping[int, tuple[int, ...]]
    steps: Mapping[int, Steps]
    dropped: tuple[str, ...]
    absent: Mapping[int, Absence] = field(default_factory=dict)
    instead: Mapping[int, int] = field(default_factory=dict)
    varied: frozenset[int] = frozenset()

    def absence(self, nodes: Iterable[int]) -> Absence | None:
        """What all of them share; None where they do not."""
        found = {self.absent.get(node) for node in nodes}
        return found.pop() if len(found) == 1 else None

    def is_computed(self, node: int) -> bool:
        return node in self.readers

    def is_module(self, node: int) -> bool:
        """Whether the layer can stand in an nn.Sequential."""
        steps = self.steps[node]
        if len(self.graph.inputs(node)) > 1:
            return False
        return self.is_computed(node) and bool(steps) and all(step.module for step in steps)

    def has_weights(self, node: int) -> bool:
        return any(step.function is None for step in self.steps[node])

    def module(self, node: int) -> Call:
        """The module that holds a layer's weights."""
        (module,) = (step.module for step in self.steps[node] if step.function is None)
        assert module is not None
        return module

    def only_feeds(self, node: int, reader: int) -> bool:
        """Whether the value goes from the one to the other and nowhere else."""
        return (
            self.readers.get(node) == (reader,)
            and self.graph.inputs(reader) == (node,)
            and node not in self.outputs
        )


def look_at(graph: Graph, *, train: bool, channels_last: bool = False) -> Network:
    """The network, without what only training needs unless it is to train."""
    every = needed(graph, train=True)
    inference = needed(graph, train=False)
    if not train:
        graph = graph.copy()
        graph.outputs = tuple(output for output in graph.outputs if not output.train)
    computed = every if train else inference
    outputs = frozenset(output.node for output in graph.outputs)
    idle = set() if train else every - inference
    nodes = [node for node in graph if node not in idle]
    readers = {
        node: tuple(each for each in graph.consumers(node) if each in computed)
        for node in nodes
        if node in computed
    }
    steps = {node: _steps(graph, node, readers, outputs, channels_last) for node in nodes}
    return Network(
        graph,
        tuple(node for node in nodes if node in computed or graph.weights(node)),
        frozenset(computed - inference),
        outputs,
        readers,
        steps,
        tuple(graph[node].path for node in sorted(idle) if graph.weights(node)),
    )


def _steps(
    graph: Graph,
    node: int,
    readers: Mapping[int, tuple[int, ...]],
    outputs: frozenset[int],
    channels_last: bool,
) -> Steps:
    payload, inputs = graph[node], graph.inputs(node)
    fresh = [
        index
        for index, each in enumerate(inputs)
        if graph[each].op.name in MAKERS
        and readers.get(each) == (node,)
        and each not in outputs
        and graph[each].shape == payload.shape
    ]
    site = Site(
        payload.op,
        graph.input_shapes(node),
        payload.shape,
        payload.fold,
        in_place=len(inputs) == 1 and bool(fresh),
        channels_last=channels_last,
        fresh=fresh[0] if fresh and channels_last else None,
    )
    return LAYERS[payload.op.name](site)
