"""What every fuzzer runs: whatever the bytes, a network or diagnostics, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnnc.pipeline import Journey
from compiler.expansion.modules import decode
from dsl.diagnostics import CnnError, Diagnostic

ROOT = Path(__file__).parents[2]
# As if beside the examples, so that programs which use them find them.
BESIDE = ROOT / "examples" / "fuzz.cnn"
MAX_LAYERS = 2_000  # the limits of steps scale with it
EMITTED_LAYERS = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a program got: `bytes`, `tree`, `graph`, `checked`, `emitted`; and what was said."""

    stage: str
    codes: tuple[str, ...] = ()


def run(data: bytes, emit: bool = False) -> Outcome:
    """Raises AssertionError where a diagnostic cannot be shown, and whatever the compiler raises
    that it should not."""
    stage = "bytes"
    try:
        source = decode(data, "fuzz.cnn")
        journey = Journey(source, BESIDE, None, {}, MAX_LAYERS)
        _ = journey.tree
        stage = "tree"
        _ = journey.graph
        stage = "graph"
        warnings = journey.checked.warnings
        for warning in warnings:
            shows(warning)
        stage = "checked"
        if emit and len(journey.graph) <= EMITTED_LAYERS:
            for text in (journey.emit("numpy", 2, False), journey.emit("torch", 2, False)):
                compile(text, "<emitted>", "exec")
            stage = "emitted"
    except CnnError as error:
        assert error.diagnostics
        for diagnostic in error.diagnostics:
            shows(diagnostic)
        return Outcome(stage, tuple(each.code for each in error.diagnostics))
    return Outcome(stage, tuple(each.code for each in warnings))


def shows(diagnostic: Diagnostic) -> None:
    """A diagnostic has a text, and stands where its program is."""
    shown = diagnostic.render()
    assert shown and len(shown) < 50_000, len(shown)
    shown.encode("utf-8")
    for label in diagnostic.labels:
        assert 0 <= label.span.start <= label.span.end <= len(label.span.source.text)
        assert label.span.position <= label.span.end_position
