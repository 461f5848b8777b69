"""What a bundle is to hold, as the command line says it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """`resize`: nothing, the shorter side's length, or height and width. `crop`: nothing, or height
    and width. `single`: the weights inside the module; `packed`: in the orders that layers read."""

    labels: Path | None = None
    resize: tuple[int, ...] = ()
    crop: tuple[int, ...] = ()
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    single: bool = False
    packed: bool = True

    @property
    def prepares(self) -> bool:
        usual = Wanted()
        ours = (self.resize, self.crop, self.mean, self.std)
        return ours != (usual.resize, usual.crop, usual.mean, usual.std)
