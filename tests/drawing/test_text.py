"""A picture is text that others read: well-formed, escaped, accessible, the same every time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from xml.etree import ElementTree

import pydot
import pytest

from compiler.drawing import fonts
from compiler.drawing.look import FORMATS, STYLES, THEMES, Format, Look, Style, Theme
from compiler.drawing.picture import picture
from compiler.drawing.theme import COLOURS, DARK, LIGHT
from compiler.graph import Graph
from compiler.ops import OPS
from compiler.ops.activation import Relu
from compiler.ops.convolution import Conv
from compiler.ops.input import Input
from compiler.ops.merge import Add
from compiler.volume import Volume
from tests.drawing.cases import EXAMPLES, NETS, graph, made

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "desc", "style", "g", "rect", "circle", "path", "polygon", "text"}
ATTRIBUTES = {
    *("viewBox", "width", "height", "role", "class", "data-path", "text-anchor"),
    *("x", "y", "rx", "cx", "cy", "r", "d", "points"),
}
HOSTILE = (
    "</text><script>alert(1)</script>",
    "\"' onload='alert(1)' x=\"",
    "&amp; &#x41; ]]> <!-- -->",
    '\\N \\" \\n end %%{init: {}}%% `code` #35; click n0 callback',
    "a\nb\tc\r\x00\x0b\ufffe",
    "漢字 😀 e\u0301 \u202e",
)


def hostile(text: str) -> Graph:
    """A graph whose every name is a text that means mischief."""
    volume = Volume(8, 8, 4)
    scope = text.replace(".", " ")
    return made(
        text,
        [
            (Input(volume), f"{scope}.in", volume, ()),
            (Conv(4), f"{scope}.unit {text}.conv", volume, (0,)),
            (Relu(), f"{scope}.unit {text}.relu", volume, (1,)),
            (Conv(4), f"{scope}.unit {text}.next", volume, (2,)),
            (Add(), f"{scope}.add", volume, (3, 0)),
        ],
        doc=text,
    )


def legal(text: str) -> str:
    """As XML reads it back: characters that it cannot hold are replaced."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("target", NETS)
def test_an_svg_is_well_formed_and_can_be_read_out(target: str, style: Style) -> None:
    network = graph(target)
    root = ElementTree.fromstring(picture(network, Look(style=style)))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ALLOWED
    assert root.get("role") == "img"
    assert [root[0].tag, root[1].tag] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text == network.name
    assert network.doc.split() == (root[1].text or "").split()[: len(network.doc.split())]
    shapes = [element for element in root.iter() if element.get("data-path") is not None]
    assert shapes and all(shape[0].tag == f"{SVG}title" and shape[0].text for shape in shapes)
    assert {name for element in root.iter() for name in element.attrib} <= ATTRIBUTES


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_stays_text_in_an_svg(text: str, style: Style) -> None:
    drawn = picture(hostile(text), Look(style=style, depth=9))
    root = ElementTree.fromstring(drawn)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ALLOWED
    assert {name for element in root.iter() for name in element.attrib} <= ATTRIBUTES
    read = legal(text).replace("\r", "\n")  # XML reads one line end as another
    assert (root[0].text or "").split() == read.split()
    paths = [element.get("data-path") for element in root.iter() if element.get("data-path")]
    assert any(" ".join(read.replace(".", " ").split()) in " ".join(p.split()) for p in paths if p)


# pydot calls pyparsing by names that it has since changed.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("text", ["INPUT", *HOSTILE])
def test_dot_is_read_by_another_parser(text: str) -> None:
    network = hostile(text)
    (read,) = pydot.graph_from_dot_data(picture(network, Look("dot", depth=9))) or []

    def nodes(part: pydot.Dot | pydot.Subgraph) -> list[pydot.Node]:
        own = [node for node in part.get_nodes() if re.fullmatch(r"n\d+", node.get_name())]
        return own + [node for inner in part.get_subgraphs() for node in nodes(inner)]

    assert sorted(node.get_name() for node in nodes(read)) == ["n0", "n1", "n2", "n3"]
    wires = [(edge.get_source(), edge.get_destination()) for edge in read.get_edges()]
    assert wires == [("n0", "n1"), ("n1", "n2"), ("n2", "n3"), ("n0", "n3")]
    label = str(read.get_graph_defaults()[0]["label"])[1:-1]
    assert label.endswith(r"\n5 layers · 296 parameters · 18.4 k MACs")
    name = re.sub(r"\\(.)", r"\1", label.rpartition(r"\n")[0])
    assert unescape(name) == " ".join(legal(text).split())


