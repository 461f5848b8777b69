"""How the nodes of an ONNX graph hang together, and what their initialisers are.

Operators: https://onnx.ai/onnx/operators/. Layouts are PyTorch's, but for Gemm and MatMul.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from cnnc.weights.stored import Array, Part, Vertex

ROLES: dict[str, tuple[str, ...]] = {
    "Conv": ("weight", "bias"),
    "ConvTranspose": ("weight", "bias"),
    "Gemm": ("weight", "bias"),
    "MatMul": ("weight",),
    "PRelu": ("weight",),
    "BatchNormalization": ("weight", "bias", "running_mean", "running_var"),
    "InstanceNormalization": ("weight", "bias"),
    "LayerNormalization": ("weight", "bias"),
    "GroupNormalization": ("weight", "bias"),
}
MERGES: dict[str, Literal["concat", "difference", "merge"]] = {
    "Concat": "concat",
    "Sub": "difference",
    "Div": "difference",
    "Add": "merge",
    "Sum": "merge",
    "Mul": "merge",
    "Max": "merge",
    "Min": "merge",
}


class Walk:
    """From the inputs on. `sound`: the vertices are all there is to the graph."""

    def __init__(self, graph: Any, arrays: Mapping[str, Array]) -> None:
        self.graph = graph
        self.arrays = dict(arrays)
        self.parts: list[Part] = []
        self.vertices: list[Vertex] = []
        self.sound = True
        self.at: dict[str, int] = {}
        self.used: set[str] = set()
        self.products: dict[str, str] = {}  # what a MatMul made, and its layer

    def run(self) -> None:
        for each in self.graph.input:
            if each.name not in self.arrays:
                self.at[each.name] = self._vertex(Vertex("input", ()))
        for node in self.graph.node:
            self._node(node)
        unread = (each.name for each in self.graph.initializer if each.name not in self.used)
        for name in unread:
            self._add(name, name, "", name, self.arrays[name], "")

    def _vertex(self, vertex: Vertex) -> int:
        self.vertices.append(vertex)
        return len(self.vertices) - 1

    def _node(self, node: Any) -> None:
        if node.op_type == "Identity" and node.input[0] in self.arrays:
            # Exporters store equal arrays once, and pass them on under the other names.
            self.arrays[node.output[0]] = self.arrays[node.input[0]]
            self.used.add(node.input[0])
            return
        values = [name for name in node.input if name in self.at]
        inputs = tuple(self.at[name] for name in values)
        if not inputs or not node.output:
            self.used.update(node.input)  # arithmetic of shapes and constants
            return
        if node.op_type in ROLES and len(node.input) > 1 and node.input[1] in self.arrays:
            place = self._layer(node, inputs)
        elif node.op_type == "Add" and values[0] in self.products and len(inputs) == 1:
            place = self._bias(node, values[0], inputs)
        elif node.op_type in MERGES and len(inputs) > 1:
            place = self._vertex(Vertex(MERGES[node.op_type], inputs))
        else:
            self._shapes(node)
            place = inputs[0]
        for output in node.output:
            if output:
                self.at[output] = place

    def _shapes(self, node: Any) -> None:
        """Sizes, axes and bounds are no weights; real numbers that change values are."""
        for name in node.input:
            array = self.arrays.get(name)
            if array is not None and (array.dtype.kind != "f" or array.size < 2):
                self.used.add(name)

    def _layer(self, node: Any, inputs: tuple[int, ...]) -> int:
        attributes = {each.name: each for each in node.attribute}
        roles = ROLES[node.op_type]
        layer = self._called(node)
        eps = attributes["epsilon"].f if "epsilon" in attributes else None
        if eps is None and node.op_type.endswith("Normalization"):
            eps = 1e-5  # the standard's default
        for role, name in zip(roles, node.input[1:], strict=False):
            if name not in self.arrays:
                raise ValueError(f"{name}: the {role} of {layer} is computed, not an initialiser")
            array, note = _laid_out(node.op_type, role, self.arrays[name], attributes)
            self._add(name, layer, role, f"{layer}.{role}", array, note, eps)
        place = self._vertex(Vertex("layer", inputs, layer))
        if node.op_type == "MatMul":
            self.products[node.output[0]] = layer
        return place

    def _called(self, node: Any) -> str:
        """As its weight is called, where that is a path; else as the node, or what it makes."""
        name = str(node.input[1])
        taken = {part.layer for part in self.parts}
        if name.endswith(".weight") and name.removesuffix(".weight") not in taken:
            return name.removesuffix(".weight")
        return str(node.name or node.output[0]).strip("/").replace("/", ".")

    def _bias(self, node: Any, product: str, inputs: tuple[int, ...]) -> int:
        (name,) = (each for each in node.input if each != product)
        layer = self.products[product]
        if name not in self.arrays or self.arrays[name].ndim != 1:
            raise ValueError(f"{name}: no bias that can be added to {layer}")
        self._add(name, layer, "bias", f"{layer}.bias", self.arrays[name], "")
        return inputs[0]

    def _add(
        self, key: str, layer: str, role: str, name: str, array: Array, note: str,
        eps: float | None = None,
    ) -> None:  # fmt: skip
        self.used.add(key)
        stored = self.arrays[key]
        shape, dtype = tuple(stored.shape), str(stored.dtype)
        self.parts.append(Part(key, layer, role, array, shape, dtype, name, note, eps))


def _laid_out(
    kind: str, role: str, array: Array, attributes: Mapping[str, Any]
) -> tuple[Array, str]:
    if kind == "PRelu":
        return array.reshape(-1), ""
    if kind == "MatMul":
        return array.transpose(), "IO to OI"
    if kind != "Gemm":
        return array, ""
    scale = "alpha" if role == "weight" else "beta"
    factor = attributes[scale].f if scale in attributes else 1.0
    if factor != 1.0:
        raise ValueError(f"a Gemm that multiplies its {role} by {factor}")
    turned = "transB" in attributes and attributes["transB"].i
    if role == "weight" and not turned:
        return array.transpose(), "IO to OI"
    return array, ""
