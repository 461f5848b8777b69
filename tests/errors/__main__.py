"""`python -m tests.errors`: writes what every failing program says beside it. Read the difference."""

from __future__ import annotations

from .programs import diagnostics, programs, rendered

for path in programs():
    path.with_suffix(".err").write_text(rendered(diagnostics(path)), encoding="utf-8")
