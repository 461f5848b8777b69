"""What moves, takes or spreads values, and preprocessing of images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from backends.torch.printing import Call, Expr
from backends.torch.site import Site, Step, Steps, keywords, lift, positional
from compiler.arguments import Sides
from compiler.ops.arrangement import Crop, Pad, PixelShuffle, Shuffle, Slice, Upsample
from compiler.ops.image import Hog, Normalize

MOST_SHARES = 8  # into how many parts code would divide channels rather than count them
PADDINGS = {
    "zeros": "nn.ZeroPad2d",
    "reflect": "nn.ReflectionPad2d",
    "replicate": "nn.ReplicationPad2d",
}


def unless_identity(layer: Callable[[Site[Any]], Steps]) -> Callable[[Site[Any]], Steps]:
    """The layer, or nothing where its values pass unchanged."""

    def steps(site: Site[Any]) -> Steps:
        if site.op.is_identity(site.inputs):
            return (Step(Call("nn.Identity", ()), lambda x: x),)
        return (*lift(site.volume), *layer(site))

    return steps


def channels(site: Site[Slice]) -> Steps:
    first, last = site.op.from_, site.op.to
    part = f"[:, {first or ''}:{'' if last == site.volume.c else last}]"
    return (Step(None, lambda x: f"{x}{part}"),)


def share(sites: Sequence[tuple[Slice, int]]) -> Callable[..., Expr] | None:
    """Slices of different numbers of channels that take the same half, third, ... of them."""
    parts = {(Fraction(op.from_, c), Fraction(op.to, c)) for op, c in sites}
    if len(parts) != 1:
        return None
    first, last = parts.pop()
    if first.denominator > MOST_SHARES or last.denominator > MOST_SHARES:
        return None

    def function(x: Expr) -> Expr:
        ends = (_part(x, first) if first else "", _part(x, last) if last != 1 else "")
        return f"{x}[:, {ends[0]}{' ' * bool(ends[0])}:{' ' * bool(ends[1])}{ends[1]}]"

    return function


def _part(x: Expr, part: Fraction) -> str:
    times = "" if part.numerator == 1 else f"{part.numerator} * "
    return f"{times}{x}.shape[1] // {part.denominator}"


@unless_identity
def shuffle(site: Site[Shuffle]) -> Steps:
    groups = str(site.op.groups)
    module = Call("nn.ChannelShuffle", (groups,))
    return (Step(module, lambda x: Call("torch.channel_shuffle", (x, groups))),)


@unless_identity
def pad(site: Site[Pad]) -> Steps:
    return _pad(site.op.sides, site.op.mode)


@unless_identity
def crop(site: Site[Crop]) -> Steps:
    """Negative padding, which copies: what is cut away need not be kept."""
    top, bottom, left, right = site.op.sides
    return _pad((-top, -bottom, -left, -right), "zeros")


def _pad(sides: Sides, mode: str) -> Steps:
    top, bottom, left, right = sides
    order = repr((left, right, top, bottom))  # PyTorch names the sides of the last axis first
    fill = () if mode == "zeros" else (f'mode="{mode}"',)
    around = positional(padding=top if len({*sides}) == 1 else (left, right, top, bottom))
    return (Step(Call(PADDINGS[mode], around), lambda x: Call("F.pad", (x, order, *fill))),)


@unless_identity
def upsample(site: Site[Upsample]) -> Steps:
    op = site.op
    mode = () if op.mode == "nearest" else (f'mode="{op.mode}"',)
    how = (*keywords(scale_factor=op.factor), *mode)
    return (Step(Call("nn.Upsample", how), lambda x: Call("F.interpolate", (x, *how))),)


@unless_identity
def pixel_shuffle(site: Site[PixelShuffle]) -> Steps:
    factor = str(site.op.factor)
    module = Call("nn.PixelShuffle", (factor,))
    return (Step(module, lambda x: Call("F.pixel_shuffle", (x, factor))),)


def normalize(site: Site[Normalize]) -> Steps:
    numbers = (_numbers("mean", site.op.mean), _numbers("std", site.op.std))
    return (Step(Call("Normalize", numbers), None),)


def _numbers(name: str, values: tuple[float, ...]) -> Expr:
    if len(values) == 1:
        return f"{name}={values!r}"
    return Call(f"{name}=", tuple(map(repr, values)))


def hog(site: Site[Hog]) -> Steps:
    op = site.op
    sizes = (f"cell={op.cell!r}", f"block={op.block!r}", f"bins={op.bins}")
    module = Call("Hog", sizes)
    return (*lift(site.volume), Step(module, lambda x: Call("hog", (x, *sizes))))
