"""Weights files: read, checked against a network, transformed, written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from backends.numpy.kernels.weights import read_weights
from backends.numpy.transform import metadata, transform_weights
from cnnc.files import write_whole
from cnnc.weights import finite
from cnnc.weights.written import safetensors
from compiler.check import CheckedGraph
from dsl.diagnostics import CnnError, Diagnostic

Arrays = Mapping[str, NDArray[Any]]


def read(path: Path) -> tuple[Arrays, Mapping[str, str]]:
    """Arrays and metadata of a `.npz` or `.safetensors` file. Raises CnnError E0501."""
    try:
        return read_weights(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise CnnError(
            [Diagnostic("E0501", f"cannot read weights: {reason}", file=str(path))]
        ) from None


def fold(checked: CheckedGraph, arrays: Arrays, dropped: tuple[str, ...], path: Path) -> Arrays:
    """The weights as an optimised graph holds them.

    Raises CnnError E0502 where they do not fit, and E0907 where values are no numbers.
    """
    try:
        folded = transform_weights(checked, arrays, dropped)
    except ValueError as error:
        title = f"the weights do not fit {checked.graph.name}"
        found = Diagnostic("E0502", title, notes=tuple(str(error).splitlines()), file=str(path))
        raise CnnError([found]) from None
    finite.refuse(path, finite.not_finite((key, key, each) for key, each in arrays.items()))
    return folded


def own(path: Path, checked: CheckedGraph, dropped: tuple[str, ...]) -> Arrays:
    """The program's own weights, as they were before any folding.

    Raises CnnError E0501, E0502, E0907.
    """
    arrays, metadata = read(path)
    if "cnnc" in metadata:
        title = "these weights were transformed already; give the program's own"
        raise CnnError([Diagnostic("E0502", title, file=str(path))])
    return fold(checked, arrays, dropped, path)


def refuse_foreign(path: Path) -> None:
    """Raises CnnError E0601 where the path holds weights that `cnnc compile` did not write."""
    if path.is_file() and "cnnc" not in read(path)[1]:
        title = f"cannot write {path}: it holds other weights"
        mend = "choose another name for the source; the weights are written beside it"
        raise CnnError([Diagnostic("E0601", title, file=str(path), help=mend)])


def write(path: Path, checked: CheckedGraph, arrays: Arrays) -> None:
    """Folded weights as a safetensors file, whole or not at all. Raises CnnError E0601."""
    write_whole(path, safetensors(arrays, metadata(checked)))
