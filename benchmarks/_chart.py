"""Ratios of a run of `inference` as an SVG that reads on light and on dark paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import ceil, exp, log
from typing import Any, NamedTuple

REFERENCE = "torch"
NETS = {
    "alexnet": "AlexNet",
    "squeezenet1_1": "SqueezeNet 1.1",
    "mobilenet_v2": "MobileNetV2",
    "resnet18": "ResNet-18",
    "googlenet": "GoogLeNet",
    "resnet50": "ResNet-50",
    "vgg16": "VGG-16",
}
MEAN = "geometric mean"


class Series(NamedTuple):
    """A contender's title, colours on light and dark paper, and mark, around 0, 0."""

    title: str
    light: str
    dark: str
    mark: str


SERIES = {
    "numpy": Series("NumPy, threads", "#2f78c0", "#5fa8ea", '<circle r="5"/>'),
    "numpy-forks": Series(
        "NumPy, processes", "#7554c3", "#a68df0", '<path d="M-5 4.5L0-5.5L5 4.5Z"/>'
    ),
    "torch-channels-last": Series(
        "PyTorch, channels last", "#85857e", "#a3a39b", '<path d="M-4-4H4V4H-4Z"/>'
    ),
    "torch-compile": Series(
        "torch.compile", "#cf6a31", "#ef9566", '<path d="M0-5.5L5.5 0L0 5.5L-5.5 0Z"/>'
    ),
    "onnxruntime": Series("onnxruntime", "#2c8a5b", "#58c48e", '<path d="M-5-4.5H5L0 5.5Z"/>'),
}
# Pixels.
WIDTH, MARGIN, NAMES, GAP, ROW = 900, 16, 126, 26, 25
TOP, BOTTOM = 92, 80
FONT = "font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif"


def chart(content: Mapping[str, Any]) -> str:
    """One panel a batch, one line a network; a mark is a time over that of PyTorch, eager."""
    batches = {batch: ratios(nets) for batch, nets in content["batches"].items()}
    worst = max(each for nets in batches.values() for net in nets.values() for each in net.values())
    most = ceil(10 * max(1.0, worst) + 0.5) / 10
    lines = max(map(len, batches.values()))
    height = TOP + lines * ROW + BOTTOM
    wide = (WIDTH - 2 * MARGIN - NAMES - GAP * (len(batches) - 1)) / len(batches)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" class="ratios">',
        "<title>Time of inference over that of PyTorch, eager</title>",
        f"<style>{style()}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}" rx="6"/>',
        f'<text class="head" x="{MARGIN}" y="28">Time over that of PyTorch, eager: '
        f"{content['threads']} threads each, further left is quicker</text>",
        *legend(),
    ]
    nets = list(next(iter(batches.values())))
    for number, net in enumerate(nets):
        kind = "bold" if net == MEAN else "name"
        at = TOP + (number + 0.5) * ROW + 4
        parts.append(f'<text class="{kind}" x="{MARGIN}" y="{at:g}">{NETS.get(net, net)}</text>')
    for number, (batch, found) in enumerate(batches.items()):
        left = MARGIN + NAMES + number * (wide + GAP)
        parts += panel(batch, found, left, wide, most)
    parts += caption(content, height)
    return "\n".join((*parts, "</svg>", ""))


def ratios(nets: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """By network and contender; at the end the means of those that took part with all."""
    found = {
        net: {name: least[name] / least[REFERENCE] for name in SERIES if name in least}
        for net, least in nets.items()
    }
    everywhere = [name for name in SERIES if all(name in each for each in found.values())]
    means = {name: mean([each[name] for each in found.values()]) for name in everywhere}
    return {**found, MEAN: means}


def mean(values: Sequence[float]) -> float:
    return exp(sum(map(log, values)) / len(values))


def legend() -> Iterator[str]:
    at = float(MARGIN + 6)
    for name, series in SERIES.items():
        yield f'<g class="{name}" transform="translate({at:g} 51)">{series.mark}</g>'
        yield f'<text class="name" x="{at + 11:g}" y="55">{series.title}</text>'
        at += 44 + 6.6 * len(series.title)


def panel(
    batch: str, found: Mapping[str, Mapping[str, float]], left: float, wide: float, most: float
) -> Iterator[str]:
    bottom = TOP + len(found) * ROW
    title = {"1": "one image", "8": "eight images"}.get(batch, f"{batch} images")
    yield f'<text class="bold" x="{left:g}" y="{TOP - 10}">{title}</text>'
    for tenth in range(0, round(10 * most) + 1, 2):
        x = left + wide * tenth / 10 / most
        kind = "one" if tenth == 10 else "grid"
        yield f'<path class="{kind}" d="M{x:.1f} {TOP}V{bottom}"/>'
        yield f'<text class="axis" x="{x:.1f}" y="{bottom + 16}">{tenth / 10:g}</text>'
    for number, (net, each) in enumerate(found.items()):
        y = TOP + (number + 0.5) * ROW
        if net == MEAN:
            yield f'<path class="rule" d="M{left:g} {TOP + number * ROW}h{wide:g}"/>'
        for name, ratio in reversed(list(each.items())):
            x = left + wide * ratio / most
            told = f"{NETS.get(net, net)}, {SERIES[name].title}: {ratio:.2f}"
            yield (
                f'<g class="{name}" transform="translate({x:.1f} {y:g})">'
                f"<title>{escape(told)}</title>{SERIES[name].mark}</g>"
            )


def caption(content: Mapping[str, Any], height: int) -> Iterator[str]:
    on, versions = content["machine"], content["versions"]
    named = ("Python", "numpy", "BLAS", "torch", "onnxruntime")
    lines = (
        f"{on['processor']}, {on['cores']} cores, {on['system']}; float32, 224 x 224; minima, "
        "contenders in turns",
        ", ".join(f"{name} {versions[name]}" for name in named if name in versions),
        "python -m benchmarks.inference --forks --compile",
    )
    for number, line in enumerate(lines):
        y = height - 43 + 16 * number
        yield f'<text class="axis start" x="{MARGIN}" y="{y}">{escape(line)}</text>'


def style() -> str:
    light = (
        f".ratios text{{{FONT};font-size:12.5px;fill:#16202b}}"
        ".ratios .head{font-size:15px;font-weight:700}.ratios .bold{font-weight:700}"
        ".ratios .axis{font-size:11px;fill:#54606d;text-anchor:middle}"
        ".ratios .start{text-anchor:start}"
        ".ratios .paper{fill:#fff}.ratios path.grid,.ratios path.rule{stroke:#d5dbe1}"
        ".ratios path.one{stroke:#5b6773;stroke-width:1.5}"
    )
    dark = (
        ".ratios text{fill:#e8edf3}.ratios .axis{fill:#a3afbb}.ratios .paper{fill:#0d1117}"
        ".ratios path.grid,.ratios path.rule{stroke:#2b343e}.ratios path.one{stroke:#8b98a5}"
    )
    for name, series in SERIES.items():
        light += f".ratios .{name}{{fill:{series.light};fill-opacity:.9}}"
        dark += f".ratios .{name}{{fill:{series.dark}}}"
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}"
