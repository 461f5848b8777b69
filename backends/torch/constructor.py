"""The statements of `__init__`: one a layer, or a sequence of layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from backends.torch.containers import Container, Leaf
from backends.torch.forward import is_attribute
from backends.torch.network import Network
from backends.torch.printing import SKIP, Call, fits, inline, laid_out, literal

DICT = Call("nn.ModuleDict", ())
NESTED = Call("Layers", ())
LISTED = "layers: list[nn.Module]"
REPEATED = 3  # equal objects in a row from which they are written as a loop


def lines(attributes: Iterable[tuple[str, Leaf | Container]], network: Network) -> Iterator[str]:
    """One statement or more for each attribute."""
    seen = False
    for label, item in attributes:
        absence = network.absence(_nodes(item))
        indent = 12 if absence else 8
        if absence and absence.is_module:
            yield f"        self.{label}: nn.Module | None = None"
            yield f"        if {absence.condition}:"
        elif absence:
            yield f"        if self.{absence.attribute}:"
        if isinstance(item, Container) and not absence and _is_varying(item, network):
            yield from _listed(item, network, "layers" if seen else LISTED)
            yield f"        self.{label} = nn.Sequential(*layers)"
            seen = True
        else:
            yield from _statement(indent, (label,), item)


def row(container: Container, network: Network) -> Iterator[str]:
    """The statements of a class that is an nn.Sequential."""
    if _is_varying(container, network):
        yield from _listed(container, network, LISTED)
        yield "        super().__init__(*layers)"
        return
    yield "        super().__init__("
    yield from _children(12, container)
    yield "        )"


def _listed(container: Container, network: Network, layers: str) -> Iterator[str]:
    """A list of layers, not all of which are always there."""
    groups = groupby(container.children, lambda each: network.absence(_nodes(each[1])))
    for number, (absence, group) in enumerate(groups):
        children = [child for _, child in group]
        indent = 12 if absence else 8
        opening = "layers += [" if number else f"{layers} = ["
        if absence:
            if not number:
                yield f"        {layers} = []"
            yield f"        if {absence.condition}:"
            opening = "layers += ["
        if (absence or number) and len(children) == 1 and isinstance(children[0], Leaf):
            leaf = children[0]
            yield from laid_out(indent, "", Call("layers.append", (leaf.module,)), leaf.comment)
            continue
        yield " " * indent + opening
        for child in children:
            yield from _value(indent + 4, "", child, ",")
        yield " " * indent + "]"


def is_printable(attributes: Iterable[tuple[str, Leaf | Container]], network: Network) -> bool:
    """Whether what is not always there stands where a constructor can leave it out."""
    return all(_is_printable(item, network, 0) for _, item in attributes)


def _is_printable(item: Leaf | Container, network: Network, depth: int) -> bool:
    if isinstance(item, Leaf):
        return True
    whole = network.absence(_nodes(item)) is not None
    varying = not whole and _is_varying(item, network)
    if varying and (depth or item.keys or item.kind != "nn.Sequential"):
        return False
    return all(_is_printable(child, network, depth + 1) for _, child in item.children)


def _is_varying(container: Container, network: Network) -> bool:
    """Whether some of the layers, not all alike, are absent from some objects."""
    return len({network.absent.get(node) for node in _nodes(container)}) > 1


def _nodes(item: Leaf | Container) -> Iterator[int]:
    if isinstance(item, Leaf):
        yield item.node
        return
    for _, child in item.children:
        yield from _nodes(child)


def _in_dict(item: Leaf | Container) -> tuple[tuple[str, Leaf | Container], ...]:
    """What is put into an nn.ModuleDict piece by piece: where layers alone are in it, they stand in
    its constructor; nothing for anything else."""
    if not isinstance(item, Container) or item.kind != "nn.ModuleDict":
        return ()
    return () if all(isinstance(child, Leaf) for _, child in item.children) else item.children


def _is_dict(item: Leaf | Container) -> bool:
    return isinstance(item, Container) and item.kind == "nn.ModuleDict"


def _statement(indent: int, labels: tuple[str, ...], item: Leaf | Container) -> Iterator[str]:
    value: Leaf | Container | Call = item
    if _in_dict(item):
        value = NESTED if any(_is_dict(child) for _, child in _in_dict(item)) else DICT
    if is_attribute(labels[0]):
        keys = "".join(f"[{literal(label)}]" for label in labels[1:])
        yield from _value(indent, f"self.{labels[0]}{keys} = ", value, "")
    else:
        *scopes, label = labels
        parent = f"self.get_submodule({literal('.'.join(scopes))})" if scopes else "self"
        yield from _added(indent, f"{parent}.add_module", label, value)
    for label, child in _in_dict(item):
        yield from _statement(indent, (*labels, label), child)


def _added(indent: int, method: str, label: str, item: Leaf | Container | Call) -> Iterator[str]:
    module = item.module if isinstance(item, Leaf) else item
    if isinstance(module, Call):
        yield from laid_out(indent, "", Call(method, (literal(label), module)))
        return
    margin = " " * indent
    yield f"{margin}{method}("
    yield f"{margin}    {literal(label)},"
    yield from _value(indent + 4, "", module, ",")
    yield f"{margin})" + ("" if fits(indent, f"{method}(") else SKIP)


def _value(indent: int, before: str, item: Leaf | Container | Call, after: str) -> Iterator[str]:
    if isinstance(item, Call):
        yield from laid_out(indent, before, item, after)
        return
    if isinstance(item, Leaf):
        yield from laid_out(indent, before, item.module, after + item.comment)
        return
    short = f"{before}{_short(item)}{after}"
    if _short(item) and fits(indent, short):
        yield " " * indent + short
        return
    brackets = [(f"{before}{item.kind}(", f"){after}")]
    if _is_dict(item):
        brackets += [("{", "}")]
    elif item.keys:
        brackets += [("OrderedDict(", ")"), ("{", "}")]
    for depth, (opening, _) in enumerate(brackets):
        yield " " * (indent + 4 * depth) + opening
    yield from _children(indent + 4 * len(brackets), item)
    for depth, (_, closing) in reversed(list(enumerate(brackets))):
        long = not depth and not after and not fits(indent, brackets[0][0])
        yield " " * (indent + 4 * depth) + closing + (SKIP if long else "")


def _short(container: Container) -> str:
    """A dict of one layer, as it stands on a line."""
    if container.kind != "nn.ModuleDict" or len(container.children) != 1:
        return ""
    ((label, child),) = container.children
    module = inline(child.module) if isinstance(child, Leaf) else ""
    return f"{container.kind}({{{literal(label)}: {module}}})"


def _children(indent: int, container: Container) -> Iterator[str]:
    if container.keys:
        for label, child in container.children:
            yield from _value(indent, f"{literal(label)}: ", child, ",")
        return
    for _, run in groupby((child for _, child in container.children), _as_written):
        children = list(run)
        first = children[0]
        is_part = isinstance(first, Leaf) and "." not in first.module.func
        if is_part and isinstance(first, Leaf) and len(children) >= REPEATED:
            text = f"*[{inline(first.module)} for _ in range({len(children)})],{first.comment}"
            if fits(indent, text):
                yield " " * indent + text
                continue
        for child in children:
            yield from _value(indent, "", child, ",")


def _as_written(item: Leaf | Container) -> str:
    return inline(item.module) + item.comment if isinstance(item, Leaf) else f"row {id(item)}"
