"""The threads that NumPy's matrix products start of their own."""

import ctypes
import os
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import numpy as np


class BlasThreads(NamedTuple):
    """Ask for, and set, the number of threads of one library of matrix products."""

    get: Callable[[], int]
    set: Callable[[int], object]


def limit_blas() -> list[tuple[BlasThreads, int]]:
    """Let matrix products use one thread each; give what `restore_blas` needs afterwards.

    The number belongs to the process, so other threads' products use one thread in that time too.
    Both together take about a microsecond. See `blas_threads` for the libraries that this reaches:
    with another one nothing changes, results are right, and lanes compete with its threads unless
    MKL_NUM_THREADS=1 or the like was set before NumPy was imported.
    """
    changed = [(each, count) for each in blas_threads() if (count := each.get()) > 1]
    for each, _ in changed:
        each.set(1)
    return changed


def restore_blas(changed: list[tuple[BlasThreads, int]]) -> None:
    """Set again what `limit_blas` found."""
    for each, count in changed:
        each.set(count)


@cache
def blas_threads() -> tuple[BlasThreads, ...]:
    """What threadpoolctl finds, where it is installed; else the OpenBLAS that NumPy has loaded."""
    try:
        found = import_module("threadpoolctl").ThreadpoolController().select(user_api="blas")
    except ImportError:
        found = None
    if found is not None:
        loaded = found.lib_controllers
        return tuple(BlasThreads(each.get_num_threads, each.set_num_threads) for each in loaded)
    return tuple(each for path in openblas_files() for each in openblas_functions(path))


def openblas_files() -> list[str]:
    """The OpenBLAS libraries in this process (Linux), or beside NumPy (its wheels elsewhere)."""
    maps = Path("/proc/self/maps")
    if maps.exists():
        columns = [line.split(maxsplit=5) for line in maps.read_text("utf-8").splitlines()]
        paths = {each[5] for each in columns if len(each) == 6}
        return sorted(path for path in paths if "openblas" in os.path.basename(path))
    package = Path(np.__file__).parent
    folders = (package / ".dylibs", package.parent / "numpy.libs")
    return [str(path) for folder in folders for path in sorted(folder.glob("*openblas*"))]


def openblas_functions(path: str) -> Iterator[BlasThreads]:
    """The functions of one OpenBLAS, by the names that its builds have; none if it has neither."""
    try:
        library = ctypes.CDLL(path)
    except OSError:  # a file that was replaced or cannot be loaded a second time
        return
    for before, after in (("", ""), ("", "64_"), ("scipy_", ""), ("scipy_", "64_")):
        get = getattr(library, f"{before}openblas_get_num_threads{after}", None)
        put = getattr(library, f"{before}openblas_set_num_threads{after}", None)
        if get is not None and put is not None:
            yield BlasThreads(get, put)
            return
