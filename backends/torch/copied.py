"""Helpers: real, linted Python that is copied into the modules that use it, and their imports."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILES = (
    "layers",
    "activating",
    "normalising",
    "scaling",
    "depth",
    "hog",
    "checking",
    "pooling",
    "initialising",
    "weights",
    "folding",
    "dropping",
    "graphs",
    "devices",
    "results",
    "command",
)
# What the templates themselves use; whatever helpers import comes on top.
IMPORTS = """\
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
"""
# Names that a module defines or imports besides its helpers.
RESERVED = ("F", "FOLDED", "OrderedDict", "Path", "TRAINING_ONLY", "WEIGHTS", "main", "nn", "torch")


@dataclass(frozen=True, slots=True)
class Helper:
    """A definition, and every name that occurs in it."""

    source: str
    uses: frozenset[str]


@cache
def helpers() -> Mapping[str, Helper]:
    """All definitions by name, in the order in which they stand in `FILES`."""
    found = {}
    for text in _texts():
        for each in ast.parse(text).body:
            if isinstance(each, ast.FunctionDef | ast.ClassDef):
                name = each.name
            elif isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
                name = each.targets[0].id
            else:
                continue
            found[name] = Helper(_source(text, each), _names(each))
    return found


def known_names() -> frozenset[str]:
    """What no class of a program's block can be called."""
    return frozenset((*RESERVED, *helpers(), *_imports(), "True", "False", "None"))


def used_helpers(text: str) -> tuple[str, ...]:
    """The sources of the helpers that a module's text uses, and of those that they use."""
    known = helpers()
    pending, used = [*_names(ast.parse(text))], set[str]()
    while pending:
        name = pending.pop()
        if name in known and name not in used:
            used.add(name)
            pending.extend(known[name].uses)
    return tuple(helper.source for name, helper in known.items() if name in used)


def import_lines(text: str) -> tuple[str, ...]:
    """The imports that a module's text needs: the standard library's, an empty line, torch's."""
    names = _names(ast.parse(text))
    plain: list[str] = []
    members: dict[str, list[str]] = {}
    for name, (module, imported) in sorted(_imports().items()):
        if name in names and imported == "":
            plain.append(f"import {module}" if name == module else f"import {module} as {name}")
        elif name in names:
            members.setdefault(module, []).append(imported)
    lines = sorted(plain, key=lambda line: line.split()[1])
    lines += [f"from {module} import {', '.join(members[module])}" for module in sorted(members)]
    torch = [line for line in lines if line.split()[1].partition(".")[0] == "torch"]
    return (*(line for line in lines if line not in torch), "", *torch)


@cache
def _imports() -> Mapping[str, tuple[str, str]]:
    """Each name that a helper or template imports: its module, and what it is called there."""
    found: dict[str, tuple[str, str]] = {}
    for each in (node for text in (*_texts(), IMPORTS) for node in ast.parse(text).body):
        if isinstance(each, ast.Import):
            found |= {alias.asname or alias.name: (alias.name, "") for alias in each.names}
        elif isinstance(each, ast.ImportFrom) and each.module and not _is_ours(each.module):
            found |= {alias.name: (each.module, alias.name) for alias in each.names}
    return found


def _is_ours(module: str) -> bool:
    """Helpers import one another; in a module that is made they stand together."""
    return module.startswith("backends.")


def _source(text: str, definition: ast.stmt) -> str:
    """With its decorators."""
    decorators: list[ast.expr] = getattr(definition, "decorator_list", [])
    first = min([definition.lineno, *(each.lineno for each in decorators)])
    return "\n".join(text.splitlines()[first - 1 : definition.end_lineno])


def _names(tree: ast.AST) -> frozenset[str]:
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _texts() -> tuple[str, ...]:
    folder = Path(__file__).parent / "helpers"
    return tuple((folder / f"{name}.py").read_text(encoding="utf-8") for name in FILES)
