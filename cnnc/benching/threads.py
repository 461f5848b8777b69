"""How many threads NumPy's BLAS has."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec

# OpenBLAS, MKL, Accelerate and BLIS read these when they are loaded.
VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
)


def processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def before_numpy(threads: int) -> bool:
    """Sets the variables that BLAS reads once; False where NumPy is loaded already."""
    if "numpy" in sys.modules:
        return False
    os.environ.update(dict.fromkeys(VARIABLES, str(threads)))
    return True


def blas_setter() -> Callable[[int], None] | None:
    """Sets the threads of every BLAS in the process; None where threadpoolctl is not installed."""
    if find_spec("threadpoolctl") is None:
        return None
    import numpy  # noqa: F401  so that its BLAS is found
    from threadpoolctl import ThreadpoolController

    loaded = ThreadpoolController().select(user_api="blas").lib_controllers

    def set_threads(number: int) -> None:
        for library in loaded:
            library.set_num_threads(number)

    return set_threads if loaded else None
