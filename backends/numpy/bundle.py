"""What a bundle's module has besides: photographs made its input, labels, its weights at hand."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from backends.numpy.kernels.preparing import Preparation
from backends.numpy.layout import WIDTH, Expression, literal, returned, rows

# What makes probabilities of the scores: a function of the library, or NumPy's, or none.
MADE_BY = {"softmax": "softmax({})", "exponential": "np.exp({})", "probabilities": "{}"}


@dataclass(frozen=True, slots=True)
class Bundle:
    """`inside`: the weights' file in base64, or nothing where it stands beside the module.

    `preparation`: for nets that take one photograph. `scores`: of MADE_BY what the net gives, ""
    where it is no one number a class. `labels`: one a class, or none.
    """

    packed: bool
    preparation: Preparation | None
    scores: str
    labels: tuple[str, ...]
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Bundled:
    """What the templates print: lines, and the `functions` of the library that they call."""

    packed: bool
    inside: bool
    preprocess: tuple[str, ...]
    steps: tuple[str, ...]
    classify: tuple[str, ...]
    tables: tuple[tuple[str, ...], ...]
    options: tuple[str, ...]
    functions: tuple[str, ...]


def bundled(bundle: Bundle, name: str) -> Bundled:
    functions = ["map_weights"]
    options: list[str] = []
    tables: list[tuple[str, ...]] = []
    if bundle.packed:
        functions += ["Store", "packed_store", "check_packed"]
    if bundle.inside:
        functions.append("weights_inside")
        tables.append(_inside(bundle.inside))
    preprocess: tuple[str, ...] = ()
    classify: tuple[str, ...] = ()
    if bundle.preparation:
        functions += ["Preparation", "prepare_photograph"]
        preprocess = tuple(_preprocess(bundle.preparation))
        options.append(f"prepare={name}.preprocess")
        if bundle.scores:
            functions += ["ranked", *(["softmax"] if bundle.scores == "softmax" else [])]
            made = MADE_BY[bundle.scores].format("self(self.preprocess(image))")
            classify = (f"        return ranked({made}, LABELS, top)",)
    if classify:
        told = "# What the classes are called, in their order; none: they have numbers alone."
        start = "LABELS: tuple[str, ...] = ("
        each = (Expression((literal(label),)) for label in bundle.labels)
        tables.append((told, *rows(start, each, ")")))
        options.append("labels=LABELS")
    return Bundled(
        packed=bundle.packed,
        inside=bool(bundle.inside),
        preprocess=preprocess,
        steps=tuple(_steps(bundle.preparation)) if bundle.preparation else (),
        classify=classify,
        tables=tuple(tables),
        options=tuple(options),
        functions=tuple(functions),
    )


def _preprocess(how: Preparation) -> list[str]:
    parts = [literal(how.channels)]
    for name, usual in Preparation._field_defaults.items():
        value = getattr(how, name)
        if value != usual:
            parts.append(f"{name}={literal(value)}")
    made = str(Expression(tuple(parts), function="Preparation"))
    line = f"        how = {made}"
    lines = [line] if len(line) <= WIDTH else _broken(parts)
    return [*lines, *returned(Expression(("image", "how"), function="prepare_photograph"), 2)]


def _broken(parts: list[str]) -> list[str]:
    together = f"            {', '.join(parts)}"
    inner = [together] if len(together) <= WIDTH else [f"            {each}," for each in parts]
    return ["        how = Preparation(", *inner, "        )"]


def _steps(how: Preparation) -> list[str]:
    """What is done, for the docstring."""
    steps = [f"{'grey' if how.channels == 1 else 'in three colours'}"]
    if len(how.resize) == 1:
        steps.append(f"its shorter side scaled to {how.resize[0]}")
    if len(how.resize) == 2:
        steps.append(f"scaled to {how.resize[0]} x {how.resize[1]}")
    if how.crop:
        steps.append(f"{how.crop[0]} x {how.crop[1]} cut from its middle")
    steps.append("0 to 255 made 0 to 1")
    if (how.mean, how.std) != ((0.0,), (1.0,)):
        shown = [", ".join(f"{each:g}" for each in numbers) for numbers in (how.mean, how.std)]
        steps.append(f"less {shown[0]} and divided by {shown[1]}")
    text = "; ".join(steps) + "."
    return textwrap.wrap(text[0].upper() + text[1:], WIDTH - 8)


def _inside(text: str) -> tuple[str, ...]:
    lines = [text[start : start + WIDTH] for start in range(0, len(text), WIDTH)]
    told = "# The weights: a safetensors file in base64, which `load` reads where it is not told."
    return (told, 'INSIDE = """', *lines, '"""')
