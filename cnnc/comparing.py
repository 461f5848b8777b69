"""What two sides of a difference are, and how each is counted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from cnnc.nets import chosen, known_settings, nets
from cnnc.pipeline import Journey
from cnnc.revisions import export, split_revision
from cnnc.target import split_target
from compiler.difference.compare import diff
from compiler.difference.nets import Comparison
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.expansion.modules import decode, read_source
from compiler.formats.reading import is_report, read_report
from compiler.report import ONE_IMAGE, Measure, Report, Stage
from dsl.diagnostics import CnnError, Diagnostic, did_you_mean
from dsl.source import Source

NOTHING = os.devnull


@dataclass(frozen=True, slots=True)
class Counting:
    """How to count. None: as the other side was counted, or as the program wrote it, one image."""

    stage: Stage | None = None
    batch: int | None = None
    dtype: str | None = None

    def completed(self, reports: Iterable[Report]) -> Counting:
        """What is not given is taken from a saved report."""
        for report in reports:
            return Counting(
                self.stage or report.stage,
                self.batch or report.measure.batch,
                self.dtype or report.measure.dtype,
            )
        return self

    def refuse_other(self, saved: Report) -> None:
        """Raises CnnError E0809 for a report that was counted in another way."""
        for what, wanted, found in (
            ("stage", self.stage, saved.stage),
            ("batch", self.batch, saved.measure.batch),
            ("dtype", self.dtype, saved.measure.dtype),
        ):
            if wanted not in (None, found):
                title = f"{saved.source} was counted with {what} {found}, and {wanted} is asked for"
                mend = f"leave {what} out, or compare programs and not their reports"
                raise CnnError([Diagnostic("E0809", title, help=mend)])

    def report(self, journey: Journey) -> Report:
        measure = Measure(self.batch or ONE_IMAGE.batch, self.dtype or ONE_IMAGE.dtype)
        return journey.report(self.stage or "source", measure)


@dataclass(frozen=True, slots=True)
class Side:
    """A program, of which perhaps one net is chosen; or reports; or, without either, nothing."""

    name: str
    journey: Journey | None = None
    reports: Mapping[str, Report] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)

    @property
    def chosen(self) -> str | None:
        return self.journey.net if self.journey else None

    @property
    def nets(self) -> tuple[str, ...]:
        return tuple(self.reports if self.journey is None else chosen(self.journey))

    def narrowed(self, net: str) -> Side:
        """With that net chosen, of a program that has several."""
        assert self.journey is not None
        journey = self.journey.to(net, self.journey.settings)
        return Side(self.name, journey, self.reports, self.settings)

    def settable(self) -> frozenset[str]:
        """Of all its nets."""
        if self.journey is None:
            return frozenset()
        return frozenset[str]().union(*known_settings(self.journey).values())

    def counted(
        self, counting: Counting, everywhere: Mapping[str, object]
    ) -> Callable[[str | None], Report]:
        """Gives the report of each net. `everywhere`: what is set in those that know it."""
        if self.journey is None:
            return lambda net: self.reports[net or ""]
        whole = self.journey.to(self.journey.net, {**everywhere, **self.settings})
        ways = {way.net: way for way in nets(whole)}
        return lambda net: counting.report(ways[net])


def open_side(
    target: str,
    settings: Mapping[str, object],
    stack: ExitStack,
    standard_input: bytes | None = None,
    max_layers: int = MAX_LAYERS,
    allow_paths: tuple[Path, ...] = (),
) -> Side:
    """`FILE`, `FILE:NET`, either with `@REV`, or a saved JSON report; the null device is nothing.

    What git exports lies in a folder that the stack removes. Raises CnnError.
    """
    if target == NOTHING:
        if settings:
            raise _unset(f"in {target}")
        return Side(target)
    at = split_revision(target)
    if target == "-" or target.startswith("-:"):
        source, path, net = decode(standard_input or b"", "<stdin>"), None, target[2:] or None
    elif at is not None:
        file, net = split_target(at.file)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="cnnc-"))).resolve()
        path = export(file, at.revision, folder)
        source = read_source(path, f"{file}@{at.revision}")
        allow_paths = (*allow_paths, folder)  # the whole revision is its project
    else:
        path, net = split_target(target)
        source = read_source(path, str(path))
        path = path.resolve()
    if is_report(source):
        return _saved(source, net, settings, max_layers)
    journey = Journey(source, path, net, {}, max_layers, allow_paths=allow_paths)
    _ = journey.tree
    return Side(source.name, journey, settings=settings)


def _saved(
    source: Source, net: str | None, settings: Mapping[str, object], max_layers: int
) -> Side:
    report = read_report(source, max_layers)
    if settings:
        raise _unset(f"in {source.name}: it is a saved report")
    if net not in (None, report.name):
        title, mend = f"{source.name} is the report of {report.name}, not of {net}", ""
        raise CnnError([Diagnostic("E0806", title, help=mend, file=source.name)])
    return Side(source.name, reports={report.name: report})


def _unset(where: str) -> CnnError:
    return CnnError([Diagnostic("E0806", f"nothing can be set {where}")])


def compare(
    old: Side, new: Side, counting: Counting, everywhere: Mapping[str, object] | None = None
) -> Comparison:
    """The two nets, or every net of two programs with its namesake. Where one side alone has none,
    all of the other were added or removed. Raises CnnError."""
    if everywhere and old.journey is None and new.journey is None:
        raise _unset("where neither side is a program")
    for_old, for_new = _shared(everywhere or {}, old, new)
    saved = [*old.reports.values(), *new.reports.values()]
    for report in saved:
        counting.refuse_other(report)
    counting = counting.completed(saved)
    if old.name == NOTHING or new.name == NOTHING:
        before, after = old.counted(counting, for_old), new.counted(counting, for_new)
        return Comparison((), tuple(map(before, old.nets)), tuple(map(after, new.nets)))
    old, new = _choose(old, new), _choose(new, old)
    before, after = old.counted(counting, for_old), new.counted(counting, for_new)
    pairs: list[tuple[str | None, str | None]]
    if len(old.nets) == len(new.nets) <= 1:
        pairs = [(next(iter(old.nets), None), next(iter(new.nets), None))]
    else:
        pairs = [(net, net) for net in new.nets if net in old.nets]
    differences = []
    for one, other in pairs:
        reports = before(one), after(other)
        _agree(*reports)
        differences.append(diff(*reports))
    told = {net for pair in pairs for net in pair}
    removed = [before(net) for net in old.nets if net not in told]
    added = [after(net) for net in new.nets if net not in told]
    return Comparison(tuple(differences), tuple(removed), tuple(added))


def _choose(side: Side, other: Side) -> Side:
    """Where one side is one net and this one has several: its namesake."""
    if len(side.nets) <= 1 or len(other.nets) != 1 or side.journey is None:
        return side
    (wanted,) = other.nets
    if wanted in side.nets:
        return side.narrowed(wanted)
    if other.chosen is None and other.journey is not None:
        return side
    names = ", ".join(side.nets)
    title = f"{side.name} has {len(side.nets)} nets, and none is called {wanted}: {names}"
    mend = did_you_mean(wanted, side.nets) or f"such as {side.name}:{side.nets[0]}"
    raise CnnError([Diagnostic("E0212", title, help=mend, file=side.name)])


def _shared(
    everywhere: Mapping[str, object], old: Side, new: Side
) -> tuple[dict[str, object], dict[str, object]]:
    """What is set on each side: what it knows, and what neither knows, so that both complain."""
    known = (old.settable(), new.settable()) if everywhere else (frozenset(), frozenset())
    nobody = everywhere.keys() - known[0] - known[1]
    before, after = (
        {name: value for name, value in everywhere.items() if name in here or name in nobody}
        for here in known
    )
    return before, after


def _agree(old: Report, new: Report) -> None:
    """Raises CnnError E0809 where the two were counted differently."""
    for what, one, other in (
        ("stage", old.stage, new.stage),
        ("batch", old.measure.batch, new.measure.batch),
        ("dtype", old.measure.dtype, new.measure.dtype),
    ):
        if one != other:
            title = f"{old.source} was counted with {what} {one}, and {new.source} with {other}"
            mend = f"count the program with --{what} of the saved report, or leave it out"
            raise CnnError([Diagnostic("E0809", title, help=mend)])
