"""Names for the values of a graph, so that the code of a network reads as if written by hand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from heapq import heappop, heappush

from backends.identifiers import Names, identifier
from compiler.graph import Graph


def needed(graph: Graph, *, train: bool) -> set[int]:
    """The nodes that the outputs need: without those of training, or with them."""
    return graph.needed(output for output in graph.outputs if train or not output.train)


def name_values(
    graph: Graph,
    reserved: Collection[str] = (),
    inputs: Mapping[int, str] | None = None,
    scope: str | None = None,
) -> dict[int, str]:
    """The variable that holds the value of each node; nodes that no output needs have none.

    A chain keeps one name, `x`. A value that is computed while its source stays alive is `branch1`,
    `branch2`, …; a merge goes back to `x` where `x` is free. Values of training outputs carry the
    output's name. Names of inputs and outputs keep clear of `reserved`; those that are given as
    `inputs` do so already, and an `x` among them is overwritten as that of a single input is.
    With a `scope`, the values to which the program's block there gives names have these.
    """
    every, inference = needed(graph, train=True), needed(graph, train=False)
    order = [node for node in graph if node in every]
    readers = {node: len(set(graph.consumers(node)) & every) for node in order}
    for output in graph.outputs:
        readers[output.node] += 1
    given = {**_given(graph, order, inference, reserved), **(inputs or {})}
    several = graph.sources() if len(graph.sources()) > 1 else []
    kept = {node for node in several if given[node] != "x"}
    if scope is not None:
        called = _called(graph, scope, (*reserved, *given.values()))
        given.update((node, called[node]) for node in called.keys() - given.keys() & inference)
        kept |= called.keys() & given.keys() - set(graph.sources())
    pool = _Pool(given[node] for node in order if node not in inference)
    names: dict[int, str] = {}
    for node in order:
        dying = []
        for source in dict.fromkeys(graph.inputs(node)):
            readers[source] -= 1
            if source in kept:
                continue
            if readers[source] == 0 and (node in inference) == (source in inference):
                dying.append(names[source])
            elif readers[source] == 0:
                pool.give(names[source])
        if node in given and node in inference:
            names[node] = given[node]
            if given[node] == "x":
                pool.take_x()
            for name in dying:
                pool.give(name)
            continue
        merges = len(set(graph.inputs(node))) > 1
        if node not in inference:
            names[node] = dying[0] if dying else pool.take_given(given[node])
        elif dying and not (merges and "x" not in dying):
            names[node] = "x" if "x" in dying else dying[0]
        elif dying and not pool.take_x():
            names[node] = dying[0]
        else:
            names[node] = "x" if dying else pool.take()
        for name in dying:
            if name != names[node]:
                pool.give(name)
    return names


def _given(
    graph: Graph, order: list[int], inference: set[int], reserved: Collection[str]
) -> dict[int, str]:
    """Names that do not come from the pool: of inputs, and of what only training needs."""
    inputs = graph.sources()
    taken = Names()
    if len(inputs) == 1:
        names = {inputs[0]: taken.take("x")}
    else:
        names = {
            node: taken.take(_clear(_input_path(graph[node].path, number), reserved))
            for number, node in enumerate(inputs, start=1)
        }
    for output in graph.outputs:
        if output.train and output.node not in inference:
            names.setdefault(output.node, taken.take(_clear(output.name, reserved)))
    for node in reversed(order):
        if node not in inference and node not in names:
            names[node] = names[next(each for each in graph.consumers(node) if each in names)]
    return names


def _called(graph: Graph, scope: str, reserved: Collection[str]) -> dict[int, str]:
    """What the program calls values, those of the pool's names and of inputs aside."""
    taken, found = Names(reserved), dict[int, str]()
    for node in graph:
        names = [name for where, name in graph[node].values if where == scope]
        if names and graph[node].op.inputs != "none" and _clear(names[0], ()) == names[0]:
            found[node] = taken.take(identifier(names[0], reserved))
    return found


def _input_path(path: str, number: int) -> str:
    """An input is called after its label, or else `input1`, `input2`, …"""
    return f"input{number}" if path.rpartition(".")[2].isdigit() else path


def _clear(path: str, reserved: Collection[str]) -> str:
    """An identifier that is not one of the pool's."""
    name = identifier(path, reserved)
    return f"{name}_" if re.fullmatch(r"x|branch\d+", name) else name


class _Pool:
    """`x`, `branch1`, `branch2`, …, the smallest free one first."""

    def __init__(self, given: Iterable[str]) -> None:
        self._free: list[int] = []
        self._next = 0
        self._given = set(given)

    def take(self) -> str:
        if self._free:
            number = heappop(self._free)
        else:
            number = self._next
            self._next += 1
        return f"branch{number}" if number else "x"

    def take_x(self) -> bool:
        """Takes `x` if it is free."""
        if self._next and self._free[:1] != [0]:
            return False
        self.take()
        return True

    def take_given(self, name: str) -> str:
        """Takes the name that was given to a training output, or another where it is in use."""
        if name not in self._given:
            return self.take()
        self._given.remove(name)
        return name

    def give(self, name: str) -> None:
        if name == "x":
            heappush(self._free, 0)
        elif re.fullmatch(r"branch\d+", name):
            heappush(self._free, int(name.removeprefix("branch")))
