"""`make golden` writes the kept modules anew; read the difference before it is committed."""

from tests.golden.cases import CASES

for case in CASES:
    case.file.parent.mkdir(exist_ok=True)
    case.file.write_text(case.source(), encoding="utf-8")
print(f"{len(CASES)} modules written")
