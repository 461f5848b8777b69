"""The fenced blocks of a Markdown file, and what each must do.

```sh       is run by bash, in a folder of its own that has `examples/`; `make` only plans
```text     right behind it is what it printed; a line `...` stands for any lines
```python   is run, unless `<!-- excerpt of FILE -->` stands above: then it stands in that file
```cnn      is a program that checks; `<!-- fails with E0302 -->` above it says with what it fails,
            `<!-- FILE -->` keeps it under that name for the blocks below
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)


@dataclass(frozen=True)
class Block:
    kind: str
    text: str
    note: str
    line: int


def blocks(file: Path) -> list[Block]:
    text = file.read_text(encoding="utf-8")
    return [
        Block(match["kind"], match["text"], match["note"] or "", text.count("\n", 0, match.start()))
        for match in FENCE.finditer(text)
    ]


def matches(printed: str, shown: str) -> bool:
    """Whether a text is as shown, `...` lines standing for any lines.

    What a command says while it works depends on how busy the machine is, and is left out.
    """
    printed = re.sub(r"^\w+ing .* \.\.\.\n", "", printed, flags=re.M)
    parts = [re.escape(part) for part in re.split(r"^\.\.\.\n", shown, flags=re.M)]
    return re.fullmatch("(?:.*\n)*?".join(parts), printed) is not None
