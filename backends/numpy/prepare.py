"""What an emitted module says of its weights, and does with them when they are loaded."""

from __future__ import annotations

from dataclasses import dataclass

from backends.header import About
from backends.numpy.layout import Expression, literal, rows, table
from backends.numpy.runtime.norms import FoldedNorm
from backends.numpy.transform import expected_weights, folded_norms, norms
from compiler.check import CheckedGraph


@dataclass(frozen=True, slots=True)
class Loading:
    """Lines, and the `functions` of the library that they call.

    `weights_file`: what `load` reads where it is not told, before the class; `body`: of `__init__`,
    which leaves the weights in `w`;
    `norms`: the body of a method that gives the folded norms; `tables`: what stands behind the
    class, that of the weights first.
    """

    weights_file: tuple[str, ...]
    body: tuple[str, ...]
    norms: tuple[str, ...]
    tables: tuple[tuple[str, ...], ...]
    functions: tuple[str, ...]


def prepare(checked: CheckedGraph, about: About, weights_file: str | None) -> Loading:
    folded, alone = folded_norms(checked), norms(checked)
    tables = [
        ["# The weights of the program: what they are called, and their shapes, as PyTorch's."]
    ]
    tables[-1] += table("PARAMETERS: dict[str, tuple[int, ...]]", expected_weights(checked))
    functions = ["check_parameters"]
    shapes = "PARAMETERS"
    before: list[str] = []
    behind: list[str] = []
    if folded:
        functions += ["FoldedNorm", "fold_norms", "folded_shapes"]
        before += [
            "norms = self.folded_norms()",
            "shapes = folded_shapes(PARAMETERS, norms) if folded else PARAMETERS",
        ]
        shapes = "shapes"
        behind += ["if not folded:", "    w = fold_norms(w, norms)"]
    if alone:
        tables += [["# Batch norms that are computed by themselves: path and eps."]]
        tables[-1] += table("NORMS", alone)
        functions += ["prepare_norms"]
        behind += ["w = prepare_norms(w, NORMS)"]
    if about.dropped_weights:
        keys = (Expression((literal(key),)) for key in about.dropped_weights)
        tables += [["# Weights of layers that inference does not need: they may be there."]]
        tables[-1] += rows("UNUSED = [", keys, "]")
        shapes += ", UNUSED"
    check = f"w = check_parameters(weights, {shapes})"
    return Loading(
        weights_file=() if weights_file is None else tuple(_weights_file(weights_file)),
        body=(*before, check, *behind),
        norms=tuple(rows("return [", map(_folded, folded), "]", 2)) if folded else (),
        tables=tuple(map(tuple, tables)),
        functions=tuple(functions),
    )


def _weights_file(name: str) -> list[str]:
    if not name:
        return [
            "# What `load` reads where it is not told: what stands in this file.",
            'WEIGHTS = ""',
        ]
    place = f"os.path.join(os.path.dirname(__file__), {literal(name)})"
    return ["# What `load` reads where it is not told.", f"WEIGHTS = {place}"]


def _folded(norm: FoldedNorm) -> Expression:
    """`FoldedNorm("conv1", "bn1", 1e-05)`, and what is unusual besides."""
    parts = [literal(norm.layer), literal(norm.norm), literal(norm.eps)]
    for name, usual in FoldedNorm._field_defaults.items():
        value = getattr(norm, name)
        if value != usual:
            parts.append(f"{name}={literal(value)}")
    return Expression(tuple(parts), function="FoldedNorm")
