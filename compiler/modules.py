"""Files: what each declares, and what it uses of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from compiler.functions import FUNCTIONS
from compiler.ops import SIGNATURES
from compiler.problems import Problem, Reporter, problem
from compiler.values import BlockValue, DefaultArgument, Defaults, Scope
from dsl import syntax
from dsl.diagnostics import CnnError, Diagnostic, Label, did_you_mean
from dsl.parser import parse
from dsl.source import Source, Span

STD = Path(__file__).with_name("std")
MODULE_WORDS = frozenset({"in", "input", "std"})


@dataclass(frozen=True, slots=True)
class File:
    """A file's names: its blocks and nets are in `scope` from the start, its params and lets are
    there once they have a value."""

    module: syntax.Module
    scope: Scope
    used: tuple[File, ...]
    nets: Mapping[str, BlockValue]
    params: Mapping[str, syntax.Param]
    lets: Mapping[str, syntax.Let]


def read_source(path: Path, name: str) -> Source:
    """Raises CnnError: E0101 where the text is not UTF-8, E0102 where there is none to read."""
    try:
        return Source(name, path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        title = f"byte {error.start} is not UTF-8"
        raise CnnError([Diagnostic("E0101", title, file=name)]) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        title = f"cannot read the program: {reason}"
        raise CnnError([Diagnostic("E0102", title, file=name)]) from None


def load_file(
    module: syntax.Module, path: Path | None, reporter: Reporter, opening: tuple[Path, ...] = ()
) -> File:
    """The names of a parsed file and of those it uses; errors go to the reporter."""
    scope = Scope({})
    taken: dict[str, Span] = {}
    used: list[File] = []
    nets: dict[str, BlockValue] = {}
    params: dict[str, syntax.Param] = {}
    lets: dict[str, syntax.Let] = {}
    defaults: Defaults = {}
    for declaration in module.declarations:
        try:
            match declaration:
                case syntax.Use():
                    used.append(_use(declaration, path, scope, taken, reporter, opening))
                case syntax.Default():
                    defaults = extend(defaults, declaration, scope)
                case syntax.Block():
                    _take(declaration.name, declaration.name_span, taken)
                    block = BlockValue(declaration, scope, defaults)
                    scope.names[declaration.name] = block
                    if declaration.is_net:
                        nets[declaration.name] = block
                case syntax.Param():
                    _take(declaration.name, declaration.name_span, taken)
                    params[declaration.name] = declaration
                case syntax.Let():
                    _take(declaration.name, declaration.name_span, taken)
                    lets[declaration.name] = declaration
                case _:
                    pass
        except Problem as found:
            reporter.add(found.diagnostic)
    sketch = _sketch(module, reporter)
    if sketch is not None and sketch.name not in nets:
        nets[sketch.name] = BlockValue(sketch, scope, defaults)
    return File(module, scope, tuple(used), nets, params, lets)


def _sketch(module: syntax.Module, reporter: Reporter) -> syntax.Block | None:
    """A trailing bare chain is the network that is named after the file."""
    chains = [each for each in module.declarations if isinstance(each, syntax.Chain)]
    for chain in chains[:-1]:
        reporter.add(stray_chain(chain))
    if not chains:
        return None
    name = sketch_name(module.source)
    doc = module.declarations[0]
    text = doc.doc if isinstance(doc, syntax.Param | syntax.Let | syntax.Block) else ""
    return syntax.Block(chains[-1].span, name, chains[-1].span, (), (chains[-1],), True, text)


def sketch_name(source: Source) -> str:
    """The name of a file without folder and ending; `Net` where there is no file."""
    name = source.name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".cnn")
    return "Net" if name == "<stdin>" else name


def stray_chain(chain: syntax.Chain) -> Diagnostic:
    label = Label(chain.span, "this chain ends here, and another begins")
    mend = "an arrow -> goes on with the chain; `name = ...` in a body keeps its value"
    return Diagnostic("E0219", "only the last chain may stand without a name", (label,), help=mend)


def check_name(name: str, span: Span) -> None:
    if name in SIGNATURES:
        raise problem("E0208", f"`{name}` is a built-in operator", span)
    if name in FUNCTIONS or name in MODULE_WORDS:
        raise problem("E0208", f"`{name}` is a word of the language", span)


def _take(name: str, span: Span, taken: dict[str, Span]) -> None:
    check_name(name, span)
    if name in taken:
        labels = (Label(span, "again here"), Label(taken[name], "first here"))
        raise Problem(Diagnostic("E0207", f"`{name}` is declared twice", labels))
    taken[name] = span


def extend(defaults: Defaults, statement: syntax.Default, scope: Scope) -> Defaults:
    """The defaults with those of one more statement; raises Problem E0203, E0221."""
    call = statement.call
    if call.name not in SIGNATURES:
        mend = did_you_mean(call.name, SIGNATURES)
        title = f"`{call.name}` is not a built-in operator"
        raise problem("E0221", title, call.name_span, help=mend)
    signature = SIGNATURES[call.name]
    changed = dict(defaults.get(signature.op.name, {}))
    for argument in call.args:
        if argument.name is None:
            title = "a default is given by its argument's name"
            raise problem("E0221", title, argument.span, help="such as default CONV(bias=false)")
        if argument.name not in signature.kinds:
            raise unknown_argument(call.name, argument, signature.kinds)
        changed[argument.name] = DefaultArgument(argument.value, scope)
    return {**defaults, signature.op.name: changed}


def unknown_argument(name: str, argument: syntax.Argument, known: Mapping[str, object]) -> Problem:
    mend = did_you_mean(argument.name or "", known)
    takes = f"its arguments are {', '.join(known)}" if known else "it takes none"
    title = f"{name} has no argument `{argument.name}`"
    return problem("E0203", title, argument.span, help=mend or takes)


def _use(
    use: syntax.Use,
    path: Path | None,
    scope: Scope,
    taken: dict[str, Span],
    reporter: Reporter,
    opening: tuple[Path, ...],
) -> File:
    target = _target(use, path)
    if target in opening:
        chain = " -> ".join(each.name for each in (*opening[opening.index(target) :], target))
        raise problem("E0215", f"files use each other in a circle: {chain}", use.target_span)
    shown = use.target if not use.is_std else f"{use.target.replace('.', '/')}.cnn"
    try:
        source = read_source(target, shown)
    except CnnError as error:
        title = f"{error.diagnostics[0].title}: {use.target}"
        raise problem("E0215", title, use.target_span) from None
    try:
        module = parse(source)
    except CnnError as error:
        for each in error.diagnostics:
            reporter.add(each, (f"used at {use.span}",))
        file = File(syntax.Module(use.span, source, ()), Scope({}), (), {}, {}, {})
    else:
        file = load_file(module, target, reporter, (*opening, target))
    for name in use.names:
        _take(name.id, name.span, taken)
        value = file.scope.names.get(name.id)
        if not isinstance(value, BlockValue):
            _refuse_missing(use, name, file)
            continue
        scope.names[name.id] = value
    return file


def _refuse_missing(use: syntax.Use, name: syntax.Name, file: File) -> None:
    if not file.module.declarations:
        return
    blocks = [each for each, value in file.scope.names.items() if isinstance(value, BlockValue)]
    mend = did_you_mean(name.id, blocks) or f"its blocks are {', '.join(blocks)}"
    raise problem("E0216", f"{use.target} has no block `{name.id}`", name.span, help=mend)


def _target(use: syntax.Use, path: Path | None) -> Path:
    if not use.is_std:
        base = path.parent if path is not None else Path.cwd()
        try:
            return (base / use.target).resolve()
        except (OSError, ValueError):
            raise problem("E0215", "this is no file's name", use.target_span) from None
    root, _, name = use.target.partition(".")
    shelf = sorted(each.stem for each in STD.glob("*.cnn"))
    if root != "std" or name not in shelf:
        mend = did_you_mean(name, shelf)
        mend = f"did you mean std.{mend.split()[-1]}" if mend else f"std has {', '.join(shelf)}"
        raise problem("E0215", f"there is no {use.target}", use.target_span, help=mend)
    return STD / f"{name}.cnn"
