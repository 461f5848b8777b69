"""Generated NumPy as a contender."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from inspect import signature
from typing import Any

from backends.identifiers import class_name
from cnnc.benching.contender import Absent, Array, Maker, Run
from cnnc.build import import_source
from cnnc.pipeline import Journey
from compiler.optimise import Level


def numpy_maker(
    journey: Journey,
    weights: Mapping[str, Array],
    inputs: Sequence[Array],
    threads: int,
    *,
    name: str = "numpy",
    level: Level = 2,
    forks: bool = False,
    tune: bool = False,
) -> Maker:
    """A module with lanes of its own gets `threads` of them, and BLAS one thread; one without
    leaves the threads to BLAS. `forks`: the lanes are processes. `tune`: what is fastest is
    measured, or read from the user's cache, in the first call."""
    made = _emitted(journey, level)
    lanes = "lanes" in signature(made).parameters
    if lanes:
        what = f"generated NumPy, {threads} {'forked processes' if forks else 'lanes'}"
        what += ", tuned" if tune else ""
    else:
        what = f"generated NumPy{'' if level == 2 else f' at -O{level}'}, threads of BLAS"

    def make() -> Run:
        if not lanes:
            if forks:
                raise Absent(f"the module that is generated at -O{level} has no lanes")
            return _call(made(weights), inputs)
        try:
            chosen = {"tune": True} if tune else {}
            return _call(made(weights, lanes="fork" if forks else threads, **chosen), inputs)
        except (TypeError, ValueError) as error:
            if not forks:
                raise
            raise Absent(f'the generated module does not take lanes="fork": {error}') from None

    return Maker(name, what, make, blas_threads=1 if lanes else threads)


def _emitted(journey: Journey, level: Level) -> Any:
    source = journey.emit("numpy", level, train=False)
    return getattr(import_source(source, "numpy"), class_name(journey.graph.name))


def _call(model: Any, inputs: Sequence[Array]) -> Run:
    return lambda: model(*inputs)
