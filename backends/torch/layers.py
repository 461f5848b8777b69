"""One entry an operator: how PyTorch computes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

from backends.torch import arranged
from backends.torch.printing import Call, Expr, Joined, inline
from backends.torch.site import (
    Site,
    Step,
    Steps,
    flatten,
    keywords,
    lift,
    lifted,
    positional,
    unless,
)
from backends.torch.windowed import (
    adaptive_pool,
    avg_pool,
    conv,
    depthwise,
    global_pool,
    max_pool,
    min_pool,
    transposed,
)
from compiler.op import Op
from compiler.ops.activation import Elu, LeakyRelu, Prelu
from compiler.ops.linear import FullyConnected, Reshape
from compiler.ops.normalisation import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LocalResponseNorm,
    Scale,
)
from compiler.ops.regularisation import Dropout, DropPath

Layer: TypeAlias = Callable[[Site[Any]], Steps]


def activation(module: str, function: str, *arguments: Expr, site: Site[Op]) -> Steps:
    call = Call(module, arguments)
    return (Step(call, lambda x: Call(function, (x, *arguments))),)


def rectifier(module: str, function: str, site: Site[Op]) -> Steps:
    arguments = ("inplace=True",) if site.in_place else ()
    return activation(module, function, *arguments, site=site)


def plain(module: str, function: str, *arguments: Expr) -> Layer:
    return lambda site: activation(module, function, *arguments, site=site)


def leaky_relu(site: Site[LeakyRelu]) -> Steps:
    slope = keywords(negative_slope=site.op.slope)
    return activation("nn.LeakyReLU", "F.leaky_relu", *slope, site=site)


def elu(site: Site[Elu]) -> Steps:
    arguments = keywords(alpha=unless(1.0, site.op.alpha))
    return activation("nn.ELU", "F.elu", *arguments, site=site)


def prelu(site: Site[Prelu]) -> Steps:
    return (Step(Call("nn.PReLU", keywords(num_parameters=site.volume.c)), None),)


def dropout(site: Site[Dropout]) -> Steps:
    return _dropout("nn.Dropout", "F.dropout", site)


def dropout2d(site: Site[Dropout]) -> Steps:
    """A channel of a flat value is a value, which plain dropout drops."""
    return dropout(site) if site.volume.flat else _dropout("nn.Dropout2d", "F.dropout2d", site)


def _dropout(module: str, function: str, site: Site[Dropout]) -> Steps:
    p = keywords(p=site.op.p)
    call = Call(module, p)
    return (Step(call, lambda x: Call(function, (x, *p, "training=self.training"))),)


def drop_path(site: Site[DropPath]) -> Steps:
    p = keywords(p=site.op.p)
    training = "training=self.training"
    module = Call("StochasticDepth", p)
    return (Step(module, lambda x: Call("stochastic_depth", (x, *p, training))),)


def identity(site: Site[Op]) -> Steps:
    return (Step(Call("nn.Identity", ()), lambda x: x),)


def linear(site: Site[FullyConnected]) -> Steps:
    bias = keywords(bias=unless(True, site.op.bias or site.fold is not None))
    features = positional(in_features=site.volume.values, out_features=site.op.out)
    layer = Call("nn.Linear", (*features, *bias))
    return (*flatten(site.volume), Step(layer, None))


def flat(site: Site[Op]) -> Steps:
    return (Step(Call("nn.Flatten", ()), lambda x: Call("torch.flatten", (x, "1"))),)


def reshape(site: Site[Reshape]) -> Steps:
    size = f"({site.output.c}, {site.output.h}, {site.output.w})"
    module = Call("nn.Unflatten", ("1", size))
    step = Step(module, lambda x: Call("torch.unflatten", (x, "1", size)))
    return (*flatten(site.volume), step)


def batch_norm(site: Site[BatchNorm]) -> Steps:
    op = site.op
    arguments = keywords(
        eps=unless(1e-5, op.eps),
        momentum=unless(0.1, op.momentum),
        affine=unless(True, op.affine),
    )
    module = "nn.BatchNorm1d" if site.volume.flat else "nn.BatchNorm2d"
    return (Step(Call(module, (*positional(num_features=site.volume.c), *arguments)), None),)


def layer_norm(site: Site[LayerNorm]) -> Steps:
    module = "nn.LayerNorm" if site.volume.flat else "LayerNorm2d"
    arguments = keywords(
        eps=unless(1e-5, site.op.eps), elementwise_affine=unless(True, site.op.affine)
    )
    return (Step(Call(module, (*positional(num_features=site.volume.c), *arguments)), None),)


def group_norm(site: Site[GroupNorm]) -> Steps:
    op = site.op
    arguments = keywords(eps=unless(1e-5, op.eps), affine=unless(True, op.affine))
    sizes = positional(num_groups=op.groups, num_channels=site.volume.c)
    return (Step(Call("nn.GroupNorm", (*sizes, *arguments)), None),)


def instance_norm(site: Site[InstanceNorm]) -> Steps:
    arguments = keywords(eps=unless(1e-5, site.op.eps), affine=unless(False, site.op.affine))
    channels = positional(num_features=site.volume.c)
    return (Step(Call("nn.InstanceNorm2d", (*channels, *arguments)), None),)


def scale(site: Site[Scale]) -> Steps:
    init = keywords(init=unless(1.0, site.op.init))
    return (Step(Call("Scale", (*positional(channels=site.volume.c), *init)), None),)


def local_response_norm(site: Site[LocalResponseNorm]) -> Steps:
    op = site.op
    arguments = keywords(
        size=op.size,
        alpha=unless(1e-4, op.alpha),
        beta=unless(0.75, op.beta),
        k=unless(1.0, op.k),
    )
    module = Call("nn.LocalResponseNorm", arguments)
    norm = Step(module, lambda x: Call("F.local_response_norm", (x, *arguments)))
    if not site.volume.flat:
        return (norm,)
    spatial = Step(Call("nn.Flatten", ()), lambda x: Call("torch.flatten", (x, "1")), "flat")
    return (*lift(site.volume), norm, spatial)


def part(site: Site[Op]) -> Steps:
    """Stands for a module until `structure` has made its class."""
    return (Step(Call("nn.Module", ()), None),)


def concat(site: Site[Op]) -> Steps:
    return (Step(None, lambda *xs: Call("torch.cat", (Call("", _level(site, xs)), "1"))),)


def add(site: Site[Op]) -> Steps:
    """Into an input that nothing else reads, where the network is to be fast."""
    index = site.fresh
    if index is None or len(site.inputs) != 2 or len({each.flat for each in site.inputs}) != 1:
        return joined("+", site)
    return (Step(None, lambda *xs: Call(f"{xs[index]}.add_", (xs[1 - index],))),)


def gelu(site: Site[Op]) -> Steps:
    if site.channels_last and not site.volume.flat:
        module = Call("GeluChannelsLast", ())
        return (Step(module, lambda x: Call("gelu_channels_last", (x,))),)
    return activation("nn.GELU", "F.gelu", site=site)


def joined(operator: str, site: Site[Op]) -> Steps:
    return (Step(None, lambda *xs: Joined(operator, tuple(map(inline, _level(site, xs))))),)


def largest(site: Site[Op]) -> Steps:
    def function(*xs: Expr) -> Expr:
        if len(xs) == 2:
            return Call("torch.maximum", _level(site, xs))
        return Call("torch.amax", (Call("torch.stack", (Call("", _level(site, xs)),)), "dim=0"))

    return (Step(None, function),)


def _level(site: Site[Op], xs: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """The branches in one rank: flat ones lifted where others are not flat."""
    if site.output.flat:
        return xs
    pairs = zip(xs, site.inputs, strict=True)
    return tuple(lifted(x) if volume.flat else x for x, volume in pairs)


LAYERS: Mapping[str, Layer] = {
    "INPUT": lambda site: (),
    "CONV": conv,
    "DWCONV": depthwise,
    "TCONV": transposed,
    "POOL": max_pool,
    "MINPOOL": min_pool,
    "AVGPOOL": avg_pool,
    "GAP": partial(global_pool, "nn.AdaptiveAvgPool2d", "F.adaptive_avg_pool2d"),
    "GMP": partial(global_pool, "nn.AdaptiveMaxPool2d", "F.adaptive_max_pool2d"),
    "ADAPTIVE_AVGPOOL": partial(adaptive_pool, "nn.AdaptiveAvgPool2d", "F.adaptive_avg_pool2d"),
    "ADAPTIVE_MAXPOOL": partial(adaptive_pool, "nn.AdaptiveMaxPool2d", "F.adaptive_max_pool2d"),
    "FC": linear,
    "FLATTEN": flat,
    "RESHAPE": reshape,
    "BN": batch_norm,
    "LAYERNORM": layer_norm,
    "GROUPNORM": group_norm,
    "INSTANCENORM": instance_norm,
    "SCALE": scale,
    "LRN": local_response_norm,
    "RELU": partial(rectifier, "nn.ReLU", "F.relu"),
    "RELU6": partial(rectifier, "nn.ReLU6", "F.relu6"),
    "LEAKY_RELU": leaky_relu,
    "PRELU": prelu,
    "ELU": elu,
    "GELU": gelu,
    "SILU": plain("nn.SiLU", "F.silu"),
    "HARDSWISH": plain("nn.Hardswish", "F.hardswish"),
    "HARDSIGMOID": plain("nn.Hardsigmoid", "F.hardsigmoid"),
    "SIGMOID": plain("nn.Sigmoid", "torch.sigmoid"),
    "TANH": plain("nn.Tanh", "torch.tanh"),
    "SOFTPLUS": plain("nn.Softplus", "F.softplus"),
    "MISH": plain("nn.Mish", "F.mish"),
    "SOFTMAX": plain("nn.Softmax", "F.softmax", "dim=1"),
    "LOG_SOFTMAX": plain("nn.LogSoftmax", "F.log_softmax", "dim=1"),
    "DROPOUT": dropout,
    "DROPOUT2D": dropout2d,
    "DROP_PATH": drop_path,
    "CONCAT": concat,
    "ADD": add,
    "MUL": partial(joined, "*"),
    "MAX": largest,
    "SLICE": arranged.channels,
    "SHUFFLE": arranged.shuffle,
    "PAD": arranged.pad,
    "CROP": arranged.crop,
    "UPSAMPLE": arranged.upsample,
    "PIXEL_SHUFFLE": arranged.pixel_shuffle,
    "NORMALIZE": arranged.normalize,
    "HOG": arranged.hog,
    "ID": identity,
    "PART": part,
    "UNREAD": lambda site: (),
}
