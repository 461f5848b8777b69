"""Bundles made by the command line, and imported from where they were written."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from safetensors.numpy import save_file

import cnnc as api
from backends.numpy.kernels.types import Array
from backends.numpy.kernels.weights import random_weights
from tests.cli.run import EXAMPLES, Result, cnnc

DIGITS = EXAMPLES / "digits.cnn"
TRAINED = EXAMPLES / "weights" / "digits.safetensors"
NUMERALS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# Squares, columns, rows of taps, groups, an FC layer of maps, and a norm that nothing takes in.
MIXED = """
net Mixed = INPUT(32x32x3) -> a: CONV3-64 -> an: BN -> RELU -> b: CONV3-64(bias=false) -> bn: BN
  -> c: DWCONV(3) -> MAXPOOL(2) -> RELU -> dn: BN -> RELU -> d: CONV(64, 3, groups=4) -> e: FC(7)
"""


def bundle(program: str | Path, weights: Path, out: Path, *options: str | Path) -> Result:
    text = program if isinstance(program, str) and "->" in program else None
    args = ("compile", "-" if text else program, "-b", "numpy", "--weights", weights)
    return cnnc(*args, "--bundle", "-o", out, *options, stdin=text)


def imported(path: Path) -> ModuleType:
    """Under a name of its own, so that what it defines can be pickled."""
    name = f"bundled_{path.parent.name.replace('-', '_')}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def net_class(path: Path) -> Any:
    module = imported(path)
    (name,) = module.__all__
    return getattr(module, name)


def made_up(program: str, path: Path, seed: int = 0) -> Path:
    """Random weights of a program, kept."""
    shapes = api.loads(program).journey.inference.graph.weight_shapes()
    save_file(random_weights(shapes, seed), path)
    return path


def digits() -> tuple[Array, Array]:
    """Bytes, N x 28 x 28, and what they are."""
    with np.load(TRAINED.parent / "digits_held_out.npz") as file:
        return file["images"], file["labels"]


def labels(path: Path, names: tuple[str, ...] = NUMERALS) -> Path:
    path.write_text("".join(f"{each}\n" for each in names), "utf-8")
    return path
