"""The classes of a network's parts: one for each block, or more where its uses differ by more than
numbers and by layers that some of them lack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from backends.identifiers import Names
from backends.torch import constructor
from backends.torch.containers import Container, Leaf, containers, row
from backends.torch.network import Absence, Network, look_at
from backends.torch.printing import Call, Keyword
from backends.torch.structure.align import Aligned, align, alone, is_same_labels
from backends.torch.structure.bodies import Body
from backends.torch.structure.inputs import ENTRY as FLOWS_IN
from backends.torch.structure.inputs import named, opened_by
from backends.torch.structure.loops import INDEX, Loop, leaving, loop, parts
from backends.torch.structure.part import Part
from backends.torch.structure.steps import Unifier
from backends.torch.structure.symbols import ENTRY, Parameter, Symbols
from backends.torch.structure.trees import Const, Name, Not, Tree, Unknown, binary, put, text
from compiler.graph import Call as BlockCall
from compiler.graph import Condition, Graph, Node

# Names in constructors besides those of the program.
TAKEN = frozenset((ENTRY, INDEX, "layers"))


@dataclass(frozen=True)
class BlockClass:
    """`network` is the body that is printed, that of all uses laid over one another; `inputs` names
    what `forward` takes."""

    name: str
    doc: str
    network: Network
    aligned: Aligned
    parameters: tuple[Parameter, ...]
    lets: Mapping[str, Tree]
    flags: Mapping[str, Tree]
    inputs: Mapping[int, str]
    loop: Loop | None = None

    @property
    def uses(self) -> tuple[str, ...]:
        """The paths at which objects stand."""
        return tuple(body.path for body in self.aligned.bodies)


@dataclass
class Classes:
    """`calls`: how the part at a path is made. `loose`: rows of parts that are better written where
    they stand, for no class says them more shortly."""

    made: list[BlockClass] = field(default_factory=list)
    calls: dict[str, Call] = field(default_factory=dict)
    leaving: dict[str, Tree] = field(default_factory=dict)
    loose: set[str] = field(default_factory=set)


def classes(bodies: Mapping[str, Body], taken: Iterable[str]) -> Classes:
    """Those of all parts, inner ones first. `taken`: names that no class can have."""
    return _Maker(bodies, Names(taken, link="")).make()


class _Maker:
    def __init__(self, bodies: Mapping[str, Body], names: Names) -> None:
        self._bodies = bodies
        self._names = names
        self._networks = {
            path: look_at(body.graph, train=True) for path, body in bodies.items() if path
        }
        self._found = Classes()

    def make(self) -> Classes:
        groups: dict[tuple[object, ...], list[Body]] = {}
        heights = self._heights()
        for path, body in self._bodies.items():
            if path:
                groups.setdefault(_block(body, heights[path]), []).append(body)
        waiting = list(groups.values())
        while waiting:
            ready = [each for each in waiting if all(map(self._is_ready, each))]
            ready = ready or [[body] for body in self._bodies.values() if self._is_next(body)]
            for group in ready:
                self._classes(group)
            done = self._found.calls
            waiting = [[body for body in group if body.path not in done] for group in waiting]
            waiting = [group for group in waiting if group]
        return self._found

    def _heights(self) -> dict[str, int]:
        heights: dict[str, int] = {}
        for path, body in reversed(list(self._bodies.items())):
            heights[path] = 1 + max((heights[inner] for inner in body.parts), default=0)
        return heights

    def _is_ready(self, body: Body) -> bool:
        return all(inner in self._found.calls for inner in body.parts)

    def _is_next(self, body: Body) -> bool:
        return bool(body.path) and body.path not in self._found.calls and self._is_ready(body)

    def _classes(self, group: Sequence[Body]) -> None:
        """One class for all, or one for those that are given the same blocks, or for equal ones."""
        for split in (_together, _by_blocks, _by_layers):
            parts = split(group)
            made = [self._class(part) for part in parts]
            if split is _together and _are_rows(group) and not (made[0] and _is_plain(made[0][0])):
                self._found.loose.update(body.path for body in group)
            if all(made) or split is _by_layers:
                for part, each in zip(parts, made, strict=True):
                    if each is not None:
                        self._keep(part, *each)
                        continue
                    for body in part:
                        self._keep([body], *self._unified(alone(body), loops=False))
                return

    def _keep(self, bodies: Sequence[Body], block: BlockClass, leaving: Tree | None) -> None:
        kept = replace(block, name=self._names.take(block.name))
        self._found.made.append(kept)
        told = _told(kept, leaving)
        for number, body in enumerate(bodies):
            arguments = tuple(
                Keyword(each.name, each.values[number], each.default, each.default is None)
                for each in kept.parameters
            )
            self._found.calls[body.path] = Call(kept.name, arguments)
            if told is not None:
                self._found.leaving[body.path] = told

    def _class(self, bodies: Sequence[Body]) -> tuple[BlockClass, Tree | None] | None:
        aligned = align(bodies)
        if aligned is None:
            return None
        try:
            return self._unified(aligned)
        except Unknown:
            return None

    def _unified(self, aligned: Aligned, loops: bool = True) -> tuple[BlockClass, Tree | None]:
        """The class, and the channels that leave it. Raises Unknown where no class can be it."""
        full, bodies = aligned.full, aligned.bodies
        calls = tuple(map(_call, bodies))
        call = calls[0]
        sources = full.graph.sources()
        symbols = Symbols(len(calls), TAKEN, calls)
        unifier = Unifier(aligned, self._networks, symbols, self._found.calls, self._found.leaving)
        for number, source in enumerate(sources):
            channels = [body.graph[body.graph.sources()[number]].shape.c for body in bodies]
            name = full.graph[source].path.removeprefix(FLOWS_IN)
            unifier.channels[source] = symbols.enter(channels, name)
        repeated = loop(bodies, self._found.calls, symbols, unifier) if loops else None
        network = self._networks[full.path]
        flags: dict[str, Tree] = {}
        if repeated is None:
            steps = {layer: unifier.steps(layer) for layer in full.graph if layer not in sources}
            absent, flags = _absences(aligned, unifier)
            network = replace(
                network,
                graph=_renamed(full.graph, unifier.renamed),
                steps={**dict.fromkeys(sources, ()), **steps},
                absent=absent,
                instead=aligned.instead,
                varied=frozenset(layer for layer in full.graph if _varies(aligned, layer)),
            )
            if not _is_printable(aligned, network):
                raise Unknown
        block = BlockClass(
            name=_camel(call.block if call else _stem(full.path)),
            doc=call.declared.doc if call and call.declared else "",
            network=network,
            aligned=aligned,
            parameters=tuple(symbols.needed()),
            lets=symbols.definitions(),
            flags=flags if row(network) is None else {},
            inputs=named(full.graph),
            loop=repeated,
        )
        if repeated is not None:
            part = self._found.leaving.get(next(iter(full.parts)))
            return block, leaving(repeated, part)
        return block, unifier.channels.get(full.graph.outputs[0].node)


def _are_rows(bodies: Sequence[Body]) -> bool:
    return all(parts(body) is not None for body in bodies)


def _is_plain(block: BlockClass) -> bool:
    """Whether a class is told by the block's own parameters."""
    return not any(each.is_asked for each in block.parameters)


