"""What the installed tools say of a PyTorch module, each in the words of its profile."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from compiler.volume import Volume


@dataclass(frozen=True)
class Said:
    """A tool's totals in the order of the profile's figures, what it prints, and its number of work
    for single modules by their paths. `unknown`: whether it complained of operators it skips."""

    totals: tuple[int, ...]
    headline: str
    rows: Mapping[str, int] = field(default_factory=dict)
    unknown: bool = False


def fvcore(model: nn.Module, volume: Volume) -> Said:
    tool = pytest.importorskip("fvcore.nn")
    with _quiet(FutureWarning, "`torch.jit"):  # fvcore follows a jit trace
        flops = tool.FlopCountAnalysis(model, _input(volume)).unsupported_ops_warnings(False)
        rows = flops.by_module()
        printed = tool.flop_count_str(flops)
    parameters = tool.parameter_count(model)[""]
    (first, *_) = re.findall(r"#params: [^\s,]+, #flops: [^\s)]+", printed)
    leaves = {name: rows[name] for name, leaf in model.named_modules() if _is_leaf(leaf)}
    unknown = bool(flops.unsupported_ops())
    return Said((parameters, flops.total()), first, leaves, unknown)


def ptflops(model: nn.Module, volume: Volume) -> Said:
    """With the default backend, which has no numbers of single modules."""
    tool = pytest.importorskip("ptflops")
    given = (volume.c, volume.h, volume.w)
    macs, parameters = tool.get_model_complexity_info(
        model, given, print_per_layer_stat=False, as_strings=False
    )
    printed = tool.get_model_complexity_info(model, given, print_per_layer_stat=False)
    return Said((parameters, macs), ", ".join(printed))


def thop(model: nn.Module, volume: Volume) -> Said:
    with _quiet(DeprecationWarning, "distutils"):  # thop compares versions as it imports
        tool = pytest.importorskip("thop")
    with _quiet(UserWarning, "This API is being deprecated"):  # its own rule of PReLU
        operations, parameters, info = tool.profile(
            model, (_input(volume),), verbose=False, ret_layer_info=True
        )
    printed = tool.clever_format([operations, parameters])
    rows = dict(_flat(info, ""))
    return Said((int(parameters), int(operations)), ", ".join(printed), rows)


def _flat(info: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, int]]:
    for name, (operations, _, inner) in info.items():
        if inner:
            yield from _flat(inner, f"{prefix}{name}.")
        else:
            yield prefix + name, int(operations)


def torchinfo(model: nn.Module, volume: Volume) -> Said:
    tool = pytest.importorskip("torchinfo")
    found = tool.summary(model, input_size=(1, volume.c, volume.h, volume.w), verbose=0)
    names = {module: name for name, module in model.named_modules()}
    rows = {names[each.module]: each.macs for each in found.summary_list if each.is_leaf_layer}
    totals = (found.total_params, found.total_mult_adds, found.total_output_bytes)
    lines = [line for line in str(found).splitlines() if ": " in line and "(type:depth" not in line]
    printed = "\n".join(line for line in lines if not line.startswith(("├", "│", "└")))
    return Said(totals, _repaired(printed), rows)


def _repaired(printed: str) -> str:
    """On Python 3.11 and later torchinfo 1.8 prints the name of its unit and not the unit."""
    for name, letter in (("MEGABYTES", "M"), ("GIGABYTES", "G"), ("TERABYTES", "T")):
        printed = printed.replace(f"Units.{name}", letter)
    return printed


def flop_counter(model: nn.Module, volume: Volume) -> int:
    """PyTorch's own counter, which counts a multiplication and an addition as two."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(_input(volume))
    return int(counter.get_total_flops())


@contextlib.contextmanager
def _quiet(category: type[Warning], message: str) -> Iterator[None]:
    """Without one warning, that is the tool's own and not about what it counts."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.filterwarnings("ignore", message, category)
        yield


def _input(volume: Volume) -> Tensor:
    return torch.zeros(1, volume.c, volume.h, volume.w)


def _is_leaf(module: nn.Module) -> bool:
    return not list(module.children())
