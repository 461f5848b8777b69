"""ONNX: the initialisers, each with the node that reads it, which says what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from cnnc.weights.onnx_graph import Walk
from cnnc.weights.stored import MAX_KEYS, Array, Stored, damaged, refused
from dsl.diagnostics import CnnError


def read_onnx(path: Path) -> Stored:
    """Raises CnnError E0501, E0602, E0901."""
    try:
        import onnx  # slow to import, and in an extra
        from onnx import numpy_helper
    except ModuleNotFoundError:
        title = "ONNX files need onnx, which is not installed"
        raise refused("E0602", path, title, "pip install 'cnnc[weights]'") from None
    try:
        model = onnx.load_model_from_string(path.read_bytes())
    except OSError as error:
        raise refused("E0501", path, f"cannot read weights: {error.strerror}") from None
    except Exception as error:  # protobuf raises its own kinds
        raise damaged(path, f"no ONNX: {error}") from None
    graph = model.graph
    if not graph.node or len(graph.initializer) > MAX_KEYS:
        raise damaged(path, "no ONNX: it has no nodes, or too many initialisers")
    arrays: dict[str, Array] = {}
    try:
        for each in [*graph.initializer, *_constants(graph)]:
            _check(each, path)
            arrays[each.name] = np.asarray(numpy_helper.to_array(each, str(path.parent)))
        walk = Walk(graph, arrays)
        walk.run()
        if not all(isinstance(part.key, str) for part in walk.parts):  # protobuf leaves it so
            raise damaged(path, "a name that is no text")
    except (CnnError, MemoryError):
        raise
    except ValueError as error:
        raise damaged(path, str(error)) from None
    except Exception as error:  # onnx raises many kinds for what is no tensor
        raise damaged(path, f"{type(error).__name__}: {error}") from None
    return Stored(path, "ONNX", tuple(walk.parts), tuple(walk.vertices) if walk.sound else ())


def _constants(graph: Any) -> list[Any]:
    """Tensors that stand in Constant nodes, called after what the nodes make."""
    found = []
    for node in graph.node:
        for attribute in node.attribute if node.op_type == "Constant" else ():
            if attribute.name == "value":
                attribute.t.name = node.output[0]
                found.append(attribute.t)
    return found


def _check(tensor: Any, path: Path) -> None:
    """Values in another file lie beside this one, in an ordinary file. Raises CnnError E0901."""
    if any(size < 0 for size in tensor.dims):
        raise damaged(path, f"its shape is {list(tensor.dims)}", tensor.name)
    if tensor.data_location != tensor.EXTERNAL:
        return
    places = [entry.value for entry in tensor.external_data if entry.key == "location"]
    if len(places) != 1:
        raise damaged(path, "its values lie in a file that it does not name", tensor.name)
    beside = (path.parent / places[0]).resolve()
    if beside.parent != path.parent.resolve() or not beside.is_file():
        raise damaged(path, f"its values lie in {places[0]!r}, not beside the file", tensor.name)
