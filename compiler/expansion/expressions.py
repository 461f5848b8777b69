"""The value of an expression. The compiler's own evaluation: nothing reaches Python's `eval`."""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from compiler.expansion.functions import FUNCTIONS, LONGEST, Refused
from compiler.expansion.problems import Meter, Poisoned, problem
from compiler.expansion.values import BlockValue, Flow, OperatorValue, Scope, kind_of, sizes
from compiler.ops import SIGNATURES, WORDS
from compiler.volume import Volume
from dsl import syntax
from dsl.diagnostics import did_you_mean
from dsl.source import Span

MAX_BITS = 1024
MAX_NESTED = 20  # lists within lists, by whatever names they were put together
SHOWN = 6
ARITHMETIC: dict[str, Callable[[float, float], object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
CONSTANTS = ("true", "false", "none")
ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Here:
    """Where an expression is read: its names, what flows in, and the network's first input."""

    scope: Scope
    incoming: Flow | None = None
    input: Volume | None = None
    meter: Meter = field(default_factory=Meter)


def evaluate(expression: syntax.Expression, here: Here) -> object:
    """Raises Problem (E02xx, E04xx), Poisoned where a name's own error was reported already, or
    Abandoned where the run has taken too many steps."""
    here.meter.spend(1, expression.span)
    match expression:
        case syntax.Constant(value=value):
            if isinstance(value, float) and not math.isfinite(value):
                _too_large(expression.span)
            return value
        case syntax.Name():
            return _name(expression, here)
        case syntax.Dimensions(sizes=sizes):
            return sizes
        case syntax.Incoming():
            if here.incoming is None:
                mend = "`in` is known within chains, and in a block's body"
                raise problem("E0308", "nothing flows in here", expression.span, help=mend)
            return _alive(here.incoming).shape
        case syntax.Attribute():
            return _attribute(expression, here)
        case syntax.Index():
            return _index(expression, here)
        case syntax.Sequence(items=items, kind=kind):
            values = [evaluate(item, here) for item in items]
            here.meter.spend(_weigh(values, expression.span), expression.span)
            return values if kind == "list" else tuple(values)
        case syntax.Unary(op="not", operand=operand):
            return not condition(operand, here)
        case syntax.Unary(op=op, operand=operand):
            number = _number(operand, here)
            return -number if op == "-" else number
        case syntax.Binary():
            return _binary(expression, here)
        case syntax.Logic(op=op, left=left, right=right):
            first = condition(left, here)
            return first if first == (op == "or") else condition(right, here)
        case syntax.Conditional(then=then, condition=test, otherwise=otherwise):
            return evaluate(then if condition(test, here) else otherwise, here)
        case syntax.FunctionCall():
            return _call(expression, here)


def _weigh(items: Sequence[object], span: Span) -> int:
    """How many values a list holds, with those of the lists within, each time that it stands there.

    A list of lists of lists takes a line, and all of its values would be looked at, shown or
    written in the report again and again. Raises Problem E0404 where there are too many.
    """
    total, depth, level = 0, 0, [items]
    while level:
        total += sum(map(len, level))
        depth += 1
        if total > LONGEST:
            raise problem("E0404", f"the list has more than {LONGEST:,} values in all", span)
        if depth > MAX_NESTED:
            raise problem("E0404", f"lists are nested more than {MAX_NESTED} deep", span)
        level = [each for one in level for each in one if isinstance(each, list | tuple)]
    return total


def condition(expression: syntax.Expression, here: Here) -> bool:
    value = evaluate(expression, here)
    if not isinstance(value, bool):
        raise problem(
            "E0406",
            "a condition must be true or false",
            expression.span,
            f"this is {kind_of(value)}: {shown(value)}",
        )
    return value


def _alive(flow: Flow) -> Flow:
    if flow.poisoned:
        raise Poisoned
    return flow


def _name(name: syntax.Name, here: Here) -> object:
    if name.id == "input":
        if here.input is None:
            raise problem("E0308", "no INPUT stands before this", name.span)
        return here.input
    try:
        value = here.scope.find(name.id)
    except KeyError:
        if name.id in SIGNATURES:
            return OperatorValue(SIGNATURES[name.id])
        if name.id in WORDS:
            return name.id
        known = [*CONSTANTS, *here.scope.known(), *FUNCTIONS, *SIGNATURES]
        mend = did_you_mean(name.id, known)
        raise problem("E0202", f"`{name.id}` is not known here", name.span, help=mend) from None
    if isinstance(value, Flow):
        return _alive(value)
    if value is Poisoned:
        raise Poisoned
    return value


def _attribute(expression: syntax.Attribute, here: Here) -> object:
    value = evaluate(expression.value, here)
    volume = value.shape if isinstance(value, Flow) else value
    sizes = {"H": "h", "W": "w", "C": "c"}
    if isinstance(volume, Volume) and expression.name in sizes:
        return getattr(volume, sizes[expression.name])
    title = f"{kind_of(value)} has no `.{expression.name}`"
    mend = "a volume has .H, .W and .C" if isinstance(volume, Volume) else ""
    raise problem("E0220", title, expression.span, help=mend)


def _index(expression: syntax.Index, here: Here) -> object:
    items = evaluate(expression.value, here)
    if not isinstance(items, list | tuple):
        title = f"{kind_of(items)} cannot be indexed"
        raise problem("E0401", title, expression.value.span, shown(items))
    at = evaluate(expression.index, here)
    if not isinstance(at, int) or isinstance(at, bool):
        raise problem("E0401", "an index is a whole number", expression.index.span, shown(at))
    if not -len(items) <= at < len(items):
        size = f"a list of {len(items)}" if items else "an empty list"
        title = f"index {at} is outside {size}"
        mend = f"the first is 0, the last {len(items) - 1}" if items else ""
        raise problem("E0403", title, expression.index.span, help=mend)
    return items[at]


def _number(expression: syntax.Expression, here: Here) -> int | float:
    value = evaluate(expression, here)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise problem(
            "E0401",
            f"a number is wanted, and this is {kind_of(value)}",
            expression.span,
            shown(value),
        )
    return value


def _binary(expression: syntax.Binary, here: Here) -> object:
    op, span = expression.op, expression.span
    if op in ("==", "!="):
        one, other = evaluate(expression.left, here), evaluate(expression.right, here)
        if isinstance(one, list | tuple) and isinstance(other, list | tuple):
            here.meter.spend(_weigh(one, span), span)
        same = sizes(one) == sizes(other)
        return same if op == "==" else not same
    left, right = _number(expression.left, here), _number(expression.right, here)
    if op in ORDER:
        return ORDER[op](left, right)
    if (right == 0 and op in ("/", "//", "%")) or (op == "**" and left == 0 and right < 0):
        raise problem("E0402", "division by zero", span, f"{shown(left)} {op} {shown(right)}")
    if op == "**":
        _refuse_large_power(left, right, span)
    try:
        result = ARITHMETIC[op](left, right)
    except (OverflowError, ZeroDivisionError):
        _too_large(span)
    if isinstance(result, complex):
        raise problem("E0404", "the root of a negative number", span)
    if isinstance(result, int) and result.bit_length() > MAX_BITS:
        _too_large(span)
    if isinstance(result, float) and not math.isfinite(result):
        _too_large(span)
    if op == "/" and isinstance(left, int) and isinstance(right, int) and left % right == 0:
        return left // right
    return result


def _refuse_large_power(base: float, exponent: float, span: Span) -> None:
    if abs(exponent) <= 1 or abs(base) in (0, 1):
        return
    if abs(exponent) > MAX_BITS**2 or abs(exponent * math.log2(abs(base))) > MAX_BITS:
        _too_large(span)


def _too_large(span: Span) -> NoReturn:
    raise problem("E0404", "the number is too large", span, f"more than {MAX_BITS} bits")


def _call(call: syntax.FunctionCall, here: Here) -> object:
    function = FUNCTIONS.get(call.name)
    if function is None:
        try:
            value = here.scope.find(call.name)
        except KeyError:
            value = SIGNATURES.get(call.name)
        if value is not None:
            title = f"`{call.name}` makes layers, not a number"
            mend = f"as an argument it is handed on by its name alone: {call.name}"
            raise problem("E0405", title, call.span, help=mend)
        mend = did_you_mean(call.name, FUNCTIONS)
        mend = mend or f"the functions are {', '.join(FUNCTIONS)}"
        raise problem("E0405", f"there is no function `{call.name}`", call.span, help=mend)
    named = next((arg for arg in call.args if arg.name is not None), None)
    if named is not None:
        raise problem("E0405", f"`{call.name}` takes no named arguments", named.span)
    values = [evaluate(arg.value, here) for arg in call.args]
    lengths = (len(value) for value in values if isinstance(value, list | tuple))
    here.meter.spend(sum(lengths), call.span)
    try:
        result = function(*values)
    except Refused as refused:
        raise problem("E0405", f"`{call.name}` {refused}", call.span) from None
    except (OverflowError, ValueError):
        _too_large(call.span)
    if isinstance(result, list):
        here.meter.spend(len(result), call.span)
    if isinstance(result, float) and not math.isfinite(result):
        _too_large(call.span)
    return result


def shown(value: object) -> str:
    """A value as a program would write it, cut where it is long."""
    if isinstance(value, OperatorValue | BlockValue):
        return value.name
    if isinstance(value, Flow | Volume):
        return str(value.shape if isinstance(value, Flow) else value)
    if isinstance(value, list | tuple):
        items = [shown(item) for item in value[:SHOWN]]
        text = ", ".join([*items, "..."] if len(value) > SHOWN else items)
        comma = "," if len(value) == 1 else ""
        return f"[{text}]" if isinstance(value, list) else f"({text}{comma})"
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = str(value).lower() if isinstance(value, bool) or value is None else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
