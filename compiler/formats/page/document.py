"""One HTML file that needs no other: styles, scripts, data are inside, and nothing is fetched."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

HERE = Path(__file__).parent
# What every page's own scripts build on; a class stands before those that extend it.
SHARED = (
    "format.js",
    "elements.js",
    "state.js",
    "layout.js",
    "routes.js",
    "boxes.js",
    "drawing.js",
    "view.js",
    "walk.js",
    "pane.js",
    "rows.js",
    "bars.js",
    "frame.js",
)


def document(
    title: str, body: str, data: object, scripts: tuple[str, ...], folder: Path = HERE
) -> str:
    """`body` is HTML; `data` goes to the scripts as JSON. They and `page.css` are files of the
    folder; in this one they stand behind those that its pages share.

    The policy forbids every request, and every script but this one.
    """
    names = (*SHARED, *scripts) if folder == HERE else scripts
    style = (folder / "page.css").read_text("utf-8")
    script = "\n" + "\n".join((folder / name).read_text("utf-8") for name in names)
    allowed = b64encode(sha256(script.encode()).digest()).decode()
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:;"
        f" style-src 'unsafe-inline'; script-src 'sha256-{allowed}'"
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{escape(title)}</title>
<style>
{style}</style>
</head>
<body>
{body}
<script type="application/json" id="data">{inert(data)}</script>
<script>{script}</script>
</body>
</html>
"""


def filled(frame: str, /, **values: str) -> str:
    """An HTML file of this folder, with HTML in its places."""
    return Template((HERE / frame).read_text("utf-8")).substitute(values)


def inert(data: object) -> str:
    """JSON in which no text can end the element around it or begin a comment."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
