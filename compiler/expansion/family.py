"""`family(…)`: the networks that the domains of a program's params and its optionals span."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TypeGuard

from compiler.expansion.expressions import Here, evaluate, shown
from compiler.expansion.modules import File, all_files, load_file
from compiler.expansion.problems import Abandoned, Poisoned, Problem, Reporter, problem
from compiler.expansion.program import choose_net
from compiler.expansion.project import roots
from compiler.expansion.settings import Settings
from compiler.expansion.values import BlockValue, OperatorValue, Word, kind_of
from dsl import syntax
from dsl.diagnostics import CnnError, Diagnostic, did_you_mean
from dsl.parser import parse
from dsl.source import Source
from dsl.stack import roomy

MAX_MEMBERS = 10_000
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Axis:
    """A param or an optional element, and the values that it takes in turn."""

    name: str
    values: Sequence[object]

    @property
    def size(self) -> int:
        """`len` refuses ranges that are longer than memory."""
        if isinstance(self.values, range):
            return max(0, self.values.stop - self.values.start)
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Family:
    """All members of a net: every combination of its axes' values, the last axis fastest.

    `fixed`: what is set in all members. `params`: the names of all that has a value in a member.
    `blocks`: those of the program, which may be such values.
    """

    net: str
    axes: tuple[Axis, ...]
    fixed: Mapping[str, str]
    params: tuple[str, ...]
    blocks: Mapping[str, BlockValue]

    @property
    def size(self) -> int:
        return math.prod(axis.size for axis in self.axes)

    def values(self, member: int) -> dict[str, object]:
        """What each axis is in a member, counted from 0."""
        values: dict[str, object] = {}
        for axis in reversed(self.axes):
            member, at = divmod(member, axis.size)
            values[axis.name] = axis.values[at]
        return {axis.name: values[axis.name] for axis in self.axes}

    def settings(self, member: int) -> dict[str, str]:
        """What a member is made of, as `expand` takes it."""
        return {**self.fixed, **{name: literal(v) for name, v in self.values(member).items()}}


@roomy
def family(
    module: syntax.Module,
    path: Path | None,
    net: str | None,
    fixed: Mapping[str, str],
    varied: Mapping[str, str],
    limit: int = MAX_MEMBERS,
    *,
    allow_paths: Iterable[Path] = (),
) -> Family:
    """The family of a net, nothing of it expanded.

    Params with a domain, and optionals, are its axes unless `fixed` sets them. `varied` gives a
    name the values of a list or a range, whether it has a domain or not. Raises CnnError: E0802
    where the values of an axis cannot be listed, E0803 where there are more members than the limit,
    and what the settings have wrong.
    """
    reporter = Reporter()
    folders = roots(path, allow_paths)
    try:
        settings = Settings(*_opened(module, path, net, reporter, folders), fixed, reporter)
        wrong = [each for each in reporter.diagnostics if each.code != "E0209"]
        if wrong:
            raise CnnError(wrong)
        axes = _axes(settings, varied)
        first = {axis.name: literal(axis.values[0]) for axis in axes}
        # Errors of one member are that member's; what wants a value has none in any.
        reporter = Reporter()
        opened = _opened(module, path, net, reporter, folders)
        whole = Settings(*opened, {**fixed, **first}, reporter)
        missing = [each for each in reporter.diagnostics if each.code == "E0209"]
        if missing:
            raise CnnError([_with_vary(each, whole.missing[0]) for each in missing])
    except (Problem, Abandoned) as found:
        raise CnnError([found.diagnostic]) from None
    names = whole.file.scope.names.items()
    blocks = {name: value for name, value in names if isinstance(value, BlockValue)}
    result = Family(opened[1].name, tuple(axes), fixed, tuple(whole.shown()), blocks)
    if result.size > limit:
        raise CnnError([_too_large(result, limit, module.source.name)])
    return result


def literal(value: object) -> str:
    """A value as a program writes it, whole: read again it is the same."""
    match value:
        case bool() | None:
            return str(value).lower()
        case Word():
            return str(value)
        case str():
            return f'"{"".join(ESCAPES.get(char, char) for char in value)}"'
        case OperatorValue() | BlockValue():
            return value.name
        case list() | tuple():
            items = ", ".join(map(literal, value))
            comma = "," if len(value) == 1 else ""
            return f"[{items}]" if isinstance(value, list) else f"({items}{comma})"
    return repr(value)


def _opened(
    module: syntax.Module,
    path: Path | None,
    net: str | None,
    reporter: Reporter,
    folders: tuple[Path, ...],
) -> tuple[File, BlockValue]:
    """Each time anew: what params are bound to stays in a file's scope."""
    file = load_file(module, path, reporter, folders=folders)
    if not file.nets and reporter.diagnostics:
        raise CnnError(reporter.diagnostics)
    return file, choose_net(file, net)


