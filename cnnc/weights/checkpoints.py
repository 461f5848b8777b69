"""The state dictionary within what was saved: itself, or somewhere in a training checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cnnc.weights.globals import TensorView
from cnnc.weights.stored import MAX_KEYS, Array, refused

DEEPEST = 6
# What trains keeps tensors under names of its own; none of them is a network's.
TRAINING = ("optim", "scheduler", "lr_sched", "scaler", "rng")


def state_dictionary(
    value: Any, inside: str | None, path: Path
) -> tuple[dict[str, TensorView | Array], tuple[str, ...]]:
    """The tensors by key, and what is to be said. Raises CnnError E0904."""
    found = dict(_dictionaries(value, "", DEEPEST, set()))
    if inside is not None:
        if inside not in found:
            raise _several(path, f"there is no dictionary of tensors at {inside!r}", found)
        chosen = inside
    elif len(found) == 1 or "" in found:
        chosen = "" if "" in found else next(iter(found))
    else:
        title = "several dictionaries of tensors" if found else "no dictionary of tensors"
        raise _several(path, f"{title} in it", found)
    held = found[chosen]
    state = {key: each for key, each in held.items() if _is_tensor(each)}
    notes = [f"the weights are those at {chosen!r}"] if chosen else []
    others = [str(key) for key in held if key not in state]
    if others:
        notes.append(f"no tensors, left out: {', '.join(others[:8])}")
    if not chosen and inside is None and len(found) > 1:
        notes.append(f"left out: {', '.join(name for name in found if name)}")
    return state, tuple(notes)


def _several(path: Path, title: str, found: dict[str, dict[Any, Any]]) -> Exception:
    notes = tuple(
        f"{name or '(the whole)'}: {sum(map(_is_tensor, each.values())):,} tensors"
        for name, each in list(found.items())[:10]
    )
    mend = f"--inside {next(name for name in found if name)}" if any(found) else ""
    return refused("E0904", path, title, mend, notes)


def _dictionaries(
    value: Any, name: str, depth: int, seen: set[int]
) -> Iterator[tuple[str, dict[Any, Any]]]:
    """Dictionaries under words that hold tensors directly, outermost first."""
    if not isinstance(value, dict) or id(value) in seen or not depth or len(value) > MAX_KEYS:
        return
    seen.add(id(value))
    tensors = [key for key, each in value.items() if _is_tensor(each)]
    if tensors and all(isinstance(key, str) for key in tensors):
        yield name, value
    for key, each in value.items():
        if isinstance(key, str) and not any(word in key.lower() for word in TRAINING):
            yield from _dictionaries(each, f"{name}.{key}" if name else key, depth - 1, seen)


def _is_tensor(value: Any) -> bool:
    return isinstance(value, TensorView | np.ndarray)
