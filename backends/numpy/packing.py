"""What a module's plan makes of its weights, told for `runtime/packed.py` to read."""

from __future__ import annotations

import json
from dataclasses import astuple
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


def packed(module: ModuleType, net: Any, shapes: tuple[tuple[int, int, int], ...]) -> Any:
    """The store of an emitted net after a plan for one image of these C x H x W was made: each
    weight folded, and in the order in which that plan reads it."""
    module.Plan(net.engine.setup, 1, shapes)
    return net.engine.setup.weights


def tell(store: Any) -> tuple[Arrays, str]:
    """The arrays of a store by name, and what they are, as JSON."""
    told, arrays = _told(store, "")
    return arrays, json.dumps(told, separators=(",", ":"))


def _told(store: Any, prefix: str) -> tuple[dict[str, Any], Arrays]:
    arrays: Arrays = {}
    held: dict[str, list[Any]] = {}
    groups: dict[str, list[Any]] = {}
    for key, pieces in store.held.items():
        held[key] = []
        for number, ((first, last), order, array) in enumerate(pieces):
            name = f"{prefix}{key}" + (f":{number}" if len(pieces) > 1 else "")
            told = None if order is None else [type(order).__name__, *astuple(order)]
            held[key].append([first, last, told, name])
            arrays[name] = np.ascontiguousarray(array)
    for path, parts in store.groups.items():
        groups[path] = []
        for number, part in enumerate(parts):
            inner, inside = _told(part, f"{prefix}{path}:{number}:")
            groups[path].append(inner)
            arrays |= inside
    facts = [[key, about, value] for (key, about), value in store.facts.items()]
    shapes = {key: list(shape) for key, shape in store.shapes.items()}
    return {"shapes": shapes, "held": held, "facts": facts, "groups": groups}, arrays
