"""`lint(…)`: what the rules find in a file, each place once, in the order of the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from compiler.lint.allows import Allows, allows
from compiler.lint.network import Network
from compiler.lint.program import Program
from compiler.lint.rule import Edit, Finding, Rule
from compiler.lint.rules import BY_NAME, unused_allow
from dsl.diagnostics import CnnError, Diagnostic, Label
from dsl.parser import parse
from dsl.source import Source, Span


@dataclass(frozen=True, slots=True)
class Found:
    """A place that a rule speaks of, and what would mend it, where that is certain."""

    rule: Rule
    diagnostic: Diagnostic
    edit: Edit | None

    @property
    def start(self) -> int:
        return self.diagnostic.labels[0].span.start


@dataclass(slots=True)
class _Place:
    """All that a rule finds at one place: the first thing, and where else in the networks.
    `is_certain`: every layer that the place makes is mended by one edit."""

    first: Finding
    layers: list[tuple[Network, int]] = field(default_factory=list)
    is_certain: bool = True


def lint(
    program: Program, networks: Sequence[Network], rules: Iterable[Rule], is_whole: bool = True
) -> tuple[Found, ...]:
    """What the rules find in a program and its networks, in the order of the source.

    `is_whole`: the networks are all of the file, with nothing set from outside; only then can be
    said which allowing comments are left over.
    """
    run = _Run(program)
    ran = list(rules)
    found: list[Found] = []
    for rule in ran:
        found += run.rule(rule, networks)
    if is_whole and unused_allow.RULE in ran:
        # Where there are no networks, the rules that look at them have not looked.
        names = {rule.name for rule in ran if rule.program or (rule.network and networks)}
        left_over = list(unused_allow.check(run.own, list(BY_NAME), names))
        found += run.gathered(unused_allow.RULE, ((None, each) for each in left_over))
    order = {rule.name: at for at, rule in enumerate(ran)}
    return tuple(sorted(found, key=lambda each: (each.start, order[each.rule.name])))


class _Run:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.own = allows(program.source, lambda: program.tree)
        self.others: dict[str, Allows] = {}

    def rule(self, rule: Rule, networks: Sequence[Network]) -> Iterator[Found]:
        pairs: list[tuple[Network | None, Finding]] = []
        if rule.program is not None:
            pairs += [(None, each) for each in rule.program(self.program)]
        if rule.network is not None:
            pairs += [(network, each) for network in networks for each in rule.network(network)]
        yield from self.gathered(rule, pairs)

    def gathered(
        self, rule: Rule, pairs: Iterable[tuple[Network | None, Finding]]
    ) -> Iterator[Found]:
        places: dict[tuple[int, int], _Place] = {}
        allowed: set[tuple[int, int]] = set()
        for network, finding in pairs:
            spans = _spans(network, finding)
            own = [span for span in spans if span.source is self.program.source]
            at = own[0] if own else spans[-1]
            is_allowed = [self.allowed(rule, span) for span in spans]
            place = places.get((at.start, at.end))
            if any(is_allowed):
                allowed.add((at.start, at.end))
                continue
            if place is None:
                place = places[at.start, at.end] = _Place(_placed(finding, at))
            elif finding.edit != place.first.edit:
                place.is_certain = False
            if network is not None and finding.node is not None:
                place.layers.append((network, finding.node))
        for key, place in places.items():
            # What is allowed in one network is not mended in the others, where it is one text.
            place.is_certain = place.is_certain and key not in allowed
            yield _found(rule, place)

    def allowed(self, rule: Rule, span: Span) -> bool:
        allows_ = self.own
        if span.source is not self.program.source:
            if span.source.text not in self.others:
                self.others[span.source.text] = _allows_of(span.source)
            allows_ = self.others[span.source.text]
        return allows_.use(rule.name, span)


def _allows_of(source: Source) -> Allows:
    try:
        return allows(source, lambda: parse(source))
    except CnnError:
        return Allows()  # a text of `--set`, which has no layers


def _spans(network: Network | None, finding: Finding) -> list[Span]:
    """The place, and the block calls that led there, innermost first."""
    if network is None or finding.node is None:
        return [finding.span]
    calls = reversed(network[finding.node].calls)
    return [finding.span, *(call.span for call in calls if call.span is not None)]


def _placed(finding: Finding, at: Span) -> Finding:
    """The finding at a place of the linted file: where another file's block is called."""
    if at == finding.span:
        return finding
    inside = " ".join(finding.span.text.split())
    note = f"where it calls {inside} at {finding.span}"
    return replace(finding, span=at, notes=(note, *finding.notes), edit=None)


def _found(rule: Rule, place: _Place) -> Found:
    first = place.first
    notes = list(first.notes)
    if place.layers:
        network, node = place.layers[0]
        where = f"{network[node].path} of {network.graph.name}"
        count = len({(id(net), number) for net, number in place.layers})
        notes.append(
            f"it is the layer {where}" if count == 1 else f"{count:,} layers, the first is {where}"
        )
    diagnostic = Diagnostic(
        rule.name,
        first.title,
        (Label(first.span, first.label),),
        tuple(notes),
        first.help,
        severity="warning",
    )
    return Found(rule, diagnostic, first.edit if place.is_certain else None)
