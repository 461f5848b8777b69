"""`python -m tests.passes` writes the expected dumps anew."""

from tests.passes.cases import CASES, expected

for case in CASES:
    case.with_suffix(".dump").write_text(expected(case), encoding="utf-8")
print(f"{len(CASES)} dumps written")
