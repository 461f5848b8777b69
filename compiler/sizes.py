"""Which sizes of image a network takes besides the one it was written for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from compiler.graph import Graph
from compiler.lengths import IMAGE, Lengths, Rests, Rule, Steps
from compiler.op import Op, Reach, ShapeError
from compiler.ops.convolution import Conv, DepthwiseConv
from compiler.ops.fused import Fused
from compiler.ops.merge import Add
from compiler.ops.padded import is_poolable
from compiler.ops.pooling import AdaptiveAvgPool, AvgPool, GlobalAvgPool, MaxPool
from compiler.volume import Volume

LONGEST = 4096
MOST_RUNS = 3
MOST_WORK = 4_000_000  # numbers in tables, so that no program keeps the compiler busy


@dataclass(frozen=True, slots=True)
class Sizes:
    """Heights and widths, each with each. `whole`: those of them at which no window leaves rows or
    columns out because sizes are rounded down; None where there are none."""

    height: Lengths
    width: Lengths
    whole: tuple[Lengths, Lengths] | None

    def __contains__(self, size: tuple[int, int]) -> bool:
        return size[0] in self.height and size[1] in self.width

    def __str__(self) -> str:
        """`height and width 16 or more, multiples of 16`."""
        return _both(self.height, self.width)

    @property
    def rounding(self) -> str:
        """Where windows leave nothing out; "" where that is everywhere."""
        if self.whole == (self.height, self.width):
            return ""
        if self.whole is None:
            return "some window leaves rows or columns out at each of them"
        return f"no window leaves rows or columns out at {_both(*self.whole)}"


def _both(height: Lengths, width: Lengths) -> str:
    if height == width:
        return f"height and width {height}"
    return f"height {height}; width {width}"


def sizes(graph: Graph) -> Sizes | None:
    """The sizes that the layers take as they were made for the program's: with the same weights,
    paddings and merges. None: that size alone.

    So it is where there are several inputs; where a layer needs one size (FC, FLATTEN, RESHAPE
    before a global or adaptive pool); where a map of one size meets one that depends on the image's
    in a merge (1x1 in ADD and MUL aside, which is spread); and where the sizes that fit repeat only
    after more than LONGEST, lie in more than MOST_RUNS runs, or are found only with MOST_WORK.
    """
    if len(graph.sources()) != 1:
        return None
    (source,) = graph.sources()
    needed = graph.needed(graph.outputs)
    axes = _Axes()
    known: dict[int, _Size] = {}
    try:
        for node in filter(needed.__contains__, graph):
            given = [known[each] for each in graph.inputs(node)]
            if node == source:
                known[node] = (IMAGE, IMAGE)
            else:
                known[node] = axes.size(graph[node].op, graph.input_shapes(node), given)
        return axes.result(graph[source].shape)
    except _OneSizeAlone:
        return None


_Size = tuple[Steps, Steps] | None  # None: it does not depend on the image's


class _OneSizeAlone(Exception):
    pass


@dataclass
class _Axes:
    """Height and width, which do not depend on each other."""

    height: _Axis = field(default_factory=lambda: _Axis())
    width: _Axis = field(default_factory=lambda: _Axis())
    rules: dict[tuple[Op, Volume], tuple[Rule, Rule]] = field(default_factory=dict)

    def size(self, op: Op, volumes: tuple[Volume, ...], given: list[_Size]) -> _Size:
        """How a layer's size depends on the image's."""
        if isinstance(op, Fused):
            own = len(op.of_first(volumes))
            size, shape = self.size(op.first, volumes[:own], given[:own]), op.shape(volumes)
            # ADD, MUL and MAX ask the same of values of one volume.
            for volume, other in zip(volumes[own:], given[own:], strict=True):
                size = self.size(Add(), (shape, volume), [size, other])
            return size
        if isinstance(op, GlobalAvgPool | AdaptiveAvgPool) or not any(given):
            return None
        if op.inputs == "merge":
            return self.merge(op, volumes, op.shape(volumes), given)
        return self.layer(op, volumes[0], given[0])

    def layer(self, op: Op, volume: Volume, given: _Size) -> _Size:
        assert given is not None
        if (op, volume) not in self.rules:
            self.rules[op, volume] = _rules(op, volume)
        high, wide = self.rules[op, volume]
        return self.height.through(given[0], high), self.width.through(given[1], wide)

    def merge(
        self, op: Op, volumes: tuple[Volume, ...], output: Volume, given: list[_Size]
    ) -> _Size:
        """All branches that depend on the image's size stay equally large; others are 1x1."""
        pairs = list(zip(volumes, given, strict=True))
        free = [(volume, size) for volume, size in pairs if size is not None]
        spread = [volume for volume, size in pairs if size is None]
        if op.name in ("ADD", "MUL"):
            whole = any(volume.c == output.c for volume, _ in free)
            if not whole or any(volume != Volume(1, 1, output.c) for volume in spread):
                raise _OneSizeAlone
        elif spread:
            raise _OneSizeAlone
        if any(volume.spatial != output.spatial for volume, _ in free):
            raise _OneSizeAlone
        (_, (high, wide)), *others = free
        for _, (tall, broad) in others:
            self.height.join(high, tall)
            self.width.join(wide, broad)
        return high, wide

    def result(self, image: Volume) -> Sizes:
        height, tall = self.height.lengths(image.h)
        width, broad = self.width.lengths(image.w)
        return Sizes(height, width, (tall, broad) if tall and broad else None)


