"""A call's arguments: matched to names, evaluated, and made into what the operator takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from compiler.arguments import Kind, Unfit
from compiler.expansion.declarations import refuse_unknown_arguments
from compiler.expansion.expressions import Here, evaluate, shown
from compiler.expansion.problems import Poisoned, problem
from compiler.expansion.values import DefaultArgument, Scope, kind_of, sizes
from compiler.op import Op, Place, Signature
from dsl import syntax

SHORT_FORMS = {"k": "window", "out": "number of filters", "stride": "stride"}
VOLUME = "a volume is one argument: 224x224x3 or (h, w, c)"


def match(call: syntax.Call, names: Sequence[str]) -> dict[str, syntax.Argument]:
    """The arguments by name. Raises Problem E0203 (unknown), E0204 (too many), E0205 (twice)."""
    refuse_unknown_arguments(call.name, call.args, names)
    given: dict[str, syntax.Argument] = {}
    for position, argument in enumerate(call.args):
        name = argument.name
        if name is None:
            if position >= len(names):
                takes = f"takes {len(names)} arguments at most: {', '.join(names)}"
                takes = f"takes one argument, {names[0]}" if len(names) == 1 else takes
                title = f"{call.name} {takes if names else 'takes no arguments'}"
                mend = VOLUME if "volume" in names else ""
                raise problem("E0204", title, argument.span, help=mend)
            if any(earlier.name is not None for earlier in call.args[:position]):
                title = "a positional argument stands after a named one"
                raise problem("E0204", title, argument.span, help=f"write {names[position]}=...")
            name = names[position]
        if name in given:
            raise problem("E0205", f"the argument `{name}` is given twice", argument.span)
        given[name] = argument
    return given


def operator(
    call: syntax.Call,
    signature: Signature,
    here: Here,
    defaults: Mapping[str, DefaultArgument],
    place: Place,
) -> tuple[Op, tuple[str, ...]]:
    """The operator that a call means, and the arguments that the program gave.

    Raises Problem: those of `match`, E0206 (missing), E0301 (unfit), and those of expressions.
    """
    values: dict[str, object] = {}
    _refuse_short(call, signature)
    for name, argument in match(call, tuple(signature.kinds)).items():
        values[name] = _fit(call, signature, name, argument.value, here)
    for name, default in defaults.items():
        if name not in values and name in signature.kinds:
            reading = replace(here, scope=default.scope)
            values[name] = _fit(call, signature, name, default.expression, reading)
    given = tuple(values)
    values = {**signature.op.sketch(values, place), **values}
    missing = [name for name in signature.required if name not in values]
    if missing and here.incoming is not None and here.incoming.poisoned:
        raise Poisoned
    if missing:
        title = f"{call.name} needs {' and '.join(f'`{name}`' for name in missing)}"
        mend = f"such as {call.name}({missing[0]}=...)"
        raise problem("E0206", title, call.span, help=mend)
    return signature.make(values), given


def _refuse_short(call: syntax.Call, signature: Signature) -> None:
    """Raises Problem E0203 where `LRN5` gives a window to an operator that has none."""
    for argument in call.args:
        word = SHORT_FORMS.get(argument.name or "", "") if argument.is_short else ""
        kind = signature.kinds.get(argument.name or "")
        if word and (kind is None or (word == "window" and not _takes(kind, (1, 1)))):
            mend = f"it takes {', '.join(f'{name}=...' for name in signature.kinds) or 'none'}"
            says = f"in a short form the {word} stands here"
            raise problem("E0203", f"{call.name} has no {word}", argument.span, says, help=mend)


def _takes(kind: Kind, value: object) -> bool:
    try:
        kind.accept(value)
    except Unfit:
        return False
    return True


def _fit(
    call: syntax.Call,
    signature: Signature,
    name: str,
    expression: syntax.Expression,
    here: Here,
) -> object:
    kind = signature.kinds[name]
    if isinstance(expression, syntax.Name) and expression.id in kind.words:
        try:
            here.scope.find(expression.id)
        except KeyError:
            return kind.accept(expression.id)
    value = evaluate(expression, here)
    try:
        return kind.accept(sizes(value))
    except Unfit:
        is_plain = isinstance(value, int | float | list | tuple)
        given = shown(value) if is_plain else kind_of(value)
        says = f"this is {given}" if given != expression.span.text else ""
        title = f"`{name}` of {call.name} takes {kind.expects}"
        raise problem("E0301", title, expression.span, says) from None


def parameters(
    call: syntax.Call, block: syntax.Block, here: Here, home: Scope
) -> dict[str, object]:
    """The values of a block's parameters, in their order: a default may read those before it.

    Raises Problem as `operator` does.
    """
    given = match(call, tuple(each.name for each in block.parameters))
    values: dict[str, object] = {}
    reading = Here(home.inner(values), meter=here.meter)
    for parameter in block.parameters:
        if parameter.name in given:
            values[parameter.name] = evaluate(given[parameter.name].value, here)
        elif parameter.default is not None:
            values[parameter.name] = evaluate(parameter.default, reading)
        else:
            title = f"{block.name} needs `{parameter.name}`"
            mend = f"its parameters are {signature_of(block)}"
            raise problem("E0206", title, call.span, help=mend)
    return values


def signature_of(block: syntax.Block) -> str:
    return f"({', '.join(each.span.text for each in block.parameters)})"
