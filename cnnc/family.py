"""The Python face of a family of networks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cnnc.pipeline import Journey
from cnnc.target import split_target
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.expansion.family import MAX_MEMBERS, literal
from compiler.expansion.modules import read_source

if TYPE_CHECKING:
    from cnnc.exploring.exploration import Exploration
    from cnnc.exploring.members import Member


class Members(list["Member"]):
    """What was asked for comes first, then what fails. Printed, it is the table."""

    def __init__(self, exploration: Exploration) -> None:
        held = [each.member for each in exploration.shown]
        super().__init__([*held, *(each.member for each in exploration.failed)])
        self._exploration = exploration

    def __str__(self) -> str:
        from cnnc.exploring.formats.written import written  # as below

        return written(self._exploration, "table")

    def _repr_html_(self) -> str:
        from cnnc.exploring.formats.fragment import fragment  # as below

        return fragment(self._exploration)


def explore(
    target: str | Path,
    /,
    *,
    vary: Mapping[str, object] | None = None,
    where: str | None = None,
    pareto: str | None = None,
    sort: str | None = None,
    jobs: int = 1,
    ray: str | None = None,
    journal: str | Path | None = None,
    limit: int = MAX_MEMBERS,
    max_layers: int = MAX_LAYERS,
    allow_paths: Iterable[str | Path] = (),
    **settings: object,
) -> Members:
    """Walk the params' domains and the optionals of `FILE` or `FILE:NET`, as `cnnc explore` does.

    `vary`: a name's values, as a list, a range, or a text such as `1..4`. What is asked for comes
    first: its `settings` and `params` are texts, as the program writes them, its `metrics` whole
    numbers. Members that fail come after it, with their `problem` and no metrics. With more `jobs`
    than one, or with Ray, the caller's script must guard what it runs with
    `if __name__ == "__main__":`, as `multiprocessing` wants it. `allow_paths`: as `load`
    has them. Raises CnnError.
    """
    # Nobody who loads one network needs what walks a family.
    from cnnc.exploring.exploration import Asked, Work
    from cnnc.exploring.exploration import explore as walk

    path, net = split_target(str(target))
    source = read_source(path, path.name)
    result = walk(
        Journey(
            source,
            path.resolve(),
            net,
            settings,
            max_layers,
            allow_paths=tuple(map(Path, allow_paths)),
        ),
        {name: _values(values) for name, values in (vary or {}).items()},
        Asked(where, sort, pareto),
        Work(jobs, ray, None if journal is None else Path(journal), limit),
    )
    return Members(result)


def _values(values: object) -> str:
    if isinstance(values, str):
        return values
    return literal(list(values) if isinstance(values, range) else values)
