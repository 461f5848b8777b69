"""Convolutions and pooling. What PyTorch cannot pad by itself is padded before it."""

from __future__ import annotations

from backends.torch.printing import Call, Expr, Keyword
from backends.torch.site import Site, Step, Steps, keywords, lift, positional, unless
from compiler.arguments import Sides, Window
from compiler.op import Op
from compiler.ops.convolution import Conv, DepthwiseConv, TransposedConv
from compiler.ops.pooling import AdaptiveAvgPool, AvgPool, MaxPool
from compiler.windows import extent


def conv(site: Site[Conv]) -> Steps:
    op, sides = site.op, site.op.sides(site.volume)
    if op.round == "ceil":
        sides = _fitted(site, sides, op.k, op.stride, op.dilation)
    return _conv(site, op, op.out, op.groups, sides)


def depthwise(site: Site[DepthwiseConv]) -> Steps:
    op, channels = site.op, site.volume.c
    return _conv(site, op, channels * op.multiplier, channels, op.sides(site.volume))


def _conv(site: Site[Op], op: Conv | DepthwiseConv, out: int, groups: int, sides: Sides) -> Steps:
    even = _even(sides)
    arguments = keywords(
        kernel_size=op.k,
        stride=unless((1, 1), op.stride),
        padding=unless((0, 0), (sides[0], sides[2])) if even else None,
        dilation=unless((1, 1), op.dilation),
        groups=unless(1, groups),
        bias=unless(True, op.bias or site.fold is not None),
    )
    channels = positional(in_channels=site.volume.c, out_channels=out)
    layer = Call("nn.Conv2d", (*channels, *arguments))
    before = () if even else _pad("nn.ZeroPad2d", sides, ())
    return (*lift(site.volume), *before, Step(layer, None))


def transposed(site: Site[TransposedConv]) -> Steps:
    op = site.op
    arguments = keywords(
        kernel_size=op.k,
        stride=unless((1, 1), op.stride),
        padding=unless((0, 0), op.pad),
        output_padding=unless((0, 0), op.out_pad),
        groups=unless(1, op.groups),
        bias=unless(True, op.bias or site.fold is not None),
    )
    channels = positional(in_channels=site.volume.c, out_channels=op.out)
    layer = Call("nn.ConvTranspose2d", (*channels, *arguments))
    return (*lift(site.volume), Step(layer, None))


def max_pool(site: Site[MaxPool]) -> Steps:
    before, arguments = _max_arguments(site)
    module = Call("nn.MaxPool2d", arguments)
    pool = Step(module, lambda x: Call("F.max_pool2d", (x, *arguments)))
    return (*lift(site.volume), *before, pool)


def min_pool(site: Site[MaxPool]) -> Steps:
    """The least value is the largest of the negated ones, negated."""
    before, arguments = _max_arguments(site)
    negate = Step(None, lambda x: f"-{x}", "negated")
    pool = Step(None, lambda x: Call("-F.max_pool2d", (x, *arguments)))
    return (*lift(site.volume), negate, *before, pool)


def _max_arguments(site: Site[MaxPool]) -> tuple[Steps, tuple[Keyword, ...]]:
    """The padding with -inf that goes before, and the arguments."""
    op, sides = site.op, site.op.sides(site.volume)
    native = _native(sides, op.k)
    if not native and op.round == "ceil":
        sides = _fitted(site, sides, op.k, op.stride, op.dilation)
    arguments = keywords(
        kernel_size=op.k,
        stride=op.stride,
        padding=unless((0, 0), (sides[0], sides[2])) if native else None,
        dilation=unless((1, 1), op.dilation),
        ceil_mode=unless(False, native and op.round == "ceil"),
    )
    infinite = 'float("-inf")'
    return () if native else _pad("nn.ConstantPad2d", sides, (infinite,)), arguments


def avg_pool(site: Site[AvgPool]) -> Steps:
    op, sides = site.op, site.op.sides(site.volume)
    native = _native(sides, op.k)
    arguments = keywords(
        kernel_size=op.k,
        stride=op.stride,
        padding=unless((0, 0), (sides[0], sides[2])) if native else None,
        ceil_mode=unless(False, native and op.round == "ceil"),
        count_include_pad=unless(True, op.count_pad or not native or not any(sides)),
    )
    pool = Step(Call("nn.AvgPool2d", arguments), lambda x: Call("F.avg_pool2d", (x, *arguments)))
    if native:
        return (*lift(site.volume), pool)
    wide = _fitted(site, sides, op.k, op.stride, (1, 1)) if op.round == "ceil" else sides
    if op.count_pad and wide == sides:
        return (*lift(site.volume), *_pad("nn.ZeroPad2d", sides, ()), pool)
    counted = sides if op.count_pad else (0, 0, 0, 0)
    beyond = (0, wide[1] - sides[1], 0, wide[3] - sides[3]) if op.count_pad else wide
    paddings = keywords(counted=_order(counted), uncounted=_order(beyond))
    uneven = keywords(kernel_size=op.k, stride=op.stride)
    return (
        *lift(site.volume),
        Step(None, lambda x: Call("padded_avg_pool2d", (x, *uneven, *paddings))),
    )


def global_pool(module: str, function: str, site: Site[Op]) -> Steps:
    pool = Step(Call(module, ("1",)), lambda x: Call(function, (x, "1")))
    return (*lift(site.volume), pool)


def adaptive_pool(module: str, function: str, site: Site[AdaptiveAvgPool]) -> Steps:
    size = repr(site.op.size)
    pool = Step(Call(module, (size,)), lambda x: Call(function, (x, size)))
    return (*lift(site.volume), pool)


def _even(sides: Sides) -> bool:
    return sides[0] == sides[1] and sides[2] == sides[3]


def _native(sides: Sides, k: Window) -> bool:
    """Whether PyTorch's pooling takes the padding: even, and half of the window at most."""
    return _even(sides) and 2 * sides[0] <= k[0] and 2 * sides[2] <= k[1]


def _fitted(site: Site[Op], sides: Sides, k: Window, stride: Window, dilation: Window) -> Sides:
    """Padding whose far ends make floor count the windows that ceil has."""
    top, bottom, left, right = sides
    far = []
    for axis, (near, end) in enumerate(((top, bottom), (left, right))):
        size, out = site.volume.spatial[axis], site.output.spatial[axis]
        span = extent(k[axis], dilation[axis])
        counted = (size + near + end - span) // stride[axis] + 1
        needed = (out - 1) * stride[axis] + span - size - near
        far.append(end if counted == out else needed)
    return top, far[0], left, far[1]


def _order(sides: Sides) -> Sides:
    """PyTorch names the sides of the last axis first."""
    top, bottom, left, right = sides
    return left, right, top, bottom


def _pad(module: str, sides: Sides, value: tuple[str, ...]) -> Steps:
    order = repr(_order(sides))
    fill = tuple(f"value={each}" for each in value)

    def function(x: Expr) -> Expr:
        return Call("F.pad", (x, order, *fill))

    return (Step(Call(module, (order, *value)), function, "pad"),)
