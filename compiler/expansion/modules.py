"""Files: what each declares, and what it uses of others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from compiler.expansion.declarations import check_parameters, extend, take
from compiler.expansion.problems import Poisoned, Problem, Reporter, problem
from compiler.expansion.project import Refused, read_bounded, read_ordinary, refuse_outside, roots
from compiler.expansion.values import BlockValue, Defaults, Scope
from dsl import syntax
from dsl.diagnostics import CnnError, Diagnostic, Label, did_you_mean
from dsl.parser import MAX_CHARACTERS, parse
from dsl.source import Source, Span
from dsl.stack import roomy

STD = Path(__file__).parents[1] / "std"
Texts: TypeAlias = Mapping[Path, str]
NO_TEXTS: Texts = {}
MAX_USES = 60  # files that use files that use files
MAX_FILES = 1_000
MAX_BYTES = 4 * MAX_CHARACTERS  # no text of fewer characters takes more


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
    """Raises CnnError: E0101 where the text is not UTF-8, E0102 where there is none to read, or
    more than any program or report has."""
    return decode(read_data(path, name), name)


def read_data(path: Path, name: str) -> bytes:
    """Raises CnnError E0102 where there is nothing to read, or more than any program has."""
    try:
        return read_bounded(path)
    except Refused as refused:
        title = f"cannot read {name}: {refused.title}"
        raise CnnError([Diagnostic("E0102", title, file=name)]) from None
    except (OSError, ValueError) as error:
        reason = (error.strerror or "") if isinstance(error, OSError) else str(error)
        title = f"cannot read {name}: {reason.lower()}"
        raise CnnError([Diagnostic("E0102", title, file=name)]) from None


def decode(data: bytes, name: str) -> Source:
    """Raises CnnError E0101 where the bytes are not UTF-8."""
    try:
        return Source(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        title = f"{name} is not UTF-8 text: byte {error.start + 1}, on line {line}"
        mend = "save it again as UTF-8"
        raise CnnError([Diagnostic("E0101", title, file=name, help=mend)]) from None


@roomy
def load_file(
    module: syntax.Module,
    path: Path | None,
    reporter: Reporter,
    opening: tuple[Path, ...] = (),
    loaded: dict[Path, File] | None = None,
    texts: Texts = NO_TEXTS,
    folders: tuple[Path, ...] | None = None,
) -> File:
    """The names of a parsed file and of those it uses; errors go to the reporter.

    `opening` are the files around, `loaded` those that were read before: each is read once. What
    has its text in `texts` is not read at all. `folders`: where used files may lie; the project's,
    unless others are allowed.
    """
    loaded = {} if loaded is None else loaded
    folders = roots(path) if folders is None else folders
    if path is not None and not opening:
        opening = (path.resolve(),)
    scope = Scope({})
    taken: dict[str, Span] = {}
    used: list[File] = []
    nets: dict[str, BlockValue] = {}
    params: dict[str, syntax.Param] = {}
    lets: dict[str, syntax.Let] = {}
    defaults: Defaults = {}
    sketch_defaults: Defaults = {}
    for declaration in module.declarations:
        try:
            match declaration:
                case syntax.Use():
                    around = (reporter, opening, loaded, texts, folders)
                    used.append(_use(declaration, path, scope, taken, *around))
                case syntax.Default():
                    defaults = extend(defaults, declaration, scope)
                case syntax.Chain():
                    sketch_defaults = defaults
                case syntax.Block():
                    take(declaration.name, declaration.name_span, taken)
                    block = BlockValue(declaration, scope, defaults)
                    if declaration.is_net:
                        nets[declaration.name] = block
                    is_sound = check_parameters(declaration, reporter)
                    scope.names[declaration.name] = block if is_sound else Poisoned
                case syntax.Param():
                    take(declaration.name, declaration.name_span, taken)
                    params[declaration.name] = declaration
                case syntax.Let():
                    take(declaration.name, declaration.name_span, taken)
                    lets[declaration.name] = declaration
                case _:
                    pass
        except Problem as found:
            reporter.add(found.diagnostic)
            if isinstance(declaration, syntax.Use):
                for name in declaration.names:
                    scope.names.setdefault(name.id, Poisoned)
    sketch = _sketch(module, reporter)
    if sketch is not None and sketch.name in nets:
        named = Label(nets[sketch.name].block.name_span, "a net")
        bare = Label(sketch.span, "a bare chain is the net that is called after its file")
        title = f"two nets are called `{sketch.name}`"
        mend = "give the chain a name of its own: net Name = ..."
        reporter.add(Diagnostic("E0207", title, (bare, named), help=mend))
    elif sketch is not None:
        nets[sketch.name] = BlockValue(sketch, scope, sketch_defaults)
    return File(module, scope, tuple(used), nets, params, lets)


def _sketch(module: syntax.Module, reporter: Reporter) -> syntax.Block | None:
    """A trailing bare chain is the network that is named after the file."""
    chains = [each for each in module.declarations if isinstance(each, syntax.Chain)]
    for chain, following in pairwise(chains):
        reporter.add(stray_chain(chain, following))
    if not chains:
        return None
    name, last = sketch_name(module.source), chains[-1]
    return syntax.Block(last.span, name, last.span, (), tuple(chains), True, last.doc)


def sketch_name(source: Source) -> str:
    """The name of a file without folder, ending and `@revision`; `Net` where there is no file."""
    file, ending, _ = source.name.partition(".cnn@")
    name = (file + ending.removesuffix("@")).replace("\\", "/").rsplit("/", 1)[-1]
    name = name.removesuffix(".cnn")
    return "Net" if name == "<stdin>" else name


def stray_chain(chain: syntax.Chain, following: syntax.Chain) -> Diagnostic:
    first = following.elements[0]
    labels = (
        Label(chain.elements[-1].span, "one chain ends here"),
        Label(first.span, "and another begins"),
    )
    mend = "an arrow -> goes on with the chain; `name = ...` in a body keeps its value"
    if isinstance(first, syntax.Call) and first.name == "INPUT":
        mend = "two networks of a file are nets: net A = INPUT -> ..., net B = INPUT -> ..."
    if isinstance(first, syntax.Call) and re.fullmatch(r"[xX][0-9]+", first.name):
        mend = f"a repetition is written *{first.name[1:]}"
    return Diagnostic("E0219", "an arrow is missing between two chains", labels, help=mend)


def _use(
    use: syntax.Use,
    path: Path | None,
    scope: Scope,
    taken: dict[str, Span],
    reporter: Reporter,
    opening: tuple[Path, ...],
    loaded: dict[Path, File],
    texts: Texts,
    folders: tuple[Path, ...],
) -> File:
    target = _target(use, path)
    if target in opening:
        chain = " -> ".join(each.name for each in (*opening[opening.index(target) :], target))
        raise problem("E0215", f"files use each other in a circle: {chain}", use.target_span)
    if target not in loaded:
        loaded[target] = _read(use, target, reporter, opening, loaded, texts, folders)
    file = loaded[target]
    for name in use.names:
        try:
            take(name.id, name.span, taken)
            scope.names[name.id] = _used_block(use, name, file)
        except Problem as found:
            reporter.add(found.diagnostic)
            scope.names.setdefault(name.id, Poisoned)
    return file


def _read(
    use: syntax.Use,
    target: Path,
    reporter: Reporter,
    opening: tuple[Path, ...],
    loaded: dict[Path, File],
    texts: Texts,
    folders: tuple[Path, ...],
) -> File:
    """The used file; one without names where it has syntax errors, which are reported."""
    if len(opening) > MAX_USES:
        title = f"more than {MAX_USES} files use one another"
        raise problem("E0108", title, use.target_span)
    if len(loaded) >= MAX_FILES:
        raise problem("E0110", f"more than {MAX_FILES:,} files are used", use.target_span)
    shown = use.target if not use.is_std else f"{use.target.replace('.', '/')}.cnn"
    text = texts[target] if target in texts else _text(use, target, folders)
    try:
        module = _parsed(shown, text)
    except CnnError as error:
        for each in error.diagnostics:
            reporter.add(each, (f"used at {use.span}",))
        empty = syntax.Module(use.span, Source(shown, text), ())
        return File(empty, Scope({}), (), {}, {}, {})
    return load_file(module, target, reporter, (*opening, target), loaded, texts, folders)


@lru_cache(maxsize=64)
def _parsed(name: str, text: str) -> syntax.Module:
    """A family of networks uses the same files again and again."""
    return parse(Source(name, text))


def _text(use: syntax.Use, target: Path, folders: tuple[Path, ...]) -> str:
    """Raises Problem E0215 for what cannot be read, or may not be: see `project`."""
    if use.is_std:
        return target.read_text(encoding="utf-8")
    try:
        refuse_outside(target, folders)
        return decode(read_ordinary(target, MAX_BYTES), use.target).text
    except Refused as refused:
        title = f"cannot read {use.target}: {refused.title}"
        raise problem("E0215", title, use.target_span, help=refused.mend) from None
    except OSError as error:
        reason = (error.strerror or "").lower()
        title = f"cannot read {use.target}: {reason}"
        raise problem("E0215", title, use.target_span) from None
    except CnnError as error:
        raise problem("E0215", error.diagnostics[0].title, use.target_span) from None


def all_files(root: File) -> list[File]:
    """The file and all that it uses, directly or not, each once."""
    files = {id(root): root}
    waiting = [root]
    while waiting:
        for used in waiting.pop().used:
            if id(used) not in files:
                files[id(used)] = used
                waiting.append(used)
    return list(files.values())


def _used_block(use: syntax.Use, name: syntax.Name, file: File) -> object:
    value = file.scope.names.get(name.id)
    if isinstance(value, BlockValue) and value.block.is_net:
        title = f"`{name.id}` is a net; only blocks can be used by other files"
        raise problem("E0216", title, name.span)
    if isinstance(value, BlockValue) or value is Poisoned:
        return value
    if not file.module.declarations:
        return Poisoned
    values = file.scope.names.items()
    blocks = [
        each for each, value in values if isinstance(value, BlockValue) and not value.block.is_net
    ]
    mend = f"its blocks are {', '.join(blocks)}" if blocks else "it has no blocks"
    mend = did_you_mean(name.id, blocks) or mend
    raise problem("E0216", f"{use.target} has no block `{name.id}`", name.span, help=mend)


@cache
def library() -> Mapping[str, str]:
    """For each block of the library, the file in which it stands."""
    block = re.compile(r"^block (\w+)", re.MULTILINE)
    return {
        name: file.stem
        for file in sorted(STD.glob("*.cnn"))
        for name in block.findall(file.read_text(encoding="utf-8"))
    }


def _target(use: syntax.Use, path: Path | None) -> Path:
    if not use.is_std:
        base = path.parent if path is not None else Path.cwd()
        try:
            return (base / use.target).resolve()
        except (OSError, ValueError, RuntimeError):  # RuntimeError: links in a circle
            raise problem("E0215", "this is no file's name", use.target_span) from None
    root, _, name = use.target.partition(".")
    shelf = sorted(each.stem for each in STD.glob("*.cnn"))
    if root != "std" or name not in shelf:
        mend = did_you_mean(name, shelf)
        mend = f"did you mean std.{mend.split()[-1]}" if mend else f"std has {', '.join(shelf)}"
        raise problem("E0215", f"there is no {use.target}", use.target_span, help=mend)
    return STD / f"{name}.cnn"
