"""`cnnc check`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.run import EXAMPLES, SMALL, cnnc

BROKEN = "INPUT(8x8x3) -> CONF(4) -> POOL(9) -> FC(5, bais=true)\n"


def test_every_net_of_every_file_is_checked() -> None:
    result = cnnc("check", EXAMPLES / "resnet.cnn", EXAMPLES / "lenet.cnn")
    assert result.status == 0
    assert "resnet.cnn:ResNet152 ok" in result.out
    assert "lenet.cnn:LeNet5 ok" in result.out


def test_json_carries_every_diagnostic(tmp_path: Path) -> None:
    file = tmp_path / "broken.cnn"
    file.write_text(BROKEN, encoding="utf-8")
    result = cnnc("check", file, "--format", "json")
    content = json.loads(result.out)
    assert result.status == 1
    assert [each["code"] for each in content["diagnostics"]] == ["E0201", "E0203"]
    first = content["diagnostics"][0]["labels"][0]
    assert (first["line"], first["column"], first["end_column"]) == (1, 17, 21)


def test_sarif_is_what_code_hosts_read(tmp_path: Path) -> None:
    file = tmp_path / "broken.cnn"
    file.write_text(BROKEN, encoding="utf-8")
    content = json.loads(cnnc("check", file, "--format", "sarif").out)
    assert content["version"] == "2.1.0"
    (run,) = content["runs"]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {"E0201", "E0203"}
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["region"]["startColumn"] == 17
    assert place["artifactLocation"]["uri"].endswith("broken.cnn")


def test_warnings_do_not_fail() -> None:
    program = "net A { x = INPUT(8x8x3)\n y = x -> CONV(4)\n x -> GAP }\n"
    result = cnnc("check", "-", stdin=program)
    assert result.status == 0
    assert "warning[W0101]" in result.err


def test_a_good_program_says_so() -> None:
    result = cnnc("check", "-", stdin=SMALL)
    assert (result.status, result.out, result.err) == (0, "<stdin>:Net ok, 6 layers\n", "")


def test_the_limit_of_layers_can_be_raised() -> None:
    program = "INPUT(4x4x1) -> [RELU]*300\n"
    assert "E0409" in cnnc("check", "-", "--max-layers", "200", stdin=program).err
    assert cnnc("check", "-", "--max-layers", "400", stdin=program).status == 0


def test_what_one_net_of_a_file_knows_is_set_there() -> None:
    program = "net A = INPUT(8x8x3) -> POOL?\nnet B(n = 2) = INPUT(8x8x3) -> CONV(n)\n"
    assert cnnc("check", "-", "--set", "pool=false", stdin=program).status == 0
    wrong = cnnc("check", "-", "--set", "pol=false", stdin=program)
    assert wrong.status == 1 and wrong.err.count("error[E0210]") == 2


def test_an_error_of_one_net_or_block_is_told_once() -> None:
    """In a net beside others, and in a block that none of them names."""
    nets = "".join(f"net N{at} = INPUT(8x8x3) -> GAP -> FC(3)\n" for at in range(3))
    bad = "block lost() = CONVV(3)\nnet Bad = INPUT(8x8x3) -> POOLL\n"
    result = cnnc("check", "-", stdin=nets + bad)
    assert result.status == 1
    assert result.out == "<stdin>:N1 ok, 3 layers\n<stdin>:N2 ok, 3 layers\n"
    assert [result.err.count(f"no layer `{name}`") for name in ("CONVV", "POOLL")] == [1, 1]
    one = cnnc("check", "--", "-:N1", stdin=nets + bad).err
    assert "CONVV" in one and "POOLL" in one
