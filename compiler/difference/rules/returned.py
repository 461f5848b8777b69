"""Which values a network returns, under which names."""

from __future__ import annotations

from compiler.difference.rules.sight import Sight, listed
from compiler.report import Returned


def returned(sight: Sight) -> list[str]:
    """Outputs that came, went, are the values of other layers or weigh more or less in training."""
    old, new = (
        {each.name: each for each in side.report.outputs} for side in (sight.old, sight.new)
    )
    came = [_named(each) for name, each in new.items() if name not in old]
    went = [_named(each) for name, each in old.items() if name not in new]
    said = [f"New output: {listed(came)}."] if came else []
    said += [f"Output no more: {listed(went)}."] if went else []
    partners = {
        pair.old.path: pair.new.path
        for pair in sight.pairs
        if pair.old is not None and pair.new is not None
    }
    for name in (name for name in new if name in old):
        said += _changed(old[name], new[name], partners)
    return said


def _named(output: Returned) -> str:
    return f"{output.name} ({output.path}{_training(output)})"


def _training(output: Returned) -> str:
    return "" if output.weight is None else f", for training, weight {output.weight:g}"


def _changed(old: Returned, new: Returned, partners: dict[str, str]) -> list[str]:
    """Where its layer came or went, that is told of the layer."""
    was = partners.get(old.path)
    said = []
    if was is not None and new.path in partners.values() and was != new.path:
        said.append(f"Output {new.name} is that of {new.path} instead of {was}.")
    if new.weight is None and old.weight is not None:
        said.append(f"Output {new.name} is there at inference, too.")
    elif old.weight is None and new.weight is not None:
        said.append(f"Output {new.name} is for training alone, weight {new.weight:g}.")
    elif old.weight != new.weight:
        said.append(f"Loss weight of {new.name}: {new.weight:g} instead of {old.weight:g}.")
    return said
