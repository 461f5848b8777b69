"""A difference as a piece of HTML, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from compiler.difference.model import Difference
from compiler.difference.nets import Comparison
from compiler.formats.columns import heading
from compiler.formats.difference.lines import NUMBERS_FROM, TITLES, Gap, lines, total_cells
from compiler.formats.difference.table import TOTAL_TITLES, alone
from compiler.formats.html import html_row

_COLOURS = {"+": "#1a7f37", "-": "#cf222e", "~": "#9a6700"}


def fragment(comparison: Comparison) -> str:
    parts = [_difference(each) for each in comparison.differences]
    parts += [f"<p>{escape(alone('-', each))}</p>" for each in comparison.removed]
    parts += [f"<p>{escape(alone('+', each))}</p>" for each in comparison.added]
    return "".join(parts)


def _difference(difference: Difference) -> str:
    caption = f"{heading(difference.old)} → {heading(difference.new)}"
    shown = lines(difference)
    body = "".join(
        f'<tr><td colspan="{len(TITLES)}">{each}</td></tr>'
        if isinstance(each, Gap)
        else _row(each.cells, NUMBERS_FROM, _COLOURS.get(each.sign, ""))
        for each in shown
    )
    head = _row(TITLES, NUMBERS_FROM, tag="th")
    totals = "".join(_row(total_cells(each), 1) for each in difference.totals)
    said = "".join(f"<li>{escape(sentence)}</li>" for sentence in difference.sentences)
    return (
        f"<table><caption>{escape(caption)}</caption><thead>{head}</thead><tbody>{body}</tbody>"
        f"</table><table><thead>{_row(TOTAL_TITLES, 1, tag='th')}</thead>"
        f"<tbody>{totals}</tbody></table><ul>{said}</ul>"
    )


def _row(cells: Sequence[str], numbers_from: int, colour: str = "", tag: str = "td") -> str:
    return html_row(cells, numbers_from, tag, f' style="color:{colour}"' if colour else "")
