"""What the table of operators is given of a layer, and what it gives: steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from backends.torch.printing import Call, Expr, Keyword
from compiler.graph import Fold
from compiler.op import Op
from compiler.volume import Volume

O_co = TypeVar("O_co", bound=Op, covariant=True)


@dataclass(frozen=True)
class Site(Generic[O_co]):
    """A layer and the volumes around it.

    `in_place`: what flows in was made by a convolution, batch norm or FC and is read here alone.
    `channels_last`: the form for inference, whose values lie so in memory; `fresh` is an input of
    an ADD there that may be overwritten.
    """

    op: O_co
    inputs: tuple[Volume, ...]
    output: Volume
    fold: Fold | None = None
    in_place: bool = False
    channels_last: bool = False
    fresh: int | None = None

    @property
    def volume(self) -> Volume:
        return self.inputs[0]


@dataclass(frozen=True)
class Step:
    """One call. A layer has one, and more where PyTorch wants padding or another rank before it.

    `module`: the expression that makes an nn.Module, None where there is no such module.
    `function`: the same as an expression of its inputs, None where the layer has weights.
    `name` tells the steps of a layer apart; its own is "".
    """

    module: Call | None
    function: Callable[..., Expr] | None
    name: str = ""
    shape: Volume | None = field(default=None, compare=False)


Steps = tuple[Step, ...]


def flatten(volume: Volume) -> Steps:
    """N x C x H x W as N x C*H*W; nothing where it is flat."""
    if volume.flat:
        return ()
    flat = Volume(1, 1, volume.values, flat=True)
    return (Step(Call("nn.Flatten", ()), lambda x: Call("torch.flatten", (x, "1")), "flat", flat),)


def lift(volume: Volume) -> Steps:
    """N x C as N x C x 1 x 1; nothing where it has its axes."""
    if not volume.flat:
        return ()
    module = Call("nn.Unflatten", ("1", f"({volume.c}, 1, 1)"))
    return (Step(module, lifted, "lift", Volume(1, 1, volume.c)),)


def lifted(x: Expr) -> Expr:
    return f"{x}[:, :, None, None]"


@dataclass(frozen=True, slots=True)
class Unless:
    """A value that need not be written where it is PyTorch's default."""

    default: object
    value: object


def keywords(**values: object) -> tuple[Keyword, ...]:
    """`name=value`, those that are None left out."""
    return tuple(
        Keyword(name, value.value, value.default)
        if isinstance(value, Unless)
        else Keyword(name, value)
        for name, value in values.items()
        if value is not None
    )


def positional(**values: object) -> tuple[Keyword, ...]:
    """Values that stand without their names."""
    return tuple(Keyword(name, value, positional=True) for name, value in values.items())


def unless(default: object, value: object) -> Unless:
    return Unless(default, value)
