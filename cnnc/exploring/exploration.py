"""`explore(…)`: a family walked, its members counted and chosen from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnc.exploring.choosing import Choice, Found, best, choice, matches, ordered, reader
from cnnc.exploring.journal import Journal
from cnnc.exploring.members import Member
from cnnc.exploring.program import Program, program
from cnnc.exploring.runner import walk
from cnnc.pipeline import Journey
from compiler.expansion.family import MAX_MEMBERS, Family, family, literal

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which members are shown, in the words of the command line."""

    where: str | None = None
    sort: str | None = None
    pareto: str | None = None
    top: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """Who counts: `jobs` processes, or the Ray cluster at an address. `journal`: what is counted is
    kept there, and what it has is not counted again. `limit`: of members."""

    jobs: int | None = None
    ray: str | None = None
    journal: Path | None = None
    limit: int = MAX_MEMBERS


@dataclass(frozen=True, slots=True)
class Failed:
    """A member that does not hold, and its place in the family."""

    at: int
    member: Member


@dataclass(frozen=True, slots=True)
class Exploration:
    """Every member is shown, or failed, or left out, and counted as such.

    `unmatched`: by `--where`; `beaten`: not of the Pareto front; `beyond`: behind the first ones.
    """

    source: str
    family: Family
    asked: Asked
    choice: Choice
    shown: tuple[Found, ...]
    failed: tuple[Failed, ...]
    unmatched: int
    beaten: int
    beyond: int


THIS_MACHINE = Work()
EVERYTHING = Asked()


def explore(
    journey: Journey,
    varied: Mapping[str, str],
    asked: Asked = EVERYTHING,
    work: Work = THIS_MACHINE,
    tell: Tell = lambda done, size: None,
) -> Exploration:
    """The family of a journey's net; its settings are set in every member.

    `varied`: names and the values that each takes in turn, as `--vary` has them. `tell` hears how
    many members are done, of how many. Raises CnnError: E0802 to E0805, E0601, E0602, and what the
    settings or the expressions have wrong, all of it before a member is counted; and where an
    expression has no value for a member.
    """
    fixed = {
        name: value if isinstance(value, str) else literal(value)
        for name, value in journey.settings.items()
    }
    whole = family(
        journey.tree,
        journey.path,
        journey.net,
        fixed,
        varied,
        work.limit,
        allow_paths=journey.allow_paths,
    )
    chosen = choice(whole, asked.where, asked.sort, asked.pareto)
    found = reader(whole, chosen)
    holding: list[Found] = []
    failed: list[Failed] = []
    unmatched = 0
    tell(0, whole.size)
    for at, member in enumerate(counted(program(journey), whole, work)):
        if member.problem is not None:
            failed.append(Failed(at, member))
        elif matches(each := found(at, member), chosen):
            holding.append(each)
        else:
            unmatched += 1
        tell(at + 1, whole.size)
    front = best(holding, chosen.goals) if chosen.goals else holding
    shown = ordered(front, chosen)[: asked.top]
    return Exploration(
        journey.source.name,
        whole,
        asked,
        chosen,
        tuple(shown),
        tuple(failed),
        unmatched,
        len(holding) - len(front),
        len(front) - len(shown),
    )


def counted(program: Program, whole: Family, work: Work) -> Iterator[Member]:
    """Every member of a family, in its order; what the journal has is taken from there."""
    settings = [whole.settings(at) for at in range(whole.size)]
    if work.journal is None:
        yield from walk(program, settings, work.jobs, work.ray)
        return
    journal = Journal(work.journal, program)
    try:
        yield from _with_journal(journal, program, settings, work)
    finally:
        journal.close()


def _with_journal(
    journal: Journal, program: Program, settings: Sequence[dict[str, str]], work: Work
) -> Iterator[Member]:
    known = [journal.find(each) for each in settings]
    missing = [each for each, member in zip(settings, known, strict=True) if member is None]
    walked = walk(program, missing, work.jobs, work.ray)
    for each in known:
        if each is None:
            each = next(walked)
            journal.add(each)
        yield each
