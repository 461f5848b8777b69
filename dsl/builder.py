"""Lark's tree to the syntax tree: one method a rule of the grammar."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lark import Token, Transformer, v_args
from lark.tree import Meta

from dsl import syntax
from dsl.source import Source, Span

SHORTHAND = re.compile(
    r"(?P<name>[A-Z][A-Z_]*?)(?P<k>[0-9]+(x[0-9]+)?)?(-(?P<out>[0-9]+))?(/(?P<stride>[0-9]+))?"
)
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def shorthand(source: Source, word: str, start: int) -> syntax.Call | None:
    """`CONV7-64/2` as the call `CONV(k=7, out=64, stride=2)`; None for any other word."""
    match = SHORTHAND.fullmatch(word)
    if match is None or not (match["k"] or match["out"] or match["stride"]):
        return None
    args = []
    for name in ("k", "out", "stride"):
        text = match[name]
        if text:
            span = Span(source, start + match.start(name), start + match.end(name))
            sizes = tuple(int(size) for size in text.split("x"))
            value: syntax.Expression = (
                syntax.Dimensions(span, sizes)
                if len(sizes) > 1
                else syntax.Constant(span, sizes[0])
            )
            args.append(syntax.Argument(span, name, value, is_short=True))
    name_span = Span(source, start, start + match.end("name"))
    whole = Span(source, start, start + len(word))
    return syntax.Call(whole, match["name"], name_span, tuple(args), True)


@v_args(meta=True)
class Builder(Transformer[Token, Any]):
    """`docs` maps the first word of a line to the `##` text that ends just above it."""

    def __init__(self, source: Source, docs: dict[int, str]) -> None:
        super().__init__()
        self.source = source
        self.docs = docs

    def _span(self, meta: Meta) -> Span:
        return Span(self.source, meta.start_pos, meta.end_pos)

    def _at(self, token: Token) -> Span:
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    def _doc(self, meta: Meta) -> str:
        return self.docs.get(meta.start_pos, "")

    def start(self, _meta: Meta, children: list[Any]) -> tuple[syntax.Declaration, ...]:
        return tuple(children)

    # Declarations

    def param(self, meta: Meta, children: list[Any]) -> syntax.Param:
        name, default, domain = children
        doc = self._doc(meta)
        return syntax.Param(self._span(meta), str(name), self._at(name), default, domain, doc)

    def range(self, meta: Meta, children: list[Any]) -> syntax.Range:
        low, _dots, high = children
        return syntax.Range(self._span(meta), low, high)

    def let(self, meta: Meta, children: list[Any]) -> syntax.Let:
        name, value = children
        return syntax.Let(self._span(meta), str(name), self._at(name), value, self._doc(meta))

    def default(self, meta: Meta, children: list[Any]) -> syntax.Default:
        return syntax.Default(self._span(meta), *children)

    def block(self, meta: Meta, children: list[Any]) -> syntax.Block:
        return self._block(meta, children, is_net=False)

    def net(self, meta: Meta, children: list[Any]) -> syntax.Block:
        return self._block(meta, children, is_net=True)

    def _block(self, meta: Meta, children: list[Any], is_net: bool) -> syntax.Block:
        name, parameters, body = children
        statements = (body,) if isinstance(body, syntax.Chain) else body
        return syntax.Block(
            self._span(meta),
            str(name),
            self._at(name),
            parameters or (),
            statements,
            is_net,
            self._doc(meta),
        )

    def parameters(self, _meta: Meta, children: list[Any]) -> tuple[syntax.Parameter, ...]:
        return tuple(child for child in children if child is not None)

    def parameter(self, meta: Meta, children: list[Any]) -> syntax.Parameter:
        name, default = children
        return syntax.Parameter(self._span(meta), str(name), default)

    def body(self, _meta: Meta, children: list[Any]) -> tuple[syntax.Statement, ...]:
        return tuple(children)

    def value(self, meta: Meta, children: list[Any]) -> syntax.Value:
        name, chain = children
        return syntax.Value(self._span(meta), str(name), self._at(name), chain)

    def output(self, meta: Meta, children: list[Any]) -> syntax.Output:
        name, arguments, chain = children
        options = arguments or ()
        train = next((each for each in options if _is_word(each, "train")), None)
        rest = tuple(each for each in options if each is not train)
        place, doc = self._at(name), self._doc(meta)
        return syntax.Output(
            self._span(meta), str(name), place, train is not None, rest, chain, doc
        )

    def use(self, meta: Meta, children: list[Any]) -> syntax.Use:
        target, *names = [child for child in children if child is not None]
        is_std = isinstance(target, syntax.Name)
        text = target.id if is_std else _unescape(target)
        place = target.span if is_std else self._at(target)
        used = tuple(syntax.Name(self._at(name), str(name)) for name in names)
        return syntax.Use(self._span(meta), text, place, is_std, used)

    def dotted(self, meta: Meta, children: list[Any]) -> syntax.Name:
        return syntax.Name(self._span(meta), ".".join(children))

    def budget(self, meta: Meta, children: list[Any]) -> syntax.Budget:
        return syntax.Budget(self._span(meta), tuple(each for each in children if each))

    def limit(self, meta: Meta, children: list[Any]) -> syntax.Limit:
        metric, op, bound = children
        return syntax.Limit(self._span(meta), str(metric), self._at(metric), str(op), bound)

    def train(self, meta: Meta, children: list[Any]) -> syntax.Train:
        return syntax.Train(self._span(meta), tuple(each for each in children if each))

    def setting(self, meta: Meta, children: list[Any]) -> syntax.Setting:
        name, value = children
        return syntax.Setting(self._span(meta), str(name), self._at(name), value)

    # Chains

    def chain(self, meta: Meta, children: list[Any]) -> syntax.Chain:
        elements = tuple(children)
        return syntax.Chain(self._span(meta), elements, self._doc(meta))

    def short(self, meta: Meta, children: list[Any]) -> syntax.Call:
        word, args = children
        call = shorthand(self.source, str(word), word.start_pos)
        assert call is not None, word
        return replace(call, span=self._span(meta), args=(*call.args, *(args or ())))

    def label(self, meta: Meta, children: list[Any]) -> syntax.Labelled:
        name, *bracket, element = children
        index = next((each for each in bracket if not isinstance(each, Token | None)), None)
        place = self._at(name)
        return syntax.Labelled(self._span(meta), str(name), place, index, element)

    def repeat(self, meta: Meta, children: list[Any]) -> syntax.Repeat:
        element, _star, count = children
        return syntax.Repeat(self._span(meta), element, count)

    def optional(self, meta: Meta, children: list[Any]) -> syntax.Optional:
        element, condition = children
        return syntax.Optional(self._span(meta), element, condition)

    def call(self, meta: Meta, children: list[Any]) -> syntax.Call:
        name, args = children
        place = self._at(name)
        return syntax.Call(self._span(meta), str(name), place, args or (), args is not None)

    def arguments(self, _meta: Meta, children: list[Any]) -> tuple[syntax.Argument, ...]:
        return tuple(child for child in children if child is not None)

    def positional(self, meta: Meta, children: list[Any]) -> syntax.Argument:
        return syntax.Argument(self._span(meta), None, children[0])

    def keyword(self, meta: Meta, children: list[Any]) -> syntax.Argument:
        name, value = children
        return syntax.Argument(self._span(meta), str(name), value)

    def group(self, meta: Meta, children: list[Any]) -> syntax.Group:
        return syntax.Group(self._span(meta), *children)

    def loop(self, meta: Meta, children: list[Any]) -> syntax.Loop:
        return syntax.Loop(self._span(meta), *children)

    def targets(self, _meta: Meta, children: list[Any]) -> tuple[syntax.Name, ...]:
        return tuple(syntax.Name(self._at(name), str(name)) for name in children)

    def merge(self, meta: Meta, children: list[Any]) -> syntax.Merge:
        name, *branches = children
        return syntax.Merge(self._span(meta), str(name), self._at(name), tuple(branches))

    def branch(self, meta: Meta, children: list[Any]) -> syntax.Branch:
        return syntax.Branch(self._span(meta), *children)

    # Expressions

    def conditional(self, meta: Meta, children: list[Any]) -> syntax.Conditional:
        return syntax.Conditional(self._span(meta), *children)

    def or_(self, meta: Meta, children: list[Any]) -> syntax.Logic:
        return syntax.Logic(self._span(meta), "or", *children)

    def and_(self, meta: Meta, children: list[Any]) -> syntax.Logic:
        return syntax.Logic(self._span(meta), "and", *children)

    def not_(self, meta: Meta, children: list[Any]) -> syntax.Unary:
        return syntax.Unary(self._span(meta), "not", *children)

    def comparison(self, meta: Meta, children: list[Any]) -> syntax.Binary | syntax.Logic:
        """`a < b < c` means `a < b and b < c`."""
        pairs = [
            syntax.Binary(left.span.to(right.span), str(op), left, right)
            for left, op, right in zip(children[::2], children[1::2], children[2::2], strict=False)
        ]
        span = self._span(meta)
        first: syntax.Binary | syntax.Logic = pairs[0]
        for pair in pairs[1:]:
            first = syntax.Logic(span, "and", first, pair)
        return first

    def binary(self, meta: Meta, children: list[Any]) -> syntax.Binary:
        left, op, right = children
        return syntax.Binary(self._span(meta), str(op), left, right)

    sum = term = power = binary

    def negative(self, meta: Meta, children: list[Any]) -> syntax.Unary:
        sign, operand = children
        return syntax.Unary(self._span(meta), str(sign), operand)

    def integer(self, meta: Meta, children: list[Any]) -> syntax.Constant:
        return syntax.Constant(self._span(meta), int(children[0]))

    def float_(self, meta: Meta, children: list[Any]) -> syntax.Constant:
        return syntax.Constant(self._span(meta), float(children[0]))

    def string(self, meta: Meta, children: list[Any]) -> syntax.Constant:
        return syntax.Constant(self._span(meta), _unescape(children[0]))

    def dimensions(self, meta: Meta, children: list[Any]) -> syntax.Dimensions:
        sizes = tuple(int(size) for size in children[0].split("x"))
        return syntax.Dimensions(self._span(meta), sizes)

    def true(self, meta: Meta, _children: list[Any]) -> syntax.Constant:
        return syntax.Constant(self._span(meta), True)

    def false(self, meta: Meta, _children: list[Any]) -> syntax.Constant:
        return syntax.Constant(self._span(meta), False)

    def none(self, meta: Meta, _children: list[Any]) -> syntax.Constant:
        return syntax.Constant(self._span(meta), None)

    def name(self, meta: Meta, children: list[Any]) -> syntax.Name:
        return syntax.Name(self._span(meta), str(children[0]))

    def incoming(self, meta: Meta, _children: list[Any]) -> syntax.Incoming:
        return syntax.Incoming(self._span(meta))

    def function(self, meta: Meta, children: list[Any]) -> syntax.FunctionCall:
        name, args = children
        return syntax.FunctionCall(self._span(meta), str(name), args)

    def attribute(self, meta: Meta, children: list[Any]) -> syntax.Attribute:
        value, name = children
        return syntax.Attribute(self._span(meta), value, str(name))

    def index(self, meta: Meta, children: list[Any]) -> syntax.Index:
        value, _bracket, index = children
        return syntax.Index(self._span(meta), value, index)

    def parenthesised(self, _meta: Meta, children: list[Any]) -> syntax.Expression:
        inner: syntax.Expression = children[0]
        return inner

    def tuple_(self, meta: Meta, children: list[Any]) -> syntax.Sequence:
        items = (child for child in children if not isinstance(child, Token | None))
        return syntax.Sequence(self._span(meta), tuple(items), "tuple")

    def list_(self, meta: Meta, children: list[Any]) -> syntax.Sequence:
        items = (child for child in children if not isinstance(child, Token | None))
        return syntax.Sequence(self._span(meta), tuple(items), "list")


def _is_word(argument: syntax.Argument, word: str) -> bool:
    value = argument.value
    return argument.name is None and isinstance(value, syntax.Name) and value.id == word


def _unescape(token: Token) -> str:
    """The grammar lets no escape through that is not in the table."""
    return re.sub(r"\\(.)", lambda match: ESCAPES[match[1]], str(token)[1:-1])
