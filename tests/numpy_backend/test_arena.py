"""The arena of every example is no larger than what must live at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cnnc
from backends.numpy.fast.lowering import lower
from backends.numpy.fast.table import plan_table

EXAMPLES = Path(__file__).parents[2] / "examples"
NETS = [
    f"{path.name}:{name}"
    for path in sorted(EXAMPLES.glob("*.cnn"))
    for name in re.findall(r"^net (\w+)", path.read_text(encoding="utf-8"), re.M)
]


@pytest.mark.parametrize("target", NETS)
def test_arena(target: str) -> None:
    """With halos, concatenations and residuals; layers of one level live together."""
    lowered = lower(cnnc.load(EXAMPLES / target).journey.optimised(2, fuse=True).graph)
    assert lowered.least <= lowered.arena <= 1.05 * lowered.least


def test_the_table_has_a_line_for_each_layer() -> None:
    lowered = lower(cnnc.load(EXAMPLES / "lenet.cnn").journey.optimised(2, fuse=True).graph)
    head, *rows, total = plan_table(lowered)
    assert head.split()[0] == "layer"
    assert [row.split()[0] for row in rows] == [step.node.path for step in lowered.steps.steps]
    assert total.startswith(f"arena: {lowered.arena:,} floats")
