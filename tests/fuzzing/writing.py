"""How a random program writes its values: a whole number in one of many ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from compiler.arguments import written
from compiler.volume import Volume


@dataclass
class Writer:
    """`known` are the names of whole numbers that may be written here."""

    random: Random
    declared: list[str] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    defaults: dict[tuple[str, str], object] = field(default_factory=dict)
    names: int = 0
    labelled: bool = True  # whether a label may stand here: not where something is repeated
    fixed: bool = True  # whether always the same volume flows in here
    depth: int = 0

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def name(self, stem: str) -> str:
        self.names += 1
        return f"{stem}{self.names}"

    @contextmanager
    def inside(
        self, labelled: bool, known: dict[str, int] | None = None, fixed: bool = True
    ) -> Iterator[None]:
        before = self.labelled, self.known, self.fixed
        self.labelled, self.fixed = labelled, self.fixed and fixed
        self.known = self.known if known is None else known
        try:
            yield
        finally:
            self.labelled, self.known, self.fixed = before

    def value(self, value: object, volume: Volume | None = None) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return self.whole(value, volume)
        if isinstance(value, Volume):
            return f"({value.h}, {value.w}, {value.c})"
        if isinstance(value, tuple) and value and all(isinstance(each, int) for each in value):
            if len(set(value)) == 1 and len(value) == 2:
                return self.whole(value[0], volume)
            return f"({', '.join(self.whole(each, volume) for each in value)})"
        if isinstance(value, list | tuple):
            items = ", ".join(written(each) for each in value)
            comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
            return f"[{items}]" if isinstance(value, list) else f"({items}{comma})"
        return written(value)

    def whole(self, value: int, volume: Volume | None = None) -> str:
        """A whole number in one of many ways to write it."""
        same = [name for name, each in self.known.items() if each == value]
        if volume is not None and self.fixed:
            sizes = {"H": volume.h, "W": volume.w, "C": volume.c}
            same += [f"in.{axis}" for axis, size in sizes.items() if size == value]
        if same and self.chance(0.5):
            return self.random.choice(same)
        first = self.random.randint(0, value)
        ways = (
            f"{first} + {value - first}",
            f"{value + first} - {first}",
            f"{value * 2} // 2",
            f"max({value}, {first})",
            f"[{first}, {value}][1]",
            f"int({value}.5)",
            f"len(range({value}))",
            f"{value} if {self.truth(True)} else 99",
            f"({value * 4} / 4)",
            f"{value}**1",
            f"make_divisible({value * 8}) // 8" if value else "0",
        )
        return self.random.choice(ways) if self.chance(0.25) else str(value)

    def truth(self, wanted: bool, volume: Volume | None = None) -> str:
        ways = ["1 < 2", "true", "not false", "1 == 1 and 2 >= 2", "1 > 2 or 3 != 4", "1 < 2 <= 2"]
        if volume is not None and self.fixed:
            ways += [f"in.C == {volume.c}", f"in.H <= {volume.h}"]
        chosen = self.random.choice(ways)
        return chosen if wanted else f"not ({chosen})"
