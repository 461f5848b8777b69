"""The pages of the library: each file of compiler/std with its blocks, source and drawings."""

from __future__ import annotations

import re
from collections.abc import Iterator

import cnnc
from compiler.expansion.modules import STD
from docs.site.drawn import unfolded

BLOCK = re.compile(r"(?P<doc>(?:^## .*\n)+)block (?P<name>\w+)\((?P<params>[^)]*)\)", re.MULTILINE)
USE = re.compile(r"^use std\.", re.MULTILINE)

# How each block is called in its drawing, behind an INPUT of the volume.
CALLS = {
    "conv_bn": ("32x32x3", "conv_bn(16)"),
    "dwconv_bn": ("32x32x16", "dwconv_bn(3, 2)"),
    "conv_bn_relu": ("32x32x3", "conv_bn_relu(16)"),
    "basic": ("56x56x64", "basic(128, 2)"),
    "bottleneck": ("56x56x64", "bottleneck(64)"),
    "inception": ("28x28x192", "inception(conv_bn_relu, 64, 96, 128, 16, 32, 32)"),
    "fire": ("54x54x96", "fire(16, 64, 64)"),
    "dense_layer": ("56x56x64", "dense_layer(32)"),
    "dense_block": ("56x56x64", "dense_block(3, 32)"),
    "transition": ("56x56x256", "transition()"),
    "depthwise_separable": ("112x112x32", "depthwise_separable(64)"),
    "inverted_residual": ("56x56x24", "inverted_residual(6, 24)"),
    "squeeze_excite": ("56x56x64", "squeeze_excite(16)"),
    "convnext_block": ("56x56x96", "convnext_block(0.1)"),
    "shuffle_unit": ("28x28x116", "shuffle_unit(116)"),
    "mbconv": ("56x56x24", "mbconv(6, 24)"),
    "atrous": ("28x28x64", "atrous(32, 6)"),
    "image_pooling": ("28x28x64", "image_pooling(32, 28, 28)"),
    "aspp": ("28x28x512", "aspp()"),
    "double_conv": ("64x64x3", "double_conv(64)"),
}
HEAD = """\
# The library

Blocks that ship with the compiler, written in the language itself: `use std.residual (basic)`.

"""


def pages() -> dict[str, str]:
    """By name: an index, a page for each file, and the drawings."""
    files = sorted(STD.glob("*.cnn"))
    index = [HEAD, "| block | what it is |", "| --- | --- |"]
    found: dict[str, str] = {}
    for file in files:
        text = file.read_text(encoding="utf-8")
        page = [f"# std.{file.stem}", "", _about(text), ""]
        for name, params, doc in blocks(text):
            first = doc.split(". ")[0].rstrip(".").replace("|", "\\|")
            index.append(f"| [`{name}`](library/{file.stem}.md#{name}) | {first} |")
            net = cnnc.loads(program(name, file.stem), "example.cnn")
            totals = net.report().totals
            found[f"library/{name}.svg"] = unfolded(net)
            page += [f"## {name}", "", f"```cnn\n{name}({params})\n```", "", doc, ""]
            page += ["For example:", "", f"```cnn\n{program(name, file.stem)}```", ""]
            page += [f"{totals.parameters:,} parameters, {totals.macs:,} MACs.", ""]
            page += [f"![The layers of {name}]({name}.svg)", ""]
        page += ["## Source", "", f"```cnn\n{text.rstrip()}\n```", ""]
        found[f"library/{file.stem}.md"] = "\n".join(page)
    tree = ["", "```{toctree}", ":hidden:", "", *(f"library/{f.stem}" for f in files), "```", ""]
    return {"library.md": "\n".join([*index, *tree]), **found}


def blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, parameters and text of each documented block."""
    for found in BLOCK.finditer(text):
        doc = " ".join(line.removeprefix("## ") for line in found["doc"].splitlines())
        yield found["name"], found["params"], doc


def program(name: str, file: str) -> str:
    volume, call = CALLS[name]
    uses = f"use std.{file} ({name})\n"
    if "conv_bn_relu," in call:
        uses += "use std.conv (conv_bn_relu)\n"
    return f"{uses}INPUT({volume}) -> {call}\n"


def _about(text: str) -> str:
    """The comment at the head of a file."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("# ") or line.startswith("# cnnc:"):
            break
        lines.append(line.removeprefix("# "))
    return " ".join(lines)
