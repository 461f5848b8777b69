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
    """Lines: the table of weights, other tables, the body of `__init__`; and what they call."""

    parameters: tuple[str, ...]
    settings: tuple[str, ...]
    body: tuple[str, ...]
    functions: tuple[str, ...]


def prepare(checked: CheckedGraph, about: About, weights_file: str | None) -> Loading:
    folded, alone = folded_norms(checked), norms(checked)
    settings: list[str] = []
    functions = ["check_parameters"]
    shapes, result = "PARAMETERS", "w"
    body: list[str] = []
    if folded:
        settings += ["# Norms that a layer beside them computes: layer, norm, eps (None: a SCALE)."]
        settings += rows("FOLDED_NORMS = [", map(_folded, folded), "]")
        settings += ["FOLDED_PARAMETERS = folded_shapes(PARAMETERS, FOLDED_NORMS)"]
        functions += ["FoldedNorm", "fold_norms", "folded_shapes"]
        shapes = "FOLDED_PARAMETERS if folded else PARAMETERS"
        body += ["if not folded:", "    w = fold_norms(w, FOLDED_NORMS)"]
    if alone:
        settings += ["# Batch norms that are computed by themselves: path and eps."]
        settings += table("NORMS", alone)
        functions += ["prepare_norms"]
        result = "prepare_norms(w, NORMS)"
    if about.dropped_weights:
        keys = (Expression((literal(key),)) for key in about.dropped_weights)
        settings += ["# Weights of layers that inference does not need: they may be there."]
        settings += rows("UNUSED = [", keys, "]")
        shapes += ", UNUSED"
    if weights_file:
        place = f"os.path.join(os.path.dirname(__file__), {literal(weights_file)})"
        settings += ["# What `load` reads where it is not told.", f"WEIGHTS = {place}"]
    body = [f"w = check_parameters(weights, {shapes})", *body, f"self.weights = {result}"]
    return Loading(
        parameters=tuple(
            table("PARAMETERS: dict[str, tuple[int, ...]]", expected_weights(checked))
        ),
        settings=tuple(settings),
        body=tuple(body),
        functions=tuple(functions),
    )


def _folded(norm: FoldedNorm) -> Expression:
    """`FoldedNorm("conv1", "bn1", 1e-05)`, and what is unusual besides."""
    parts = [literal(norm.layer), literal(norm.norm), literal(norm.eps)]
    for name, usual in FoldedNorm._field_defaults.items():
        value = getattr(norm, name)
        if value != usual:
            parts.append(f"{name}={literal(value)}")
    return Expression(tuple(parts), function="FoldedNorm")
