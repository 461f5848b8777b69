"""The colours of a picture, for light and dark paper, as the style sheet of an SVG."""

from __future__ import annotations

from compiler.drawing.fonts import FAMILY
from compiler.drawing.look import Theme
from compiler.drawing.words import BOLD, SIZES, SMALL

# kind: fill and border; on light paper, then on dark.
COLOURS = {
    "input": (("#eef1f5", "#7b8794"), ("#27303a", "#8a97a6")),
    "convolution": (("#e3effb", "#2f78c0"), ("#16304a", "#5fa8ea")),
    "pooling": (("#fdeadf", "#cf6a31"), ("#43261a", "#ef9566")),
    "arrangement": (("#e0f3f3", "#23828a"), ("#113438", "#4fb9c2")),
    "image": (("#f3ecdf", "#8d6b34"), ("#352a17", "#c9a469")),
    "linear": (("#ece6fa", "#7554c3"), ("#2c2350", "#a68df0")),
    "normalisation": (("#fbf3d3", "#a5821a"), ("#3a3113", "#d9b64d")),
    "activation": (("#fbe6ec", "#c2456b"), ("#431c29", "#ec7d9d")),
    "regularisation": (("#f0f0ee", "#85857e"), ("#2d2d2a", "#a3a39b")),
    "merge": (("#ffffff", "#3d4852"), ("#161b22", "#b6c2cf")),
    "block": (("#e2f4ea", "#2c8a5b"), ("#143726", "#58c48e")),
    "group": (("#f6f7f9", "#98a3af"), ("#1c232c", "#6b7886")),
}
LIGHT = {"paper": "#ffffff", "ink": "#16202b", "faint": "#54606d", "wire": "#5b6773"}
DARK = {"paper": "#0d1117", "ink": "#e8edf3", "faint": "#a3afbb", "wire": "#8b98a5"}


def style(theme: Theme) -> str:
    """`auto` is light unless the reader prefers dark."""
    root = f".cnnc-{theme}"
    sizes = [
        f"{root} .{role}{{font-size:{size:g}px{';font-weight:700' if role in BOLD else ''}}}"
        for role, size in SIZES.items()
    ]
    lines = [
        f"{root} text{{font-family:{FAMILY};font-size:{SMALL:g}px}}",
        *sizes,
        f"{root} .wire,{root} .edge{{fill:none}}",
        f"{root} .wire{{stroke-width:1.4}}",
        f"{root} .body,{root} .copy{{stroke-width:1.2}}",
        f"{root} .frame .body,{root} .frame .copy{{stroke-width:1}}",
        f"{root} .prism .body,{root} .upper,{root} .side,{root} .edge"
        "{stroke-width:.8;stroke-linejoin:round}",
        f"{root} .footer{{fill-opacity:.16}}",
        f"{root} .upper{{fill-opacity:.07}}",
        f"{root} .side{{fill-opacity:.24}}",
        *_colours(root, 1 if theme == "dark" else 0),
    ]
    if theme == "auto":
        lines += ["@media (prefers-color-scheme:dark){", *_colours(root, 1), "}"]
    return "".join(f"{line}\n" for line in lines)


def _colours(root: str, which: int) -> list[str]:
    plain = (LIGHT, DARK)[which]
    lines = [
        f"{root} .paper{{fill:{plain['paper']}}}",
        f"{root} text{{fill:{plain['ink']}}}",
        f"{root} .small,{root} .label{{fill:{plain['faint']}}}",
        f"{root} .wire{{stroke:{plain['wire']}}}",
        f"{root} .head{{fill:{plain['wire']}}}",
    ]
    for kind, pairs in COLOURS.items():
        fill, border = pairs[which]
        at = f"{root} .{kind} "
        lines += [
            f"{at}.body,{at}.copy{{fill:{fill};stroke:{border}}}",
            f"{at}.footer{{fill:{border}}}",
            f"{at}.upper,{at}.side{{fill:{border};stroke:{border}}}",
            f"{at}.edge{{stroke:{border}}}",
        ]
    frame, border = COLOURS["group"][which]
    lines.append(f"{root} .frame .body,{root} .frame .copy{{fill:{frame};stroke:{border}}}")
    return lines
