"""What each rule finds, allows and mends: the programs of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnc.linted import linted
from cnnc.nets import nets
from cnnc.pipeline import Journey
from compiler.lint.page import example, page
from compiler.lint.rule import Rule
from compiler.lint.rules import BY_NAME, RULES
from compiler.report import Report
from dsl.source import Source

from .cases import FOLDER, PAGE, fixed, programs, rendered, rule_of, says, whole

FIXED = sorted(FOLDER.glob("*/*.fixed"))


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", programs(), ids=name)
def test_says(path: Path) -> None:
    """`python -m tests.lint` writes the expected texts anew."""
    assert rendered(says(path)) == path.with_suffix(".lint").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", programs(), ids=name)
def test_findings_are_sound(path: Path) -> None:
    found = says(path).found
    places = [each.diagnostic.labels[0].span for each in found]
    assert places == sorted(places, key=lambda span: span.start)
    assert len({(span.start, span.end) for span in places}) == len(places), "a place told twice"
    for each, span in zip(found, places, strict=True):
        assert 0 <= span.start < span.end <= len(span.source.text)
        assert each.diagnostic.severity == "warning"
        assert each.diagnostic.code == rule_of(path).name
        assert each.diagnostic.help


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_its_cases(rule: Rule) -> None:
    folder = FOLDER / rule.name.replace("-", "_")
    texts = [path.with_suffix(".lint").read_text(encoding="utf-8") for path in folder.glob("*.cnn")]
    assert any(texts), "a finding"
    assert not all(texts), "a program without one"
    assert list(folder.glob("allowed*.cnn")), "a suppressed one"
    assert bool(rule.fix) == bool(list(folder.glob("*.fixed")))


def test_every_case_has_its_rule() -> None:
    folders = {path.parent.name.replace("_", "-") for path in programs()}
    assert folders == set(BY_NAME)
    for suffix in ("lint", "fixed"):
        for path in FOLDER.glob(f"*/*.{suffix}"):
            assert path.with_suffix(".cnn").exists()


@pytest.mark.parametrize("path", programs(), ids=name)
def test_fixed(path: Path) -> None:
    expected = path.with_suffix(".fixed")
    result = fixed(path)
    assert bool(result.fixed) == expected.exists()
    if result.fixed:
        assert result.source.text == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FIXED, ids=name)
def test_fixing_again_changes_nothing(path: Path) -> None:
    once = fixed(path.with_suffix(".cnn"))
    again = fixed(path.with_suffix(".cnn"), once.source.text)
    assert (again.fixed, again.source.text) == (0, once.source.text)
    mended = [each.diagnostic for each in once.found if each.edit is not None]
    assert not mended, "what has a certain mend is gone"


@pytest.mark.parametrize("path", FIXED, ids=name)
def test_a_fix_changes_what_its_rule_says(path: Path) -> None:
    """By the report: volumes and MACs stay, and so does what is learned, save biases where the
    rule says so."""
    before = reports(path.with_suffix(".cnn"))
    after = reports(path.with_suffix(".cnn"), path.read_text(encoding="utf-8"))
    assert before.keys() == after.keys()
    for net, old in before.items():
        new = after[net]
        assert new.totals.macs == old.totals.macs
        assert new.totals.weights == old.totals.weights
        assert new.totals.normalisation == old.totals.normalisation
        assert new.totals.buffers == old.totals.buffers
        assert weighted(new) == weighted(old)
        assert new.rows[-1].volume == old.rows[-1].volume
        if rule_of(path).keeps == "all":
            assert new.totals.biases == old.totals.biases
            assert new.totals.parameters == old.totals.parameters
        else:
            assert new.totals.biases < old.totals.biases


def test_a_bias_before_a_norm_costs_a_parameter_a_channel() -> None:
    path = FOLDER / "bias_before_norm" / "all_forms.cnn"
    (old,) = reports(path).values()
    (new,) = reports(path, fixed(path).source.text).values()
    # CONV 64, 64, 16, 16, 16, DWCONV 16, TCONV 16, CONV 32, FC 64
    assert old.totals.biases - new.totals.biases == 64 + 64 + 5 * 16 + 32 + 64
    assert new.totals.biases == 10


def reports(path: Path, text: str | None = None) -> dict[str, Report]:
    return {each.net or "": each.report("training") for each in nets(whole(path, text))}


def weighted(report: Report) -> list[tuple[str, object, int]]:
    return [(row.path, row.volume, row.macs) for row in report.rows if row.weights]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_is_documented(rule: Rule) -> None:
    (found,) = example(rule)
    assert found.diagnostic.code == rule.name
    assert rule.title and rule.source
    assert rule.explanation.endswith(".")
    assert not rule.title.endswith(".")
    assert not rule.source.endswith(".")
    assert not rule.fix.endswith(".")


def test_the_page_is_that_of_the_rules() -> None:
    """`python -m tests.lint` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_what_the_page_allows_is_there() -> None:
    program = PAGE.read_text(encoding="utf-8").split("```cnn\n")[1].split("```")[0]
    usual = [rule for rule in RULES if rule.usual]
    assert linted(Journey(Source("page.cnn", program), None, None, {}), usual).found == ()
    bare = program.replace("cnnc:", "")
    found = linted(Journey(Source("page.cnn", bare), None, None, {}), usual).found
    assert {each.rule.name for each in found} == {
        "sketch-default",
        "large-window",
        "strided-convolution",
        "channel-multiple",
    }
