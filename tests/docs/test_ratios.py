"""The picture of the benchmark is what its numbers draw, and so are the table's ratios."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as xml
from pathlib import Path

import pytest

from benchmarks._chart import MEAN, NETS, ratios
from benchmarks._chart import chart as drawn

ROOT = Path(__file__).parents[2]
KEPT = json.loads((ROOT / "benchmarks" / "inference.json").read_text("utf-8"))
README = (ROOT / "benchmarks" / "README.md").read_text("utf-8")


def test_the_picture_is_of_the_numbers() -> None:
    made = drawn(KEPT)
    assert (ROOT / "docs" / "pictures" / "inference.svg").read_text("utf-8") == made
    assert made == drawn(KEPT)
    root = xml.fromstring(made)
    marks = [each.text for each in root.iter("{http://www.w3.org/2000/svg}title")][1:]
    assert len(marks) == sum(
        len(each) for nets in KEPT["batches"].values() for each in ratios(nets).values()
    )
    assert {mark.split(", ")[0] for mark in marks if mark} == {*NETS.values(), MEAN}


@pytest.mark.parametrize("batch", KEPT["batches"])
def test_the_tables_have_the_same_numbers(batch: str) -> None:
    _, _, after = README.partition(f"Batch {batch}\n")
    table = after.strip().split("\n\n")[0].splitlines()
    found = ratios(KEPT["batches"][batch])
    for net, each in found.items():
        (line,) = (line for line in table if line.startswith(f"| {NETS.get(net, net)} |"))
        numbers = re.findall(r"(?:\(|\*\*|\| )(\d\.\d\d)", line)
        for ratio in each.values():
            assert f"{ratio:.2f}" in numbers, (net, ratio)
