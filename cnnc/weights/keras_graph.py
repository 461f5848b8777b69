"""How the layers of a Keras model hang together, from its configuration."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from cnnc.weights.stored import Vertex

MODELS = ("Functional", "Sequential", "Model")
MERGES: dict[str, Literal["concat", "difference", "merge"]] = {
    "Concatenate": "concat",
    "Subtract": "difference",
    "Add": "merge",
    "Multiply": "merge",
    "Maximum": "merge",
    "Minimum": "merge",
    "Average": "merge",
}
DEEPEST = 16


def nested(
    model: Mapping[str, Any], depth: int = DEEPEST
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Name, class and options of every layer, those of models within it too, in order."""
    if not depth:
        raise ValueError("models nested too deep")
    for each in model["config"].get("layers", ()):
        kind, options = str(each["class_name"]), each["config"]
        if kind in MODELS:
            yield from nested(each, depth - 1)
        elif isinstance(options, dict):
            yield str(options.get("name", each.get("name"))), kind, options


def keras_vertices(model: Mapping[str, Any], layers: Collection[str]) -> tuple[Vertex, ...]:
    """Empty where the model is more than a chain or a graph of layers, each called once."""
    vertices: list[Vertex] = []
    try:
        return tuple(vertices) if _walk(model, layers, vertices, None) is not None else ()
    except (KeyError, TypeError, IndexError, LookupError):
        return ()


def _walk(
    model: Mapping[str, Any], layers: Collection[str], vertices: list[Vertex], given: int | None
) -> int:
    """Adds the vertices of a model, which reads the vertex `given`; the vertex of its output."""
    config = model["config"]
    at: dict[str, int] = {}
    last = given
    for each in config["layers"]:
        kind, options = str(each["class_name"]), each["config"]
        name = str(options.get("name", each.get("name")))
        if kind == "InputLayer":
            if given is None:
                vertices.append(Vertex("input", ()))
            last = given if given is not None else len(vertices) - 1
        else:
            sources = [last] if model["class_name"] == "Sequential" else _sources(each, at)
            last = _layer(each, kind, name, sources, layers, vertices)
        at[name] = last
    if model["class_name"] == "Sequential":
        return at[name]
    outputs = config["output_layers"]
    return at[outputs[0] if isinstance(outputs[0], str) else outputs[0][0]]


def _layer(
    each: Mapping[str, Any],
    kind: str,
    name: str,
    sources: list[int | None],
    layers: Collection[str],
    vertices: list[Vertex],
) -> int:
    if None in sources and not vertices:
        vertices.append(Vertex("input", ()))  # of a chain that does not write it
        sources = [0]
    inputs = tuple(source for source in sources if source is not None)
    if kind in MODELS:
        return _walk(each, layers, vertices, inputs[0])
    parts = [name, f"{name}.depthwise", f"{name}.pointwise"]
    for part in (part for part in parts if part in layers):
        vertices.append(Vertex("layer", inputs, part))
        inputs = (len(vertices) - 1,)
    if kind in MERGES:
        vertices.append(Vertex(MERGES[kind], inputs))
        return len(vertices) - 1
    if len(inputs) != 1:
        raise LookupError(kind)
    return inputs[0]


def _sources(each: Mapping[str, Any], at: Mapping[str, int]) -> list[int | None]:
    """The layers that flow in: Keras 3 nests them as tensors, Keras 2 as rows of names."""
    (node,) = each["inbound_nodes"]
    names: list[str] = []
    if isinstance(node, dict):
        _histories(node["args"], names)
    else:
        names = [row[0] for row in node]
    return [at[name] for name in names]


def _histories(value: Any, names: list[str]) -> None:
    if isinstance(value, list):
        for each in value:
            _histories(each, names)
    elif isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        names.append(value["config"]["keras_history"][0])
