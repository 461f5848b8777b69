"""`fix(…)`: a program with the certain mends written in, each proved to change no more than its
rule says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from compiler.graph import Graph
from compiler.lint.rule import Edit, Keeps
from compiler.lint.runner import Found
from dsl.diagnostics import CnnError
from dsl.source import Source

Expand = Callable[[Source], Sequence[Graph]]
"""The networks of a text that takes the program's place; raises CnnError where it has errors."""


def fix(
    source: Source, graphs: Sequence[Graph], found: Iterable[Found], expand: Expand
) -> tuple[Source, int]:
    """The text with as many edits as are sound together, and their number.

    A rule's edits are tried together, and in halves where together they change more than the rule
    allows: volumes, or the names and shapes of what is learned.
    """
    before = [_numbers(graph) for graph in graphs]
    kept: list[Edit] = []

    def is_sound(edits: Sequence[Edit], keeps: Keeps) -> bool:
        try:
            after = [_numbers(graph) for graph in expand(apply(source, (*kept, *edits)))]
        except CnnError:
            return False
        return len(before) == len(after) and all(
            old.holds(new, keeps) for old, new in zip(before, after, strict=True)
        )

    def take(edits: list[Edit], keeps: Keeps) -> None:
        nonlocal before
        edits = [each for each in edits if not any(_overlap(each, other) for other in kept)]
        if not edits:
            return
        if is_sound(edits, keeps):
            kept.extend(edits)
            before = [_numbers(graph) for graph in expand(apply(source, kept))]
        elif len(edits) > 1:
            half = len(edits) // 2
            take(edits[:half], keeps)
            take(edits[half:], keeps)

    for keeps, edits in _by_rule(found):
        take(edits, keeps)
    return apply(source, kept), len(kept)


def apply(source: Source, edits: Iterable[Edit]) -> Source:
    """The text with edits that do not overlap; the later ones first, so that places stay right."""
    text = source.text
    for edit in sorted(edits, key=lambda each: each.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return Source(source.name, text)


def _by_rule(found: Iterable[Found]) -> list[tuple[Keeps, list[Edit]]]:
    """The edits of each rule that do not overlap one another."""
    rules: dict[str, tuple[Keeps, list[Edit]]] = {}
    for each in found:
        if each.edit is not None:
            _, edits = rules.setdefault(each.rule.name, (each.rule.keeps, []))
            # In the order of the source, so that only the last one can reach into this one.
            if not edits or not _overlap(edits[-1], each.edit):
                edits.append(each.edit)
    return list(rules.values())


def _overlap(one: Edit, other: Edit) -> bool:
    first, second = sorted((one.span, other.span), key=lambda span: (span.start, span.end))
    return second.start < first.end or first.start == second.start


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What a fix must leave as it is: arrays by key with their role, volumes and MACs of the layers
    that own them, what flows in and out, what can be set."""

    arrays: dict[str, tuple[tuple[int, ...], str]]
    layers: dict[str, tuple[object, int]]
    ends: tuple[object, ...]

    def holds(self, new: _Numbers, keeps: Keeps) -> bool:
        if self.layers != new.layers or self.ends != new.ends:
            return False
        if keeps == "all":
            return self.arrays == new.arrays
        gone = {key for key in self.arrays if key not in new.arrays}
        return all(self.arrays[key][1] == "bias" for key in gone) and all(
            self.arrays.get(key) == array for key, array in new.arrays.items()
        )


def _numbers(graph: Graph) -> _Numbers:
    arrays: dict[str, tuple[tuple[int, ...], str]] = {}
    layers: dict[str, tuple[object, int]] = {}
    for number in graph:
        node, inputs = graph[number], graph.input_shapes(number)
        owned = node.op.weights(inputs)
        for array in owned:
            arrays[f"{node.path}.{array.name}"] = array.shape, array.role
        if owned:
            layers[node.path] = node.shape, node.op.macs(inputs, node.shape)
    outputs = [
        (each.name, each.train, each.weight, graph[each.node].shape) for each in graph.outputs
    ]
    sources = [graph[number].shape for number in graph.sources()]
    return _Numbers(arrays, layers, (graph.name, outputs, sources, graph.params))
