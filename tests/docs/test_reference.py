"""The reference names everything that there is, and nothing else."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest
import typer

import cnnc
from cnnc.cli import app
from compiler.arguments import written
from compiler.budget import BUDGETED
from compiler.expansion import (
    elaborate,
    elements,
    expressions,
    functions,
    modules,
    placing,
    project,
)
from compiler.expansion.expressions import shown
from compiler.expansion.functions import FUNCTIONS
from compiler.expansion.modules import library
from compiler.expansion.recipe import OPTIONS, SETTINGS
from compiler.formats import reading
from compiler.op import Op, argument
from compiler.ops import OPS, WORDS
from compiler.ops.pooling import AvgPool, MaxPool
from dsl import diagnostics, parser
from tests.docs import counting, passes

ROOT = Path(__file__).parents[2]
LANGUAGE, ERRORS, COMMANDS = (
    (ROOT / "docs" / name).read_text(encoding="utf-8")
    for name in ("language.md", "errors.md", "commands.md")
)
DECLARATIONS = ("param", "let", "default", "block", "net", "output", "use", "budget", "train")
LIMITS = {
    "layers of a network": elaborate.MAX_LAYERS,
    "characters of a file": parser.MAX_CHARACTERS,
    "nets of a file": parser.MAX_NETS,
    "levels of brackets": parser.MAX_DEPTH,
    "block calls within": elaborate.MAX_CALLS,
    "elements within elements": elements.MAX_NESTED,
    "branches of a merge": elements.MAX_BRANCHES,
    "values of a list": functions.LONGEST,
    "lists within lists": expressions.MAX_NESTED,
    "characters of a name": parser.MAX_LETTERS,
    "characters of a layer's path": placing.MAX_PATH,
    "files that use one another": modules.MAX_USES,
    "files of a program": modules.MAX_FILES,
    "bytes of a used file": modules.MAX_BYTES,
    "bytes of any file": project.LARGEST_FILE,
    "bytes of all programs in a revision": 2 * project.LARGEST_FILE,
    "values of a saved report": reading.VALUES_A_LAYER,
    "numbers of one `range`": functions.LONGEST,
    "digits of a number": parser.MAX_DIGITS - 1,
    "bits of a whole number": expressions.MAX_BITS,
    "errors in one run": diagnostics.MAX_ERRORS,
}


def section(title: str) -> str:
    """The text under a heading, as far as the next one of its level or above."""
    _, _, rest = LANGUAGE.partition(f"\n{title}\n")
    assert rest, title
    return re.split(rf"^#{{2,{title.count('#')}}} ", rest, flags=re.M)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every row of the tables in a text."""
    lines = [line for line in text.split("\n") if line.startswith("|")]
    cells = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in lines]
    return [[cell.strip() for cell in row] for row in cells]


def arguments(op: type[Op]) -> str:
    """As the table has them: `out, k=3, stride=1`."""
    texts = []
    for each in fields(op):
        default = "" if each.default is MISSING else f"={written(each.default)}"
        if each.name == "stride" and issubclass(op, MaxPool | AvgPool):
            default = "=k"
        texts.append(argument(each.name) + default)
    return plain(", ".join(texts))


def plain(text: str) -> str:
    """The text with its numbers in one form: 1e-4 as 0.0001."""
    return re.sub(r"(?<==)[\d.]+(e-\d+)?(?=,|$)", lambda match: repr(float(match[0])), text)


def operator_rows() -> dict[tuple[str, ...], str]:
    table = section("## Operators").split("### ")[0]
    return {tuple(re.findall(r"`(\w+)`", row[0])): plain(row[1]) for row in rows(table)[2:]}


def test_the_table_has_every_operator_and_no_other() -> None:
    assert set(operator_rows()) == {(op.name, *op.aliases) for op in OPS}


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_every_argument_stands_with_its_default(op: type[Op]) -> None:
    assert operator_rows()[op.name, *op.aliases] == arguments(op)


def test_every_function_is_named() -> None:
    names = {name for row in rows(section("### Functions"))[2:] for name in _words(row[0])}
    assert names == set(FUNCTIONS)


def _words(cell: str) -> list[str]:
    return re.findall(r"`(\w+)", cell)


@pytest.mark.parametrize("row", rows(section("### Functions"))[2:], ids=lambda row: row[2])
def test_examples_of_functions_hold(row: list[str]) -> None:
    _, _, example, result = row
    program = f"param x = {example.strip('`')}\nINPUT"
    assert shown(cnnc.loads(program).journey.graph.params["x"]) == result.strip("`")


@pytest.mark.parametrize(
    "row", rows(section("## Expressions").split("### ")[0])[2:], ids=lambda row: row[2]
)
def test_examples_of_expressions_hold(row: list[str]) -> None:
    test_examples_of_functions_hold(row)


