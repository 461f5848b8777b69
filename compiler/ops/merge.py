"""Merges of branches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compiler.op import Kept, Op, ShapeError
from compiler.volume import Volume


@dataclass(frozen=True)
class Concat(Op):
    """The channels of all branches, one after another."""

    name: ClassVar[str] = "CONCAT"
    inputs: ClassVar[Literal["none", "one", "merge"]] = "merge"

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        if len({volume.spatial for volume in inputs}) > 1:
            title = "the branches of CONCAT differ in height or width"
            mend = "only their channels may differ"
            raise ShapeError("E0302", title, mend, at_inputs=True)
        first = inputs[0]
        flat = all(volume.flat for volume in inputs)
        return Volume(first.h, first.w, sum(volume.c for volume in inputs), flat)


def _equal(name: str, inputs: tuple[Volume, ...]) -> Volume:
    if len(set(inputs)) > 1:
        title = f"the branches of {name} do not agree"
        raise ShapeError("E0302", title, _projection(inputs), at_inputs=True)
    return Volume(*inputs[0].spatial, inputs[0].c, all(volume.flat for volume in inputs))


def _broadcast(name: str, inputs: tuple[Volume, ...]) -> Volume:
    """The largest branch; 1x1xC and HxWx1 spread over it."""
    h, w, c = (max(sizes) for sizes in zip(*((v.h, v.w, v.c) for v in inputs), strict=True))
    spreads = {Volume(h, w, c), Volume(1, 1, c), Volume(h, w, 1)}
    if not spreads.issuperset(inputs) or Volume(h, w, c) not in inputs:
        return _equal(name, inputs)
    return Volume(h, w, c, all(volume.flat for volume in inputs))


def _projection(inputs: tuple[Volume, ...]) -> str:
    """The 1x1 convolution that makes one of two branches like the other."""
    if len(inputs) != 2:
        return ""
    small, large = sorted(inputs, key=lambda volume: volume.spatial)
    if small.spatial == (1, 1) != large.spatial:
        return f"1x1x{large.c} would be spread over {large}"
    steps = {-(-large.h // small.h), -(-large.w // small.w)}
    if len(steps) > 1 or -(-large.h // max(steps)) != small.h:
        return "a convolution of stride 1 keeps height and width with pad=half"
    (step,) = steps
    wanted = small if step > 1 else inputs[0]
    stride = f", stride={step}" if step > 1 else ""
    return f"a projection makes them agree: CONV({wanted.c}, 1{stride})"


@dataclass(frozen=True)
class Add(Op):
    """The sum of the branches; 1x1xC and HxWx1 are broadcast."""

    name: ClassVar[str] = "ADD"
    inputs: ClassVar[Literal["none", "one", "merge"]] = "merge"
    accumulates: ClassVar[bool] = True

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        return _broadcast(self.name, inputs)


@dataclass(frozen=True)
class Mul(Op):
    """The product of the branches; 1x1xC and HxWx1 are broadcast."""

    name: ClassVar[str] = "MUL"
    inputs: ClassVar[Literal["none", "one", "merge"]] = "merge"
    accumulates: ClassVar[bool] = True

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        return _broadcast(self.name, inputs)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """Multiplied one after another; a factor is kept where a gradient flows into the other."""
        factors = set[int]()
        values, product, flows = 0, inputs[0], learns[0]
        for index in range(1, len(inputs)):
            if flows:
                factors.add(index)
            if learns[index] and index == 1:
                factors.add(0)
            elif learns[index]:
                values += product.values
            product = _broadcast(self.name, (product, inputs[index]))
            flows = flows or learns[index]
        return Kept(inputs=tuple(sorted(factors)), values=values)


@dataclass(frozen=True)
class Max(Op):
    """The largest of the branches, value by value (maxout)."""

    name: ClassVar[str] = "MAX"
    inputs: ClassVar[Literal["none", "one", "merge"]] = "merge"
    accumulates: ClassVar[bool] = True

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        return _equal(self.name, inputs)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """Two are compared as they are; more are stacked, and the stack is kept."""
        if len(inputs) == 2:
            return Kept(inputs=(0, 1))
        return Kept(output=True, values=len(inputs) * output.values)
