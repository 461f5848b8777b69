"""Keras's `.h5` and `.keras`, without Keras: h5py and the model's configuration in JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cnnc.weights.archive import member, opened
from cnnc.weights.keras_graph import keras_vertices, nested
from cnnc.weights.keras_layers import KerasLayer, keras_parts
from cnnc.weights.stored import MAX_KEYS, Array, Stored, damaged, refused
from dsl.diagnostics import CnnError

LARGEST_PACKED = 100  # an array may take that many times the bytes that the file has


def read_keras(path: Path) -> Stored:
    """Raises CnnError E0501, E0602, E0901, E0903."""
    if path.suffix.lower() == ".keras":
        with opened(path) as archive:
            config = _json(member(archive, "config.json", path), path, "config.json")
            data = member(archive, "model.weights.h5", path)
        return _read(path, io.BytesIO(data), len(data), config)
    try:
        size = path.stat().st_size
        with open(path, "rb") as file:
            return _read(path, file, size, None)
    except OSError as error:
        raise refused("E0501", path, f"cannot read weights: {error.strerror}") from None


def _read(path: Path, file: Any, size: int, config: dict[str, Any] | None) -> Stored:
    try:
        import h5py  # large, and in an extra
    except ModuleNotFoundError:
        title = "Keras's files need h5py, which is not installed"
        raise refused("E0602", path, title, "pip install 'cnnc[weights]'") from None
    try:
        with h5py.File(file, "r") as content:
            if config is None:
                if "model_config" not in content.attrs:
                    mend = "save the whole model: model.save(PATH)"
                    raise refused("E0901", path, "no configuration of the model in it", mend)
                config = _json(content.attrs["model_config"], path, "model_config")
                arrays = dict(_legacy(content["model_weights"], size, path))
            else:
                arrays = dict(_current(content, size, path))
            return _stored(path, config, arrays)
    except (CnnError, MemoryError):
        raise
    except ValueError as error:
        raise damaged(path, str(error)) from None
    except Exception as error:  # HDF5 raises many kinds for a damaged file
        raise damaged(path, f"{type(error).__name__}: {error}") from None


def _json(data: Any, path: Path, key: str) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, TypeError, RecursionError):
        raise damaged(path, "not JSON", key) from None
    if not isinstance(found, dict) or not isinstance(found.get("config"), dict):
        raise damaged(path, "not the configuration of a model", key)
    return found


def _stored(
    path: Path, config: Mapping[str, Any], arrays: Mapping[str, list[tuple[str, Array]]]
) -> Stored:
    parts = []
    used = set()
    channels_last = True
    for name, kind, options in nested(config):
        if options.get("data_format") == "channels_first":
            channels_last = False
        held = arrays.get(name)
        if held:
            used.add(name)
            parts += keras_parts(KerasLayer(kind, name, options, tuple(held)))
    stray = [name for name in arrays if name not in used]
    if stray:
        raise ValueError(f"arrays of {stray[0]}, which the configuration does not have")
    layers = {part.layer for part in parts}
    vertices = keras_vertices(config, layers)
    form = "Keras " + path.suffix.lower()
    return Stored(path, form, tuple(parts), vertices, channels_last=channels_last)


def _legacy(content: Any, size: int, path: Path) -> Iterator[tuple[str, list[tuple[str, Array]]]]:
    """By layer; the attribute weight_names has the order."""
    found: dict[str, list[tuple[str, Array]]] = {}
    for outer in content:
        for raw in content[outer].attrs.get("weight_names", ()):
            name = raw.decode() if isinstance(raw, bytes) else str(raw)
            layer = name.rpartition("/")[0].rpartition("/")[2]
            array = _array(content[outer][name], name, size, path)
            found.setdefault(layer, []).append((name, array))
    yield from found.items()


def _current(content: Any, size: int, path: Path) -> Iterator[tuple[str, list[tuple[str, Array]]]]:
    """By layer, whose name stands beside its arrays 0, 1, ..."""
    groups: list[str] = []

    def visit(name: str, _: Any) -> None:
        if len(groups) > MAX_KEYS:
            raise ValueError("too many groups")
        if name.endswith("/vars"):
            groups.append(name)

    content.visititems(visit)
    for group in groups:
        held = content[group]
        if len(held):
            layer = str(held.attrs.get("name", group))
            keys = sorted(held, key=int)
            yield (
                layer,
                [
                    (f"{layer}/{key}", _array(held[key], f"{group}/{key}", size, path))
                    for key in keys
                ],
            )


def _array(dataset: Any, key: str, size: int, path: Path) -> Array:
    """Links and arrays that lie in other files are not followed."""
    if getattr(dataset, "external", None) or getattr(dataset, "is_virtual", False):
        raise damaged(path, "its values lie in another file", key)
    if dataset.file.filename != getattr(dataset.parent.file, "filename", None):
        raise damaged(path, "its values lie in another file", key)
    if dataset.dtype.kind not in "fiub":
        raise damaged(path, f"holds {dataset.dtype}", key)
    if dataset.nbytes > LARGEST_PACKED * size:
        title = f"{key}: would take {dataset.nbytes:,} bytes unpacked"
        raise refused("E0903", path, title, notes=(f"the file has {size:,} bytes",))
    return np.asarray(dataset[()])
