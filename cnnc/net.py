"""The Python face of one network."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from cnnc.build import instantiate
from cnnc.pipeline import Backend, Journey
from cnnc.target import split_target
from compiler.drawing.look import FORMATS, STYLES, THEMES, Format, Look, Style, Theme
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.expansion.modules import read_source
from compiler.formats.cs231n import cs231n
from compiler.formats.csv import csv
from compiler.formats.html import html
from compiler.formats.json import json
from compiler.formats.markdown import markdown
from compiler.formats.table import table
from compiler.optimise import Level
from compiler.report import ITEMSIZES, Inference, Measure, Report, Row, Totals, Training
from compiler.sizes import Sizes
from dsl.diagnostics import Diagnostic
from dsl.source import Source


class NetReport:
    """The parameter report: `rows`, `totals`, and its forms as text; printed, the table."""

    def __init__(self, report: Report) -> None:
        self._report = report

    @property
    def report(self) -> Report:
        """As data."""
        return self._report

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._report.rows

    @property
    def totals(self) -> Totals:
        return self._report.totals

    @property
    def memory(self) -> Inference | Training:
        """Of values at inference, or of what a training step holds; in bytes."""
        return self._report.memory

    @property
    def sizes(self) -> Sizes | None:
        """The heights and widths of image that the network takes; None: the program's alone."""
        return self._report.sizes

    def __str__(self) -> str:
        return table(self._report)

    __repr__ = __str__

    def to_json(self) -> str:
        return json(self._report)

    def to_markdown(self) -> str:
        return markdown(self._report)

    def to_csv(self) -> str:
        return csv(self._report)

    def to_cs231n(self) -> str:
        """The table of the CS231n notes."""
        return cs231n(self._report)

    def _repr_html_(self) -> str:
        return html(self._report)


@dataclass(frozen=True, repr=False)
class Drawing:
    """A picture of a network as text; printed, the text, and in a notebook the picture."""

    text: str
    format: Format

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<cnnc.Drawing, {self.format} of {len(self.text):,} characters>"

    def _repr_svg_(self) -> str | None:
        return self.text if self.format == "svg" else None


@dataclass(frozen=True, repr=False)
class Net:
    """A network that was read, expanded and checked."""

    journey: Journey

    @property
    def name(self) -> str:
        return self.journey.graph.name

    def __repr__(self) -> str:
        layers = len(self.journey.graph)
        return f"<cnnc.Net {self.name} of {self.journey.source.name}, {layers:,} layers>"

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return self.journey.checked.warnings

    def report(
        self,
        train: bool = False,
        stage: Literal["source", "optimised"] = "source",
        batch: int = 1,
        dtype: str = "float32",
    ) -> NetReport:
        """What every layer holds and costs; with `train` also what only training needs.

        `stage`: the graph as the program wrote it, or as it is after optimisation. `batch`: images
        at once, in activations, MACs and memory. `dtype`: float64, float32, float16, bfloat16 or
        int8, of all values and weights. Raises ValueError where they are none of these.
        """
        if batch < 1 or dtype not in ITEMSIZES or stage not in ("source", "optimised"):
            raise ValueError(f"no report of {stage!r} with batch {batch!r} and dtype {dtype!r}")
        if train and stage == "optimised":
            raise ValueError("the training graph is not optimised: choose train or a stage")
        return NetReport(self.journey.report("training" if train else stage, Measure(batch, dtype)))

    def draw(
        self,
        format: Format = "svg",
        style: Style = "graph",
        depth: int | None = None,
        unfold: str | Iterable[str] = (),
        theme: Theme = "auto",
        stage: Literal["source", "optimised"] = "source",
        train: bool = False,
    ) -> Drawing:
        """The picture: svg, dot or mermaid.

        `style`: an SVG's, "graph" for boxes and wires or "volumes". `depth`: levels of scopes that
        are shown; None shows as many as can be read. `unfold`: the path, or paths, of further ones.
        `theme`: an SVG's, light, dark or auto, what its reader prefers. Raises ValueError where
        they are none of these, and where a path is no scope.
        """
        known = (
            (FORMATS, format),
            (STYLES, style),
            (THEMES, theme),
            (("source", "optimised"), stage),
        )
        for values, value in known:
            if value not in values:
                raise ValueError(f"no picture is {value!r}: {', '.join(values)}")
        if format != "svg" and (style, theme) != ("graph", "auto"):
            raise ValueError(f"style and theme are for svg, not for {format}")
        if depth is not None and depth < 1:
            raise ValueError(f"no picture shows {depth!r} levels: 1 or more")
        if train and stage == "optimised":
            raise ValueError("the training graph is not optimised: choose train or a stage")
        paths = frozenset({unfold} if isinstance(unfold, str) else unfold)
        look = Look(format, style, depth, paths, theme)
        return Drawing(self.journey.drawing("training" if train else stage, look), format)

    def emit(
        self,
        backend: Backend,
        level: Level = 2,
        train: bool = False,
        without: Collection[str] = (),
        features: Sequence[str] = (),
    ) -> str:
        """The source of a standalone module.

        `level`: 0 as written, 1 tidied, 2 folded. `train` (PyTorch alone) keeps the training graph.
        `without`: names of passes that do not run. `features`: paths of layers or scopes, whose
        values are returned in the place of the network's outputs; what only these need is left out.
        Raises ValueError where one is unknown, and where the backend cannot train.
        """
        journey = replace(self.journey, features=tuple(features)) if features else self.journey
        return journey.emit(backend, level, train, without=without)

    def build(
        self,
        backend: Backend,
        weights: str | Path | Mapping[str, Any] | None = None,
        level: Level = 2,
        train: bool = False,
        without: Collection[str] = (),
        features: Sequence[str] = (),
    ) -> Any:
        """The emitted module, imported and instantiated. The rest is as `emit` has it.

        `weights`: a file, or a mapping of arrays (tensors) under the program's paths. Without them
        PyTorch initialises its own and NumPy takes random ones, seeded with 0.
        """
        source = self.emit(backend, level, train, without, features)
        return instantiate(self.name, source, backend, weights, train)


def load(
    target: str | Path,
    /,
    *,
    max_layers: int = MAX_LAYERS,
    allow_paths: Iterable[str | Path] = (),
    **settings: object,
) -> Net:
    """Read `FILE` or `FILE:NET` and set its params.

    What it uses lies in its project's folder, or in one of `allow_paths`. Raises CnnError, which
    carries every diagnostic.
    """
    path, net = split_target(str(target))
    return _checked(
        Journey(
            read_source(path, path.name),
            path.resolve(),
            net,
            settings,
            max_layers,
            allow_paths=tuple(map(Path, allow_paths)),
        )
    )


def loads(
    text: str,
    name: str = "net.cnn",
    net: str | None = None,
    *,
    max_layers: int = MAX_LAYERS,
    allow_paths: Iterable[str | Path] = (),
    **settings: object,
) -> Net:
    """Read a program from a text; `name` stands in diagnostics and names a bare chain's network.

    What it uses is looked for from the working folder, as `load` does.
    """
    allowed = tuple(map(Path, allow_paths))
    source = Source(name, text)
    return _checked(Journey(source, None, net, settings, max_layers, allow_paths=allowed))


def _checked(journey: Journey) -> Net:
    net = Net(journey)
    _ = journey.checked
    return net
