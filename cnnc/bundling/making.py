"""A bundle made: the module's source, and the weights beside or inside it."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from backends.numpy.bundle import Bundle
from backends.numpy.emit import emit
from backends.numpy.packing import packed, tell
from backends.numpy.transform import metadata
from cnnc.build import import_source
from cnnc.bundling.fitting import labels, preparation, scores
from cnnc.bundling.wanted import Wanted
from cnnc.pipeline import Journey
from cnnc.weights import files
from cnnc.weights.written import safetensors
from compiler.check import CheckedGraph

LANES = 2  # what a net takes where it may; with another number a few layers are packed again


def make(
    whole: Journey, wanted: Wanted, weights: Path, beside: str, without: Collection[str] = ()
) -> tuple[str, bytes]:
    """The source, and the content of the file `beside` it, which is in the source where it is to be
    a single file. Raises CnnError E0501, E0502, E0910 to E0912; nothing is written."""
    graph = whole.inference.graph
    how = preparation(graph, wanted)
    named = labels(graph, wanted, how is not None)
    arrays = files.own(weights, whole.optimised(2, without=without), whole.dropped_weights)
    checked = whole.optimised(2, fuse=True, without=without)
    about = whole.about(train=False)
    content = _file(checked, arrays, emit(checked, about, fast=True), wanted.packed)
    inside = base64.b64encode(content).decode() if wanted.single else ""
    bundle = Bundle(wanted.packed, how, scores(graph), named, inside)
    name = "" if wanted.single else beside
    source = emit(checked, about, fast=True, weights_file=name, bundle=bundle)
    return source, content


def _file(
    checked: CheckedGraph, arrays: Mapping[str, NDArray[Any]], source: str, pack: bool
) -> bytes:
    """The folded weights as a safetensors file, packed as a plan for one image takes them."""
    about = metadata(checked)
    made = dict(arrays)
    if pack:
        module = import_source(source, "numpy")
        net = getattr(module, module.__all__[0])(made, folded=True, lanes=LANES)
        volumes = [checked.graph[node].shape for node in checked.graph.sources()]
        shapes = tuple((volume.c, volume.h, volume.w) for volume in volumes)
        made, told = tell(packed(module, net, shapes))
        about = about | {"cnnc": "packed", "packed": told}
    return safetensors(made, about)
