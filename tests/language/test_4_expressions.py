"""Section 4 of the language: what expressions come to."""

from __future__ import annotations

import pytest

from tests.language.small import code, value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # precedence and associativity
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 * 3 ** 2", 18),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("10 - 4 - 3", 3),
        ("100 / 10 / 2", 5),
        ("7 // 2 * 2 + 7 % 2", 7),
        ("- - 3", 3),
        ("1 + 2 < 4", True),
        ("not 1 < 2 or true", True),
        ("not (1 < 2 or true)", False),
        ("true or false and false", True),
        ("1 if 2 > 3 else 4 if false else 5", 5),
        # comparisons
        (
            "[1 < 2, 1 <= 1, 2 > 3, 2 >= 3, 1 == 1.0, 1 != 1]",
            [True, True, False, False, True, False],
        ),
        ('["a" == "a", none == none, [1, 2] == [1, 2], true == false]', [True, True, True, False]),
        # exact integers
        ("2 ** 100 + 1", 2**100 + 1),
        ("(2 ** 100 + 2) / 2", 2**99 + 1),
        ("7 / 2", 3.5),
        ("-7 // 2", -4),
        ("-7 % 3", 2),
        ("3 * 0.5", 1.5),
        # lists
        ("[10, 20, 30][1]", 20),
        ("[10, 20, 30][-1]", 30),
        ("[(1, 2), (3, 4)][1][0]", 3),
        # functions
        ("range(3)", [0, 1, 2]),
        ("range(1, 4)", [1, 2, 3]),
        ("range(6, 0, -2)", [6, 4, 2]),
        ("[min(3, 1, 2), min([3, 1]), max(3, 1, 2), max([3, 1])]", [1, 1, 3, 3]),
        (
            "[round(2.4), round(2.6), floor(-1.5), ceil(-1.5), int(2.9), int(-2.9)]",
            [2, 3, -2, -1, 2, -2],
        ),
        ("[abs(-3), len([1, 2]), sum([1, 2, 3]), sum(1, 2)]", [3, 2, 6, 3]),
        ("[log2(8), sqrt(9)]", [3.0, 3.0]),
        (
            "[make_divisible(33, 8), make_divisible(3, 8), make_divisible(11)]",
            [32, 8, 16],
        ),
    ],
)
def test_value(expression: str, expected: object) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


def test_division_of_whole_numbers_stays_whole_where_it_can() -> None:
    assert type(value("6 / 3")) is int and type(value("6.0 / 3")) is float


def test_and_or_do_not_read_what_cannot_matter() -> None:
    assert value("false and 1 / 0 > 1") is False
    assert value("true or 1 / 0 > 1") is True
    assert value("1 if true else 1 / 0") == 1


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 / 0", "E0402"),
        ("[1][1]", "E0403"),
        ("2 ** 5000", "E0404"),
        ("sqrt(-1)", "E0405"),
        ("len(3)", "E0405"),
        ("eval(3)", "E0405"),
        ("1 and true", "E0406"),
        ('"a" + "b"', "E0401"),
        ("true + 1", "E0401"),
        ("[1] + [2]", "E0401"),
        ("none + 1", "E0401"),
    ],
)
def test_what_has_no_value(expression: str, expected: str) -> None:
    assert code(f"param value = {expression}\nINPUT(8x8x1) -> CONV(2)") == expected


@pytest.mark.parametrize("text", ['__import__("os")', "().__class__", "[].append(1)", "lambda: 1"])
def test_no_expression_reaches_python(text: str) -> None:
    assert code(f"param value = {text}\nINPUT(8x8x1) -> CONV(2)").startswith("E0")
