"""`--fail-on`: limits on what a change may cost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Literal

from compiler.difference.model import Difference, Pair
from compiler.measured import METRICS, Measured, meant
from compiler.report import Report, Row, Training
from dsl.diagnostics import Diagnostic

EXAMPLES = "'params>+5%', 'macs>600M', 'params>+100k', 'activations<-10%'"
SHOWN = 3
_FORM = re.compile(
    r"\s*(?P<metric>\w+)\s*(?P<compares>>=|<=|>|<)\s*(?P<sign>[+-]?)\s*"
    r"(?P<number>[0-9]+(?:\.[0-9]+)?(?:e[0-9]+)?)\s*(?P<unit>|%|k|M|G|T|Ki|Mi|Gi|Ti)\s*"
)
_COMPARES: Mapping[str, Callable[[float, float], bool]] = {">": gt, ">=": ge, "<": lt, "<=": le}
_UNITS = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_UNITS |= {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


@dataclass(frozen=True, slots=True)
class Limit:
    """`kind`: what is compared, the number after the change, the change, or the change in per cent
    of the number before."""

    text: str
    metric: str
    compares: str
    bound: float
    kind: Literal["number", "change", "percent"]


def limit(text: str) -> Limit:
    """Raises ValueError, whose text says what is wrong and how limits are written."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError(f"{text!r} is no limit: write {EXAMPLES}")
    metric, sign, unit = form["metric"], form["sign"], form["unit"]
    if metric not in METRICS:
        mend = meant(metric, METRICS) or f"they are {', '.join(METRICS)}"
        raise ValueError(f"{text!r}: there is no metric {metric}; {mend}")
    if unit == "%" and not sign:
        raise ValueError(f"{text!r}: per cent is of a change: +{form['number']}%, as in {EXAMPLES}")
    bound = float(form["number"]) * (_UNITS.get(unit, 1)) * (-1 if sign == "-" else 1)
    kind: Literal["number", "change", "percent"]
    kind = "percent" if unit == "%" else "change" if sign else "number"
    return Limit("".join(text.split()), metric, form["compares"], bound, kind)


def crossed(difference: Difference, limits: Iterable[Limit]) -> list[Diagnostic]:
    """E0807 for each limit that the change crosses, with the layers that changed most."""
    return [_crossed(difference, each) for each in limits if _crosses(difference, each)]


def crossed_alone(report: Report, limits: Iterable[Limit]) -> list[Diagnostic]:
    """The same for a network that has no older version: of it only numbers can be compared."""
    return [
        Diagnostic(
            "E0807",
            f"{report.name} has {_amount(report, each)}: --fail-on '{each.text}'",
            file=report.source,
        )
        for each in limits
        if each.kind == "number"
        and _COMPARES[each.compares](METRICS[each.metric].number(report), each.bound)
    ]


def _amount(report: Report, limit: Limit) -> str:
    measured = METRICS[limit.metric]
    is_step = limit.metric == "memory" and isinstance(report.memory, Training)
    return (
        f"{measured.number(report):,} {'bytes of a training step' if is_step else measured.counted}"
    )


def _crosses(difference: Difference, limit: Limit) -> bool:
    of = METRICS[limit.metric].number
    old, new = of(difference.old), of(difference.new)
    found: float = new if limit.kind == "number" else new - old
    if limit.kind == "percent":
        growth = 0.0 if new == old else float("inf")  # of nothing
        found = 100 * (new - old) / old if old else growth
    return _COMPARES[limit.compares](found, limit.bound)


def _crossed(difference: Difference, limit: Limit) -> Diagnostic:
    of = METRICS[limit.metric].number
    old, new = of(difference.old), of(difference.new)
    change = f"{old:,} before, {new - old:+,}"
    change += f", {(new - old) / old:+,.1%}" if old else ""
    title = (
        f"{difference.new.name} has {_amount(difference.new, limit)} ({change}):"
        f" --fail-on '{limit.text}'"
    )
    return Diagnostic("E0807", title, notes=_dearest(difference, limit), file=difference.new.source)


def _dearest(difference: Difference, limit: Limit) -> tuple[str, ...]:
    """The layers whose number changed most, the way that the whole one did."""
    measured = METRICS[limit.metric]

    def change(pair: Pair) -> int:
        return _of(measured, pair.new) - _of(measured, pair.old)

    grows = measured.number(difference.new) >= measured.number(difference.old)
    most = sorted(difference.pairs, key=change, reverse=grows)[:SHOWN]
    return tuple(
        f"{pair.row.path}: {pair.row.layer} has {_of(measured, pair.new):,}, {change(pair):+,}"
        for pair in most
        if change(pair) and (change(pair) > 0) == grows
    )


def _of(measured: Measured, row: Row | None) -> int:
    return 0 if row is None else measured.of_layer(row)
