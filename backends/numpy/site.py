"""What the table of kernels is given of a layer, and how calls are made."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from backends.numpy.layout import Expression, literal
from compiler.op import Op
from compiler.volume import Volume


@dataclass(frozen=True, slots=True)
class Site:
    """Where a call stands: the layer's path, and the names and volumes of what flows in.

    `biased`: the layer has a bias when it runs, of its own or from a folded batch norm.
    """

    path: str
    names: tuple[str, ...]
    volumes: tuple[Volume, ...]
    shape: Volume
    biased: bool

    @property
    def value(self) -> str:
        """The first input as it comes, N x C where it is flat."""
        return self.names[0]

    @property
    def maps(self) -> str:
        """The first input as N x C x H x W."""
        return _lifted(self.names[0]) if self.volumes[0].flat else self.names[0]

    @property
    def branches(self) -> tuple[str, ...]:
        """All inputs, with as many axes each."""
        mixed = not all(volume.flat for volume in self.volumes)
        pairs = zip(self.names, self.volumes, strict=True)
        return tuple(_lifted(name) if mixed and volume.flat else name for name, volume in pairs)

    def weight(self, name: str) -> str:
        return f"w[{literal(f'{self.path}.{name}')}]"

    @property
    def filters(self) -> tuple[str, str]:
        return self.weight("weight"), self.weight("bias") if self.biased else "None"


Entry: TypeAlias = Callable[[Any, Site], Expression]


def _lifted(name: str) -> str:
    return f"{name}[:, :, None, None]"


def kernel_call(function: Callable[..., Any], /, *args: str, **values: object) -> Expression:
    """A call of a kernel; values that are its defaults are left out."""
    known = inspect.signature(function).parameters
    shown = [
        f"{name}={literal(value)}"
        for name, value in values.items()
        if known[name].default is inspect.Parameter.empty or known[name].default != value
    ]
    return Expression((*args, *shown), function=function.__name__)


def of_value(kernel: Callable[..., Any], *fields: str) -> Entry:
    """The kernel of the value as it comes; the op's fields follow by position."""

    def entry(op: Op, at: Site) -> Expression:
        return kernel_call(kernel, at.value, *(literal(getattr(op, name)) for name in fields))

    return entry


def of_maps(kernel: Callable[..., Any], *fields: str) -> Entry:
    def entry(op: Op, at: Site) -> Expression:
        return kernel_call(kernel, at.maps, *(literal(getattr(op, name)) for name in fields))

    return entry
