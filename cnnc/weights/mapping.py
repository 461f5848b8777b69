"""Which array of a file is which parameter of a program, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cnnc.weights.layers import Layer, Shape, fits, of_file, of_program, vertices
from cnnc.weights.rules import DROP, Rule, first_match
from cnnc.weights.stored import COUNTER, Part, Stored, refused, shown
from cnnc.weights.structure import by_order, by_shape, by_structure
from compiler.graph import Graph

LISTED = 4  # candidates that a reason names


@dataclass(frozen=True, slots=True)
class Match:
    """A parameter of the program: its array, or None, and why. `new`: made anew, as was asked."""

    key: str
    shape: Shape
    part: Part | None
    why: str
    new: bool = False


@dataclass(frozen=True, slots=True)
class Mapped:
    """`unused`: what of the file no parameter takes, and why."""

    matches: tuple[Match, ...]
    unused: tuple[tuple[Part, str], ...]

    @property
    def lacking(self) -> tuple[Match, ...]:
        return tuple(each for each in self.matches if each.part is None and not each.new)


def map_weights(
    graph: Graph, stored: Stored, rules: Sequence[Rule] = (), new_head: bool = False
) -> Mapped:
    """Rules first, then names, then the structure of what is left, its order, and its shapes.

    Nothing is guessed: a parameter for which several arrays would do has none. `new_head`: the last
    layer with weights has none either, and is to be made anew. Raises CnnError E0906.
    """
    return _Mapping(graph, stored, rules, new_head).mapped()


class _Mapping:
    def __init__(self, graph: Graph, stored: Stored, rules: Sequence[Rule], new_head: bool) -> None:
        self.graph, self.stored = graph, stored
        self.layers = of_program(graph)
        self.wanted = graph.weight_shapes()
        self.head = self._head() if new_head else ""
        self.found: dict[str, tuple[Part, str]] = {}
        self.refusals: dict[str, str] = {}
        self.unused: dict[str, str] = {}
        self.names = self._ruled(rules)

    def mapped(self) -> Mapped:
        self._by_name("", "same name")
        prefix = self._prefix()
        if prefix:
            self._by_name(prefix, f"same name behind {prefix}")
        self._by_layers()
        matches = tuple(self._match(key, shape) for key, shape in self.wanted.items())
        taken = {id(part) for part, _ in self.found.values()}
        unused = (
            (part, self.unused.get(part.key) or self._unused(part))
            for part in self.stored.parts
            if id(part) not in taken
        )
        return Mapped(matches, tuple(unused))

    def _head(self) -> str:
        """The last layer with weights before the program's first output."""
        waiting = [self.graph.outputs[0].node]
        while waiting:
            node = waiting.pop(0)
            if self.graph.weights(node):
                return self.graph[node].path
            waiting += self.graph.inputs(node)
        return ""

    def _of_head(self, key: str) -> bool:
        return bool(self.head) and key.rpartition(".")[0] == self.head

    def _ruled(self, rules: Sequence[Rule]) -> dict[str, Part]:
        """The parts that no rule takes, by name."""
        left: dict[str, Part] = {}
        used: set[Rule] = set()
        for part in self.stored.parts:
            found = first_match(rules, part.key, part.name)
            if found is None:
                if part.role == COUNTER:
                    self.unused[part.key] = "a counter of batches, which inference does not need"
                else:
                    left[part.name] = part
                continue
            rule, name = found
            used.add(rule)
            if name == DROP:
                self.unused[part.key] = f"left out by the rule {rule}"
                continue
            self._take(name, part, f"rule {rule}", rule)
        idle = [each for each in rules if each not in used]
        if idle:
            title = f"line {idle[0].line}: no array is called so: {idle[0]}"
            raise refused("E0906", self.stored.path, title, "cnnc weights inspect lists the arrays")
        return left

    def _take(self, key: str, part: Part, why: str, rule: Rule) -> None:
        if key not in self.wanted:
            title = f"the rule {rule} makes {key} of {part.key}"
            notes = ("the program has no parameter of this name",)
            raise refused("E0906", self.stored.path, title, notes=notes)
        if key in self.found:
            title = f"the rule {rule} gives {key} a second array, {part.key}"
            notes = (f"the first is {self.found[key][0].key}",)
            raise refused("E0906", self.stored.path, title, notes=notes)
        if not fits(self.wanted[key], part.shape):
            self.refusals[key] = _misfit(part, self.wanted[key], why)
            return
        self.found[key] = (part, why)

    def _by_name(self, prefix: str, why: str) -> None:
        for key, shape in self.wanted.items():
            part = self.names.get(prefix + key)
            if part is None or key in self.found or self._of_head(key):
                continue
            if fits(shape, part.shape):
                self.found[key] = (self.names.pop(prefix + key), why)
            else:
                self.refusals[key] = _misfit(part, shape, why)

    def _prefix(self) -> str:
        """What stands before all names, such as `module.`; "" where that is not certain."""
        missing = {key for key in self.wanted if key not in self.found and not self._of_head(key)}
        counts: Counter[str] = Counter()
        for name in self.names:
            pieces = name.split(".")
            for start in range(1, len(pieces)):
                if ".".join(pieces[start:]) in missing:
                    counts[".".join(pieces[:start]) + "."] += 1
        likely = [prefix for prefix, count in counts.items() if count == len(missing)]
        if len(counts) == 1:
            likely = list(counts)
        return likely[0] if len(likely) == 1 else ""

    def _by_layers(self) -> None:
        """Whole layers that nothing has been found for, among those of which nothing is taken."""
        ours = [each for each in self.layers if self._is_free(each)]
        theirs = of_file(self.names.values())
        if not ours or not theirs:
            return
        found = self._structured()
        why = "same structure"
        if not found:
            found, why = by_order(ours, theirs), "same layers in the same order"
        if not found and self.head and len(theirs) == len(ours) + 1:
            found = by_order(ours, theirs[:-1])
        if not found:
            found, why = by_shape(ours, theirs), "the only one of its shape"
        free = {each.name for each in ours}
        for name, other in found.items():
            if name in free:
                self._pair(name, other, why)

    def _is_free(self, layer: Layer) -> bool:
        keys = [f"{layer.name}.{role}" for role in layer.shapes]
        taken = any(key in self.found or key in self.refusals for key in keys)
        return not taken and layer.name != self.head

    def _structured(self) -> dict[str, str]:
        """Of the whole network, for files that say how it hangs together."""
        if not self.stored.vertices or self.head:
            return {}
        return by_structure(
            vertices(self.graph),
            {each.name: each for each in self.layers},
            self.stored.vertices,
            {each.name: each for each in of_file(self.stored.parts)},
        )

    def _pair(self, name: str, other: str, why: str) -> None:
        for part in [each for each in self.names.values() if each.layer == other]:
            key = f"{name}.{part.role}"
            if key in self.wanted and fits(self.wanted[key], part.shape):
                self.found[key] = (self.names.pop(part.name), why)

    def _match(self, key: str, shape: Shape) -> Match:
        if key in self.found:
            return Match(key, shape, *self.found[key])
        if self._of_head(key):
            return Match(key, shape, None, "made anew, as --new-head asks", new=True)
        if key in self.refusals:
            return Match(key, shape, None, self.refusals[key])
        fitting = [each for each in self.names.values() if fits(shape, each.shape)]
        if not fitting:
            return Match(key, shape, None, "nothing in the file has this name or this shape")
        return Match(key, shape, None, f"not certain: {_listed(fitting)} would fit")

    def _unused(self, part: Part) -> str:
        fitting = [
            key
            for key, shape in self.wanted.items()
            if key not in self.found and fits(shape, part.shape)
        ]
        if fitting:
            return f"not certain: {_few(fitting)} would take it"
        return "the program has no parameter of this name or this shape"


def _misfit(part: Part, shape: Shape, why: str) -> str:
    return f"{why}, but {part.key} is {shown(part.shape)}, not {shown(shape)}"


def _listed(parts: Iterable[Part]) -> str:
    return _few([part.key for part in parts])


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


def eps_of(graph: Graph) -> Mapping[str, float]:
    """By layer, of those that have one."""
    pairs = ((graph[node].path, getattr(graph[node].op, "eps", None)) for node in graph)
    return {path: eps for path, eps in pairs if eps is not None}
