"""What acts in training and is the identity at inference, and the identity itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from compiler.arguments import number
from compiler.op import Op


@dataclass(frozen=True)
class Dropout(Op):
    """Drops each value with chance p in training, and scales the rest (Srivastava et al., 2014)."""

    name: ClassVar[str] = "DROPOUT"
    identity_at_inference: ClassVar[bool] = True
    in_place: ClassVar[bool] = True
    p: float = number(0.5, low=0.0, high=1.0)


@dataclass(frozen=True)
class Dropout2d(Op):
    """Drops whole channels with chance p in training (Tompson et al., 2015)."""

    name: ClassVar[str] = "DROPOUT2D"
    identity_at_inference: ClassVar[bool] = True
    in_place: ClassVar[bool] = True
    p: float = number(0.5, low=0.0, high=1.0)


@dataclass(frozen=True)
class Identity(Op):
    """What flows in flows out: the shortcut of a residual block."""

    name: ClassVar[str] = "ID"
    identity_at_inference: ClassVar[bool] = True
    in_place: ClassVar[bool] = True
