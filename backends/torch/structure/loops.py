"""Blocks that repeat one part: a loop, in which arguments may grow from one to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backends.torch.printing import Call, Keyword
from backends.torch.structure.bodies import Body
from backends.torch.structure.part import Part
from backends.torch.structure.steps import Unifier, single
from backends.torch.structure.symbols import Symbols
from backends.torch.structure.trees import Const, Name, Tree, Unknown, binary, names, put

INDEX = "i"
LEAST = 4  # parts from which a loop is shorter where all uses have as many


@dataclass(frozen=True, slots=True)
class Loop:
    """`count` objects of `module`; `label` and `first` name them, as `layer` and 1 do `layer1`."""

    count: Tree
    module: Call
    label: str
    first: int


def parts(body: Body) -> list[int] | None:
    """The parts of which a body is a chain, and nothing else; None where it is no such chain."""
    first, *layers = body.graph
    chain = [first, *layers]
    for before, layer in zip(chain, layers, strict=False):
        if not isinstance(body.graph[layer].op, Part) or body.graph.inputs(layer) != (before,):
            return None
        if len(body.graph.consumers(before)) != 1:
            return None
    ends = [each.node for each in body.graph.outputs]
    return layers if layers and ends == [layers[-1]] else None


def loop(
    bodies: Sequence[Body], calls: Mapping[str, Call], symbols: Symbols, unifier: Unifier
) -> Loop | None:
    """The loop that all bodies are. Raises Unknown where they are none that can be written."""
    chains = [parts(body) for body in bodies]
    if any(chain is None for chain in chains):
        return None
    rows = [
        [calls[_path(body, layer)] for layer in chain or ()]
        for body, chain in zip(bodies, chains, strict=True)
    ]
    counts = [len(row) for row in rows]
    if len(set(counts)) == 1 and counts[0] < LEAST:
        return None
    if len({call.func for row in rows for call in row}) != 1:
        return None
    label, first = _label([[body.graph[n].path for n in body.graph][1:] for body in bodies])
    count = symbols.use(_count(symbols, counts))
    arguments = tuple(_argument(rows, index, unifier) for index in range(len(rows[0][0].args)))
    return Loop(count, Call(rows[0][0].func, arguments), label, first)


def _path(body: Body, layer: int) -> str:
    op = body.graph[layer].op
    assert isinstance(op, Part)
    return op.path


def _label(paths: Sequence[Sequence[str]]) -> tuple[str, int]:
    """What the labels of all have in common, and the number of the first."""
    label = paths[0][0].rstrip("0123456789")
    if "." in label or not paths[0][0][len(label) :]:
        raise Unknown
    first = int(paths[0][0][len(label) :])
    for row in paths:
        if list(row) != [f"{label}{first + number}" for number in range(len(row))]:
            raise Unknown
    return label, first


def _count(symbols: Symbols, counts: Sequence[int]) -> Tree:
    if len(set(counts)) == 1:
        return Const(counts[0])
    call = symbols.calls[0]
    for parameter in call.declared.parameters if call and call.declared else ():
        try:
            tree = symbols.name(parameter.name)
        except Unknown:
            continue
        if symbols.agrees(tree, counts):
            return tree
    return symbols.ask("count", counts)


def _argument(rows: Sequence[Sequence[Call]], index: int, unifier: Unifier) -> Keyword:
    """One argument of the part: what the first is given, and more by a step for each after it."""
    first = rows[0][0].args[index]
    assert isinstance(first, Keyword)
    values: list[list[Any]] = [[_value(call.args[index]) for call in row] for row in rows]
    starts = [row[0] for row in values]
    base = _tree(unifier, first.name, starts)
    if all(each == row[0] for row in values for each in row):
        return _shown(first, base)
    if not all(type(each) is int for row in values for each in row):
        raise Unknown
    steps = [row[1] - row[0] if len(row) > 1 else None for row in values]
    if any(
        each != row[0] + (step or 0) * number
        for row, step in zip(values, steps, strict=True)
        for number, each in enumerate(row)
    ):
        raise Unknown
    step = _tree(unifier, f"{first.name}_step", steps)
    return _shown(first, binary("+", base, binary("*", step, Name(INDEX))))


def _value(argument: object) -> object:
    return single(argument.value) if isinstance(argument, Keyword) else argument


def _shown(keyword: Keyword, tree: Tree) -> Keyword:
    shown = tree.value if isinstance(tree, Const) else tree
    return Keyword(keyword.name, shown, single(keyword.default), keyword.positional)


def _tree(unifier: Unifier, name: str, values: Sequence[object]) -> Tree:
    symbols = unifier.symbols
    known = [each for each in values if each is not None]
    if len(set(known)) == 1 and len(known) == len(values):
        return Const(known[0])
    candidates = [symbols.incoming] if symbols.incoming is not None else []
    call = symbols.calls[0]
    for parameter in call.declared.parameters if call and call.declared else ():
        try:
            candidates.append(symbols.name(parameter.name))
        except Unknown:
            continue
    for tree in candidates:
        if symbols.agrees(tree, values):
            return symbols.use(tree)
    if len(set(known)) == 1:
        return Const(known[0])
    return symbols.use(symbols.ask(name, values))


def leaving(loop: Loop, part: Tree | None) -> Tree | None:
    """The channels that leave the last part."""
    if part is None:
        return None
    last = binary("-", loop.count, Const(1))
    given: dict[str, Tree] = {}
    for argument in loop.module.args:
        if isinstance(argument, Keyword):
            value = argument.value
            tree: Tree = value if isinstance(value, Tree) else Const(value)
            given[argument.name] = _at(tree, last)
    try:
        return put(part, given)
    except Unknown:
        return None


def _at(tree: Tree, index: Tree) -> Tree:
    return put(tree, {**{each: Name(each) for each in names(tree)}, INDEX: index})
