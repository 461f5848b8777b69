"""Small families that the tests walk, and the ways to walk them."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

from cnnc.exploring.exploration import EVERYTHING, THIS_MACHINE, Asked, Exploration, Work, explore
from cnnc.pipeline import Journey
from compiler.expansion.family import MAX_MEMBERS, Family, family
from dsl.diagnostics import CnnError
from dsl.source import Source
from tests.cli.run import EXAMPLES, cnnc

MOBILENET = f"{EXAMPLES}/mobilenet_v1.cnn"

# 24 members; those whose maps pool away to nothing fail.
TOWER = """
param N = 1 in 0..2
param M = 2 in [1, 2, 4, 5]
param width = 4
net Tower = INPUT(16x16x3) -> [[CONV(width) -> BN?]*N -> POOL]*M -> GAP -> FC(5)
"""
FAILING = 6  # M=5

WORDS = """
block plain(c) = CONV(c) -> RELU
block wide(c) = CONV(2*c) -> BN -> RELU
param act = RELU in [RELU, TANH]
param unit = plain in [plain, wide]
param name = "a" in ["a", "b \\"c\\""]
param pair = (1, 2) in [(1, 2), (3, 4)]
param other = wide
param twice = 2 * pair[0]
INPUT(8x8x3) -> unit(4) -> other(twice) -> act -> GAP -> FC(3)
"""


def journey(text: str, **settings: str) -> Journey:
    return Journey(Source("family.cnn", text), None, None, settings)


def spanned(
    text: str, varied: dict[str, str] | None = None, limit: int = MAX_MEMBERS, **settings: str
) -> Family:
    start = journey(text, **settings)
    return family(start.tree, None, None, settings, varied or {}, limit)


def walked(
    text: str, asked: Asked = EVERYTHING, work: Work = THIS_MACHINE, **varied: str
) -> Exploration:
    return explore(journey(text), varied, asked, work)


def code_of(error: CnnError) -> str:
    return error.diagnostics[0].code


def as_json(*args: str | Path, stdin: str | None = None) -> Any:
    result = cnnc("explore", *args, "--format", "json", stdin=stdin)
    assert result.status == 0, result.err
    return json.loads(result.out)


def as_csv(*args: str | Path, stdin: str | None = None) -> list[dict[str, str]]:
    result = cnnc("explore", *args, "--format", "csv", stdin=stdin)
    assert result.status == 0, result.err
    return list(csv.DictReader(StringIO(result.out)))
