"""`vendor(names)`: functions, with all that they use, as text to stand in an emitted module."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from backends.numpy.library import FILES, Definition, Import, definitions, title
from dsl.diagnostics import CompilerBug


@dataclass(frozen=True, slots=True)
class Section:
    """What comes from one file; the title says what it is about."""

    title: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Copied:
    """`imports` are lines, a blank one between the standard library and NumPy."""

    imports: tuple[str, ...]
    sections: tuple[Section, ...]


def vendor(wanted: Iterable[str], imports: Iterable[Import]) -> Copied:
    """The definitions of the wanted names and of all that they use, byte for byte as they stand in
    the library's files and in that order; and all imports, with those of the code around them.
    """
    chosen = _closure(wanted)
    needed = set(imports).union(*(each.imports for each in chosen))
    return Copied(tuple(import_lines(needed)), tuple(_sections(chosen)))


def _sections(chosen: Iterable[Definition]) -> Iterator[Section]:
    order = {file: index for index, file in enumerate(FILES)}
    kept = sorted(chosen, key=lambda each: (order[each.file], each.line))
    for file, group in groupby(kept, lambda each: each.file):
        yield Section(title(file), tuple(each.source for each in group))


def _closure(wanted: Iterable[str]) -> list[Definition]:
    known = definitions()
    chosen: dict[str, Definition] = {}
    pending = list(wanted)
    while pending:
        name = pending.pop()
        if name not in known:
            raise CompilerBug(f"the NumPy backend has no {name} to copy")
        if name not in chosen:
            chosen[name] = known[name]
            pending.extend(known[name].uses)
    return list(chosen.values())


def import_lines(imports: Iterable[Import]) -> Iterator[str]:
    """Import statements in the order that ruff's isort rules keep."""
    every = set(imports)
    standard = {each for each in every if each.module.split(".")[0] in sys.stdlib_module_names}
    yield from _sorted_lines(standard)
    if standard and standard != every:
        yield ""
    yield from _sorted_lines(every - standard)


def _sorted_lines(imports: set[Import]) -> Iterator[str]:
    for each in sorted((each for each in imports if not each.name), key=lambda each: each.module):
        yield f"import {each.module}" + (f" as {each.alias}" if each.alias else "")
    members = sorted((each for each in imports if each.name), key=_member_order)
    for module, group in groupby(members, lambda each: each.module):
        names = ", ".join(
            f"{each.name} as {each.alias}" if each.alias else each.name for each in group
        )
        yield f"from {module} import {names}"


def _member_order(each: Import) -> tuple[str, int, str]:
    """Constants, then classes, then functions."""
    kind = 0 if each.name.isupper() and len(each.name) > 1 else 1 if each.name[0].isupper() else 2
    return each.module, kind, each.name
