"""`python -m tests.formatting` writes the expected layouts anew. Read the difference."""

from dsl.formatting import formatted
from tests.formatting.cases import CASES, read

for case in CASES:
    case.with_suffix(".fmt").write_text(formatted(read(case)), encoding="utf-8", newline="")
print(f"{len(CASES)} layouts written")
