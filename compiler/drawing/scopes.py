"""Graph to parts within parts: a layer `layer1.0.conv1` lies in `layer1.0`, which lies in `layer1`.

A scope is drawn only where that is true and says something: one with a single member gives way to
that member, and one that a value leaves and enters again gives way to its members.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

from compiler.drawing import labels
from compiler.drawing.boxes import Boxes, boxes
from compiler.drawing.part import OUTSIDE, Part, Wire
from compiler.drawing.runs import Item, runs
from compiler.graph import Graph, Node

DEEPEST = 40  # scopes within scopes; what is nested deeper is drawn in the last of them


def parts(graph: Graph) -> Part:
    """The network, with all that it holds: `fold` makes a picture of it that can be read."""
    return _Builder(graph, boxes(graph)).network()


@dataclass(frozen=True, slots=True)
class _Group:
    """Boxes that share the first `depth` names of their scopes; a box alone where `depth` is 0."""

    depth: int
    members: tuple[int, ...]


class _Builder:
    def __init__(self, graph: Graph, boxes: Boxes) -> None:
        self.graph = graph
        self.boxes = boxes
        self.scopes = [tuple(self._head(box).path.split(".")[:-1][:DEEPEST]) for box in self._all()]
        self.keys: dict[object, int] = {}

    def _all(self) -> range:
        return range(len(self.boxes.nodes))

    def _head(self, box: int) -> Node:
        return self.graph[self.boxes.nodes[box][0]]

    def network(self) -> Part:
        item = self._scope("", 0, tuple(self._all()))
        return replace(item.part, name=self.graph.name, kind="net")

    def _scope(self, path: str, depth: int, members: tuple[int, ...]) -> Item:
        items = []
        for group in self._groups(members, depth):
            if not group.depth:
                items.append(self._box(group.members[0]))
                continue
            inner = ".".join(self.scopes[group.members[0]][: group.depth])
            items.append(self._scope(inner, group.depth, group.members))
        inside = set(members)
        gives = tuple(
            box for box in members if any(each not in inside for each in self.boxes.readers[box])
        )
        items = runs(items, set(gives), self._key)
        if path and len(items) == 1:
            return _raised(items[0], path, _block(self._head(items[0].first), path))
        return self._assembled(path, items, gives)

    def _groups(self, members: tuple[int, ...], depth: int) -> list[_Group]:
        """The scopes and boxes right within a scope, in computing order."""
        groups = self._split(members, depth)
        while True:
            order = self._order(groups)
            if len(order) == len(groups):
                return [groups[each] for each in order]
            untangled = set(order) | set(self._order(groups, backwards=True))
            groups = [
                piece
                for index, group in enumerate(groups)
                for piece in (
                    [group]
                    if index in untangled or not group.depth
                    else self._split(group.members, group.depth)
                )
            ]

    def _split(self, members: Iterable[int], depth: int) -> list[_Group]:
        found: dict[object, list[int]] = {}
        for box in members:
            deeper = len(self.scopes[box]) > depth
            found.setdefault(self.scopes[box][depth] if deeper else box, []).append(box)
        return [
            _Group(0 if isinstance(name, int) else depth + 1, tuple(each))
            for name, each in found.items()
        ]

    def _order(self, groups: list[_Group], backwards: bool = False) -> list[int]:
        """An order in which the groups can be computed, as written where that can be; or what of
        it can be ordered from one end, where groups feed one another in a circle."""
        owner = {box: index for index, group in enumerate(groups) for box in group.members}
        follow = self.boxes.sources if backwards else self.boxes.readers
        after = [
            {owner[each] for box in group.members for each in follow[box] if each in owner}
            - {index}
            for index, group in enumerate(groups)
        ]
        waiting = [0] * len(groups)
        for targets in after:
            for target in targets:
                waiting[target] += 1
        ready = [index for index, count in enumerate(waiting) if not count]
        heapify(ready)
        order = []
        while ready:
            index = heappop(ready)
            order.append(index)
            for target in after[index]:
                waiting[target] -= 1
                if not waiting[target]:
                    heappush(ready, target)
        return order

    def _box(self, box: int) -> Item:
        nodes = self.boxes.nodes[box]
        head, *joined = (self.graph[node] for node in nodes)
        last = self.graph[nodes[-1]]
        part = Part(
            path=head.path,
            name=head.path,
            kind=labels.kind(head.op),
            call=labels.call(head.op),
            written=str(head.op),
            joined=tuple(each.op.name for each in joined),
            volume=last.shape,
            last=last.shape,
            members=tuple(self.graph[node].path for node in nodes),
            count=1,
            layers=len(nodes),
            parameters=sum(
                each.size
                for node in nodes
                for each in self.graph.weights(node)
                if each.role != "buffer"
            ),
            macs=sum(
                self.graph[node].op.macs(self.graph.input_shapes(node), self.graph[node].shape)
                for node in nodes
            ),
            entries=len(self.boxes.sources[box]),
            exits=1,
            outputs=self.boxes.outputs[box],
        )
        key = (
            tuple((self.graph[node].op, self.graph[node].shape.spatial) for node in nodes),
            len(self.boxes.sources[box]),
            bool(part.outputs),
        )
        return Item(part, box, self._key(key), self.boxes.sources[box], (box,))

    def _key(self, content: object) -> int:
        """A number for what is equal: small, so that what holds it is compared at once."""
        return self.keys.setdefault(content, len(self.keys))

    def _assembled(self, path: str, items: list[Item], gives: tuple[int, ...]) -> Item:
        home = {
            box: (index, exit)
            for index, item in enumerate(items)
            for exit, box in enumerate(item.gives)
        }
        takes = tuple(
            dict.fromkeys(source for item in items for source in item.takes if source not in home)
        )
        home.update({box: (OUTSIDE, entry) for entry, box in enumerate(takes)})
        wires = [
            Wire(*home[source], target, entry)
            for target, item in enumerate(items)
            for entry, source in enumerate(item.takes)
        ]
        wires += [Wire(*home[box], OUTSIDE, exit) for exit, box in enumerate(gives)]
        block = _block(self._head(items[0].first), path)
        final = items[home[gives[-1]][0]] if gives else items[-1]
        inner = tuple(replace(item.part, name=_within(item.part, path)) for item in items)
        part = Part(
            path=path,
            name=path,
            kind="block" if block else "group",
            call=block,
            written=block,
            joined=(),
            volume=final.part.last,
            last=final.part.last,
            members=(path,),
            count=1,
            layers=sum(each.layers for each in inner),
            parameters=sum(each.parameters for each in inner),
            macs=sum(each.macs for each in inner),
            entries=len(takes),
            exits=len(gives),
            outputs=tuple(name for each in inner for name in each.outputs),
            items=inner,
            wires=tuple(wires),
        )
        key = self._key((block, tuple(item.key for item in items), part.wires))
        return Item(part, items[0].first, key, takes, gives)


def _raised(item: Item, path: str, block: str) -> Item:
    """The single member of a scope in its place; a scope or a run is called after the outer."""
    part = item.part
    if not part.items:
        return item
    call = part.call if part.count > 1 else block or part.call
    kind = "block" if call else part.kind
    around = block if part.count > 1 else ""
    raised = replace(part, path=path, name=path, call=call, kind=kind, around=around)
    return replace(item, part=raised)


def _block(node: Node, path: str) -> str:
    """The innermost block whose call opened the scope; "" where a mere label did."""
    return next((call.block for call in reversed(node.calls) if call.scope == path), "")


def _within(part: Part, path: str) -> str:
    if part.name != part.path:  # a run, `1 … 35`, whose name says two places
        ends = part.name.split(" … ")
        return " … ".join(_cut(each, path) for each in ends)
    return _cut(part.path, path)


def _cut(name: str, path: str) -> str:
    return name.removeprefix(f"{path}.") if path else name
