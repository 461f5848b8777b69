"""What the formats of an exploration share: params, numbers, sentences."""

from __future__ import annotations

from collections.abc import Mapping

from cnnc.exploring.choosing import Found
from cnnc.exploring.exploration import Exploration


def varying(result: Exploration) -> list[str]:
    """The params that make a column: the axes, then what is not the same in all that is shown."""
    axes = [axis.name for axis in result.family.axes]
    others = [name for name in result.family.params if name not in axes]
    return [*axes, *(name for name in others if len(_texts(result, name)) > 1)]


def constant(result: Exploration) -> dict[str, str]:
    """All other params, which have one value in all that is shown."""
    columns = varying(result)
    return {
        name: text
        for name in result.family.params
        if name not in columns
        for text in _texts(result, name)
    }


def _texts(result: Exploration, name: str) -> list[str]:
    texts = {each.member.params[name]: None for each in result.shown if name in each.member.params}
    return list(texts)


def heading(result: Exploration) -> str:
    """The net, the program and the size of the family, axis by axis."""
    family = result.family
    sizes = " x ".join(f"{axis.size:,} {axis.name}" for axis in family.axes)
    fixed = settings(constant(result))
    return (
        f"{family.net} ({result.source}): {members(family.size)}"
        + (f" ({sizes})" if sizes else "")
        + (f" with {fixed}" if fixed else "")
    )


def summary(result: Exploration) -> str:
    """Where every member went."""
    parts = [
        (len(result.shown), "shown"),
        (result.unmatched, "left out by --where"),
        (result.beaten, "beaten in --pareto"),
        (result.beyond, "behind --top"),
        (len(result.failed), "failed"),
    ]
    return ", ".join(f"{count:,} {what}" for count, what in parts if count)


def settings(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items())


def members(count: int) -> str:
    return "1 member" if count == 1 else f"{count:,} members"


def params(each: Found, names: list[str]) -> list[str]:
    return [each.member.params[name] for name in names]
