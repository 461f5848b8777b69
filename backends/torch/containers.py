"""The modules that hold a network's layers, from the paths of its program.

A scope of several layers in an unbroken chain is an nn.Sequential, any other an nn.ModuleDict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from backends.header import batch
from backends.identifiers import Names
from backends.torch.network import ELEMENTWISE, Network
from backends.torch.printing import Call
from backends.torch.reserved import DICT, NET, SEQUENTIAL, is_reserved
from backends.torch.site import Step
from dsl.diagnostics import CnnError, Diagnostic, Label


@dataclass(slots=True)
class Scope:
    """Layers and scopes under their labels, in the order in which they are computed."""

    path: str
    children: dict[str, Scope | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A layer's module, with the volume that it makes where nobody else says it."""

    module: Call
    node: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """`keys`: its children need names, for they are not numbered from 0."""

    kind: str
    children: tuple[tuple[str, Leaf | Container], ...]
    keys: bool = True


@dataclass(frozen=True, slots=True)
class Sequence:
    """A chain that is called at once; `entry` brings its input into the rank that it needs."""

    path: str
    nodes: tuple[int, ...]
    entry: Step | None

    @property
    def last(self) -> int:
        return self.nodes[-1]


@dataclass(frozen=True, slots=True)
class Containers:
    """What the constructor makes: attributes; and the sequences by their first node."""

    attributes: tuple[tuple[str, Leaf | Container], ...]
    sequences: Mapping[int, Sequence]
    inside: frozenset[int]


def containers(network: Network) -> Containers:
    """Raises CnnError where PyTorch cannot have a module of a program's name."""
    root = _scopes(network)
    return _Builder(network).build(root)


def _scopes(network: Network) -> Scope:
    """The layers by scope; the label of a merge, which has no module, is that of its branches."""
    root = Scope("")
    for node in network.order:
        path = network.graph[node].path
        *scopes, name = path.split(".")
        scope = root
        for label in scopes:
            inner = scope.children.setdefault(
                label, Scope(f"{scope.path}.{label}" if scope.path else label)
            )
            if isinstance(inner, int):
                raise _clash(network, inner, node)
            scope = inner
        other = scope.children.setdefault(name, node)
        if isinstance(other, Scope) and network.has_weights(node):
            raise _clash(network, node, next(_nodes(other)))
    return root


def _clash(network: Network, layer: int, inner: int) -> CnnError:
    graph = network.graph
    title = f"`{graph[layer].path}` is a layer and holds `{graph[inner].path}` as well"
    labels = (Label(graph[inner].span, "this one"), Label(graph[layer].span, "the layer"))
    return CnnError([Diagnostic("E0701", title, labels, help="give one of them another label")])


def _nodes(scope: Scope) -> Iterator[int]:
    pending: list[Scope | int] = [scope]
    while pending:
        item = pending.pop()
        if isinstance(item, int):
            yield item
        else:
            pending.extend(reversed(item.children.values()))


def row(network: Network) -> Container | None:
    """All layers as one nn.Sequential with numbers from 0 on; None where they are no such row."""
    root = _scopes(network)
    sources = network.graph.sources()
    inner = Scope("", {k: each for k, each in root.children.items() if each not in sources})
    return _Builder(network).row(inner)


class _Builder:
    """Builds the containers of one network."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._ends: dict[str, tuple[int, int] | None] = {}
        self._weighted: dict[str, bool] = {}
        self._sequences: dict[int, Sequence] = {}
        self._inside: set[int] = set()

    def build(self, root: Scope) -> Containers:
        self._survey(root)
        attributes = tuple(self._children(root, NET))
        return Containers(attributes, self._sequences, frozenset(self._inside))

    def row(self, scope: Scope) -> Container | None:
        self._survey(scope)
        nodes = list(_nodes(scope))
        if self._ends[scope.path] is None or self._entry(nodes):
            return None
        made = self._sequential(scope, nodes, None)
        return None if made.keys else made

    def _survey(self, scope: Scope) -> None:
        """Finds where each scope's chain begins and ends, and which scopes have weights."""
        network = self._network
        ends: list[tuple[int, int] | None] = []
        weighted = False
        for child in scope.children.values():
            if isinstance(child, Scope):
                self._survey(child)
                ends.append(self._ends[child.path])
                weighted |= self._weighted[child.path]
            else:
                ends.append((child, child) if network.is_module(child) else None)
                weighted |= network.has_weights(child)
        linked = all(
            before and after and network.only_feeds(before[1], after[0])
            for before, after in pairwise(ends)
        )
        first, last = ends[0], ends[-1]
        self._ends[scope.path] = (first[0], last[1]) if linked and first and last else None
        self._weighted[scope.path] = weighted

    def _children(
        self, scope: Scope, reserved: frozenset[str]
    ) -> Iterator[tuple[str, Leaf | Container]]:
        for label, child in scope.children.items():
            if isinstance(child, int):
                if self._network.has_weights(child):
                    self._check(label, child, reserved)
                    yield label, Leaf(self._network.module(child), child)
            elif self._weighted[child.path]:
                self._check(label, next(_nodes(child)), reserved)
                yield label, self._container(child)

    def _container(self, scope: Scope) -> Container:
        ends = self._ends[scope.path]
        is_one = len(scope.children) == 1 and "0" not in scope.children
        if ends is None or is_one:
            return Container("nn.ModuleDict", tuple(self._children(scope, DICT)))
        nodes = list(_nodes(scope))
        entry = self._entry(nodes)
        self._sequences[ends[0]] = Sequence(scope.path, tuple(nodes), entry[1] if entry else None)
        self._inside.update(nodes)
        return self._sequential(scope, nodes, entry)

    def _entry(self, nodes: list[int]) -> tuple[int, Step] | None:
        """The change of rank that the chain begins with, which its caller does, and its node."""
        for node in nodes:
            step = self._network.steps[node][0]
            if step.name in ("flat", "lift"):
                return node, step
            if self._network.graph[node].op.name not in ELEMENTWISE:
                break
        return None

    def _sequential(
        self, scope: Scope, nodes: list[int], entry: tuple[int, Step] | None
    ) -> Container:
        changed = set(nodes[: nodes.index(entry[0])]) if entry else set[int]()
        names = Names(scope.children)
        children: list[tuple[str, Leaf | Container]] = []
        for label, child in scope.children.items():
            if isinstance(child, Scope):
                self._check(label, next(_nodes(child)), SEQUENTIAL)
                children.append((label, self._sequential(child, nodes, entry)))
                continue
            self._check(label, child, SEQUENTIAL)
            steps = self._network.steps[child]
            if entry and entry[0] == child:
                steps = steps[1:]
            for step in steps:
                volume = step.shape or self._network.graph[child].shape
                if child in changed and entry and entry[1].shape:
                    volume = entry[1].shape
                varies = child in self._network.varied or step.name == "pad"
                comment = "" if varies else f"  # {batch(volume)}"
                name = names.take(f"{label}_{step.name}") if step.name else label
                assert step.module is not None
                children.append((name, Leaf(step.module, child, comment)))
        keys = [name for name, _ in children] != [str(number) for number in range(len(children))]
        return Container("nn.Sequential", tuple(children), keys)

    def _check(self, label: str, node: int, reserved: frozenset[str]) -> None:
        if is_reserved(label, reserved):
            title = f"a PyTorch module cannot have a layer called `{label}`"
            note = "its containers have an attribute of that name"
            span = self._network.graph[node].span
            mend = f"another label, such as `{label}_`"
            labels = (Label(span, self._network.graph[node].path),)
            raise CnnError([Diagnostic("E0702", title, labels, (note,), mend)])
