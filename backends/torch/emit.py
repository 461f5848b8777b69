"""`emit(checked, about)`: the source of a PyTorch module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from backends.header import About, header
from backends.identifiers import class_name
from backends.source import render
from backends.torch import constructor, forward
from backends.torch.containers import Containers, containers
from backends.torch.copied import RESERVED, helpers, import_lines, known_names, used_helpers
from backends.torch.network import CONVOLUTIONS, Network, look_at
from backends.torch.printing import Call, fits, laid_out, literal
from backends.torch.structure.structure import structure
from backends.torch.structure.views import BlockView, view
from backends.values import name_values
from compiler.check import CheckedGraph
from compiler.graph import Graph, Output
from compiler.lengths import Lengths
from compiler.ops.normalisation import BatchNorm
from compiler.sharing import share, steps
from compiler.sizes import Sizes, sizes


@dataclass(frozen=True)
class NetView:
    """The class, ready to print: texts and lines. `weights`: what `load` reads by default."""

    name: str
    title: str
    about: tuple[str, ...]
    constructor: tuple[str, ...]
    train: bool
    signature: tuple[str, ...]
    checks: tuple[str, ...]
    forward: tuple[str, ...]
    folds: bool
    drops: bool
    channels_last: bool
    weights: str
    run: tuple[str, ...]


@dataclass(frozen=True)
class ModuleView:
    """The module around it."""

    net: NetView
    blocks: tuple[BlockView, ...] = ()
    imports: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()


def emit(
    checked: CheckedGraph,
    about: About,
    *,
    train: bool,
    structured: bool = False,
    weights_file: str | None = None,
) -> str:
    """A standalone module; `weights_file` stands beside it and is loaded by default.

    `structured`: the program's blocks are classes; else the network is one, and flat. Raises
    CnnError where the program has names that PyTorch cannot have.
    """
    last = not structured and not train and _is_convolutional(checked.graph)
    flat = look_at(checked.graph, train=train, channels_last=last)
    network, blocks = flat, tuple[BlockView, ...]()
    if structured:
        network, made = structure(flat, (class_name(checked.graph.name), *known_names()))
        blocks = tuple(map(view, made))
    folded, dropped = tuple(_folded(flat)), tuple(_dropped(flat, about))
    net = _net(network, flat, checked, about, train, last, weights_file)
    plain = ModuleView(net, blocks, constants=(*folded, *dropped))
    body = render("torch/templates/module.jinja", plain)
    sources = used_helpers(body)
    imports = import_lines("\n\n".join((body, *sources)))
    whole = replace(plain, imports=imports, helpers=sources)
    return render("torch/templates/module.jinja", whole)


def _net(
    network: Network,
    flat: Network,
    checked: CheckedGraph,
    about: About,
    train: bool,
    last: bool,
    weights_file: str | None,
) -> NetView:
    graph = network.graph
    reserved = (*RESERVED, *helpers())
    head = header(checked, about)
    names = name_values(graph, reserved, scope=None if network is flat else "")
    sources = graph.sources()
    arguments = [names[node] for node in sources]
    holders = containers(network)
    return NetView(
        name=class_name(graph.name),
        title=head.title,
        about=head.lines,
        constructor=tuple(constructor.lines(holders.attributes, network)),
        train=train,
        signature=tuple(_signature(graph.outputs, arguments)),
        checks=(*_checks(flat, arguments), *(_moves(flat, arguments) if last else ())),
        forward=tuple(_forward(network, holders, names, arguments)),
        folds=any(flat.graph[node].fold for node in flat.order),
        drops=any(_dropped(flat, about)),
        channels_last=last,
        weights=literal(weights_file) if weights_file else "",
        run=tuple(_run(flat.graph, weights_file)),
    )


def _is_convolutional(graph: Graph) -> bool:
    """Whether the channels are better last in memory: where there is a convolution, as
    `benchmarks/torch_inference.py` shows for every example."""
    return any(graph[node].op.name in CONVOLUTIONS for node in graph)


def _moves(network: Network, arguments: list[str]) -> Iterator[str]:
    for argument, node in zip(arguments, network.graph.sources(), strict=True):
        if not network.graph[node].shape.flat:
            yield f"{argument} = {argument}.contiguous(memory_format=torch.channels_last)"


def _run(graph: Graph, weights_file: str | None) -> list[str]:
    """The body of main()."""
    name = class_name(graph.name)
    volumes = [graph[node].shape for node in graph.sources()]
    shapes = ", ".join(f"({each.c}, {each.h}, {each.w})" for each in volumes)
    held = 4 * share(steps(graph)).least
    given = [name, f"{name}.load", f"[{shapes}]", f"value_bytes={held:_}"]
    given += ["default=WEIGHTS"] if weights_file else []
    return laid_out(4, "", Call("run_command", tuple(given)))


def _checks(network: Network, arguments: list[str]) -> Iterator[str]:
    graph = network.graph
    taken = sizes(graph)
    for argument, node in zip(arguments, graph.sources(), strict=True):
        volume = graph[node].shape
        wanted = (None, None) if taken else volume.spatial
        yield f"check_input(self, {argument}, {', '.join(map(str, (volume.c, *wanted)))})"
        if taken and (taken.height, taken.width) != (Lengths(), Lengths()):
            call = _size_check(argument, taken)
            yield from (line.removeprefix(" " * 8) for line in laid_out(8, "", call))


def _size_check(argument: str, taken: Sizes) -> Call:
    high = taken.height
    if high == taken.width == Lengths(high.least, high.every):
        return Call("check_size", (argument, *_limits(high)))
    lengths = {"heights": high, "widths": taken.width}
    given = (Call(f"{name}=Lengths", tuple(_limits(each))) for name, each in lengths.items())
    return Call("check_lengths", (argument, *given, f"taken={literal(str(taken))}"))


def _limits(lengths: Lengths) -> Iterator[str]:
    yield f"least={lengths.least}"
    if lengths.every > 1:
        yield f"multiple={lengths.every}"
    if lengths.rests != ((0, 0),):
        yield f"more={list(lengths.rests)!r}"


def _signature(outputs: tuple[Output, ...], arguments: list[str]) -> Iterator[str]:
    plain = [output for output in outputs if not output.train]
    kinds = ["torch.Tensor"] if len(plain) == 1 else []
    kinds += ["dict[str, torch.Tensor]"] if len(outputs) > 1 else []
    parameters = ("self", *(f"{argument}: torch.Tensor" for argument in arguments))
    return iter(laid_out(4, "def ", Call("forward", parameters), f" -> {' | '.join(kinds)}:"))


def _forward(
    network: Network, holders: Containers, names: dict[int, str], arguments: list[str]
) -> Iterator[str]:
    """It gives a dict in training where there are outputs for it, or wherever there are several."""
    made = forward.statements(network, holders, names)
    outputs = network.graph.outputs
    plain = [output for output in outputs if not output.train]
    result = names[plain[0].node] if len(plain) == 1 else ""
    if len(outputs) == 1:
        yield from forward.lines(made, result, arguments)
        return
    yield from forward.lines(made, result, arguments, returns=False)
    if len(outputs) > len(plain):
        yield "        if self.training:"
        yield from _named(12, outputs, names)
    if len(plain) > 1:
        yield from _named(8, plain, names)
    else:
        yield f"        return {result}"


def _named(indent: int, outputs: Iterable[Output], names: dict[int, str]) -> Iterator[str]:
    pairs = [f"{literal(output.name)}: {names[output.node]}" for output in outputs]
    line = f"return {{{', '.join(pairs)}}}"
    margin = " " * indent
    if fits(indent, line):
        yield margin + line
    else:
        yield from (
            f"{margin}return {{",
            *(f"{margin}    {pair}," for pair in pairs),
            f"{margin}}}",
        )


def _folded(network: Network) -> Iterator[str]:
    """The table of folded norms."""
    graph = network.graph
    folds = [(graph[node].path, fold) for node in network.order if (fold := graph[node].fold)]
    if not folds:
        return
    yield "# layer: the norm that it does, too"
    yield "FOLDED = {"
    for path, fold in folds:
        arguments = [literal(fold.path)]
        if not isinstance(fold.op, BatchNorm):
            arguments.append("eps=None")
        elif fold.op.eps != 1e-5:
            arguments.append(f"eps={fold.op.eps!r}")
        if isinstance(fold.op, BatchNorm) and not fold.op.affine:
            arguments.append("affine=False")
        arguments += ["bias=True"] if fold.bias else []
        arguments += [f"channels={fold.volume.c}"] if fold.volume else []
        arguments += [f"first={fold.first}"] if fold.first else []
        arguments += ["into=fold_norm_before"] if fold.before else []
        yield from laid_out(4, f"{literal(path)}: ", Call("Fold", tuple(arguments)), ",")
    yield "}"


def _dropped(network: Network, about: About) -> Iterator[str]:
    """The layers whose weights a state dict may have beyond those of this module."""
    layers = [key.rpartition(".")[0] for key in about.dropped_weights]
    layers = list(dict.fromkeys((*layers, *network.dropped)))
    if layers:
        yield "TRAINING_ONLY = frozenset("
        yield "    {"
        yield from (f"        {literal(layer)}," for layer in layers)
        yield "    }"
        yield ")"