def _told(block: BlockClass, leaving: Tree | None) -> Tree | None:
    """The channels that leave a class by its parameters alone."""
    known: dict[str, Tree] = {each.name: Name(each.name) for each in block.parameters}
    try:
        for name, tree in block.lets.items():
            known[name] = put(tree, known)
        return None if leaving is None else put(leaving, known)
    except Unknown:
        return None


def _renamed(graph: Graph, names: Mapping[int, str]) -> Graph:
    """Layers without weights get names in the place of their numbers."""
    taken = Names(graph[layer].path for layer in graph)
    graph = graph.copy() if names else graph
    for layer, name in names.items():
        payload = graph[layer]
        if payload.path.isdigit():
            graph.replace(layer, replace(payload, path=taken.take(name)))
    return graph


def _is_printable(aligned: Aligned, network: Network) -> bool:
    """Whether one constructor can make all of the uses, each with the keys that the program has."""
    if row(network) is not None:
        return is_same_labels(aligned, {""})
    attributes = containers(network).attributes
    rows = {path for path, each in _containers("", attributes) if not each.keys}
    return constructor.is_printable(attributes, network) and is_same_labels(aligned, rows)


def _containers(
    prefix: str, items: Iterable[tuple[str, Leaf | Container]]
) -> Iterator[tuple[str, Container]]:
    for label, item in items:
        if isinstance(item, Container):
            yield prefix + label, item
            yield from _containers(f"{prefix}{label}.", item.children)


def _varies(aligned: Aligned, layer: int) -> bool:
    return len({each.shape for each in aligned.payloads(layer) if each}) > 1