CONSTRUCTS = [
    *(row[2:] for title in ("## Chains", "## Declarations") for row in rows(section(title))[2:]),
    *(row[at : at + 2] for row in rows(section("### Short forms"))[2:] for at in (0, 2)),
]


@pytest.mark.parametrize(("example", "means"), CONSTRUCTS)
def test_examples_of_constructs_hold(example: str, means: str, tmp_path: Path) -> None:
    (tmp_path / "blocks.cnn").write_text(BLOCKS)
    if re.fullmatch(r"`E\d{4}`", means):
        with pytest.raises(cnnc.CnnError, match=means.strip("`")):
            layers(example, tmp_path)
    else:
        assert layers(example, tmp_path) == layers(means, tmp_path)


BLOCKS = LANGUAGE.partition("<!-- blocks.cnn -->\n```cnn\n")[2].partition("```")[0]


def layers(cell: str, folder: Path) -> list[tuple[str, str, tuple[int, ...]]]:
    """Of inference: call, volume and what flows in. A chain stands behind an INPUT."""
    text = cell.strip("`").replace("\\|", "|")
    file = folder / "example.cnn"
    file.write_text(text if "INPUT" in text else f"INPUT(8x8x4) -> {text}")
    graph = cnnc.load(file).journey.inference.graph
    return [(str(graph[at].op), str(graph[at].shape), tuple(graph.inputs(at))) for at in graph]


def test_every_declaration_is_explained() -> None:
    words = {word for row in rows(section("## Declarations")) for word in _words(row[0])}
    assert words.issuperset(DECLARATIONS)


def test_every_word_of_arguments_recipes_and_budgets_is_named() -> None:
    named = set(re.findall(r"\w+", LANGUAGE))
    options = [option for known in OPTIONS.values() for option in known]
    assert named.issuperset([*WORDS, *BUDGETED, *SETTINGS, *OPTIONS, *options])


def test_the_library_is_complete() -> None:
    found = {
        block: row[0].strip("`")
        for row in rows(section("### The library"))[2:]
        for block in _words(row[1])
    }
    assert found == {block: f"std.{file}" for block, file in library().items()}


@pytest.mark.parametrize("what", LIMITS)
def test_limits_are_the_compilers(what: str) -> None:
    (row,) = (row for row in rows(section("## Limits")) if row[0].startswith(what))
    assert row[1].split(";")[0] == f"{LIMITS[what]:,}"


def test_all_traps_are_there() -> None:
    numbers = re.findall(r"^(\d+)\. ", section("## Traps"), re.M)
    assert [int(number) for number in numbers] == list(range(1, 16))


def test_every_code_is_listed_and_no_other() -> None:
    sources = [file for name in ("dsl", "compiler", "backends", "cnnc") for file in _python(name)]
    made = {code for text in sources for code in re.findall(r'"([EW]\d{4})"', text)}
    listed = [row[0] for row in rows(ERRORS) if re.fullmatch(r"[EW]\d{4}", row[0])]
    assert sorted(listed) == sorted(made)


def _python(folder: str) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in (ROOT / folder).rglob("*.py")]


def test_every_row_of_the_errors_is_filled() -> None:
    for row in rows(ERRORS):
        assert len(row) == 3 and all(row), row


def test_every_command_and_option_is_explained() -> None:
    group: Any = typer.main.get_command(app)
    common = COMMANDS.split("\n## check\n")[0]
    for option in _options(group):
        assert re.search(rf"`cnnc {option}\b", common), option
    for name, command in group.commands.items():
        _, _, text = COMMANDS.partition(f"\n## {name}\n")
        assert text, name
        text = re.split(r"^## ", text, flags=re.M)[0]
        for option in _options(command):
            assert re.search(rf"`{option}\b", common + text), f"{name} {option}"


def test_commands_stand_in_the_order_of_the_help() -> None:
    group: Any = typer.main.get_command(app)
    names = [name for name, command in group.commands.items() if not command.hidden]
    heads = re.findall(r"^## ([\w-]+)$", COMMANDS, re.M)
    assert [head for head in heads if head in names] == names
    linked = re.findall(r"\]\(#([\w-]+)\)", COMMANDS.partition("\n- [Python]")[0])
    assert linked[1:] == names


def _options(command: Any) -> list[str]:
    options = (each for each in command.params if each.param_type_name == "option")
    return [name for option in options for name in option.opts]


def test_the_rules_of_counting_are_those_of_the_profiles() -> None:
    text = counting.FILE.read_text(encoding="utf-8")
    assert text == counting.written(text), "python -m tests.docs.counting"


def test_the_passes_are_those_of_the_optimiser() -> None:
    text = passes.FILE.read_text(encoding="utf-8")
    assert text == passes.written(text), "python -m tests.docs.passes"
