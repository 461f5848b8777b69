"""`emit(checked, about)`: a network as one Python module that needs NumPy alone."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from backends.header import About, header
from backends.identifiers import class_name
from backends.numpy.bundle import Bundle, Bundled, bundled
from backends.numpy.fast.lines import planned
from backends.numpy.forward import forward
from backends.numpy.layout import WIDTH, Expression, literal, returned
from backends.numpy.library import Import, definitions
from backends.numpy.prepare import prepare
from backends.numpy.vendor import Section, vendor
from backends.source import render
from backends.values import name_values
from compiler.check import CheckedGraph
from compiler.graph import Graph, Output
from compiler.sizes import Sizes, sizes

# A type of the library, which stands below the class; so are those that the templates quote.
ARRAY = '"Array"'
# What the templates themselves call and name.
CALLED = (
    "check_input",
    "is_folded",
    "random_weights",
    "run_command",
)
# Besides, in a net that takes images of several sizes.
CALLED_OF_SIZES = ("check_size", "chosen_size")
IMPORTS = (
    Import("os"),
    Import("sys"),
    Import("collections.abc", "Mapping"),
    Import("typing", "Any"),
    Import("typing", "Self"),
    Import("numpy.typing", "NDArray"),
)


@dataclass(frozen=True, slots=True)
class Input:
    """`sizes`: channels, height and width that are asked for."""

    name: str
    sizes: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class View:
    """What the templates print: names, and lines.

    `net` is what a weights file calls the network; `prepare`, `norms` and `buffers` are bodies, of
    `__init__` and of the methods that give those; `tables` stand behind the class, `sections` of
    the library behind all.
    """

    name: str
    net: str
    title: str
    doc: tuple[str, ...]
    plan: tuple[str, ...]
    imports: tuple[str, ...]
    weights_file: tuple[str, ...]
    sizes: bool
    prepare: tuple[str, ...]
    norms: tuple[str, ...]
    buffers: tuple[str, ...]
    default_path: str
    inputs: tuple[Input, ...]
    signature: str
    result: str
    weighted: bool
    call: tuple[str, ...]
    forward: tuple[str, ...]
    returned: tuple[str, ...]
    fast: bool
    bundle: Bundled | None
    tables: tuple[tuple[str, ...], ...]
    run: tuple[str, ...]
    sections: tuple[Section, ...]


def emit(
    checked: CheckedGraph,
    about: About,
    *,
    fast: bool = False,
    weights_file: str | None = None,
    bundle: Bundle | None = None,
) -> str:
    """The source of a module; training outputs, and what only they need, are left out.

    `fast`: the form that makes a plan and runs that, else the plain one. `weights_file`: the name
    of a file beside the module, which `load` reads where it gets no path; "" where the weights are
    inside. `bundle`: what the fast form of a module has besides.
    """
    graph = checked.graph
    known = definitions()
    names = name_values(graph, {*known, "w", "plan"})  # what the lines call their own
    loading = prepare(checked, about, weights_file)
    taken = sizes(graph)
    called = (*CALLED, *CALLED_OF_SIZES) if taken else CALLED
    more = bundled(bundle, class_name(graph.name)) if bundle else None
    called = (*called, *(more.functions if more else ("read_weights",)))
    body = planned(graph, names, known) if fast else forward(graph, names, known)
    imports = [*IMPORTS, *body.imports]
    if bundle and bundle.scores == "exponential":
        imports.append(Import("numpy", alias="np"))
    copied = vendor((*called, *loading.functions, *body.kernels), imports)
    head = header(checked, about)
    name = class_name(graph.name)
    inputs = _inputs(graph, names)
    outputs = [output for output in graph.outputs if not output.train]
    view = View(
        name=name,
        net=literal(graph.name),
        title=head.title,
        doc=head.lines,
        plan=body.plan,
        imports=copied.imports,
        weights_file=loading.weights_file,
        sizes=taken is not None,
        prepare=loading.body,
        norms=loading.norms,
        buffers=body.buffers,
        default_path="" if weights_file is None else " = WEIGHTS",
        inputs=inputs,
        signature=_signature(inputs),
        result=ARRAY if len(outputs) == 1 else '"dict[str, Array]"',
        weighted=body.weighted,
        call=tuple(returned(_call(inputs), 2)),
        forward=body.lines,
        returned=_planned(inputs, outputs) if fast else _returned(outputs, names),
        fast=fast,
        bundle=more,
        tables=(
            *loading.tables,
            *((_sizes(taken),) if taken else ()),
            *(more.tables if more else ()),
        ),
        run=_run(name, graph, weights_file, fast, more.options if more else ()),
        sections=copied.sections,
    )
    text = render("numpy/templates/module.jinja", view)
    # A key cannot be broken; no other line is as long.
    unbroken = any(len(line) > WIDTH for line in text.splitlines())
    return f"# ruff: noqa: E501\n{text}" if unbroken else text


def _inputs(graph: Graph, names: dict[int, str]) -> tuple[Input, ...]:
    volumes = [(node, graph[node].shape) for node in graph.sources()]
    return tuple(Input(names[node], (volume.c, volume.h, volume.w)) for node, volume in volumes)


def _sizes(taken: Sizes) -> tuple[str, ...]:
    """What `check_size` is called with."""
    return (
        "# The sizes that the layers take, as check_size has them.",
        f"HEIGHTS = {literal(astuple(taken.height))}",
        f"WIDTHS = {literal(astuple(taken.width))}",
        f"SIZES = {literal(str(taken))}",
    )


def _signature(inputs: tuple[Input, ...]) -> str:
    if len(inputs) == 1:
        return f"self, {inputs[0].name}: {ARRAY}"
    lines = ["self", *(f"{each.name}: {ARRAY}" for each in inputs)]
    return "".join(f"\n        {line}," for line in lines) + "\n    "


def _call(inputs: tuple[Input, ...]) -> Expression:
    return Expression(tuple(each.name for each in inputs), function="self.forward")


def _returned(outputs: list[Output], names: dict[int, str]) -> tuple[str, ...]:
    if len(outputs) == 1:
        return (f"        return {names[outputs[0].node]}",)
    pairs = [f"            {literal(each.name)}: {names[each.node]}," for each in outputs]
    return ("        return {", *pairs, "        }")


def _planned(inputs: tuple[Input, ...], outputs: list[Output]) -> tuple[str, ...]:
    call = Expression(tuple(each.name for each in inputs), function="self.engine")
    if len(outputs) == 1:
        return (f"        return {call}[{literal(outputs[0].name)}]",)
    return (f"        return {call}",)


def _run(
    name: str, graph: Graph, weights_file: str | None, fast: bool, options: tuple[str, ...]
) -> tuple[str, ...]:
    """The body of main()."""
    volumes = [graph[node].shape for node in graph.sources()]
    shapes = literal(tuple((volume.c, volume.h, volume.w) for volume in volumes))
    weights = "None" if weights_file is None else "WEIGHTS"
    tunes = ("tunes=True",) if fast else ()
    parts = (literal(name), shapes, f"{name}.load", f"{name}.random", weights, *tunes, *options)
    return tuple(returned(Expression(parts, function="run_command"), 1))
