"""keras: the end of `model.summary()` for the same layers in Keras.

Keras calls the statistics of batch norm parameters, non-trainable ones. It counts no work.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler.counting.profile import Figure, Profile, Rule
from compiler.counting.rules import PARAMETERS, every, learned
from compiler.report import Row

ALL = Rule(
    "all that is learned, and the statistics of batch norm",
    lambda row: learned(row) + row.buffers,
)
STATISTICS = Rule("the statistics of batch norm", lambda row: row.buffers)


def headline(rows: Sequence[Row], totals: tuple[int, ...]) -> str:
    names = (figure.name for figure in KERAS.figures)
    return "\n".join(
        f"{name}: {number:,} ({_readable(4 * number)})"
        for name, number in zip(names, totals, strict=True)
    )


def _readable(count: int) -> str:
    """Bytes in float32, in units of 1024 that Keras writes as KB, MB."""
    size, unit = float(count), "B"
    for larger in ("KB", "MB", "GB", "TB", "PB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:.2f} {unit}"


KERAS = Profile(
    "keras",
    "model.summary()",
    (
        Figure("Total params", "values", "parameters", every(lambda op: ALL)),
        Figure("Trainable params", "values", "parameters", PARAMETERS),
        Figure("Non-trainable params", "values", "parameters", every(lambda op: STATISTICS)),
    ),
    headline,
)
