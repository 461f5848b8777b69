"""Sphinx's settings of the site; `python -m docs.site` runs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cnnc.version import VERSION
from docs.site.lexer import CnnLexer

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "cnnc"
author = "the cnnc authors"
release = VERSION
extensions = ["myst_parser"]
exclude_patterns = [".doctrees"]
myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = f"cnnc {VERSION}"
html_static_path = [str(Path(__file__).with_name("static"))]
html_css_files = ["cnnc.css"]
html_copy_source = False
html_show_copyright = False
html_theme_options = {"navigation_with_keys": True}
pygments_style = "default"
pygments_dark_style = "github-dark"


def setup(app: Sphinx) -> None:
    app.add_lexer("cnn", CnnLexer)
