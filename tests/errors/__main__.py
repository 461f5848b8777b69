"""`python -m tests.errors`: writes beside each program what it says. Read the difference."""

from __future__ import annotations

from .programs import diagnostics, programs, rendered

for path in programs():
    path.with_suffix(".err").write_text(rendered(diagnostics(path)), encoding="utf-8")