@dataclass
class _Axis:
    """What the layers so far ask of one axis."""

    rests: Rests = field(default_factory=Rests)
    bounds: dict[tuple[Steps, int], None] = field(default_factory=dict)
    wholes: dict[tuple[Steps, Rule], None] = field(default_factory=dict)
    after: dict[tuple[Steps, Rule], Steps] = field(default_factory=dict)
    work: int = 0

    def through(self, before: Steps, rule: Rule) -> Steps:
        if rule.keeps:
            return before
        if (before, rule) not in self.after:
            self.after[before, rule] = self._through(before, rule)
        return self.after[before, rule]

    def _through(self, before: Steps, rule: Rule) -> Steps:
        self._spend(rule.period(before))
        if rule.least > 1:
            self.bounds[before, rule.least] = None
        if None in rule.values:
            self._keep(self.rests, before, rule, [value is not None for value in rule.values])
        if not all(rule.whole):
            self.wholes[before, rule] = None
        return rule.after(before)

    def join(self, first: Steps, other: Steps) -> None:
        """Keeps the sizes at which two branches agree. Where one grows faster than the other they
        agree at a few sizes at most."""
        if first == other:
            return
        if first.gain * other.every != other.gain * first.every:
            raise _OneSizeAlone
        every = lcm(first.every, other.every)
        self._spend(lcm(every, self.rests.every))
        self.rests.keep(every, lambda n: first(n) == other(n))

    def lengths(self, length: int) -> tuple[Lengths, Lengths | None]:
        """What is taken, the program's `length` among it, and of that what leaves nothing out."""
        rests = self.rests
        firsts = [
            steps.first_from(needed, rests.every, rests.taken) for steps, needed in self.bounds
        ]
        least = max(firsts, default=1)
        taken = rests.lengths(least)
        if taken is None or length not in taken or len(taken.rests) > MOST_RUNS:
            raise _OneSizeAlone
        whole = rests.copy()
        for before, rule in self.wholes:
            self._keep(whole, before, rule, rule.whole)
        return taken, whole.lengths(least)

    def _keep(self, rests: Rests, before: Steps, rule: Rule, flags: Sequence[bool]) -> None:
        """Takes only where the flag of the length's rest is set."""
        every = rule.period(before)
        self._spend(lcm(every, rests.every))
        rests.keep(every, lambda n: flags[rule.rest(before(n))])

    def _spend(self, period: int) -> None:
        self.work += period
        if period > LONGEST or self.work > MOST_WORK:
            raise _OneSizeAlone


