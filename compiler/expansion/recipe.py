"""`budget` and `train`: read here, kept for the commands that act on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from compiler.budget import BUDGETED
from compiler.expansion.aliases import meant_argument
from compiler.expansion.expressions import Here, evaluate, shown
from compiler.expansion.modules import File
from compiler.expansion.problems import Poisoned, Problem, Reporter, problem
from compiler.expansion.values import Scope, is_number
from compiler.graph import ASSUMED, Limit, Optimizer
from dsl import syntax
from dsl.diagnostics import Diagnostic, Label, did_you_mean
from dsl.source import Span

SETTINGS: dict[str, tuple[str, ...]] = {
    "optimizer": ("sgd", "adam", "adamw", "rmsprop"),
    "schedule": ("constant", "step", "cosine", "plateau"),
    "loss": ("cross_entropy",),
    "batch": (),
    "epochs": (),
}
OPTIONS: dict[str, tuple[str, ...]] = {
    "sgd": ("lr", "momentum", "weight_decay", "nesterov"),
    "adam": ("lr", "beta1", "beta2", "eps", "weight_decay"),
    "adamw": ("lr", "beta1", "beta2", "eps", "weight_decay"),
    "rmsprop": ("lr", "alpha", "eps", "momentum", "weight_decay"),
    "constant": (),
    "step": ("every", "factor"),
    "cosine": ("warmup", "floor"),
    "plateau": ("factor", "patience"),
    "cross_entropy": ("smoothing",),
}
FLAGS = ("nesterov",)

Choice: TypeAlias = tuple[str, Mapping[str, object]]  # a name, and its options


def read_recipes(file: File, reporter: Reporter) -> tuple[tuple[Limit, ...], Optimizer]:
    """The limits of a file's budgets, and its optimizer; what is wrong with them and with the rest
    of its recipes is reported, a line at a time (E0222)."""
    taken: dict[str, Span] = {}
    budget: list[Limit] = []
    optimizer = ASSUMED
    for each in _lines(file.module):
        try:
            name, span = _named(each)
            if name in taken:
                labels = (Label(span, "again here"), Label(taken[name], "first here"))
                raise Problem(Diagnostic("E0222", f"`{name}` is given twice", labels))
            taken[name] = span
            if isinstance(each, syntax.Limit):
                budget.append(_limit(each, file.scope))
                continue
            choice = _setting(each, file.scope)
            if each.name == "optimizer" and choice is not None:
                optimizer = _optimizer(*choice)
        except Problem as found:
            reporter.add(found.diagnostic)
        except Poisoned:
            pass
    return tuple(budget), optimizer


def _optimizer(name: str, options: Mapping[str, object]) -> Optimizer:
    """With the values that PyTorch's optimizer of that name keeps for each parameter: momentum, and
    running means of the gradient and of its square."""
    momentum = bool(options.get("momentum"))
    slots = {"sgd": 0, "adam": 2, "adamw": 2, "rmsprop": 1}[name] + momentum
    return Optimizer(f"{name} with momentum" if momentum else name, slots, assumed=False)


def _lines(module: syntax.Module) -> Iterator[syntax.Limit | syntax.Setting]:
    for declaration in module.declarations:
        if isinstance(declaration, syntax.Budget):
            yield from declaration.limits
        elif isinstance(declaration, syntax.Train):
            yield from declaration.settings


def _named(line: syntax.Limit | syntax.Setting) -> tuple[str, Span]:
    if isinstance(line, syntax.Limit):
        return line.metric, line.metric_span
    return line.name, line.name_span


def _limit(limit: syntax.Limit, scope: Scope) -> Limit:
    """Raises Problem E0222 where a limit names no metric or is no upper bound."""
    if limit.metric not in BUDGETED:
        mend = meant_argument(limit.metric, BUDGETED) or f"the metrics are {', '.join(BUDGETED)}"
        title = f"a budget knows no `{limit.metric}`"
        raise problem("E0222", title, limit.metric_span, help=mend)
    bound = evaluate(limit.bound, Here(scope))
    if limit.op not in ("<=", "<") or not is_number(bound) or bound <= 0:
        title = "a budget sets an upper limit: metric <= number"
        raise problem("E0222", title, limit.span)
    return Limit(limit.metric, bound, limit.op == "<", limit.span)


def _setting(setting: syntax.Setting, scope: Scope) -> Choice | None:
    """What is chosen with its options, None for a number. Raises Problem E0222 where a setting or
    an option of one is unknown or of the wrong kind."""
    if setting.name not in SETTINGS:
        mend = meant_argument(setting.name, SETTINGS)
        mend = mend or f"the settings are {', '.join(SETTINGS)}"
        title = f"a training recipe has no `{setting.name}`"
        raise problem("E0222", title, setting.name_span, help=mend)
    choices = SETTINGS[setting.name]
    if choices:
        return _choice(setting, choices, scope)
    value = evaluate(setting.value, Here(scope))
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        title = f"`{setting.name}` is a whole number from 1 up, not {shown(value)}"
        raise problem("E0222", title, setting.value.span)
    return None


def _choice(setting: syntax.Setting, choices: tuple[str, ...], scope: Scope) -> Choice:
    value = setting.value
    if isinstance(value, syntax.Name):
        name, args = value.id, tuple[syntax.Argument, ...]()
    elif isinstance(value, syntax.FunctionCall):
        name, args = value.name, value.args
    else:
        title = f"`{setting.name}` is {' or '.join(choices)}, without quotes"
        raise problem("E0222", title, value.span)
    if name not in choices:
        mend = did_you_mean(name, choices) or f"the choices are {', '.join(choices)}"
        raise problem("E0222", f"there is no {setting.name} `{name}`", value.span, help=mend)
    options: dict[str, object] = {}
    for argument in args:
        known = OPTIONS[name]
        if argument.name is None:
            mend = f"such as {known[0]}={argument.span.text}" if known else "it takes none"
            title = f"an option of `{name}` is given by its name"
            raise problem("E0222", title, argument.span, help=mend)
        if argument.name not in known:
            takes = f"it takes {', '.join(known)}" if known else "it takes none"
            mend = meant_argument(argument.name, known) or takes
            title = f"`{name}` has no option `{argument.name}`"
            raise problem("E0222", title, argument.span, help=mend)
        option = evaluate(argument.value, Here(scope))
        is_flag = argument.name in FLAGS
        if isinstance(option, bool) != is_flag or not isinstance(option, int | float):
            wanted = "true or false" if is_flag else "a number"
            title = f"`{argument.name}` of `{name}` takes {wanted}, not {shown(option)}"
            raise problem("E0222", title, argument.value.span)
        options[argument.name] = option
    return name, options
