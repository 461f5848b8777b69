"""What can be asked of a photograph, and what is found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """`size`: height and width that the network is to take. `chosen`: the class, None for the one
    with the highest score. `layer`: None for the last maps before the classifier. `maps`: further
    layers whose activations are drawn."""

    weights: Path
    image: Path | None
    size: tuple[int, int]
    resize: bool
    mean: tuple[float, ...]
    std: tuple[float, ...]
    chosen: int | None
    layer: str | None
    cam: bool
    filters: bool
    activations: bool
    maps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    path: str
    call: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """`strongest`: the class of the highest score; `explained`: the one that was asked for, with
    its score, which the layer `scored` gives, and what a softmax makes of it, None behind an
    activation, such as SIGMOID. `cell`: row and column of the map where it is highest, None where
    it is the same everywhere; `place`: the middle of that cell in the photograph.
    """

    layer: Layer
    is_last: bool
    scored: Layer
    classes: int
    strongest: int
    explained: int
    score: float
    probability: float | None
    cell: tuple[int, int] | None
    place: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture: its name without the suffix, its bytes, its height and width, what it shows."""

    name: str
    data: bytes
    size: tuple[int, int]
    what: str


@dataclass(frozen=True, slots=True)
class Explanation:
    net: str
    source: str
    notes: tuple[str, ...]
    found: Found | None
    pictures: tuple[Drawn, ...]
