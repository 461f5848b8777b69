"""An exploration in one of its formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cnnc.exploring.exploration import Exploration
from cnnc.exploring.formats.csv import csv
from cnnc.exploring.formats.html import html
from cnnc.exploring.formats.json import json
from cnnc.exploring.formats.table import table

FORMATS: Mapping[str, Callable[[Exploration], str]] = {
    "table": table,
    "csv": csv,
    "json": json,
    "html": html,
}


def written(result: Exploration, format: str) -> str:
    """Raises KeyError where there is no such format."""
    return FORMATS[format](result)
