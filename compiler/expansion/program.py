"""`expand(…) -> Graph`: one net of a parsed file, with its params set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from compiler.expansion.elaborate import MAX_LAYERS, Elaborator
from compiler.expansion.modules import NO_TEXTS, File, Texts, load_file, sketch_name
from compiler.expansion.names import Told, check_unreached
from compiler.expansion.problems import Abandoned, Problem, Reporter
from compiler.expansion.project import roots
from compiler.expansion.recipe import read_recipes
from compiler.expansion.settings import Settings
from compiler.expansion.values import BlockValue
from compiler.graph import Graph
from dsl import syntax
from dsl.diagnostics import CnnError, Diagnostic, did_you_mean
from dsl.stack import roomy

MOST_NAMED = 30  # nets, where one is to be chosen


@roomy
def expand(
    module: syntax.Module,
    path: Path | None = None,
    net: str | None = None,
    settings: Mapping[str, object] | None = None,
    max_layers: int = MAX_LAYERS,
    texts: Texts = NO_TEXTS,
    *,
    allow_paths: Iterable[Path] = (),
    unreached: Told = "all",
) -> Graph:
    """The graph of a net, with every value that was set or defaulted in `params`.

    `settings` are Python values, or texts that are read as expressions of the language. `texts`:
    those of used files that need not be read; others lie in the project's folder, or in one of
    `allow_paths`. `unreached`: in which parts of the file that the net never names unknown
    names are errors too; who expands all nets need not look at each again for every other. Raises
    CnnError with every error that could be found.
    """
    reporter = Reporter()
    try:
        folders = roots(path, allow_paths)
        file = load_file(module, path, reporter, texts=texts, folders=folders)
        if not file.nets and reporter.diagnostics:
            raise CnnError(reporter.diagnostics)
        chosen = choose_net(file, net)
        values = Settings(file, chosen, settings or {}, reporter)
        budget, optimizer = read_recipes(file, reporter)
        graph = _expand(chosen, values, reporter, max_layers)
        check_unreached(file, values.open, reporter, unreached)
    except (Problem, Abandoned) as found:
        reporter.diagnostics.append(found.diagnostic)
    if reporter.diagnostics:
        raise CnnError(reporter.diagnostics)
    graph.params, graph.budget, graph.optimizer = values.shown(), budget, optimizer
    return graph


def net_names(module: syntax.Module) -> list[str]:
    """The nets of a file, that of a trailing bare chain among them."""
    nets = [each for each in module.declarations if isinstance(each, syntax.Block) and each.is_net]
    bare = any(isinstance(each, syntax.Chain) for each in module.declarations)
    return [*(net.name for net in nets), *([sketch_name(module.source)] if bare else [])]


@roomy
def settable(
    module: syntax.Module,
    path: Path | None,
    net: str | None,
    *,
    allow_paths: Iterable[Path] = (),
) -> frozenset[str]:
    """What a net can be set, none where it has errors that `expand` will tell."""
    try:
        file = load_file(module, path, Reporter(), folders=roots(path, allow_paths))
        return frozenset(Settings(file, choose_net(file, net), {}, Reporter()).settable())
    except (Problem, Abandoned):
        return frozenset()


def choose_net(file: File, name: str | None) -> BlockValue:
    """Raises Problem: E0212 (unknown, or to be chosen), E0213 (the file has none)."""
    source = file.module.source.name
    if not file.nets:
        title = "there is no net in this file, only declarations"
        mend = "such as net Name = INPUT -> ..."
        raise Problem(Diagnostic("E0213", title, file=source, help=mend))
    names = ", ".join([*file.nets][:MOST_NAMED]) + (", ..." if len(file.nets) > MOST_NAMED else "")
    if name is None:
        if len(file.nets) == 1:
            return next(iter(file.nets.values()))
        title = f"the file has {len(file.nets)} nets; choose one: {names}"
        mend = f"such as {source}:{next(iter(file.nets))}"
        raise Problem(Diagnostic("E0212", title, file=source, help=mend))
    if name not in file.nets:
        mend = did_you_mean(name, file.nets) or f"its nets are {names}"
        title = f"the file has no net `{name}`"
        raise Problem(Diagnostic("E0212", title, file=source, help=mend))
    return file.nets[name]


def _expand(net: BlockValue, values: Settings, reporter: Reporter, max_layers: int) -> Graph:
    """Expands once; and once more where the last layer with weights left its size to the sketch."""
    heads: frozenset[str] = frozenset()
    while True:
        elaborator = Elaborator(reporter, values, heads, max_layers)
        graph = elaborator.net(net, dict(values.net))
        found = frozenset() if heads else _heads(graph, elaborator.sketched)
        if not found or reporter.diagnostics:
            return graph
        heads = found


def _heads(graph: Graph, sketched: set[int]) -> frozenset[str]:
    """The last layers with weights before an output, where the sketch left out their size."""
    heads = set()
    for output in graph.outputs:
        node = output.node
        while not graph.weights(node) and len(graph.inputs(node)) == 1:
            (node,) = graph.inputs(node)
        if node in sketched:
            heads.add(graph[node].path)
    return frozenset(heads)
