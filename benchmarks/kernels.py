"""The cost model of convolutions beside this machine: its constants, and what its choices lose.

python -m benchmarks.kernels [--constants] [--layers] [NET ...]

Constants: each is measured by itself on one core, in turns, minima; beside it what the model has
(backends/numpy/kernels/fast/choosing.py). They were fitted to whole layers, in which memory and the
other lane take part, so that a factor of 1.5 is no reason to change one: what the layers lose is.

Layers: real ones, one image, two lanes, ReLU behind them, weights and values out of the cache. For
each algorithm that a layer may take milliseconds, and in brackets the model's. `lost`: the time of
the model's algorithm over that of the fastest, and over that of the fastest of all tiles, blocks
and divisions that `tune=True` tries.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import exp, log
from typing import NamedTuple

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy's BLAS is loaded

import numpy as np

from backends.numpy.fast.algorithm import square_of
from backends.numpy.kernels.fast import choosing
from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.choosing import Recipe
from backends.numpy.kernels.fast.finishing import relu_into
from backends.numpy.kernels.fast.products import SMALL
from backends.numpy.layers.convolution import (
    BY_COLUMNS,
    Convolution,
    SquareConvolution,
)
from backends.numpy.layers.sharing import best_share
from backends.numpy.runtime.lanes import Lanes, Stage
from backends.numpy.runtime.planner import Value
from backends.numpy.runtime.store import Store
from backends.numpy.runtime.trials import Case, fastest, sites_of
from benchmarks._timing import interleaved, print_table
from cnnc.benching.machine import machine
from compiler.volume import Volume

ROUNDS = 15
AGAIN = 20
LANES = 2


class Shape(NamedTuple):
    """A convolution: `side` of its square maps, channels, window, stride, channels that it makes.

    It pads by half of its window.
    """

    net: str
    side: int
    inputs: int
    window: int
    stride: int
    outputs: int

    def __str__(self) -> str:
        apart = f"/{self.stride}" if self.stride > 1 else ""
        window = f"{self.window}x{self.window}{apart}"
        return f"{self.net} {self.side}x{self.side}x{self.inputs} {window} {self.outputs}"


SHAPES = (
    Shape("AlexNet", 224, 3, 11, 4, 64),
    Shape("AlexNet", 27, 64, 5, 1, 192),
    Shape("AlexNet", 13, 192, 3, 1, 384),
    Shape("AlexNet", 13, 256, 3, 1, 256),
    Shape("VGG16", 224, 3, 3, 1, 64),
    Shape("VGG16", 224, 64, 3, 1, 64),
    Shape("VGG16", 112, 128, 3, 1, 128),
    Shape("VGG16", 56, 256, 3, 1, 256),
    Shape("VGG16", 28, 512, 3, 1, 512),
    Shape("VGG16", 14, 512, 3, 1, 512),
    Shape("ResNet18", 224, 3, 7, 2, 64),
    Shape("ResNet18", 56, 64, 3, 1, 64),
    Shape("ResNet18", 56, 64, 3, 2, 128),
    Shape("ResNet18", 28, 128, 3, 1, 128),
    Shape("ResNet18", 28, 128, 3, 2, 256),
    Shape("ResNet18", 14, 256, 3, 1, 256),
    Shape("ResNet18", 14, 256, 3, 2, 512),
    Shape("ResNet18", 7, 512, 3, 1, 512),
    Shape("ResNet50", 56, 64, 1, 1, 256),
    Shape("ResNet50", 56, 256, 1, 1, 64),
    Shape("ResNet50", 56, 256, 1, 2, 512),
    Shape("ResNet50", 28, 512, 1, 1, 128),
    Shape("ResNet50", 14, 1024, 1, 1, 256),
    Shape("ResNet50", 14, 256, 1, 1, 1024),
    Shape("ResNet50", 7, 2048, 1, 1, 512),
    Shape("GoogLeNet", 56, 64, 3, 1, 192),
    Shape("GoogLeNet", 28, 96, 3, 1, 128),
    Shape("GoogLeNet", 28, 192, 1, 1, 64),
    Shape("GoogLeNet", 14, 32, 3, 1, 128),
    Shape("GoogLeNet", 14, 112, 3, 1, 224),
    Shape("GoogLeNet", 14, 512, 1, 1, 160),
    Shape("GoogLeNet", 7, 192, 3, 1, 384),
    Shape("MobileNetV2", 112, 32, 1, 1, 16),
    Shape("MobileNetV2", 112, 16, 1, 1, 96),
    Shape("MobileNetV2", 28, 32, 1, 1, 192),
    Shape("MobileNetV2", 14, 384, 1, 1, 64),
    Shape("MobileNetV2", 7, 320, 1, 1, 1280),
    Shape("SqueezeNet", 55, 16, 3, 1, 64),
    Shape("SqueezeNet", 55, 16, 1, 1, 64),
    Shape("SqueezeNet", 27, 32, 3, 1, 128),
    Shape("SqueezeNet", 13, 48, 3, 1, 192),
    Shape("SqueezeNet", 13, 64, 3, 1, 256),
)


def surroundings(shape: Shape) -> tuple[Case, Convolution | SquareConvolution]:
    """One image on two lanes, and the layer in the form that may take every algorithm."""
    edge = shape.window // 2
    padding = (edge, edge, edge, edge)
    plain = (shape.window, shape.stride) == (3, 1) and min(shape.inputs, shape.outputs) >= 32
    layer: Convolution | SquareConvolution = (
        SquareConvolution("c", padding, 4)
        if plain
        else Convolution("c", (shape.stride, shape.stride), padding)
    )
    noise = np.random.default_rng(0)
    kernel = (shape.outputs, shape.inputs, shape.window, shape.window)
    bound = np.float32(np.sqrt(2 / np.prod(kernel[1:])))
    weights = Store(
        {
            "c.weight": noise.standard_normal(kernel, np.float32) * bound,
            "c.bias": noise.standard_normal(shape.outputs, np.float32),
        },
        whole=True,
    )
    source = Value(shape.side, shape.side, shape.inputs, 0, 0, 0)
    target = Value(*layer.volume([source], weights.shapes), 1, 0, 1)
    channels = (shape.inputs, shape.outputs)
    case = Case([source], target, [relu_into], weights, channels, 1, LANES, False, False)
    return case, layer


def predicted(layer: Convolution | SquareConvolution, case: Case) -> float:
    """What the model says of the slowest lane."""
    site = sites_of(case, layer.halo(case.sources[0], case.target, case.weights.shapes))[0]
    shape = case.weights.shapes["c.weight"]
    if isinstance(layer, SquareConvolution):
        squares = best_share(
            site, layer.units, partial(layer.estimate, site, shape[1]), layer.recipe
        )
        return squares[2] if squares else 0.0
    columns = best_share(site, BY_COLUMNS, partial(layer.estimate, site, shape), layer.recipe)
    return columns[2] if columns else 0.0


class Result(NamedTuple):
    """By algorithm (0: columns, else the side of the squares) seconds of the model's recipe and
    what it says; the model's algorithm, and the fastest recipe of all."""

    times: dict[int, tuple[float, float]]
    chosen: int
    best: float

    @property
    def lost(self) -> tuple[float, float]:
        own = self.times[self.chosen][0]
        return own / min(time for time, _ in self.times.values()), own / self.best


