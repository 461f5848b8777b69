"""A photograph made into a network's input, and all that was done to it said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnc.imaging.asked import Asked
from cnnc.imaging.photographs import Floats, Pixels, read_photograph
from cnnc.imaging.refusal import unexplained, unfit
from cnnc.pipeline import Journey
from compiler.graph import Graph
from compiler.ops.image import Normalize


@dataclass(frozen=True, slots=True)
class Prepared:
    """`values`: 1 x C x H x W, float32. `shown`: the photograph, H x W x 3, in its own size."""

    values: Floats
    shown: Pixels
    notes: tuple[str, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the photograph."""
        return self.shown.shape[0], self.shown.shape[1]


def prepared(journey: Journey, asked: Asked, path: Path) -> Prepared:
    """Raises CnnError E0830 to E0832; ValueError where there are as many numbers of `--mean` or
    `--std` as the network has no channels."""
    graph = journey.inference.graph
    sources = graph.sources()
    if len(sources) != 1:
        raise unexplained(f"{graph.name} takes {len(sources)} inputs, and a photograph is one")
    channels = graph[sources[0]].shape.c
    photograph = read_photograph(path, channels)
    if asked.resize:
        photograph = photograph.resized(asked.size)
    if photograph.values.shape[1:] != asked.size:
        raise _other_size(journey, asked, path, photograph.size)
    mean, std = (_numbers(each, channels) for each in (asked.mean, asked.std))
    values = (photograph.values - mean) / std
    notes = (*photograph.notes, *_normalised(graph, asked))
    return Prepared(np.ascontiguousarray(values[None], np.float32), photograph.shown, notes)


def _other_size(journey: Journey, asked: Asked, path: Path, size: tuple[int, int]) -> Exception:
    found, wanted = (f"{each[0]}x{each[1]}" for each in (size, asked.size))
    taken = journey.report().sizes
    mend = f"--resize makes it {wanted}"
    if taken is not None and size in taken:
        mend += f"; --size {found} keeps its own: the network takes {taken}"
    name = journey.graph.name
    return unfit(path, f"the image is {found}, height x width, and {name} takes {wanted}", mend)


def _numbers(given: tuple[float, ...], channels: int) -> Floats:
    if len(given) not in (1, channels):
        raise ValueError(f"{len(given)} numbers for {channels} channels: one for each, or for all")
    return np.array(given, np.float32)[:, None, None]


def _normalised(graph: Graph, asked: Asked) -> tuple[str, ...]:
    shown = [",".join(f"{each:g}" for each in numbers) for numbers in (asked.mean, asked.std)]
    if (asked.mean, asked.std) == ((0.0,), (1.0,)):
        return ("no --mean, no --std" + _own(graph),)
    return (f"mean {shown[0]} taken off, divided by std {shown[1]}" + _own(graph),)


def _own(graph: Graph) -> str:
    """The network's own part in it."""
    calls = [str(graph[node].op) for node in graph if isinstance(graph[node].op, Normalize)]
    return f"; the network has {calls[0]}" if calls else ""
