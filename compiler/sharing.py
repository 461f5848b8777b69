"""Which values lie in one buffer, and from when to when each buffer is held."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.graph import Graph
from compiler.op import Op
from compiler.ops.merge import Concat
from compiler.volume import Volume

# The steps back through which a CONCAT may hold its buffer. It keeps the work linear in the layers.
WINDOW = 2_000


@dataclass(frozen=True, slots=True)
class Step:
    """A layer's turn: the steps that make what it reads, and the last step that reads its value."""

    op: Op
    volume: Volume
    inputs: tuple[int, ...]
    last: int


@dataclass(slots=True)
class Held:
    """A buffer of `size` values, held from step `first` to step `last`, both included.

    `given`: the caller's, which no layer may overwrite. `reshaped`: values in it are read as
    another volume, for which they must lie side by side.
    """

    size: int
    first: int
    last: int
    given: bool = False
    reshaped: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lies: the number of its buffer, and its first channel there."""

    buffer: int
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Sharing:
    """`places` and `live` are by step; `live`: values held while the layer runs.

    `least`: the most that were held at once, had each branch of a CONCAT taken its own slice only.
    """

    buffers: tuple[Held, ...]
    places: tuple[Place, ...]
    live: tuple[int, ...]
    least: int


def steps(graph: Graph) -> tuple[Step, ...]:
    """The layers in the graph's order; an output is read after the last of them."""
    turn = {node: step for step, node in enumerate(graph)}
    last = list(range(len(turn)))
    inputs = [tuple(turn[source] for source in graph.inputs(node)) for node in turn]
    for step, sources in enumerate(inputs):
        for source in sources:
            last[source] = step
    for output in graph.outputs:
        last[turn[output.node]] = len(turn)
    payloads = [graph[node] for node in turn]
    return tuple(
        Step(payload.op, payload.shape, sources, end)
        for payload, sources, end in zip(payloads, inputs, last, strict=True)
    )


def share(sequence: tuple[Step, ...], bound: int | None = None) -> Sharing:
    """One way to share: views and what works in place take the buffer of what flows in.

    The branches of a CONCAT are written into slices of its buffer, so that nothing is copied, where
    no more than `bound` values are then held; without a bound wherever it is legal.
    """
    sharing = _Sharing(sequence, bound)
    for step in range(len(sequence)):
        sharing.take(step)
    return sharing.result()


class _Sharing:
    def __init__(self, sequence: tuple[Step, ...], bound: int | None) -> None:
        self._steps = sequence
        self._bound = bound
        self._held: list[Held] = []
        self._parents: list[Place] = []  # itself, or the later buffer of which it became a slice
        self._places: list[int] = []  # each value's first buffer
        self._live: list[int] = []
        self._now = sum(each.volume.values for each in sequence if each.op.inputs == "none")
        self._least = 0

    def take(self, step: int) -> None:
        """Gives a layer's value its place."""
        each = self._steps[step]
        source = self._shared(step)
        if source is None:
            self._places.append(self._new(step))
        else:
            buffer = self._buffer(source)
            buffer.last = max(buffer.last, each.last)
            buffer.reshaped |= each.volume != self._steps[source].volume
            self._places.append(self._places[source])
        self._live.append(self._now)
        self._least = max(self._least, self._now)
        for root in {self._root(value) for value in (step, *each.inputs)}:
            if self._held[root].last == step:
                self._now -= self._held[root].size

    def result(self) -> Sharing:
        numbers: dict[int, int] = {}
        for buffer in range(len(self._held)):
            if self._parents[buffer].buffer == buffer:
                numbers[buffer] = len(numbers)
        outer = (self._outermost(buffer) for buffer in self._places)
        places = tuple(Place(numbers[place.buffer], place.channel) for place in outer)
        buffers = tuple(self._held[buffer] for buffer in numbers)
        return Sharing(buffers, places, tuple(self._live), self._least)

    def _shared(self, step: int) -> int | None:
        """The step whose buffer the layer takes over, if there is one."""
        each = self._steps[step]
        volumes = tuple(self._steps[source].volume for source in each.inputs)
        if len(each.inputs) == 1:
            (source,) = each.inputs
            same = each.op.identity_at_inference or each.op.is_identity(volumes)
            if same or (each.op.is_view and volumes == (each.volume,)):
                return source
            if each.op.is_view:
                return source if self._fills(source) else None
            return source if each.op.in_place and self._free(source, step) else None
        if each.op.accumulates:
            roots = [self._root(source) for source in each.inputs]
            for source, root, volume in zip(each.inputs, roots, volumes, strict=True):
                alone = roots.count(root) == 1 and volume == each.volume
                if alone and self._free(source, step):
                    return source
        return None

    def _new(self, step: int) -> int:
        each = self._steps[step]
        given = each.op.inputs == "none"
        size = each.volume.values
        number = len(self._held)
        held = Held(size, 0 if given else step, each.last, given)
        self._held.append(held)
        self._parents.append(Place(number))
        self._now += 0 if given else size
        if isinstance(each.op, Concat):
            slices = self._slices(step)
            if self._affordable(step, size, list(slices)):
                for inner, channel in slices.items():
                    self._parents[inner] = Place(number, channel)
                    self._now -= self._held[inner].size
                    held.first = min(held.first, self._held[inner].first)
                    held.last = max(held.last, self._held[inner].last)
        return number

    def _slices(self, step: int) -> dict[int, int]:
        """The buffers that may become slices of a CONCAT's, each with its first channel there."""
        found: dict[int, int] = {}
        channel = 0
        for source in self._steps[step].inputs:
            buffer = self._buffer(source)
            if self._fills(source) and not buffer.given and not buffer.reshaped:
                found.setdefault(self._root(source), channel)
            channel += self._steps[source].volume.c
        return found

    def _affordable(self, step: int, size: int, inner: list[int]) -> bool:
        """Whether the whole of a CONCAT's buffer can be held from its first slice on.

        If so, `live` says it.
        """
        if self._bound is None or not inner:
            return True
        starts = sorted((self._held[each].first, self._held[each].size) for each in inner)
        first = starts[0][0]
        if step - first > WINDOW:
            return False
        extra = []
        unwritten = size
        for turn in range(first, step):
            while starts and starts[0][0] <= turn:
                unwritten -= starts.pop(0)[1]
            extra.append(self._live[turn] + unwritten)
        if max(extra, default=0) > self._bound:
            return False
        self._live[first:step] = extra
        return True

    def _root(self, value: int) -> int:
        """The buffer in which a value lies now."""
        return self._outermost(self._places[value]).buffer

    def _buffer(self, value: int) -> Held:
        return self._held[self._root(value)]

    def _outermost(self, buffer: int) -> Place:
        """The last of the buffers around one, with the channel there; shortens the way to it."""
        way = []
        while self._parents[buffer].buffer != buffer:
            way.append(buffer)
            buffer = self._parents[buffer].buffer
        channel = 0
        for inner in reversed(way):
            channel += self._parents[inner].channel
            self._parents[inner] = Place(buffer, channel)
        return Place(buffer, channel)

    def _fills(self, value: int) -> bool:
        return self._steps[value].volume.values == self._buffer(value).size

    def _free(self, value: int, step: int) -> bool:
        """Whether a layer may overwrite what it reads."""
        buffer = self._buffer(value)
        return self._fills(value) and not buffer.given and buffer.last == step