def compared(shape: Shape) -> Result:
    case, layer = surroundings(shape)
    site = sites_of(case, layer.halo(case.sources[0], case.target, case.weights.shapes))[0]
    recipes: Sequence[Recipe] = layer.recipes(site)
    squares = sorted({recipe.square for recipe in recipes})
    usual = [
        layer.made_by(next(each for each in recipes if each.square == square)) for square in squares
    ]
    others = [layer.made_by(each) for each in recipes]
    models = [predicted(each, case) for each in usual]
    times = fastest([*usual, *others], case)
    found = dict(zip(squares, zip(times, models, strict=False), strict=True))
    return Result(found, emitted(case, layer), min(times))


def emitted(case: Case, layer: Convolution | SquareConvolution) -> int:
    """What the compiler writes into a module."""
    if isinstance(layer, Convolution):
        return 0
    source, target = (
        Volume(each.height, each.width, each.channels) for each in (case.sources[0], case.target)
    )
    return square_of(source, target, len(case.then))


def layer_rows(shapes: Sequence[Shape]) -> Iterator[tuple[str, ...]]:
    names = {0: "columns", 2: "squares of 2", 4: "squares of 4"}
    results = [(shape, compared(shape)) for shape in shapes]
    for shape, result in results:
        cells = (
            f"{ms(result.times[square][0])} ({ms(result.times[square][1])})"
            if square in result.times
            else ""
            for square in names
        )
        lost = (f"{each:.2f}" for each in result.lost)
        yield (str(shape), *cells, names[result.chosen], *lost)
    for title, number in (("geometric mean", mean), ("worst", max)):
        lost = (f"{number([result.lost[each] for _, result in results]):.2f}" for each in (0, 1))
        yield (title, "", "", "", "", *lost)
    off = mean([time / model for _, result in results for time, model in result.times.values()])
    yield (f"measured / model: {off:.2f}", *[""] * 6)


def ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f}"


def mean(values: Sequence[float]) -> float:
    return exp(sum(map(log, values)) / len(values))


class Probe(NamedTuple):
    """`action` takes a time of which `found` makes the constant, in `unit`; `has`: the model's."""

    name: str
    unit: str
    has: float
    action: Callable[[], object]
    found: Callable[[float], float]


def probes() -> Iterator[Probe]:
    yield call_probe()
    yield product_probe()
    yield bandwidth_probe()
    yield copy_probe("MOVED", choosing.MOVED, 28, 128, 3)
    yield copy_probe("SCATTERED", choosing.SCATTERED, 56, 3, 7)
    values = np.full((448, 128), 0.5, np.float32)
    out = np.empty_like(values)
    passing = again(partial(np.maximum, values, np.float32(0), out=out))
    yield Probe("PASSED", "ns", choosing.PASSED * 1e9, passing, partial(ns, AGAIN * values.size))
    for size in (
        *((196, 64, 64), (98, 128, 64), (49, 256, 64), (24, 576, 64), (12, 1152, 64)),
        *((256, 64, 32), (256, 64, 16), (49, 512, 32), (16, 512, 64)),
        *((3136, 576, 64), (784, 1152, 128), (196, 2304, 256), (49, 4608, 512)),
    ):
        yield rate_probe(*size)


def again(call: Call) -> Callable[[], None]:
    """So often that the first, which finds the caches full of others' values, tells little."""

    def run() -> None:
        for _ in range(AGAIN):
            call()

    return run


def ns(number: int, seconds: float) -> float:
    return seconds * 1e9 / number


def call_probe() -> Probe:
    """On each lane, both at once; with the arithmetic, which the model's has too."""
    number, size = 1000, (192, 64, 64)
    work: list[list[Call]] = []
    for _ in range(LANES):
        left, right = np.ones(size[:2], np.float32), np.ones(size[1:], np.float32)
        work.append([partial(np.matmul, left, right, np.empty_like(left))] * number)
    return Probe(
        "CALL, and 192 x 64 by 64 x 64",
        "us",
        (choosing.CALL + arithmetic(*size)) * 1e6,
        Lanes([Stage(tuple(work))]).run,
        lambda took: took * 1e6 / number,
    )


def product_probe() -> Probe:
    number, size = 4096, (8, 16, 16)
    left, right = np.ones((number, *size[:2]), np.float32), np.ones(size[1:], np.float32)
    out = np.empty_like(left)
    return Probe(
        "PRODUCT, and 8 x 16 by 16 x 16",
        "us",
        (choosing.PRODUCT + arithmetic(*size)) * 1e6,
        again(partial(np.matmul, left, right, out)),
        lambda took: took * 1e6 / AGAIN / number,
    )


def arithmetic(rows: int, depth: int, block: int) -> float:
    """Seconds, by the model."""
    return 2 * rows * depth * block / choosing.rate(rows, depth, block) / 1e9


def bandwidth_probe() -> Probe:
    """A matrix by a vector, 128 MB on each lane."""
    matrix, vector = np.ones((LANES, 2048, 16384), np.float32), np.ones(16384, np.float32)
    out = np.empty((LANES, 2048), np.float32)
    work = tuple(
        [partial(np.matmul, each, vector, to)] for each, to in zip(matrix, out, strict=True)
    )
    return Probe(
        "BANDWIDTH",
        "GB/s",
        choosing.BANDWIDTH / 1e9,
        Lanes([Stage(work)]).run,
        lambda took: matrix.nbytes / took / 1e9,
    )


