"""What every param, free name, net parameter and optional element of a program is set to."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from compiler.arguments import Unfit
from compiler.expansion.expressions import Here, evaluate, shown
from compiler.expansion.modules import File, all_files
from compiler.expansion.names import Open, open_names
from compiler.expansion.outside import outside
from compiler.expansion.problems import Meter, Poisoned, Problem, Reporter, problem
from compiler.expansion.values import BlockValue, Scope, is_number, kind_of, plain
from compiler.ops import SIGNATURES
from dsl import syntax
from dsl.diagnostics import Diagnostic, Label, did_you_mean
from dsl.source import Span

DEFAULT_CLASSES = 1000
MOST_MISSING = 10


class Settings:
    """Bound when made: `params` and `net` by name, `choices` of optionals, `classes`."""

    def __init__(
        self, file: File, net: BlockValue, given: Mapping[str, object], reporter: Reporter
    ) -> None:
        self.file = file
        self.given = given
        self.reporter = reporter
        self.meter = Meter()
        self.bound: set[int] = set()
        self.parameters = net.block.parameters
        self.open = open_names(net, file)
        free = sorted(self.open.free.items(), key=lambda item: item[1][0].start)
        self.missing: list[str] = [name for name, _ in free if name not in given]
        self.params: dict[str, object] = {}
        self._refuse_unknown(net)
        self._refuse_shared()
        self._bind_file(file)
        self.net = self._bind_net(net)
        self.choices = self._bind_choices()
        self._refuse_missing()
        self.classes = self._bind_classes()

    def shown(self) -> dict[str, object]:
        """All of them, for the header of what is emitted."""
        named = {**self.params, **self.net, **self.choices}
        return {name: plain(value) for name, value in named.items()}

    def settable(self) -> list[str]:
        """All that can be set from outside."""
        parameters = [each.name for each in self.parameters]
        params = [name for file in all_files(self.file) for name in file.params]
        switches = [name for name, span in self.open.optional.items() if not self._let(name, span)]
        return [*params, *parameters, *self.open.free, *switches]

    def _refuse_unknown(self, net: BlockValue) -> None:
        known = self.settable()
        for name in self.given:
            if name not in known:
                lets = [each for file in all_files(self.file) for each in file.lets]
                mend = did_you_mean(name, known)
                mend = "a let cannot be set; make it a param" if name in lets else mend
                if not mend and known:
                    mend = f"what can be set: {', '.join(dict.fromkeys(known))}"
                title = f"{net.name} has nothing called `{name}` to set"
                source = self.file.module.source.name
                self.reporter.add(Diagnostic("E0210", title, file=source, help=mend))

    def _refuse_shared(self) -> None:
        """A param is set by its name alone: files that are used together cannot share one."""
        first: dict[str, syntax.Param] = {}
        for file in all_files(self.file):
            for name, param in file.params.items():
                earlier = first.setdefault(name, param)
                if earlier is not param:
                    places = (earlier.name_span, param.name_span)
                    labels = tuple(Label(span, "a param of this file") for span in places)
                    title = f"two files declare the param `{name}`"
                    mend = "rename one, or make it a parameter of the used blocks"
                    self.reporter.add(Diagnostic("E0207", title, labels, help=mend))

    def _bind_file(self, file: File) -> None:
        self.bound.add(id(file))
        for used in file.used:
            if id(used) not in self.bound:
                self._bind_file(used)
        for name in self.open.free:
            if name not in file.params:
                value = self._given(name, file.scope) if name in self.given else Poisoned
                file.scope.names.setdefault(name, value)
                self.params[name] = value
        for declaration in file.module.declarations:
            if isinstance(declaration, syntax.Param):
                value = self._param(declaration, file.scope)
                self.params[declaration.name] = value
                file.scope.names[declaration.name] = value
            elif isinstance(declaration, syntax.Let):
                file.scope.names[declaration.name] = self._value(declaration.value, file.scope)

    def _value(self, expression: syntax.Expression, scope: Scope) -> object:
        try:
            return evaluate(expression, Here(scope, meter=self.meter))
        except Problem as found:
            self.reporter.add(_with_order(found.diagnostic, self.file, scope))
        except Poisoned:
            pass
        return Poisoned

    def _given(self, name: str, scope: Scope) -> object:
        """A value from outside; a text is an expression of the language."""
        value = self.given[name]
        if not isinstance(value, str):
            return _of_python(value)
        expression = outside(f"--set {name}", name, value)
        if expression is None:
            title = f"`{value}` is no value for `{name}`"
            mend = "a number, true or false, a list, or a text in quotes"
            self.reporter.add(Diagnostic("E0211", title, file=f"--set {name}", help=mend))
            return Poisoned
        return self._value(expression, scope)

    def _param(self, param: syntax.Param, scope: Scope) -> object:
        if param.name in self.given:
            value = self._given(param.name, scope)
        elif param.default is not None:
            value = self._value(param.default, scope)
        else:
            if param.name not in self.missing and param.name in self.open.free:
                self.missing.append(param.name)
            return Poisoned
        if value is not Poisoned and param.domain is not None:
            try:
                _check_domain(param, value, scope)
            except Problem as found:
                self.reporter.add(found.diagnostic)
                return Poisoned
            except Poisoned:
                pass
        return value

    def _bind_net(self, net: BlockValue) -> dict[str, object]:
        values: dict[str, object] = {}
        for parameter in net.block.parameters:
            if parameter.name in self.given:
                values[parameter.name] = self._given(parameter.name, net.home)
            elif parameter.default is not None:
                values[parameter.name] = self._value(parameter.default, net.home.inner(values))
            else:
                self.missing.append(parameter.name)
                self.open.free.setdefault(parameter.name, []).append(parameter.span)
                values[parameter.name] = Poisoned
        return values

    def _bind_choices(self) -> dict[str, bool]:
        choices = {}
        for name, span in self.open.optional.items():
            value = self._choice(name, span)
            if value is Poisoned:
                continue
            if not isinstance(value, bool):
                title = f"`{name}` switches an optional element: it is true or false"
                label = Label(span, f"set to {shown(value)}")
                self.reporter.add(Diagnostic("E0211", title, (label,)))
                continue
            choices[name] = value
        return choices

    def _choice(self, name: str, span: Span) -> object:
        """What switches an optional element: the net's parameter, the param or the let of its
        name, or else a param of its own, which is true unless set."""
        settings = {**self.params, **self.net}
        let = self._let(name, span)
        if name in settings:
            return settings[name]
        if let is not None:
            return let.scope.names[name]
        return self._given(name, self.file.scope) if name in self.given else True

    def _let(self, name: str, span: Span) -> File | None:
        """The file of a place, where it has a let of this name."""
        files = [file for file in all_files(self.file) if file.module.source is span.source]
        return next((file for file in files if name in file.lets), None)

    def _bind_classes(self) -> int:
        """What a param or a net's parameter of this name says, where there is one."""
        value = {**self.params, **self.net}.get("classes", DEFAULT_CLASSES)
        if value is Poisoned:
            return DEFAULT_CLASSES
        kind = SIGNATURES["FC"].kinds["out"]
        try:
            classes = kind.accept(value)
        except Unfit:
            title = f"`classes` is {kind.expects}, not {shown(value)}"
            params = [file.params for file in all_files(self.file) if "classes" in file.params]
            places = [each.span for each in self.parameters if each.name == "classes"]
            places += [each["classes"].name_span for each in params]
            places += self.open.free.get("classes", [])
            self.reporter.add(Diagnostic("E0211", title, (Label(places[0]),)))
            for names in (self.net, *(file.scope.names for file in all_files(self.file))):
                if "classes" in names:
                    names["classes"] = Poisoned
            return DEFAULT_CLASSES
        assert isinstance(classes, int)
        return classes

    def _refuse_missing(self) -> None:
        if self.missing:
            self.reporter.add(_missing(self.missing, self.open))


