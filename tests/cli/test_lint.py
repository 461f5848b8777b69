"""`cnnc lint`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compiler.lint.rule import Rule
from compiler.lint.rules import RULES
from tests.cli.run import EXAMPLES, SMALL, cnnc

ODD = "net Odd = INPUT(32x32x3) -> c: CONV(50) -> b: BN -> RELU -> GAP -> fc: FC(10)\n"
FIXED = ODD.replace("CONV(50)", "CONV(50, bias=false)")


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    file = tmp_path / "odd.cnn"
    file.write_text(ODD, encoding="utf-8")
    return file


def test_findings_are_status_1(odd: Path) -> None:
    result = cnnc("lint", odd)
    assert result.status == 1
    assert result.out == f"{odd}: 2 findings, 1 may be mended by --fix\n"
    assert "warning[bias-before-norm]" in result.err
    assert "warning[channel-multiple]" in result.err


def test_or_status_0_where_asked(odd: Path) -> None:
    assert cnnc("lint", odd, "--exit-zero").status == 0
    assert cnnc("lint", "-", "--exit-zero", stdin="INPUT -> CONF").status == 1


def test_no_findings(tmp_path: Path) -> None:
    file = tmp_path / "small.cnn"
    file.write_text(FIXED.replace("50", "48"), encoding="utf-8")
    result = cnnc("lint", file)
    assert (result.status, result.out, result.err) == (0, f"{file}: no findings\n", "")


def test_every_file_is_looked_at(odd: Path) -> None:
    result = cnnc("lint", odd, EXAMPLES / "lenet.cnn", "-", stdin=SMALL)
    assert [line.partition(": ")[2] for line in result.out.splitlines()] == [
        "2 findings, 1 may be mended by --fix",
        "no findings",
        "1 finding, 1 may be mended by --fix",
    ]


def test_errors_come_alone_and_the_other_files_are_looked_at(odd: Path) -> None:
    result = cnnc("lint", "-", odd, stdin="INPUT(8x8x3) -> CONV(50) -> BN -> CONF(3)\n")
    assert result.status == 1
    assert "error[E0201]" in result.err
    assert result.err.count("bias-before-norm") == 1


def test_select_and_ignore(odd: Path) -> None:
    only = cnnc("lint", odd, "--select", "channel-multiple,even-window")
    assert "channel-multiple" in only.err and "bias-before-norm" not in only.err
    but = cnnc("lint", odd, "--ignore", "channel-multiple", "--ignore", "bias-before-norm")
    assert (but.status, but.err) == (0, "")
    program = "INPUT(32x32x3) -> CONV(16) -> RELU -> POOL2 -> GAP -> FC(10)\n"
    assert cnnc("lint", "-", stdin=program).status == 0
    assert "warning[pooling]" in cnnc("lint", "-", "--select", "pooling", stdin=program).err


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_rule_is_the_command_line_s_fault(odd: Path, option: str) -> None:
    result = cnnc("lint", odd, option, "even_window")
    assert result.status == 2
    assert "even-window" in result.err


def test_fix_writes_the_file(odd: Path) -> None:
    odd.chmod(0o640)
    result = cnnc("lint", odd, "--fix")
    assert odd.read_text(encoding="utf-8") == FIXED
    assert (result.status, result.out) == (1, f"{odd}: 1 fixed, 1 finding\n")
    assert odd.stat().st_mode & 0o777 == 0o640
    before = odd.stat().st_mtime_ns
    again = cnnc("lint", odd, "--fix", "--ignore", "channel-multiple")
    assert (again.status, again.out) == (0, f"{odd}: no findings\n")
    assert odd.stat().st_mtime_ns == before, "nothing to write"


def test_fix_keeps_bytes_that_it_does_not_mean(tmp_path: Path) -> None:
    file = tmp_path / "x.cnn"
    file.write_bytes(b"\xef\xbb\xbf# \xc3\xa9\r\n" + ODD.replace("\n", "\r\n").encode())
    cnnc("lint", file, "--fix")
    assert file.read_bytes() == b"\xef\xbb\xbf# \xc3\xa9\r\n" + FIXED.replace("\n", "\r\n").encode()


def test_fix_leaves_a_file_with_errors_alone(tmp_path: Path) -> None:
    file = tmp_path / "x.cnn"
    text = f"{ODD}net Bad = INPUT(8x8x3) -> CONV(4, 9, pad=0)\n"
    file.write_text(text, encoding="utf-8")
    for target in (str(file), f"{file}:Odd"):
        result = cnnc("lint", target, "--fix")
        assert result.status == 1
        assert "error[E0303]" in result.err
        assert file.read_text(encoding="utf-8") == text


def test_diff_shows_what_fix_would_write(odd: Path) -> None:
    result = cnnc("lint", odd, "--diff")
    assert odd.read_text(encoding="utf-8") == ODD
    lines = result.out.splitlines()
    assert lines[0] == f"--- {odd}"
    assert f"-{ODD.rstrip()}" in lines and f"+{FIXED.rstrip()}" in lines
    assert "bias-before-norm" in result.err


def test_diff_of_a_last_line_without_end() -> None:
    result = cnnc("lint", "-", "--diff", stdin=ODD.rstrip())
    assert result.out.endswith(f"+{FIXED}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["-", "--fix"],
        ["x.cnn", "--fix", "--diff"],
        ["x.cnn", "--diff", "--format", "json"],
        [],
        ["x.cnn", "-o", "x.cnn"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line(arguments: list[str]) -> None:
    assert cnnc("lint", *arguments, stdin=ODD).status == 2


def test_settings_are_looked_at() -> None:
    program = "param c = 48\nINPUT(32x32x3) -> CONV(c) -> RELU -> GAP -> FC(10)\n"
    assert cnnc("lint", "-", stdin=program).status == 0
    assert "50 channels" in cnnc("lint", "-", "--set", "c=50", stdin=program).err


def test_one_net_of_several() -> None:
    program = f"{ODD}net Other = INPUT(32x32x3) -> CONV(52) -> RELU -> GAP -> FC(10)\n"
    result = cnnc("lint", "--", "-:Other", stdin=program)
    assert "52 channels" in result.err and "50 channels" not in result.err


def test_json_carries_findings_and_mends(odd: Path) -> None:
    result = cnnc("lint", odd, "--format", "json")
    content = json.loads(result.out)
    assert (result.status, content["format"]) == (1, "cnnc-lint/1")
    bias, channels = content["diagnostics"]
    assert [bias["code"], channels["code"]] == ["bias-before-norm", "channel-multiple"]
    column = ODD.index("CONV(50)") + len("CONV(50")
    mend = bias["fix"]
    assert (mend["line"], mend["column"], mend["text"]) == (1, column + 1, ", bias=false")
    assert channels["fix"] is None
    assert bias["severity"] == "warning"


def test_json_of_errors() -> None:
    content = json.loads(cnnc("lint", "-", "--format", "json", stdin="INPUT -> CONF").out)
    assert [each["code"] for each in content["diagnostics"]] == ["E0201"]


def test_sarif_carries_the_rules_texts(odd: Path) -> None:
    content = json.loads(cnnc("lint", odd, "--format", "sarif").out)
    (run,) = content["runs"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["bias-before-norm"]["shortDescription"]["text"] == "a bias before batch norm"
    assert "Ioffe" in rules["bias-before-norm"]["fullDescription"]["text"]
    assert [each["level"] for each in run["results"]] == ["warning", "warning"]


def test_rules_are_listed() -> None:
    result = cnnc("lint", "--rules")
    assert result.status == 0
    for rule in RULES:
        if rule.usual:
            assert f"{rule.name}: {rule.title}\n" in result.out
    one = cnnc("lint", "--rules", "--select", "pooling").out
    assert one.startswith("pooling: ") and "Source: CS231n notes" in one


@pytest.mark.parametrize(
    "option",
    [
        "--fix",
        "--diff",
        "--exit-zero",
        "--format=json",
        "--set=a=1",
        "--max-layers=5",
        "--allow-path=.",
    ],
)
def test_the_list_of_rules_takes_no_option_of_a_file(option: str) -> None:
    assert cnnc("lint", "--rules", option).status == 2


def test_no_rule_left_is_refused(odd: Path) -> None:
    result = cnnc("lint", odd, "--select", "heavy-fc", "--ignore", "heavy-fc")
    assert result.status == 2 and "leaves no rule" in result.err


def test_output_goes_to_a_file(odd: Path, tmp_path: Path) -> None:
    path = tmp_path / "found.json"
    assert cnnc("lint", odd, "--format", "json", "-o", path).out == ""
    assert len(json.loads(path.read_text(encoding="utf-8"))["diagnostics"]) == 2


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_explain_knows_every_rule(rule: Rule) -> None:
    result = cnnc("explain", rule.name)
    assert result.status == 0
    assert result.out.startswith(f"{rule.name}: {rule.title}\n")
    assert rule.source in " ".join(result.out.split())
    assert f"warning[{rule.name}]" in result.out
    assert json.loads(cnnc("explain", rule.name, "--format", "json").out)["code"] == rule.name


def test_explain_a_misspelt_rule() -> None:
    result = cnnc("explain", "even_window")
    assert (result.status, "even-window" in result.err) == (2, True)
