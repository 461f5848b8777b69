"""A photograph explained: the class, the map that speaks for it, and further pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from cnnc.build import instantiate
from cnnc.imaging.asked import Asked, Drawn, Explanation, Found, Layer
from cnnc.imaging.choosing import choose, first_convolution
from cnnc.imaging.gradcam import grad_cam, stretched
from cnnc.imaging.photographs import Floats, Pixels
from cnnc.imaging.pictures import enlarged, factor, overlay, png
from cnnc.imaging.prepared import Prepared, prepared
from cnnc.imaging.refusal import unexplained
from cnnc.imaging.sheets import activations_sheet, filters_sheet
from cnnc.pipeline import Journey
from cnnc.weights import files
from compiler.graph import Graph
from compiler.ops.activation import Activation


class Looked:
    """A layer with its value for one image, 1 x C x h x w or 1 x C."""

    def __init__(self, graph: Graph, node: int, values: Mapping[str, torch.Tensor]) -> None:
        self.net = graph.name
        self.value = values[graph[node].path]
        self.is_activation = isinstance(graph[node].op, Activation)
        self.layer = Layer(graph[node].path, str(graph[node].op), tuple(self.value.shape[1:]))


def explain(journey: Journey, asked: Asked) -> Explanation:
    """The pictures are made, and not yet written.

    Raises CnnError E0501 and E0502 for weights, E0830 and E0831 for the image, E0832 where there is
    nothing to see; ValueError where a layer or a class is none of the network's.
    """
    graph = journey.checked.graph
    weights = files.own(asked.weights, journey.inference, journey.dropped_weights)
    notes: tuple[str, ...] = ()
    found, pictures = None, list[Drawn]()
    if asked.image is not None:
        choice = choose(graph, asked)
        image = prepared(journey, asked, asked.image)
        notes = image.notes
        values = computed(journey, choice.paths(graph), weights, image.values)
        if asked.cam and choice.layer is not None and choice.score is not None:
            maps, scored = Looked(graph, choice.layer, values), Looked(graph, choice.score, values)
            found, picture = _explained(maps, scored, image, asked)
            pictures.append(picture)
        pictures += [_activations(Looked(graph, node, values)) for node in choice.drawn]
    if asked.filters:
        pictures.append(_filters(journey.inference.graph, weights))
    return Explanation(graph.name, journey.source.name, notes, found, tuple(pictures))


def computed(
    journey: Journey, paths: tuple[str, ...], weights: Mapping[str, Any], image: Floats
) -> dict[str, torch.Tensor]:
    """What the layers of these paths give for 1 x C x H x W, by the generated PyTorch module as the
    program was written (`-O 0`), through which gradients can go back."""
    looking = replace(journey, features=paths)
    source = looking.emit("torch", 0, train=False)
    kept = {key: weights[key] for key in looking.inference.graph.weight_shapes()}
    net = instantiate(journey.graph.name, source, "torch", kept, train=False)
    net.requires_grad_(False)
    values = net(torch.from_numpy(image).requires_grad_())
    return values if isinstance(values, dict) else {paths[0]: values}


def _explained(maps: Looked, scored: Looked, image: Prepared, asked: Asked) -> tuple[Found, Drawn]:
    given = scored.value.flatten()
    each = given.detach()
    if not each.isfinite().all():
        title = f"the scores of {scored.net} are not finite"
        raise unexplained(title, "other weights, or another image")
    strongest = int(each.argmax())
    chosen = strongest if asked.chosen is None else asked.chosen
    if chosen >= len(each):
        raise ValueError(f"no class {chosen}: {scored.net} has {len(each)}, from 0 on")
    cam = grad_cam(maps.value, given[chosen])
    cell, place = _highest(cam, image.size)
    found = Found(
        maps.layer,
        asked.layer is None,
        scored.layer,
        len(each),
        strongest,
        chosen,
        float(each[chosen]),
        None if scored.is_activation else float(each.softmax(0)[chosen]),
        cell,
        place,
    )
    times = factor(image.size)
    wide = stretched(cam, (image.size[0] * times, image.size[1] * times)).numpy()
    picture = overlay(enlarged(image.shown, times), wide)
    return found, _drawn("grad-cam", picture, f"Grad-CAM of class {chosen} at {maps.layer.path}")


def _highest(
    cam: torch.Tensor, size: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]] | tuple[None, None]:
    if cam.max() == cam.min():
        return None, None
    row, column = divmod(int(cam.argmax()), cam.shape[1])
    high, wide = size[0] / cam.shape[0], size[1] / cam.shape[1]
    return (row, column), (int((row + 0.5) * high), int((column + 0.5) * wide))


def _activations(looked: Looked) -> Drawn:
    maps, layer = looked.value.detach()[0].numpy(), looked.layer
    if not np.isfinite(maps).all():
        raise unexplained(f"the values of `{layer.path}` are not finite", "other weights")
    idle = int((maps == 0).all(axis=(1, 2)).sum())
    rest = f", {idle} of them zero everywhere" if idle else ""
    what = f"{len(maps)} maps of {layer.path}{rest}"
    return _drawn(f"activations-{layer.path}", activations_sheet(maps), what)


def _filters(graph: Graph, weights: Mapping[str, Any]) -> Drawn:
    node = graph[first_convolution(graph)]
    array = np.asarray(weights[f"{node.path}.weight"], np.float32)
    if not np.isfinite(array).all():
        raise unexplained(f"the filters of `{node.path}` are not finite", "other weights")
    size = f"{array.shape[2]}x{array.shape[3]}x{array.shape[1]}"
    what = f"{len(array)} filters of {node.path}, {size}"
    return _drawn("filters", filters_sheet(array), what)


def _drawn(name: str, pixels: Pixels, what: str) -> Drawn:
    high, wide, _ = pixels.shape
    return Drawn(name, png(pixels), (high, wide), what)
