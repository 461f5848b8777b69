"""What a weights file holds, whatever its form, and how one that cannot be read is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dsl.diagnostics import CnnError, Diagnostic

Array: TypeAlias = NDArray[Any]
MAX_KEYS = 100_000
COUNTER = "num_batches_tracked"


@dataclass(frozen=True, slots=True)
class Part:
    """One array of a layer.

    `key` is what the file calls it, `name` what it is compared with the program's keys as:
    `layer.role`. `array` is in PyTorch's layout, whatever the file has; `stored` is the file's
    shape and `dtype` its type. `eps`: the layer's own, where the file says it.
    """

    key: str
    layer: str
    role: str
    array: Array
    stored: tuple[int, ...]
    dtype: str
    name: str
    note: str = ""
    eps: float | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.array.shape)


@dataclass(frozen=True, slots=True)
class Vertex:
    """A layer with weights, a merge or an input; what has one input and no weights is left out.

    `inputs` are earlier vertices; `kind` "concat" or "difference" says that their order matters.
    """

    kind: Literal["input", "layer", "concat", "difference", "merge"]
    inputs: tuple[int, ...]
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file. `vertices`: how its layers hang together, for forms that say so.

    `channels_last`: volumes are flattened in the order H, W, C.
    """

    path: Path
    form: str
    parts: tuple[Part, ...]
    vertices: tuple[Vertex, ...] = ()
    channels_last: bool = False
    notes: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


def refused(
    code: str, path: Path, title: str, help: str = "", notes: tuple[str, ...] = ()
) -> CnnError:
    return CnnError([Diagnostic(code, title, file=str(path), help=help, notes=notes)])


def damaged(path: Path, what: str, key: str = "") -> CnnError:
    """E0901, with the key where one is to blame."""
    where = f"{key}: " if key else ""
    return refused("E0901", path, f"cannot read these weights: {where}{what}")


def plain_part(key: str, array: Array, dtype: str = "") -> Part:
    """A part of a flat dictionary: its layer is the key up to the last dot."""
    name = key.replace("/", ".")
    layer, _, role = name.rpartition(".")
    shape = tuple(array.shape)
    return Part(key, layer, role, array, shape, dtype or str(array.dtype), name)


def shown(shape: tuple[int, ...]) -> str:
    """`64x3x7x7`; of a single number `scalar`."""
    return "x".join(map(str, shape)) or "scalar"


def widened(raw: Array) -> Array:
    """bfloat16, given as the 16 bits that it has, in float32."""
    wide: Array = (raw.astype(np.uint32) << 16).view(np.float32)
    return wide