def _rules(op: Op, volume: Volume) -> tuple[Rule, Rule]:
    """From the operator's own shape rule, and from how far its windows are apart."""
    reach = op.reach((volume,))
    if reach is not None:
        high, wide = (_rule(op, volume, axis, reach[axis]) for axis in (0, 1))
        return high, wide
    high, wide = (_rule(op, volume, axis, None) for axis in (0, 1))
    if _takes(op, volume, high.least, wide.least):
        return high, wide
    # It needs several values, whether beside or below each other: of the axes that have some.
    high, wide = _several(high), _several(wide)
    if not _takes(op, volume, high.least, wide.least):
        raise _OneSizeAlone
    return high, wide


def _takes(op: Op, volume: Volume, h: int, w: int) -> bool:
    try:
        op.shape((Volume(h, w, volume.c, volume.flat),))
    except ShapeError:
        return False
    return True


def _rule(op: Op, volume: Volume, axis: int, reach: Reach | None) -> Rule:
    stride = reach.stride if reach else Fraction(1)
    start, step, gain = volume.spatial[axis], stride.numerator, stride.denominator
    made = _made(op, volume, axis, start)
    values = [_along(op, volume, axis, start + rest, made) for rest in range(step)]
    first = values[0]
    if first is None or _along(op, volume, axis, start + step, made) != first + gain:
        raise _OneSizeAlone
    least = 1
    whole = []
    for rest, value in enumerate(values):
        if value is not None:
            least = max(least, _least(op, volume, axis, start + rest, step, made) - step + 1)
        last = start + rest - 1
        seen = _last_seen(reach, value) if reach and value is not None and step > 1 else last
        whole.append(seen >= last)
    return Rule(start, step, gain, tuple(values), least, tuple(whole))


def _several(rule: Rule) -> Rule:
    least = max(rule.least, min(rule.start, 2))
    return Rule(rule.start, rule.step, rule.gain, rule.values, least, rule.whole)


def _last_seen(reach: Reach, output: int) -> Fraction:
    """The last row or column that a window covers. Gaps between windows are meant."""
    size = max(Fraction(reach.size), reach.stride)
    return (output - 1) * reach.stride + size - 1 - reach.near


def _least(op: Op, volume: Volume, axis: int, start: int, step: int, made: object) -> int:
    """The least length of start, start - step, … that the operator takes."""
    low, high = 0, (start - 1) // step  # of the steps down, `low` many are known to fit
    if _along(op, volume, axis, start - high * step, made) is not None:
        return start - high * step
    while low < high:
        middle = (low + high + 1) // 2
        if _along(op, volume, axis, start - middle * step, made) is None:
            high = middle - 1
        else:
            low = middle
    return start - low * step


def _along(op: Op, volume: Volume, axis: int, length: int, made: object) -> int | None:
    """What becomes of a length; None where it does not fit what was made for the program's."""
    try:
        if _made(op, volume, axis, length) != made:
            return None
        return op.shape((_resized(volume, axis, length),)).spatial[axis]
    except ShapeError:
        return None


def _made(op: Op, volume: Volume, axis: int, length: int) -> object:
    """What generated code holds that depends on the size: weights, channels, paddings."""
    resized = _resized(volume, axis, length)
    fixed = op.weights((resized,)), op.shape((resized,)).c
    if not isinstance(op, Conv | DepthwiseConv | MaxPool | AvgPool):
        return fixed
    around = op.sides(resized)
    is_ceil = not isinstance(op, DepthwiseConv) and op.round == "ceil"
    if is_ceil and (isinstance(op, Conv) or not is_poolable(around, op.k)):
        return fixed, around, length % op.stride[axis]
    return fixed, around


def _resized(volume: Volume, axis: int, length: int) -> Volume:
    h, w = (length, volume.w) if axis == 0 else (volume.h, length)
    return Volume(h, w, volume.c, volume.flat)
