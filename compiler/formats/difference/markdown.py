from __future__ import annotations
from compiler.difference.nets import Comparison
LONGEST = 65_536
def markdown(comparison: Comparison, depth: int | None = None, longest: int = LONGEST) -> str:
    return ""
