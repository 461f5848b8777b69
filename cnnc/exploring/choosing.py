"""Which members are shown, and in which order: expressions of the language over their numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, TypeAlias, TypeVar

from cnnc.exploring.members import Member
from cnnc.exploring.pareto import front
from compiler.expansion.expressions import CONSTANTS, Here, condition, evaluate, shown
from compiler.expansion.family import Family, names_in
from compiler.expansion.outside import outside
from compiler.expansion.problems import Abandoned
from compiler.expansion.problems import Problem as Wrong
from compiler.expansion.values import BlockValue, Scope, is_number
from compiler.measured import METRICS, meant
from compiler.ops import SIGNATURES, WORDS
from dsl import syntax
from dsl.diagnostics import CnnError, Diagnostic, Label

T = TypeVar("T")
Better: TypeAlias = Literal["smaller", "larger"]
DIRECTIONS: Mapping[str, Better] = {"min": "smaller", "max": "larger"}


@dataclass(frozen=True, slots=True)
class Goal:
    """A column of which the Pareto front has the best."""

    column: str
    better: Better


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line asks for; `columns` names each param, aside from the metrics' names."""

    columns: Mapping[str, str]
    where: syntax.Expression | None
    sort: syntax.Expression | None
    goals: tuple[Goal, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A member that holds, its place in the family, and what names stand for in expressions."""

    at: int
    member: Member
    values: Mapping[str, object]
    blocks: Mapping[str, BlockValue]


def choice(family: Family, where: str | None, sort: str | None, pareto: str | None) -> Choice:
    """Reads what is asked for. Raises CnnError, before any member is counted: E0211 where it is no
    expression, E0202 where it has an unknown name."""
    columns = {name: _column(name, family.params) for name in family.params}
    params = list(columns.values())
    return Choice(
        columns,
        None if where is None else _expression("where", where, params, family.blocks),
        None if sort is None else _expression("sort", sort, params, family.blocks),
        () if pareto is None else tuple(_goal(word.strip(), params) for word in pareto.split(",")),
    )


def reader(family: Family, asked: Choice) -> Callable[[int, Member], Found]:
    """Gives a member, by its place, its params' values as expressions have them."""
    here = Here(Scope(dict(family.blocks)))

    @cache  # most params are the same in many members
    def value(text: str) -> object:
        return evaluate(parsed("value", text), here)

    def read(at: int, member: Member) -> Found:
        own = family.values(at)
        values = {
            column: own[name] if name in own else value(member.params[name])
            for name, column in asked.columns.items()
            if name in member.params
        }
        return Found(at, member, values, family.blocks)

    return read


def matches(each: Found, asked: Choice) -> bool:
    """Whether a member is wanted. Raises CnnError where the expression has no value, or not true or
    false."""
    where = asked.where
    return where is None or _evaluated(lambda here: condition(where, here), each)


def ordered(several: Sequence[Found], asked: Choice) -> list[Found]:
    """By the value asked for, numbers before texts; what is equal stays in the family's order."""
    sort = asked.sort
    if sort is None:
        return list(several)
    return sorted(several, key=lambda each: _key(_evaluated(lambda h: evaluate(sort, h), each)))


def best(several: Sequence[Found], goals: Sequence[Goal]) -> list[Found]:
    """Those that no other beats. Raises CnnError where a column has no number."""
    points = [tuple(coordinate(each, goal) for goal in goals) for each in several]
    return [several[at] for at in front(points)]


def coordinate(each: Found, goal: Goal) -> float:
    """A column's number, turned so that smaller is better."""
    value = {**each.values, **each.member.metrics}[goal.column]
    if not is_number(value):
        title = f"`{goal.column}` is {shown(value)}, and a Pareto front is of numbers"
        raise CnnError([Diagnostic("E0401", title, file="--pareto")])
    return value if goal.better == "smaller" else -value


def _column(name: str, params: Sequence[str]) -> str:
    """The name of a param beside the metrics: `depth_` for one that is called like a metric."""
    column = name
    while column in METRICS or (column != name and column in params):
        column += "_"
    return column


def _evaluated(action: Callable[[Here], T], each: Found) -> T:
    scope = Scope({**each.blocks, **each.values, **each.member.metrics})
    try:
        return action(Here(scope))
    except (Wrong, Abandoned) as wrong:
        raise CnnError([wrong.diagnostic]) from None


def _key(value: object) -> tuple[int, float, str]:
    return (0, value, "") if isinstance(value, int | float) else (1, 0, shown(value))


def _expression(
    option: str, text: str, params: Sequence[str], blocks: Iterable[str]
) -> syntax.Expression:
    expression = parsed(option, text)
    words = {*METRICS, *params, *blocks, *SIGNATURES, *WORDS}
    for name in names_in(expression):
        if name.id not in words:
            raise CnnError([replace(_unknown(name.id, params), labels=(Label(name.span),))])
    return expression


def _unknown(name: str, params: Sequence[str]) -> Diagnostic:
    """E0202, with the names that there are."""
    notes = [f"metrics: {', '.join(METRICS)}"]
    notes += [f"params: {', '.join(params)}"] if params else []
    mend = meant(name, [*METRICS, *params, *CONSTANTS])
    return Diagnostic("E0202", f"`{name}` is no metric and no param", notes=tuple(notes), help=mend)


def _goal(word: str, params: Sequence[str]) -> Goal:
    direction, colon, name = word.rpartition(":")
    if name not in (*METRICS, *params):
        raise CnnError([replace(_unknown(name, params), file="--pareto")])
    better = DIRECTIONS.get(direction) if colon else None
    if not colon and name in METRICS:
        better = METRICS[name].better
    if better is None:
        title = f"whether more or less of `{name}` is better is not said"
        mend = f"write max:{name} or min:{name}"
        raise CnnError([Diagnostic("E0211", title, file="--pareto", help=mend)])
    return Goal(name, better)


def parsed(option: str, text: str) -> syntax.Expression:
    """An expression of the language. Raises CnnError E0211 where it is none."""
    expression = outside(f"--{option}", option, text)
    if expression is None:
        title = f"`{text}` is no expression"
        mend = "such as --where 'params < 5e6 and rf >= 200' or --sort macs"
        if re.search(r"\w\s*=\s*[\w-]", text):
            mend = "two values are compared with =="
        if "&&" in text or "||" in text:
            mend = f"write and, or, not: {text.replace('&&', 'and').replace('||', 'or')}"
        raise CnnError([Diagnostic("E0211", title, file=f"--{option}", help=mend)])
    return expression
