"""What acts in training and is the identity at inference, and the identity itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from compiler.arguments import number
from compiler.op import Kept, Op
from compiler.volume import Volume


def _mask(p: float, values: int) -> Kept:
    """What is multiplied with; where all is dropped, a single zero."""
    return Kept(values=values if 0 < p < 1 else 0, constants=int(p == 1))


@dataclass(frozen=True)
class Dropout(Op):
    """Drops each value with chance p in training, and scales the rest (Srivastava et al., 2014)."""

    name: ClassVar[str] = "DROPOUT"
    identity_at_inference: ClassVar[bool] = True
    in_place: ClassVar[bool] = True
    p: float = number(0.5, low=0.0, high=1.0)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        return _mask(self.p, output.values)

    def passes_on(self, inputs: tuple[Volume, ...]) -> bool:
        return self.p == 0


@dataclass(frozen=True)
class Dropout2d(Op):
    """Drops whole channels with chance p in training (Tompson et al., 2015)."""

    name: ClassVar[str] = "DROPOUT2D"
    identity_at_inference: ClassVar[bool] = True
    in_place: ClassVar[bool] = True
    p: float = number(0.5, low=0.0, high=1.0)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        return _mask(self.p, output.c)

    def passes_on(self, inputs: tuple[Volume, ...]) -> bool:
        return self.p == 0


@dataclass(frozen=True)
class DropPath(Op):
    """Drops the whole value of an image with chance p in training, and scales the rest: the branch
    of a residual block (Huang et al., Deep networks with stochastic depth, 2016)."""

    name: ClassVar[str] = "DROP_PATH"
    identity_at_inference: ClassVar[bool] = True
    in_place: ClassVar[bool] = True
    p: float = number(low=0.0, high=1.0)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """What each image is multiplied with."""
        return Kept(values=int(self.p > 0))

    def passes_on(self, inputs: tuple[Volume, ...]) -> bool:
        return self.p == 0


@dataclass(frozen=True)
class Identity(Op):
    """What flows in flows out: the shortcut of a residual block."""

    name: ClassVar[str] = "ID"
    identity_at_inference: ClassVar[bool] = True
    in_place: ClassVar[bool] = True

    def passes_on(self, inputs: tuple[Volume, ...]) -> bool:
        return True
