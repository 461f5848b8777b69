"""The statements of `__init__`: one a layer, or a sequence of layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backends.torch.containers import Container, Leaf
from backends.torch.forward import is_attribute
from backends.torch.printing import SKIP, Call, fits, laid_out, literal

DICT = Leaf(Call("nn.ModuleDict", ()))
NESTED = Leaf(Call("Layers", ()))


def lines(attributes: Iterable[tuple[str, Leaf | Container]]) -> Iterator[str]:
    for label, item in attributes:
        yield from _statement((label,), item)


def _in_dict(item: Leaf | Container) -> tuple[tuple[str, Leaf | Container], ...]:
    """What an nn.ModuleDict holds; nothing for anything else."""
    if isinstance(item, Container) and item.kind == "nn.ModuleDict":
        return item.children
    return ()


def _statement(labels: tuple[str, ...], item: Leaf | Container) -> Iterator[str]:
    value = item
    if _in_dict(item):
        value = NESTED if any(_in_dict(child) for _, child in _in_dict(item)) else DICT
    if is_attribute(labels[0]):
        keys = "".join(f"[{literal(label)}]" for label in labels[1:])
        yield from _value(8, f"self.{labels[0]}{keys} = ", value, "")
    else:
        *scopes, label = labels
        parent = f"self.get_submodule({literal('.'.join(scopes))})" if scopes else "self"
        yield from _added(f"{parent}.add_module", label, value)
    for label, child in _in_dict(item):
        yield from _statement((*labels, label), child)


def _added(method: str, label: str, item: Leaf | Container) -> Iterator[str]:
    if isinstance(item, Leaf):
        yield from laid_out(8, "", Call(method, (literal(label), item.module)))
        return
    yield f"        {method}("
    yield f"            {literal(label)},"
    yield from _value(12, "", item, ",")
    yield "        )"


def _value(indent: int, before: str, item: Leaf | Container, after: str) -> Iterator[str]:
    if isinstance(item, Leaf):
        yield from laid_out(indent, before, item.module, after + item.comment)
        return
    brackets = [(f"{before}{item.kind}(", f"){after}")]
    if item.keys:
        brackets += [("OrderedDict(", ")"), ("{", "}")]
    for depth, (opening, _) in enumerate(brackets):
        yield " " * (indent + 4 * depth) + opening
    for label, child in item.children:
        key = f"{literal(label)}: " if item.keys else ""
        yield from _value(indent + 4 * len(brackets), key, child, ",")
    for depth, (_, closing) in reversed(list(enumerate(brackets))):
        long = not depth and not after and not fits(indent, brackets[0][0])
        yield " " * (indent + 4 * depth) + closing + (SKIP if long else "")
