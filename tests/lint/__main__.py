"""`python -m tests.lint`: writes what is found in each program, what is mended, and the page of the
rules. Read the difference."""

from __future__ import annotations

from compiler.lint.page import page

from .cases import PAGE, fixed, programs, rendered, says

for path in programs():
    result = says(path)
    path.with_suffix(".lint").write_text(rendered(result), encoding="utf-8")
    mended = path.with_suffix(".fixed")
    after = fixed(path)
    mended.unlink(missing_ok=True)
    if after.fixed:
        mended.write_text(after.source.text, encoding="utf-8")
PAGE.write_text(page(), encoding="utf-8")
