"""How wide a text is, without a font at hand.

The widths are those of Helvetica, which Arial and Liberation Sans share, in thousandths of the font
size. A reader without any of them gets a wider font, for which SLACK makes room.
"""

from __future__ import annotations

FAMILY = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
SLACK = 1.1
LONGEST = 200  # no picture has room for more
WIDEST = 1300  # of what the tables lack: no letter of another script is wider
# From the space to the tilde, as Adobe's font metrics and Liberation Sans have them.
# fmt: off
REGULAR = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722,
    722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722,
    667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
    556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,
    500, 334, 260, 334, 584,
)
BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722,
    722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722,
    667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611,
    611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556,
    500, 389, 280, 389, 584,
)
# fmt: on
FURTHER = {"×": 584, "·": 333, "…": 1000, "→": 1000}


def width(text: str, size: float, bold: bool = False) -> float:
    """In the unit of `size`, with SLACK."""
    table = BOLD if bold else REGULAR
    total = sum(
        table[ord(char) - 32] if " " <= char <= "~" else FURTHER.get(char, WIDEST) for char in text
    )
    return total * size * SLACK / 1000


def fitted(text: str, size: float, room: float, bold: bool = False) -> str:
    """The text, or as much of it as has room, with an ellipsis."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}…"
    if width(text, size, bold) <= room:
        return text
    kept = len(text)
    while kept and width(f"{text[:kept]}…", size, bold) > room:
        kept -= 1
    return f"{text[:kept]}…"
