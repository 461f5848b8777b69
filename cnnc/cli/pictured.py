"""What `cnnc explain-image` prints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from cnnc.imaging.asked import Asked, Explanation, Found, Layer
from dsl.diagnostics import printable


def plain_text(result: Explanation, asked: Asked, written: Sequence[str]) -> str:
    rows = [("network", f"{result.net} ({result.source})")]
    if asked.image is not None:
        rows.append(("image", f"{asked.image}: {'; '.join(result.notes)}"))
    if result.found is not None:
        rows += _found(result.found)
    for path, picture in zip(written, result.pictures, strict=True):
        high, wide = picture.size
        rows.append(("picture", f"{path}, {high}x{wide}: {picture.what}"))
    return "".join(f"{name:<9}{printable(text)}\n" for name, text in rows)


def _found(found: Found) -> list[tuple[str, str]]:
    score = f"{found.explained} of {found.classes}, score {found.score:.4g}"
    if found.classes > 1 and found.probability is not None:
        score += f" (by softmax {found.probability:.4f})"
    score += f", from {_shown(found.scored)}"
    if found.explained != found.strongest:
        score += f"; the highest score is that of {found.strongest}"
    kind = ", the last maps before the classifier" if found.is_last else ", as --layer says"
    channels, high, wide = found.layer.shape
    layer = f"{_shown(found.layer)}, {channels} maps of {high}x{wide}{kind}"
    where = "nowhere: it is the same everywhere, so no part of the image stands out"
    if found.cell is not None and found.place is not None:
        where = (
            f"at row {found.place[0]}, column {found.place[1]} of the image: "
            f"in row {found.cell[0]}, column {found.cell[1]} of the maps"
        )
    return [("class", score), ("layer", layer), ("highest", where)]


def _shown(layer: Layer) -> str:
    return f"{layer.path}: {layer.call}"


def json_text(result: Explanation, asked: Asked, written: Sequence[str]) -> str:
    found = None if result.found is None else asdict(result.found)
    content = {
        "format": "cnnc-explain-image/1",
        "net": result.net,
        "source": result.source,
        "image": None if asked.image is None else str(asked.image),
        "notes": list(result.notes),
        "found": found,
        "pictures": [
            {"file": path, "height": each.size[0], "width": each.size[1], "what": each.what}
            for path, each in zip(written, result.pictures, strict=True)
        ],
    }
    return json.dumps(content, indent=2) + "\n"
