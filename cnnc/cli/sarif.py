"""Diagnostics as SARIF 2.1.0 (OASIS), which code hosts show beside the lines of a change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from cnnc.version import VERSION
from dsl.diagnostics import Diagnostic, Label

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(
    diagnostics: Iterable[Diagnostic], about: Mapping[str, tuple[str, str]] | None = None
) -> str:
    """`about`: for codes that have them, a title and a long form."""
    found = list(diagnostics)
    rules = [_rule(code, about or {}) for code in sorted({each.code for each in found})]
    driver = {"name": "cnnc", "version": VERSION, "rules": rules}
    run = {"tool": {"driver": driver}, "results": [_result(each) for each in found]}
    content = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(content, indent=2) + "\n"


def _rule(code: str, about: Mapping[str, tuple[str, str]]) -> dict[str, object]:
    if code not in about:
        return {"id": code}
    title, text = about[code]
    return {"id": code, "shortDescription": {"text": title}, "fullDescription": {"text": text}}


def _result(each: Diagnostic) -> dict[str, object]:
    parts = [each.title, *each.notes, *([f"help: {each.help}"] if each.help else [])]
    result: dict[str, object] = {
        "ruleId": each.code,
        "level": each.severity,
        "message": {"text": "\n".join(parts)},
    }
    if each.labels:
        result["locations"] = [_location(each.labels[0])]
        related = [_location(label) for label in each.labels[1:]]
        if related:
            result["relatedLocations"] = related
    elif each.file:
        artifact = {"artifactLocation": {"uri": quote(each.file)}}
        result["locations"] = [{"physicalLocation": artifact}]
    return result


def _location(label: Label) -> dict[str, object]:
    (line, column), (end_line, end_column) = label.span.position, label.span.end_position
    region = {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    }
    artifact = {"uri": quote(label.span.source.name)}
    location: dict[str, object] = {
        "physicalLocation": {"artifactLocation": artifact, "region": region}
    }
    if label.text:
        location["message"] = {"text": label.text}
    return location