LINE = r'"[^"]*"'
MERMAID = re.compile(
    "|".join(
        (
            r"---",
            rf"title: {LINE}",
            r"config: \{[a-zA-Z: \d,{]+\}+",
            r"flowchart TB",
            r"  class s\d+(,s\d+)* scope",
            rf" *n\d+(\[{LINE}\]|\[\[{LINE}\]\]|\(\[{LINE}\]\)):::[a-z]+",
            rf" *subgraph s\d+ \[{LINE}\]",
            r" *end",
            rf"  n\d+ -->\|{LINE}\| n\d+",
            r"  classDef [a-z]+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}",
        )
    )
)


@pytest.mark.parametrize("target", NETS)
def test_every_line_of_mermaid_has_a_known_form(target: str) -> None:
    lines = picture(graph(target), Look("mermaid")).splitlines()
    assert [line for line in lines if not MERMAID.fullmatch(line)] == []
    opened = sum(line.lstrip().startswith("subgraph ") for line in lines)
    assert opened == sum(line.strip() == "end" for line in lines)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_stays_text_in_mermaid(text: str) -> None:
    lines = picture(hostile(text), Look("mermaid", depth=9)).splitlines()
    assert [line for line in lines[2:] if not MERMAID.fullmatch(line)] == []
    assert "%%" not in "".join(lines)
    written = re.sub(r"#(\d+);", lambda match: chr(int(match[1])), "\n".join(lines[3:]))
    assert " ".join(legal(text).split())[:20] in " ".join(written.split())


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_bytes_every_time(format: Format) -> None:
    code = (
        "import cnnc; net = cnnc.load('examples/googlenet.cnn:GoogLeNet');"
        f"print(net.draw({format!r}, depth=3), net.draw({format!r}, unfold=['aux1'], train=True))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=EXAMPLES.parent,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


@pytest.mark.parametrize("theme", THEMES)
def test_themes(theme: Theme) -> None:
    drawn = picture(graph("lenet.cnn"), Look(theme=theme))
    assert ("prefers-color-scheme" in drawn) == (theme == "auto")
    assert f'class="cnnc cnnc-{theme}"' in drawn


def test_every_kind_of_operator_has_colours() -> None:
    kinds = {op.__module__.rpartition(".")[2] for op in OPS}
    assert kinds | {"block", "group"} <= set(COLOURS)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("kind", COLOURS)
def test_text_can_be_told_from_its_box(kind: str) -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5."""
    for plain, (fill, _) in zip((LIGHT, DARK), COLOURS[kind], strict=True):
        for ink in (plain["ink"], plain["faint"]):
            dark, light = sorted((luminance(ink), luminance(fill)))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (kind, ink, fill)


def test_widths_are_those_of_the_font() -> None:
    """C, O, N, V, the space, 6 and 4, from Adobe's metrics of Helvetica."""
    assert fonts.width("CONV 64", 1000 / fonts.SLACK) == 722 + 778 + 722 + 667 + 278 + 556 + 556
    assert fonts.width("i", 10, bold=True) > fonts.width("i", 10)
    assert fonts.width("漢", 10) >= 10


@pytest.mark.parametrize("room", [5, 20, 60, 500])
def test_a_text_is_cut_to_its_room(room: float) -> None:
    cut = fonts.fitted("inverted_residual" * 100, 12, room)
    assert fonts.width(cut, 12) <= max(room, fonts.width("…", 12))
    assert cut.endswith("…")