def _of_python(value: Any) -> object:
    """A number of NumPy's or another library's as the language's own, in lists too."""
    if isinstance(value, list | tuple):
        return type(value)(map(_of_python, value))
    if value is None or isinstance(value, bool | str):
        return value
    for number in (operator.index, float):
        try:
            return number(value)
        except TypeError:
            pass
    return value


def _missing(names: list[str], open_: Open) -> Diagnostic:
    """One diagnostic for all names without a value, each shown where it first stands."""
    shown_names = names[:MOST_MISSING]
    labels = [Label(open_.free[name][0], f"`{name}` has no value") for name in shown_names]
    first = labels[0].span.source
    labels = [each for each in labels if each.span.source is first]
    several = f"{len(names)} names want a value: {', '.join(shown_names)}"
    several += ", ..." if len(names) > MOST_MISSING else ""
    title = several if len(names) > 1 else f"`{names[0]}` wants a value"
    notes = []
    for name in shown_names:
        guess = did_you_mean(name, open_.known.get(name, ()))
        if guess:
            notes.append(f"`{name}`: {guess}")
        elif name in open_.hints:
            notes.append(f"`{name}`: {open_.hints[name]}")
        elif name.upper() in SIGNATURES:
            notes.append(f"`{name}`: a layer of its own is written -> {name.upper()}")
    examples = {name: "..." if name in open_.hints else "2" for name in shown_names}
    settings = " ".join(f"--set {name}={example}" for name, example in examples.items())
    mend = f"set {'them' if len(names) > 1 else 'it'}, such as {settings}"
    mend += f", or give a value in the program: param {names[0]} = {examples[names[0]]}"
    return Diagnostic("E0209", title, tuple(labels), tuple(notes), mend)