def copy_probe(name: str, has: float, side: int, channels: int, window: int) -> Probe:
    """Windows, of stride 1, to columns: a tile that stays in the second cache."""
    source = np.ones((side + window - 1, side + window - 1, channels), np.float32)
    seen = np.lib.stride_tricks.sliding_window_view(source, (window, window), (0, 1))
    seen = seen.transpose(0, 1, 3, 4, 2)[:7]
    out = np.empty(seen.shape, np.float32)
    copying = again(partial(np.copyto, out, seen))
    return Probe(name, "ns", has * 1e9, copying, partial(ns, AGAIN * seen.size))


def rate_probe(rows: int, depth: int, block: int) -> Probe:
    """As a layer does it: runs of small products, with PRODUCT for each, or one large one."""
    small = rows * depth * block <= SMALL
    number = max(1, 2048 // rows) if small else 1
    left = np.full((number, rows, depth), 0.5, np.float32)
    right = np.full((depth, block), 0.5, np.float32)
    out = np.empty((number, rows, block), np.float32)
    flops = 2 * rows * depth * block
    model = arithmetic(rows, depth, block) + (choosing.PRODUCT if small else 0.0)
    return Probe(
        f"{rows} x {depth} by {depth} x {block}",
        "GFLOP/s",
        flops / model / 1e9,
        again(partial(np.matmul, left, right, out)),
        lambda took: flops * number * AGAIN / took / 1e9,
    )


def square_rows() -> Iterator[tuple[str, ...]]:
    """What transforms take, call by call: of 56 x 56 x 64 to 64, and of 14 x 14 x 256 to 256."""
    for square, side, channels in ((4, 56, 64), (2, 14, 256)):
        into, out = transforms(Shape("", side, channels, 3, 1, channels), square)
        has = choosing.TRANSFORMS[square + 2]
        for name, found, model in (("into", into, has[0]), ("out of", out, has[1])):
            title = f"{name} a square of {square}, a channel"
            yield constant_row(title, model * 1e9, found * 1e9, "ns")


def transforms(shape: Shape, square: int) -> tuple[float, float]:
    case, layer = surroundings(shape)
    layer = SquareConvolution("c", (1, 1, 1, 1), square)
    case = case._replace(lanes=1, then=[])
    halo = layer.halo(case.sources[0], case.target, case.weights.shapes)
    calls = layer.calls(sites_of(case, halo)[0])
    times = interleaved({str(number): call for number, call in enumerate(calls)}, ROUNDS)
    into = out = 0.0
    multiplied = False
    for call, each in zip(calls, times.values(), strict=True):
        assert isinstance(call, partial)
        if call.func is np.matmul and call.args[0].ndim == 4:
            multiplied = True
            continue
        if call.func is np.matmul and call.args[1].ndim == 4:  # the next tile's first
            multiplied = False
        if multiplied:
            out += min(each)
        else:
            into += min(each)
    count = (-(-shape.side // square)) ** 2
    return into / (count * shape.inputs), out / (count * shape.outputs)


def constant_rows() -> Iterator[tuple[str, ...]]:
    found = {probe.name: probe for probe in probes()}
    times = interleaved({name: probe.action for name, probe in found.items()}, ROUNDS)
    for name, probe in found.items():
        yield constant_row(name, probe.has, probe.found(min(times[name])), probe.unit)


def constant_row(name: str, has: float, found: float, unit: str) -> tuple[str, ...]:
    return name, f"{has:.3g}", f"{found:.3g}", unit, f"{found / has:.2f}"


def main() -> None:
    options = argparse.ArgumentParser(description="The cost model of convolutions, here.")
    options.add_argument("nets", nargs="*", metavar="NET", help="layers of these networks alone")
    options.add_argument("--constants", action="store_true", help="constants alone")
    options.add_argument("--layers", action="store_true", help="layers alone")
    given = options.parse_args()
    nets = list(dict.fromkeys(shape.net for shape in SHAPES))
    if not set(nets) >= set(given.nets):
        options.error(f"the networks are {', '.join(nets)}")
    print(machine())
    if not given.layers:
        print(f"\nconstants, {ROUNDS} rounds, minima")
        titles = ("constant", "model", "here", "unit", "here / model")
        print_table(titles, [*constant_rows(), *square_rows()])
    if not given.constants:
        shapes = [each for each in SHAPES if each.net in (given.nets or nets)]
        print(f"\nlayers, {LANES} lanes, minima in ms (the model's)")
        header = (
            *("layer", "columns", "squares of 2", "squares of 4", "the model's choice"),
            *("lost", "lost of all"),
        )
        print_table(header, list(layer_rows(shapes)))


if __name__ == "__main__":
    main()
