"""The volume that flows between two layers."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Volume:
    """Height x width x channels, without the batch.

    `flat` says that the value has no spatial axes when it runs (N x C), as after FC and FLATTEN. It
    does not take part in comparisons: 1x1xC is one volume, flat or not.
    """

    h: int
    w: int
    c: int
    flat: bool = field(default=False, compare=False)

    @property
    def values(self) -> int:
        return self.h * self.w * self.c

    @property
    def spatial(self) -> tuple[int, int]:
        return self.h, self.w

    def __str__(self) -> str:
        return f"{self.h}x{self.w}x{self.c}"
