"""For each layer the nearest layer through which all that flows into it has gone.

It is the immediate dominator; in a graph without circles that of a merge is the lowest common
ancestor of its inputs in the tree of dominators (Cooper, Harvey, Kennedy, A simple, fast dominance
algorithm, 2001), found here with jump pointers (Myers, An applicative random-access stack, 1983).
"""

from __future__ import annotations

from collections.abc import Sequence

ROOT = -1


def forks(inputs: Sequence[Sequence[int]]) -> list[int]:
    """`inputs`: for each node, in an order in which they can be computed, what flows into it. ROOT
    stands above all nodes. Takes O(log n) steps for each input."""
    tree = _Tree()
    for node, sources in enumerate(inputs):
        above = sources[0] if sources else ROOT
        for source in sources[1:]:
            above = tree.common(above, source)
        tree.add(node, above)
    return tree.parents


class _Tree:
    """Nodes from 0 up; each knows its parent and one node further up to jump to."""

    def __init__(self) -> None:
        self.parents: list[int] = []
        self._depths: list[int] = []
        self._jumps: list[int] = []

    def add(self, node: int, parent: int) -> None:
        self.parents.append(parent)
        if parent == ROOT:
            self._depths.append(1)
            self._jumps.append(ROOT)
            return
        jump = self._jumps[parent]
        further = self._jump(jump)
        is_regular = self._depth(parent) - self._depth(jump) == self._depth(jump) - self._depth(
            further
        )
        self._depths.append(self._depth(parent) + 1)
        self._jumps.append(further if is_regular else parent)

    def common(self, one: int, other: int) -> int:
        if self._depth(one) < self._depth(other):
            one, other = other, one
        while self._depth(one) > self._depth(other):
            jump = self._jump(one)
            one = jump if self._depth(jump) >= self._depth(other) else self.parents[one]
        while one != other:
            jumps = self._jump(one), self._jump(other)
            far = jumps[0] != jumps[1]
            one, other = jumps if far else (self.parents[one], self.parents[other])
        return one

    def _depth(self, node: int) -> int:
        return 0 if node == ROOT else self._depths[node]

    def _jump(self, node: int) -> int:
        return ROOT if node == ROOT else self._jumps[node]
