"""Which layers the emitted code holds as modules: tools that hook modules see those alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from backends.torch.containers import Container, Leaf, containers, row
from backends.torch.network import look_at
from backends.torch.structure.classes import BlockClass
from backends.torch.structure.structure import structure
from compiler.check import CheckedGraph


def held(checked: CheckedGraph, *, structured: bool) -> frozenset[str]:
    """The paths of all modules for inference; what a program has beyond them is called as a
    function in `forward`. Raises CnnError where the program has names that PyTorch cannot have."""
    network = look_at(checked.graph, train=False)
    if not structured:
        return frozenset(_paths("", containers(network).attributes))
    whole, blocks = structure(network, ())
    found = set(_paths("", containers(whole).attributes))
    for block in blocks:
        for number, path in enumerate(block.uses):
            found |= {f"{path}.{inner}" for inner in _of_use(block, number)}
    return frozenset(found)


def _of_use(block: BlockClass, number: int) -> Iterator[str]:
    """The modules of one object of a class, which may lack some."""
    if block.loop:
        graph = block.aligned.bodies[number].graph
        return (graph[node].path for node in graph if graph[node].op.inputs != "none")

    def is_there(node: int) -> bool:
        return block.aligned.uses[node][number] is not None

    whole = row(block.network)
    items = whole.children if whole else containers(block.network).attributes
    return _paths("", items, is_there, is_row=whole is not None)


def _paths(
    prefix: str,
    items: Iterable[tuple[str, Leaf | Container]],
    is_there: Callable[[int], bool] = lambda node: True,
    is_row: bool = False,
) -> Iterator[str]:
    """`is_row`: the labels count what is there."""
    present = [(label, item) for label, item in items if _is_any(item, is_there)]
    for number, (label, item) in enumerate(present):
        path = f"{prefix}{number if is_row else label}"
        yield path
        if isinstance(item, Container):
            counted = item.kind == "nn.Sequential" and not item.keys
            yield from _paths(f"{path}.", item.children, is_there, counted)


def _is_any(item: Leaf | Container, is_there: Callable[[int], bool]) -> bool:
    if isinstance(item, Leaf):
        return is_there(item.node)
    return any(_is_any(child, is_there) for _, child in item.children)
