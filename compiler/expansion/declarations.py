"""The rules of declaring: what a name may be, what `default` changes, which arguments exist."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.expansion.aliases import meant_argument, meant_layer
from compiler.expansion.functions import FUNCTIONS
from compiler.expansion.problems import Problem, Reporter, problem
from compiler.expansion.values import DefaultArgument, Defaults, Scope
from compiler.ops import SIGNATURES
from dsl import syntax
from dsl.diagnostics import Diagnostic, Label
from dsl.source import Span

MODULE_WORDS = frozenset({"in", "input", "std"})


def check_name(name: str, span: Span) -> None:
    if name in SIGNATURES:
        raise problem("E0208", f"`{name}` is a built-in operator", span)
    if name in FUNCTIONS or name in MODULE_WORDS:
        raise problem("E0208", f"`{name}` is a word of the language", span)


def take(name: str, span: Span, taken: dict[str, Span]) -> None:
    check_name(name, span)
    if name in taken:
        labels = (Label(span, "again here"), Label(taken[name], "first here"))
        raise Problem(Diagnostic("E0207", f"`{name}` is declared twice", labels))
    taken[name] = span


def check_parameters(block: syntax.Block, reporter: Reporter) -> bool:
    """Whether each parameter has a name of its own; what is wrong goes to the reporter."""
    is_sound = True
    taken: dict[str, Span] = {}
    for parameter in block.parameters:
        start = parameter.span.start
        span = Span(parameter.span.source, start, start + len(parameter.name))
        try:
            take(parameter.name, span, taken)
        except Problem as found:
            reporter.add(found.diagnostic)
            is_sound = False
    return is_sound


def extend(defaults: Defaults, statement: syntax.Default, scope: Scope) -> Defaults:
    """The defaults with those of one more statement; raises Problem E0203, E0221."""
    call = statement.call
    if call.name not in SIGNATURES:
        mend = meant_layer(call.name, SIGNATURES)
        if call.name in scope.names:
            mend = f"a block's defaults stand with its parameters: block {call.name}(name = ...)"
        title = f"`{call.name}` is not a built-in operator"
        raise problem("E0221", title, call.name_span, help=mend)
    signature = SIGNATURES[call.name]
    refuse_unknown_arguments(call.name, call.args, signature.kinds)
    changed = dict(defaults.get(signature.op.name, {}))
    for argument in call.args:
        if argument.name is None:
            title = "a default is given by its argument's name"
            raise problem("E0221", title, argument.span, help="such as default CONV(bias=false)")
        changed[argument.name] = DefaultArgument(argument.value, scope)
    return {**defaults, signature.op.name: changed}


def refuse_unknown_arguments(
    name: str, arguments: Iterable[syntax.Argument], known: Iterable[str]
) -> None:
    """Raises Problem E0203 with every argument whose name is not known."""
    names = list(known)
    unknown = [each for each in arguments if each.name is not None and each.name not in names]
    if not unknown:
        return
    words = ", ".join(f"`{each.name}`" for each in unknown)
    labels = tuple(Label(each.span, meant_argument(each.name or "", names)) for each in unknown)
    mend = f"it takes {', '.join(names) or 'none'}"
    plural = "s" if len(unknown) > 1 else ""
    title = f"{name} has no argument{plural} {words}"
    raise Problem(Diagnostic("E0203", title, labels, help=mend))
