"""`cnnc compile`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from pprint import pformat
from typing import Annotated

import typer

from cnnc.bundling.wanted import Wanted
from cnnc.cli.bundle import (
    Crop,
    Labels,
    Mean,
    Resize,
    Single,
    Std,
    Unpacked,
    Whole,
    asked,
)
from cnnc.cli.common import (
    AllowPaths,
    File,
    MaxLayers,
    Output,
    Settings,
    command,
    deliver,
    journey,
    progress,
    show,
    spare,
)
from cnnc.files import write_whole
from cnnc.pipeline import Backend, Journey
from compiler.dump import dump
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.graph import Graph
from compiler.optimise import LEVELS, Level, chosen


class Stage(StrEnum):
    tree = "tree"
    graph = "graph"
    checked = "checked"
    optimised = "optimised"
    plan = "plan"


class BackendName(StrEnum):
    numpy = "numpy"
    torch = "torch"


UNOPTIMISED = (Stage.tree, Stage.graph, Stage.checked)
BACKENDS: dict[BackendName, Backend] = {BackendName.numpy: "numpy", BackendName.torch: "torch"}


@dataclass(frozen=True, slots=True)
class Way:
    """How far a graph is optimised: `fuse` with layers that the NumPy backend alone computes."""

    level: Level
    fuse: bool
    without: tuple[str, ...]


@command
def compile_(
    file: File,
    backend: Annotated[
        BackendName | None, typer.Option("-b", "--backend", help="What the module runs on.")
    ] = None,
    settings: Settings = None,
    output: Output = None,
    weights: Annotated[
        Path | None,
        typer.Option("--weights", metavar="W", help="Transform these too, beside the output."),
    ] = None,
    optimise: Annotated[
        int | None,
        typer.Option(
            "-O",
            min=0,
            max=2,
            help="0 as written, 1 with layers dropped or joined, 2 (usual) folded, and fast.",
        ),
    ] = None,
    train: Annotated[
        bool, typer.Option("--train", help="Keep the training graph (PyTorch).")
    ] = False,
    stop_after: Annotated[Stage | None, typer.Option(help="Print this stage instead.")] = None,
    print_after: Annotated[
        list[str] | None,
        typer.Option(metavar="PASS", help="Print the graph after a pass; may be repeated."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="PASS", help="Leave this pass out; may be repeated."),
    ] = None,
    features: Annotated[
        str | None,
        typer.Option(
            metavar="PATH,...", help="Return what these layers or scopes give, not the outputs."
        ),
    ] = None,
    bundle: Whole = False,
    labels: Labels = None,
    resize: Resize = None,
    crop: Crop = None,
    mean: Mean = None,
    std: Std = None,
    single: Single = False,
    unpacked: Unpacked = False,
    max_layers: MaxLayers = MAX_LAYERS,
    allow_path: AllowPaths = None,
) -> None:
    """Source code: a standalone module for NumPy or PyTorch."""
    wanted_bundle = asked(bundle, single, unpacked, labels, resize, crop, mean, std)
    level = LEVELS[2 if optimise is None else optimise]
    way = Way(level, backend is BackendName.numpy and level == 2, _known(without))
    wanted = _passes(print_after, way)
    is_printed = stop_after is not None or bool(wanted)
    if backend is None and not is_printed:
        raise typer.BadParameter("say which: -b numpy or -b torch")
    if bundle and (backend is not BackendName.numpy or level != 2 or is_printed):
        raise typer.BadParameter("--bundle is of a module in the fast form: -b numpy, with -O 2")
    if bundle and weights is None:
        raise typer.BadParameter("--bundle needs --weights W, and -o PATH")
    if train and backend is BackendName.numpy:
        raise typer.BadParameter("the NumPy backend does not train; use -b torch with --train")
    if features is not None and (train or stop_after in UNOPTIMISED):
        raise typer.BadParameter("--features is for the inference graph")
    if stop_after in UNOPTIMISED and (backend, optimise, wanted, way.without) != (
        None,
        None,
        [],
        (),
    ):
        options = "-b, -O, --print-after and --without say how it is optimised"
        raise typer.BadParameter(f"--stop-after {stop_after} is before what {options}")
    if stop_after is Stage.tree and settings:
        raise typer.BadParameter("--stop-after tree is the text as it was read: --set has no place")
    if is_printed and (train or weights):
        option, mend = "--weights", ""
        if train:
            option, mend = "--train", "; --stop-after checked shows the training graph"
        raise typer.BadParameter(f"{option} is of a module, and none is written{mend}")
    if train and (optimise is not None or without):
        raise typer.BadParameter("the training graph is not optimised: leave out -O and --without")
    if weights is not None and (output is None or str(output) == "-" or train):
        raise typer.BadParameter("--weights needs -o PATH, and the inference graph")
    if stop_after is Stage.plan and not way.fuse:
        raise typer.BadParameter("the fast form alone has a plan: -b numpy, with -O 2")
    spare(output, file, weights, labels)
    whole = journey(file, settings, max_layers, allow_path)
    if features is not None:
        whole = returning(whole, features)
    with progress(f"compiling {file}"):
        show(whole.checked.warnings if stop_after is not Stage.tree else ())
        if stop_after is not None or wanted:
            deliver(_stages(whole, stop_after, wanted, way), output)
        elif wanted_bundle and weights and output:
            _bundle(whole, wanted_bundle, way, weights, output)
        elif backend is not None:
            _emit(whole, BACKENDS[backend], way, train, weights, output)


def returning(whole: Journey, features: str) -> Journey:
    """With the layers of `--features` as what the network returns."""
    chosen = replace(whole, features=tuple(each.strip() for each in features.split(",")))
    try:
        _ = chosen.returning
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return chosen


def _known(names: list[str] | None) -> tuple[str, ...]:
    try:
        chosen(2, True, names or ())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return tuple(names or ())


def _passes(names: list[str] | None, way: Way) -> list[str]:
    known = [each.name for each in chosen(way.level, way.fuse, way.without)]
    for name in names or ():
        if name not in known:
            raise typer.BadParameter(f"{name!r} does not run here; these do: {', '.join(known)}")
    return list(names or ())


def _stages(whole: Journey, stage: Stage | None, wanted: list[str], way: Way) -> str:
    if stage is Stage.tree:
        return pformat(whole.tree.declarations, width=100) + "\n"
    if stage is Stage.graph:
        return dump(whole.graph)
    if stage is Stage.checked:
        return dump(whole.checked.graph)
    texts: list[str] = []

    def watch(name: str, graph: Graph) -> None:
        if name in wanted:
            texts.append(f"# after {name}\n{dump(graph)}")

    graph = whole.optimised(way.level, watch, fuse=way.fuse, without=way.without).graph
    if stage is Stage.optimised:
        texts.append(dump(graph))
    if stage is Stage.plan:
        from backends.numpy.fast.lowering import lower  # numpy is slow to import
        from backends.numpy.fast.table import plan_table

        texts.append("\n".join(plan_table(lower(graph))) + "\n")
    return "\n".join(texts)


def _emit(
    whole: Journey,
    backend: Backend,
    way: Way,
    train: bool,
    weights: Path | None,
    output: Path | None,
) -> None:
    if weights is None or output is None:
        deliver(whole.emit(backend, way.level, train, without=way.without), output)
        return
    from cnnc.weights import files  # numpy is slow to import, and most runs need none

    arrays, metadata = files.read(weights)
    if "cnnc" in metadata:
        raise typer.BadParameter(
            f"{weights} was transformed already; give the program's own weights"
        )
    beside = _beside(output, weights)
    files.refuse_foreign(beside)
    checked = whole.optimised(way.level, without=way.without)
    folded = files.fold(checked, arrays, whole.dropped_weights, weights)
    source = whole.emit(backend, way.level, train, beside.name, way.without)
    files.write(beside, checked, folded)
    deliver(source, output)


def _beside(output: Path, weights: Path) -> Path:
    """Where the weights of a module go."""
    beside = output.with_suffix(".safetensors")
    if beside == output:
        raise typer.BadParameter("the weights take this name; -o is for the source, such as net.py")
    spare(beside, weights)
    return beside


def _bundle(whole: Journey, wanted: Wanted, way: Way, weights: Path, output: Path) -> None:
    from cnnc.bundling.making import make  # numpy is slow to import, and most runs need none
    from cnnc.weights import files

    beside = output if wanted.single else _beside(output, weights)
    if not wanted.single:
        files.refuse_foreign(beside)
    source, content = make(whole, wanted, weights, beside.name, way.without)
    if not wanted.single:
        write_whole(beside, content)
    deliver(source, output)
