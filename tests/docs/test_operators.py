"""docs/operators.md is what the operators' classes say; test_blocks checks its programs."""

from __future__ import annotations

import pytest

from compiler.op import Op
from compiler.ops import OPS
from tests.docs import operators


def test_the_page_is_up_to_date() -> None:
    text = operators.FILE.read_text(encoding="utf-8")
    assert text == operators.page(), "python -m tests.docs.operators"


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_every_example_has_its_operator(op: type[Op]) -> None:
    assert operators.example(op).op == op.name


def test_no_example_is_of_an_unknown_operator() -> None:
    assert set(operators.EXAMPLES) <= {op.name for op in OPS}
