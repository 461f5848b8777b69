"""An exploration as a piece of HTML, for notebooks."""

from __future__ import annotations

from html import escape

from cnnc.exploring.exploration import Exploration
from cnnc.exploring.formats.columns import heading, summary, varying
from cnnc.exploring.formats.table import failures, rows
from compiler.formats.html import html_row

MOST = 200  # rows that a notebook shows; the page of `cnnc explore --format html` has all


def fragment(result: Exploration) -> str:
    titles, *members = rows(result)
    numbers_from = len(varying(result))
    left = len(members) - MOST
    body = "".join(html_row(each, numbers_from) for each in members[:MOST])
    if left > 0:
        body += f'<tr><td colspan="{len(titles)}">… {left:,} more</td></tr>'
    table = f"<thead>{html_row(titles, numbers_from, 'th')}</thead><tbody>{body}</tbody>"
    said = "<br>".join(map(escape, [summary(result), *failures(result)]))
    return f"<table><caption>{escape(heading(result))}</caption>{table}</table><p>{said}</p>"
