"""Emitted source, imported in memory."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from backends.identifiers import class_name
from cnnc.pipeline import Backend
from dsl.diagnostics import CnnError, Diagnostic


def import_source(source: str, name: str) -> ModuleType:
    """The module that a source defines, registered so that its objects can be pickled."""
    digest = sha256(source.encode()).hexdigest()[:12]
    module_name = f"cnnc_emitted_{name}_{digest}"
    if module_name in sys.modules:
        return sys.modules[module_name]
    file = f"<{module_name}>"
    module = ModuleType(module_name)
    module.__file__ = file
    lines = source.splitlines(keepends=True)
    linecache.cache[file] = (len(source), None, lines, file)
    sys.modules[module_name] = module
    try:
        exec(compile(source, file, "exec", dont_inherit=True), module.__dict__)
    except ModuleNotFoundError as error:
        del sys.modules[module_name]
        title = f"the emitted module needs {error.name}, which is not installed"
        mend = "pip install 'cnnc[torch]'" if error.name == "torch" else ""
        raise CnnError([Diagnostic("E0602", title, help=mend)]) from None
    return module


def instantiate(
    net: str,
    source: str,
    backend: Backend,
    weights: str | Path | Mapping[str, Any] | None,
    train: bool,
) -> Any:
    """An object of the emitted class, with its weights; a PyTorch module in the mode it is for."""
    module = import_source(source, backend)
    made = getattr(module, class_name(net))
    if backend == "numpy" and not isinstance(weights, str | Path):
        return made.random(0) if weights is None else made(_arrays(weights))
    model = made.load(weights) if isinstance(weights, str | Path) else made()
    if weights is not None and not isinstance(weights, str | Path):
        model.load_state_dict(_tensors(weights, module.torch))
    return model if backend == "numpy" else model.train(train)


def _arrays(weights: Mapping[str, Any]) -> dict[str, Any]:
    """NumPy arrays, also of tensors."""
    return {
        name: value.detach().cpu().numpy() if hasattr(value, "detach") else value
        for name, value in weights.items()
    }


def _tensors(weights: Mapping[str, Any], torch: Any) -> dict[str, Any]:
    """Tensors, also of NumPy arrays."""
    return {name: torch.as_tensor(value) for name, value in weights.items()}