def _absences(aligned: Aligned, unifier: Unifier) -> tuple[dict[int, Absence], dict[str, Tree]]:
    """What is not in every use, and the attributes that say whether it is there."""
    groups: dict[tuple[bool, ...], list[int]] = {}
    for layer in aligned.uses:
        if aligned.is_optional(layer):
            groups.setdefault(aligned.presence(layer), []).append(layer)
    absent: dict[int, Absence] = {}
    flags: dict[str, Tree] = {}
    for presence, layers in groups.items():
        tree = unifier.symbols.use(_condition(aligned, unifier, presence, layers))
        graph = aligned.full.graph
        held = {graph[layer].path.partition(".")[0] for layer in layers if _is_held(unifier, layer)}
        loose = [layer for layer in layers if not _is_held(unifier, layer)]
        roots = {graph[layer].path.partition(".")[0] for layer in layers}
        attribute = next(iter(held)) if len(held) == 1 and held == roots else ""
        if not attribute or not attribute.isidentifier():
            adds = any(graph[layer].op.name == "ADD" for layer in loose)
            wanted = "residual" if adds else f"has_{_word(graph[layers[0]])}"
            attribute = f"{wanted}{len(flags) or ''}"
            flags[attribute] = tree
            held = set()
        absence = Absence(text(tree), attribute, bool(held))
        absent |= dict.fromkeys(layers, absence)
    return absent, flags


def _is_held(unifier: Unifier, layer: int) -> bool:
    return bool(unifier.aligned.full.graph.weights(layer))


def _condition(
    aligned: Aligned, unifier: Unifier, presence: tuple[bool, ...], layers: Sequence[int]
) -> Tree:
    """The program's own where it can be said, else a parameter of the class."""
    symbols = unifier.symbols
    for layer in layers:
        payload = aligned.full.graph[layer]
        for flow in dict.fromkeys((symbols.incoming, unifier.flow(layer))):
            try:
                trees = [_held(symbols, each, flow) for each in payload.conditions]
            except Unknown:
                continue
            whole: Tree = Const(True)
            for each in trees:
                whole = binary("and", whole, each)
            if payload.conditions and symbols.agrees(whole, presence):
                return whole
    return symbols.ask(f"with_{_word(aligned.full.graph[layers[0]])}", presence, default=True)


def _word(payload: Node) -> str:
    """What a layer is, in a word: its label, its block, its operator."""
    label = payload.path.rpartition(".")[2]
    if not label.isdigit():
        return label
    if isinstance(payload.op, Part):
        return next((c.block for c in payload.calls if c.scope == payload.op.path), "part")
    return payload.op.name.lower()


def _held(symbols: Symbols, condition: Condition, incoming: Tree | None) -> Tree:
    tree = symbols.tree(condition.expression, incoming)
    return tree if condition.held else Not(tree)


def _call(body: Body) -> BlockCall | None:
    return opened_by(next(_payloads(body)), body.path)


def _payloads(body: Body) -> Iterator[Node]:
    return (body.graph[node] for node in body.graph if body.graph[node].op.inputs != "none")


def _block(body: Body, height: int) -> tuple[object, ...]:
    call = _call(body)
    if call is not None and call.declared is not None:
        span, graph = call.declared.span, body.graph
        taken = (graph[source].path for source in graph.sources())
        return call.block, span.source.name, span.start, *taken
    return "label", _stem(body.path), height


def _stem(path: str) -> str:
    """The label without the number at its end."""
    label = path.rpartition(".")[2]
    return re.sub(r"_?\d+$", "", label) or label


def _together(group: Sequence[Body]) -> list[list[Body]]:
    return [list(group)]


def _by_blocks(group: Sequence[Body]) -> list[list[Body]]:
    """By the blocks and operators that a block is given as arguments."""
    found: dict[tuple[str, ...], list[Body]] = {}
    for body in group:
        call = _call(body)
        given = call.names.values() if call else ()
        key = tuple(each.name for each in given if hasattr(each, "name"))
        found.setdefault(key, []).append(body)
    return list(found.values())


def _by_layers(group: Sequence[Body]) -> list[list[Body]]:
    found: dict[tuple[object, ...], list[Body]] = {}
    for body in group:
        graph = body.graph
        key = tuple((graph[node].op.name, graph[node].path, graph.inputs(node)) for node in graph)
        found.setdefault(key, []).append(body)
    return list(found.values())


def _camel(word: str) -> str:
    name = "".join(part[:1].upper() + part[1:] for part in re.split(r"[_\W]+", word))
    return name if name and not name[0].isdigit() else f"Block{name}"