def _axes(settings: Settings, varied: Mapping[str, str]) -> list[Axis]:
    settable = settings.settable()
    _refuse_unknown(settings, varied, settable)
    homes = {name: file for file in all_files(settings.file) for name in file.params}
    domains: dict[str, syntax.Expression | syntax.Range] = {}
    for name, home in homes.items():
        domain = home.params[name].domain
        if domain is not None and name not in settings.given:
            domains[name] = domain
    for name, text in varied.items():
        domains[name] = _domain(name, text)
    switches = [
        name
        for name in settings.open.optional
        if name in settable and name not in domains and name not in settings.given
    ]
    walked = {*domains, *switches}
    axes = [
        Axis(name, _values(name, domain, homes.get(name, settings.file), walked))
        for name, domain in domains.items()
    ]
    return [*axes, *(Axis(name, (True, False)) for name in switches)]


def _refuse_unknown(settings: Settings, varied: Mapping[str, str], settable: list[str]) -> None:
    for name in varied:
        if name not in settable:
            mend = did_you_mean(name, settable)
            mend = mend or f"what can be varied: {', '.join(dict.fromkeys(settable))}"
            title = f"there is nothing called `{name}` to vary"
            source = settings.file.module.source.name
            raise Problem(Diagnostic("E0210", title, file=source, help=mend))


def _domain(name: str, text: str) -> syntax.Expression | syntax.Range:
    """What `--vary` gives, read as a param's domain is."""
    source = Source(f"--vary {name}", f"param {name} in {text}")
    try:
        (declaration,) = parse(source).declarations
        assert isinstance(declaration, syntax.Param) and declaration.domain is not None
        return declaration.domain
    except (CnnError, ValueError, AssertionError):
        title = f"`{text}` is no list of values for `{name}`"
        mend = f"such as --vary {name}=[1, 2] or --vary {name}=1..4"
        raise Problem(Diagnostic("E0211", title, file=source.name, help=mend)) from None


def _values(
    name: str, domain: syntax.Expression | syntax.Range, home: File, walked: set[str]
) -> Sequence[object]:
    """Every value of a domain, each once, in its order. Raises Problem E0802."""
    other = _depends(domain, home, walked)
    if other:
        title = f"the domain of `{name}` depends on `{other}`, which is walked, too"
        mend = f"give the values: --vary {name}=[...], or set one: --set {other}=..."
        raise problem("E0802", title, domain.span, help=mend)
    try:
        if isinstance(domain, syntax.Range):
            ends = [evaluate(end, Here(home.scope)) for end in (domain.low, domain.high)]
            low, high = ends
            if not _is_whole(low) or not _is_whole(high):
                title = f"the values of `{name}` between {shown(low)} and {shown(high)}"
                title += " cannot be counted"
                mend = f"choose some, --vary {name}=[{shown(low)}, {shown(high)}],"
                mend += f" or one, --set {name}={shown(low)}"
                raise problem("E0802", title, domain.span, help=mend)
            values: Sequence[object] = range(low, high + 1)
        else:
            listed = evaluate(domain, Here(home.scope))
            if not isinstance(listed, list | tuple):
                title = f"the values of `{name}` are a list or low..high, not {kind_of(listed)}"
                raise problem("E0802", title, domain.span)
            values = list({literal(value): value for value in listed}.values())
    except Poisoned:
        title = f"the domain of `{name}` depends on what has no value"
        mend = f"give the values: --vary {name}=[...]"
        raise problem("E0802", title, domain.span, help=mend) from None
    if not values:
        raise problem("E0802", f"the domain of `{name}` is empty", domain.span)
    return values


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _depends(domain: syntax.Syntax, home: File, walked: set[str]) -> str | None:
    """The first name of those walked that a domain is made of, through lets and defaults."""
    waiting, seen = [domain], set[str]()
    while waiting:
        for name in (each.id for each in names_in(waiting.pop())):
            if name in walked:
                return name
            if name in seen:
                continue
            seen.add(name)
            param = home.params.get(name)
            made_of = home.lets[name].value if name in home.lets else param and param.default
            if made_of:
                waiting.append(made_of)
    return None


def names_in(item: object) -> Iterator[syntax.Name]:
    """Every name in an expression, from left to right."""
    if isinstance(item, syntax.Name):
        yield item
    elif isinstance(item, syntax.Syntax):
        for each in fields(item):
            yield from names_in(getattr(item, each.name))
    elif isinstance(item, tuple):
        for each in item:
            yield from names_in(each)


def _with_vary(missing: Diagnostic, name: str) -> Diagnostic:
    return replace(missing, help=f"{missing.help}, or walk some: --vary {name}=[1, 2, 3]")


def _too_large(found: Family, limit: int, file: str) -> Diagnostic:
    title = f"the family has {found.size:,} members; the limit is {limit:,}"
    axes = sorted((axis for axis in found.axes if axis.size > 1), key=lambda axis: -axis.size)
    notes = tuple(f"`{axis.name}` has {axis.size:,} values" for axis in axes)
    name, value = axes[0].name, literal(axes[0].values[0])
    mend = f"set a value, --set {name}={value}, or walk fewer, --vary {name}=[{value}, ...];"
    mend += " or raise the limit with --limit"
    return Diagnostic("E0803", title, file=file, notes=notes, help=mend)