def _holds(let: syntax.Let, diagnostic: Diagnostic) -> bool:
    place = diagnostic.labels[0].span
    is_same = let.span.source is place.source
    return is_same and let.span.start <= place.start < let.span.end


def _with_order(diagnostic: Diagnostic, root: File, scope: Scope) -> Diagnostic:
    """An unknown name that is declared further down gets the mend."""
    name = diagnostic.labels[0].span.text if diagnostic.labels else ""
    files = [file for file in all_files(root) if file.scope is scope]
    is_below = any(name in file.lets or name in file.params for file in files)
    if diagnostic.code != "E0202" or not is_below:
        return diagnostic
    mend = f"`{name}` is declared below; a value may use what stands above it"
    if any(_holds(file.lets[name], diagnostic) for file in files if name in file.lets):
        mend = "a value cannot be made of itself"
    return replace(diagnostic, help=mend)


def _check_domain(param: syntax.Param, value: object, scope: Scope) -> None:
    domain = param.domain
    assert domain is not None
    mend = ""
    if isinstance(domain, syntax.Range):
        low, high = evaluate(domain.low, Here(scope)), evaluate(domain.high, Here(scope))
        numbers = [each for each in (low, value, high) if is_number(each)]
        fits = len(numbers) == 3 and numbers == sorted(numbers)
        if fits and isinstance(low, int) and isinstance(high, int):
            fits = float(numbers[1]).is_integer()
            mend = "whole ends mean whole values; a domain of others is written 0.0..1.0"
    else:
        members = evaluate(domain, Here(scope))
        if not isinstance(members, list | tuple):
            title = f"a domain is low..high or a list, not {kind_of(members)}"
            raise problem("E0401", title, domain.span)
        is_flag = isinstance(value, bool)
        fits = any(each == value and isinstance(each, bool) == is_flag for each in members)
    if not fits:
        title = f"`{param.name}` is {shown(value)}, outside its domain {domain.span.text}"
        raise problem("E0211", title, domain.span, help=mend)
