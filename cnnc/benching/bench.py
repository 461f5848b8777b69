"""A network's contenders, made, compared and timed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from backends.numpy.kernels.weights import random_weights
from cnnc.benching.agreement import Difference, differences
from cnnc.benching.contender import Absent, Array, Contender, Maker, construct
from cnnc.benching.exported import onnxruntime_maker, reference_maker
from cnnc.benching.machine import Machine, machine
from cnnc.benching.names import REFERENCE
from cnnc.benching.ours import numpy_maker
from cnnc.benching.pytorch import torch_makers
from cnnc.benching.rounds import Tell, take_turns
from cnnc.benching.threads import blas_setter
from cnnc.build import instantiate
from cnnc.pipeline import Journey
from cnnc.weights import files


@dataclass(frozen=True, slots=True)
class Asked:
    """`size`: height and width of the image; None for the program's."""

    names: tuple[str, ...]
    batch: int
    rounds: int
    threads: int
    size: tuple[int, int] | None
    weights: Path | None
    seed: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A contender that took part; `times` are its seconds, round by round."""

    name: str
    what: str
    construction: float
    first_call: float
    times: tuple[float, ...]
    difference: Difference

    @property
    def minimum(self) -> float:
        return min(self.times)

    @property
    def median(self) -> float:
        return median(self.times)


@dataclass(frozen=True, slots=True)
class Bench:
    """`left_out`: the reasons, by name. `blas`: who set the threads of NumPy's BLAS."""

    net: str
    source: str
    settings: Mapping[str, str]
    asked: Asked
    shapes: tuple[tuple[int, ...], ...]
    machine: Machine
    blas: str
    entries: tuple[Entry, ...]
    left_out: Mapping[str, str]

    def ratios(self, entry: Entry) -> tuple[float, float] | None:
        """Of the minima, and the median of each round's, to PyTorch's; None without PyTorch."""
        for other in self.entries:
            if other.name == REFERENCE:
                each = [a / b for a, b in zip(entry.times, other.times, strict=False)]
                return entry.minimum / other.minimum, median(each)
        return None


def bench(journey: Journey, asked: Asked, early: bool, tell: Tell) -> Bench:
    """`early`: BLAS's threads were set before NumPy was loaded.

    Raises CnnError E0501 and E0502 for weights, E0820 where a contender computes something else.
    """
    weights, inputs = _values(journey, asked)
    makers = _makers(journey, weights, inputs, asked.threads)
    contenders: list[Contender] = []
    left_out: dict[str, str] = {}
    set_blas, blas = blas_control(asked.threads, early)
    for name in asked.names:
        tell(f"making {name}")
        try:
            maker = makers[name]()
            if set_blas is not None:
                set_blas(maker.blas_threads)
            contenders.append(construct(maker))
        except Absent as absent:
            left_out[name] = str(absent)
    plain = next((each.outputs for each in contenders if each.name == REFERENCE), None)
    if plain is None:
        level_0 = numpy_maker(journey, weights, inputs, asked.threads, level=0)
        plain = construct(level_0).outputs
    found = differences(journey.graph.name, contenders, plain)
    times = take_turns(contenders, asked.rounds, set_blas, tell)
    return Bench(
        journey.graph.name,
        journey.source.name,
        {name: str(value) for name, value in journey.settings.items()},
        asked,
        tuple(each.shape for each in inputs),
        machine(),
        blas,
        tuple(
            Entry(
                each.name,
                each.what,
                each.construction,
                each.first_call,
                tuple(times[each.name]),
                found[each.name],
            )
            for each in contenders
        ),
        left_out,
    )


def blas_control(threads: int, early: bool) -> tuple[Callable[[int], None] | None, str]:
    """What sets the threads of BLAS before each turn, if anything can; and words for it."""
    set_blas = blas_setter()
    if set_blas is not None:
        return set_blas, "set for each turn by threadpoolctl"
    if early:
        return None, f"{threads}, set before NumPy was loaded"
    return None, "unknown: NumPy was loaded before, and threadpoolctl is not installed"


def _makers(
    journey: Journey, weights: Mapping[str, Array], inputs: Sequence[Array], threads: int
) -> dict[str, Callable[[], Maker]]:
    """Everyone that there is; only those that are asked for are emitted."""

    def build() -> object:
        source = journey.emit("torch", 2, train=False)
        return instantiate(journey.graph.name, source, "torch", weights, train=False)

    eager, channels_last, compiled = torch_makers(build, inputs, threads, "generated")
    given = (journey, weights, inputs, threads)
    return {
        "numpy": lambda: numpy_maker(*given),
        "numpy-forks": lambda: numpy_maker(*given, name="numpy-forks", forks=True),
        "numpy-tuned": lambda: numpy_maker(*given, name="numpy-tuned", tune=True),
        "numpy-plain": lambda: numpy_maker(*given, name="numpy-plain", level=1),
        "torch": lambda: eager,
        "torch-channels-last": lambda: channels_last,
        "torch-compile": lambda: compiled,
        "onnxruntime": lambda: onnxruntime_maker(build, inputs, threads, "generated"),
        "onnx-reference": lambda: reference_maker(build, inputs, threads, "generated"),
    }


def _values(journey: Journey, asked: Asked) -> tuple[Mapping[str, Array], list[Array]]:
    graph = journey.inference.graph
    if asked.weights is None:
        # He's, so that the values of a deep net neither die away nor grow beyond counting.
        weights: Mapping[str, Array] = random_weights(graph.weight_shapes(), asked.seed)
    else:
        weights = files.own(asked.weights, journey.inference, journey.dropped_weights)
    noise = np.random.default_rng(asked.seed)
    volumes = [graph[node].shape for node in graph.sources()]
    sizes = [asked.size or (volume.h, volume.w) for volume in volumes]
    shapes = [(asked.batch, v.c, *size) for v, size in zip(volumes, sizes, strict=True)]
    return weights, [noise.standard_normal(shape, np.float32) for shape in shapes]
