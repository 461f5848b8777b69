"""What was measured on."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from cnnc.benching.threads import processors
from cnnc.version import VERSION

PACKAGES = ("numpy", "torch", "torchvision", "onnx", "onnxruntime", "threadpoolctl")


@dataclass(frozen=True, slots=True)
class Machine:
    """`versions`: of what is installed, by name."""

    processor: str
    cores: int
    system: str
    versions: Mapping[str, str]

    def __str__(self) -> str:
        names = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        return f"{self.processor}, {self.cores} cores, {self.system}; {names}"


def machine() -> Machine:
    versions = {"cnnc": VERSION, "Python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
        if package == "numpy":
            versions["BLAS"] = _blas()
    system = f"{platform.system()} {platform.machine()}"
    return Machine(_processor(), processors(), system, versions)


def _processor() -> str:
    """Its maker's name for it, where the system tells."""
    file = Path("/proc/cpuinfo")
    if file.is_file():
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return " ".join(value.split())
    return platform.processor() or platform.machine()


def _blas() -> str:
    """The one that NumPy was built with."""
    built = np.show_config(mode="dicts") or {}
    found = built.get("Build Dependencies", {}).get("blas", {})
    return f"{found.get('name', 'unknown')} {found.get('version', '')}".strip()
