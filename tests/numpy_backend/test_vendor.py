"""Copying out of the files of the backend."""

from __future__ import annotations

import pytest

from backends.numpy import library
from backends.numpy.library import Import, definitions, read
from backends.numpy.vendor import import_lines, vendor
from dsl.diagnostics import CompilerBug


def names(*wanted: str) -> set[str]:
    copied = vendor(wanted, ())
    sources = [text for each in copied.sections for text in each.sources]
    return {name for name, each in definitions().items() if each.source in sources}


def test_what_is_used_comes_along() -> None:
    assert names("gelu") == {"gelu", "erf", "Array"}
    assert "COLUMN_BYTES" in names("conv2d") and "relu" not in names("conv2d")


def test_sources_are_bytes_of_their_files() -> None:
    for each in definitions().values():
        assert each.source in (library.FOLDER / each.file).read_text("utf-8")


def test_every_kernel_file_is_listed() -> None:
    found = {
        str(path.relative_to(library.FOLDER))
        for folder in ("kernels", "layers", "runtime")
        for path in (library.FOLDER / folder).rglob("*.py")
    }
    assert not {path for path in found - set(library.FILES) if not path.endswith("__init__.py")}


def test_order_does_not_depend_on_what_is_asked_first() -> None:
    assert vendor(["relu", "conv2d"], ()) == vendor(["conv2d", "relu", "relu"], ())


def test_imports_are_sorted_as_ruff_sorts_them() -> None:
    imports = [
        Import("numpy", alias="np"),
        Import("numpy.typing", "NDArray"),
        Import("sys"),
        Import("typing", "Any"),
        Import("os"),
        Import("collections.abc", "Mapping"),
        Import("typing", "TYPE_CHECKING"),
        Import("typing", "cast"),
    ]
    assert list(import_lines(imports)) == [
        "import os",
        "import sys",
        "from collections.abc import Mapping",
        "from typing import TYPE_CHECKING, Any, cast",
        "",
        "import numpy as np",
        "from numpy.typing import NDArray",
    ]


def test_comments_and_decorators_belong_to_a_definition() -> None:
    text = "import functools\n\n\n# Why.\n@functools.cache\ndef f() -> int:\n    return 1\n"
    (definition,) = read("f.py", text)
    assert definition.source.startswith("# Why.\n@functools.cache\ndef f()")
    assert definition.imports == {Import("functools")}


def test_what_cannot_be_copied_is_a_bug() -> None:
    with pytest.raises(CompilerBug, match=r"f\.py:1: only definitions"):
        list(read("f.py", "print(1)\n"))
    with pytest.raises(CompilerBug, match="no nothing to copy"):
        vendor(["nothing"], ())
