"""docs/operators.md is what the operators' classes say; test_blocks checks its programs."""

from __future__ import annotations

import pytest

from compiler.op import Op, ShapeError
from compiler.ops import OPS
from compiler.volume import Volume
from docs.site import operators
from docs.site.codes import codes
from tests.errors.programs import diagnostics, programs


def test_the_page_is_up_to_date() -> None:
    text = operators.FILE.read_text(encoding="utf-8")
    assert text == operators.page(), "python -m docs.site.operators"


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_every_example_has_its_operator(op: type[Op]) -> None:
    assert operators.example(op).op == op.name


def test_no_example_is_of_an_unknown_operator() -> None:
    assert set(operators.EXAMPLES) <= {op.name for op in OPS}


def test_every_error_of_a_volume_stands_on_its_operators_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raised: set[tuple[str, str]] = set()

    def watch(op: type[Op]) -> None:
        shape = op.shape

        def watched(self: Op, inputs: tuple[Volume, ...]) -> Volume:
            try:
                return shape(self, inputs)
            except ShapeError as error:
                raised.add((op.name, error.code))
                raise

        monkeypatch.setattr(op, "shape", watched)

    known = {op.name: codes(op) for op in OPS}
    for op in OPS:
        watch(op)
    for path in programs():
        diagnostics(path)
    assert len(raised) > 10
    assert {(name, code) for name, code in raised if code not in known[name]} == set()
