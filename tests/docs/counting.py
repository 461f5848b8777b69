"""`python -m tests.docs.counting` writes the rules of all profiles into docs/counting.md anew."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.counting import PROFILES
from compiler.counting.profile import Figure
from tests.docs.blocks import ROOT

FILE = ROOT / "docs" / "counting.md"
BEGIN = "<!-- rules: made by `python -m tests.docs.counting` -->\n"
END = "<!-- end of rules -->\n"


def written(text: str) -> str:
    """The file with the rules as they are."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + "\n" + "\n".join(_rules()) + "\n" + END + after


def _rules() -> Iterator[str]:
    for profile in PROFILES.values():
        yield f"### {profile.name}"
        yield ""
        for figure in profile.figures:
            yield f"{figure.name}, in {figure.unit}:"
            yield ""
            yield from (f"- {line}" for line in _lines(figure))
            yield ""


def _lines(figure: Figure) -> Iterator[str]:
    """What every operator counts; those that count alike in one line."""
    groups: dict[str, list[str]] = {}
    for op, rule in figure.rules.items():
        as_function = f"; as a function: {rule.called.says}" if rule.called else ""
        groups.setdefault(rule.says + as_function, []).append(op)
    most = max(groups, key=lambda says: len(groups[says]))
    for says in [*(each for each in groups if each != most), most]:
        others = "all others" if len(groups) > 1 else "every operator"
        yield f"{others if says == most else ' '.join(groups[says])}: {says}"


if __name__ == "__main__":
    FILE.write_text(written(FILE.read_text(encoding="utf-8")), encoding="utf-8")
