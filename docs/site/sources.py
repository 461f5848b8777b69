"""What Sphinx reads: the pages of docs/, the pages that are made, and where each one stands."""

from __future__ import annotations

import re
from pathlib import Path

import cnnc
from cnnc.explaining import FOLDER as EXPLANATIONS
from compiler.drawing.look import Theme
from compiler.drawing.theme import style
from docs.site import library, operators
from docs.site.drawn import drawing

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

# In the order in which a newcomer needs them; `operators` and the like have pages below them.
NAVIGATION = (
    ("The language", ("first-steps", "language", "operators", "library")),
    (
        "Commands",
        (
            "errors",
            "commands",
            "optimiser",
            "numpy",
            "deploying",
            "pytorch",
            "counting",
            "lint",
            "pull-requests",
        ),
    ),
    ("Why it is so", ("history", "decisions")),
)
PAPERS: tuple[Theme, ...] = ("light", "dark")
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\.svg\)")
DRAWN = re.compile(
    r"(?P<block>^```cnn\n(?P<program>(?:(?!```).*\n)+)```\n\n)<!-- drawn -->\n", re.MULTILINE
)
COMMENT = re.compile(r"^<!-- .*? -->\n", re.MULTILINE)
OUTSIDE = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+[^)#\s]*)\)")
CODE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def assemble(out: Path) -> None:
    """Writes the pages, and each picture for light and for dark paper, into an empty folder."""
    pages = {
        file.relative_to(DOCS).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted([*DOCS.glob("*.md"), *(DOCS / "decisions").glob("*.md")])
    }
    errors = {
        f"errors/{file.name}": file.read_text(encoding="utf-8").replace(
            "](language.md", "](../language.md"
        )
        for file in sorted(EXPLANATIONS.glob("[EW][0-9]*.md"))
    }
    made = {**operators.pages(), **library.pages()}
    pictures = {
        f"pictures/{file.name}": file.read_text(encoding="utf-8")
        for file in (DOCS / "pictures").glob("*.svg")
    }
    pages["index.md"] += "".join(_tree(names, title) for title, names in NAVIGATION)
    pages["decisions.md"] = "# Decisions\n\nWhy things are as they are, half a page each.\n" + (
        _tree(_under(pages, "decisions/"), hidden=False)
    )
    pages["errors.md"] += _tree(_under(errors, "errors/"))
    pages["language.md"], drawn = _drawn(pages["language.md"])
    for name, text in {**pages, **errors, **made, **pictures, **drawn}.items():
        file = out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".svg"):
            file.write_text(text, encoding="utf-8")  # where a link leads to it
            for theme in PAPERS:
                file.with_suffix(f".{theme}.svg").write_text(_paper(text, theme), encoding="utf-8")
        else:
            file.write_text(_page(name, text), encoding="utf-8")
    for file in (DOCS / "pictures").glob("*.png"):
        (out / "pictures" / file.name).write_bytes(file.read_bytes())


def _under(pages: dict[str, str], folder: str) -> tuple[str, ...]:
    return tuple(sorted(name.removesuffix(".md") for name in pages if name.startswith(folder)))


def _drawn(text: str) -> tuple[str, dict[str, str]]:
    """The page with a picture behind each program that is marked so, and the pictures by name."""
    found: dict[str, str] = {}

    def picture(match: re.Match[str]) -> str:
        name = f"language-{len(found) + 1}.svg"
        found[f"pictures/{name}"] = drawing(cnnc.loads(match["program"], "program.cnn"))
        return f"{match['block']}![The volumes of the program above](pictures/{name})\n"

    return DRAWN.sub(picture, text), found


def _tree(names: tuple[str, ...], caption: str = "", hidden: bool = True) -> str:
    options = [f":caption: {caption}"] if caption else []
    options += [":hidden:"] if hidden else []
    return "\n".join(["", "```{toctree}", ":maxdepth: 1", *options, "", *names, "```", ""])


def _page(name: str, text: str) -> str:
    """As Sphinx reads it: comments gone, pictures twice, links to files of other folders named."""
    parts = CODE.split(COMMENT.sub("", text))
    up = "../" * name.count("/")
    for index in range(0, len(parts), 2):
        part = IMAGE.sub(_both, parts[index])
        part = OUTSIDE.sub(lambda found: _inside(found, up), part)
        if name == "errors.md":
            part = re.sub(r"^\| ([EW]\d{4}) \|", r"| [\1](errors/\1.md) |", part, flags=re.M)
        parts[index] = part
    return "".join(parts)


def _both(found: re.Match[str]) -> str:
    alt = " ".join(found[1].split())
    return "".join(f"![{alt}]({found[2]}.{each}.svg){{.only-{each}}}" for each in PAPERS)


def _inside(found: re.Match[str], up: str) -> str:
    """A file outside docs/ is no page of the site: its name stands there."""
    if not found[2].startswith(f"{up}../"):
        return found[0]
    return found[1] if found[1].startswith("`") else f"`{found[1]}`"


def _paper(svg: str, theme: Theme) -> str:
    """A picture that follows its reader, for one kind of paper."""
    return svg.replace(style("auto"), style(theme)).replace(" cnnc-auto", f" cnnc-{theme}")
