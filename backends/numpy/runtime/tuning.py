"""Tuning: what is the fastest for a layer on this machine, measured once and kept in a file."""

import json
import math
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from backends.numpy.kernels.fast.choosing import BANDWIDTH, Recipe
from backends.numpy.runtime.planner import Layer, Operation, Site, Value
from backends.numpy.runtime.store import Store
from backends.numpy.runtime.trials import Case, fastest, sites_of

TUNED = "cnnc-tuned/1"
CERTAIN = 0.97  # of the time of the model's choice: what is not faster than that may be luck
AXES = ("images", "rows", "channels")
LONGEST = 4096  # bytes of a file, of which one of ours has 200


class Tunable(Layer, Protocol):
    """A layer that can be computed in several ways, all within the bounds of its kernels."""

    def recipes(self, site: Site) -> list[Recipe]:
        """The model's choice, and others that may be faster."""
        ...

    def made_by(self, recipe: Recipe) -> Layer:
        """This layer, done in one of these ways."""
        ...


class Tuner:
    """Chooses for each layer of a net what was the fastest; measures it where nobody has yet.

    `known`: what was found before, by surroundings, for all plans of a net.
    """

    def __init__(
        self,
        weights: Store,
        channels: Sequence[int],
        batch: int,
        lanes: int,
        forked: bool,
        exact: bool,
        known: dict[str, Recipe],
    ) -> None:
        self.given = (weights, channels, batch, lanes, forked, exact)
        self.known = known
        self.folder = tuned_folder()

    def choose(
        self, layer: Layer, sources: Sequence[Value], target: Value, then: Sequence[Operation]
    ) -> Layer:
        if not hasattr(layer, "recipes"):
            return layer
        tunable: Any = layer
        case = Case(sources, target, then, *self.given)
        key = surroundings(layer, case)
        if key not in self.known:
            squares = not case.exact and hasattr(layer, "square")
            file = self.folder / f"{key}.json" if self.folder else None
            recipe = read_recipe(file, squares) if file else None
            if recipe is None:
                recipe = measured(tunable, case)
                if file:
                    write_recipe(file, recipe)
            self.known[key] = recipe
        made: Layer = tunable.made_by(self.known[key])
        return made


def measured(layer: Tunable, case: Case) -> Recipe:
    """The fastest recipe: the model's, unless another beats it twice by more than chance."""
    halo = layer.halo(case.sources[0], case.target, case.weights.shapes)
    recipes = layer.recipes(sites_of(case, halo)[0])
    for _ in range(2):
        if len(recipes) == 1:
            break
        times = fastest([layer.made_by(each) for each in recipes], case)
        pairs = zip(times, recipes, strict=True)
        whole = [time + from_memory(layer, each, case) for time, each in pairs]
        best = whole.index(min(whole))
        recipes = [recipes[0], *([recipes[best]] if whole[best] < CERTAIN * whole[0] else [])]
    return recipes[-1]


def from_memory(layer: Layer, recipe: Recipe, case: Case) -> float:
    """Seconds to read the weights; trials find them nearer, in a cache of all cores."""
    size = 4 * math.prod(case.weights.shapes[f"{getattr(layer, 'path', '')}.weight"])
    grown = (recipe.square + 2) ** 2 / 9 if recipe.square else 1.0
    return size * grown / BANDWIDTH


def surroundings(layer: Layer, case: Case) -> str:
    """All on which a layer's time depends, as the name of a file."""
    values = [*case.sources, case.target]
    merged = [each for each in case.then if isinstance(each, tuple)]
    kernel = case.weights.shapes[f"{getattr(layer, 'path', '')}.weight"][2:]
    parts = [
        type(layer).__name__,
        *(f"{v.height}x{v.width}x{v.channels}of{case.channels[v.buffer]}" for v in values),
        *(
            f"{name}{'x'.join(map(str, numbers))}"
            for name, numbers in (
                ("k", kernel),
                ("s", getattr(layer, "stride", (1, 1))),
                ("p", getattr(layer, "padding", ())),
                ("d", getattr(layer, "dilation", (1, 1))),
            )
        ),
        f"then{len(case.then)}",
        f"merged{len(merged)}",
        f"batch{case.batch}",
        f"{'forks' if case.forked else 'lanes'}{case.lanes}",
        *(["exact"] if case.exact else []),
    ]
    return "-".join(parts)


def tuned_folder() -> Path | None:
    """Where this machine's results lie, in the user's folder for caches; None without one.

    One for each processor, NumPy and BLAS, named by a hash of them; each file has them in clear.
    """
    # Here, because only tuning needs it.
    import hashlib

    try:
        home = Path.home()
    except RuntimeError:
        warnings.warn("tuning is not kept: the user has no home folder", stacklevel=2)
        return None
    usual = home / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    if sys.platform == "win32":
        usual = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
    named = os.environ.get("XDG_CACHE_HOME", "")
    # What is not absolute is to be ignored (XDG Base Directory Specification, 0.8).
    caches = Path(named) if os.path.isabs(named) else usual
    return caches / "cnnc" / "tuned" / hashlib.sha256(tuned_on().encode()).hexdigest()[:16]


def tuned_on() -> str:
    """The processor, NumPy and its BLAS."""
    # Here, because only tuning needs it.
    import platform

    processor = platform.processor() or platform.machine()
    file = Path("/proc/cpuinfo")
    if file.is_file():
        lines = file.read_text("utf-8", "replace").splitlines()
        names = [line.partition(":")[2] for line in lines if line.startswith("model name")]
        processor = " ".join(names[0].split()) if names else processor
    built = np.show_config(mode="dicts") or {}
    blas = built.get("Build Dependencies", {}).get("blas", {})
    return f"{processor}; numpy {np.__version__}; {blas.get('name')} {blas.get('version')}"


def read_recipe(file: Path, squares: bool) -> Recipe | None:
    """What was found before; None where there is no file, or one that nobody here has written,
    of which a warning tells. squares: whether the layer may be computed by them."""
    try:
        with file.open("rb") as opened:
            content = json.loads(opened.read(LONGEST))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        warnings.warn(f"{file} is ignored: {error}", stacklevel=2)
        return None
    found = content if isinstance(content, dict) else {}
    values: list[Any] = [found.get(key) for key in Recipe._fields]
    square, axis, numbers = values
    right = (
        found.get("format") == TUNED
        and found.get("machine") == tuned_on()
        and type(square) is int
        and square in ((0, 2, 4) if squares else (0,))
        and axis in AXES
        and isinstance(numbers, list)
        and len(numbers) == (2 if square else 4)
        and all(type(each) is int and each > 0 for each in numbers)
    )
    if not right:
        warnings.warn(f"{file} is ignored: it holds no result of tuning", stacklevel=2)
        return None
    return Recipe(square, axis, tuple(numbers))


def write_recipe(file: Path, recipe: Recipe) -> None:
    """Whole or not at all: others may write and read the same file at any time."""
    content = {"format": TUNED, "machine": tuned_on(), **recipe._asdict()}
    fresh = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            fresh.write_text(json.dumps(content) + "\n", "utf-8")
            os.replace(fresh, file)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        warnings.warn(f"tuning is not kept: {error}", stacklevel=2)
