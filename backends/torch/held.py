"""Which layers the emitted code holds as modules: tools that hook modules see those alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backends.torch.containers import Container, Leaf, containers
from backends.torch.network import look_at
from compiler.check import CheckedGraph


def held(checked: CheckedGraph) -> frozenset[str]:
    """The paths of all modules for inference; what a program has beyond them is called as a
    function in `forward`. Raises CnnError where the program has names that PyTorch cannot have."""
    return frozenset(_paths("", containers(look_at(checked.graph, train=False)).attributes))


def _paths(prefix: str, items: Iterable[tuple[str, Leaf | Container]]) -> Iterator[str]:
    for label, item in items:
        yield prefix + label
        if isinstance(item, Container):
            yield from _paths(f"{prefix}{label}.", item.children)
