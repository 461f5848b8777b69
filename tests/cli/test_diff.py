"""`cnnc diff`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnnc import revisions
from compiler.expansion.modules import MAX_BYTES
from dsl.diagnostics import CnnError
from tests.cli.repository import ROOT, Repository
from tests.cli.run import EXAMPLES, SMALL, Result, cnnc

RESNETS = f"{EXAMPLES}/resnet.cnn"
CHANGED = SMALL.replace("CONV(4)", "CONV(6, 5)")
TWO = "net A(n = 2) = INPUT(8x8x3) -> a: CONV(n) -> GAP\nnet B = INPUT(8x8x3) -> CONV(3) -> GAP\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.cnn", tmp_path / "new.cnn"
    old.write_text(SMALL, encoding="utf-8")
    new.write_text(CHANGED, encoding="utf-8")
    return old, new


def text(result: Result, status: int = 0) -> str:
    assert result.status == status, result.err
    return result.out


def test_two_programs(files: tuple[Path, Path]) -> None:
    out = text(cnnc("diff", *files))
    assert "~ conv  CONV out 4 → 6, k 3 → 5" in out
    assert "1 layer is the same" in out and "parameters" in out
    assert out.splitlines()[-2].endswith("MACs.") or "Peak memory" in out


def test_two_nets_of_a_file() -> None:
    out = text(cnnc("diff", f"{RESNETS}:ResNet18", f"{RESNETS}:ResNet34"))
    assert "+ layer3.2 … layer3.5  4 × basic, 32 layers" in out
    assert "Deeper: 34 layers with weights" in out


def test_a_net_and_a_file_with_its_namesake(tmp_path: Path) -> None:
    file = tmp_path / "two.cnn"
    file.write_text(TWO, encoding="utf-8")
    single = tmp_path / "one.cnn"
    single.write_text(TWO.splitlines()[0].replace("n = 2", "n = 5"), encoding="utf-8")
    assert "out 5 → 2" in text(cnnc("diff", f"{single}:A", file))
    assert "out 5 → 3" in text(cnnc("diff", f"{single}:A", f"{file}:B"))
    result = cnnc("diff", f"{EXAMPLES}/lenet.cnn:LeNet5", file)
    assert result.status == 1 and "E0212" in result.err and "A, B" in result.err


def test_every_net_of_two_files_by_name(tmp_path: Path) -> None:
    old, new = tmp_path / "old.cnn", tmp_path / "new.cnn"
    old.write_text(TWO, encoding="utf-8")
    new.write_text(TWO.replace("n = 2", "n = 4").replace("net B", "net C"), encoding="utf-8")
    out = text(cnnc("diff", old, new))
    assert "out 2 → 4" in out
    assert f"- B ({old}): 3 layers" in out and f"+ C ({new}): 3 layers" in out


def test_a_saved_report(files: tuple[Path, Path], tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    text(cnnc("report", files[0], "--format", "json", "-o", saved))
    assert text(cnnc("diff", saved, files[1])) == text(cnnc("diff", *files))
    assert "the same" in text(cnnc("diff", saved, saved))


def test_a_program_is_counted_as_the_saved_report_was(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    saved = tmp_path / "saved.json"
    text(cnnc("report", files[0], "--format", "json", "--batch", "3", "--train", "-o", saved))
    assert "layers are the same" in text(cnnc("diff", saved, files[0]))
    result = cnnc("diff", saved, files[0], "--batch", "2")
    assert result.status == 1 and "E0809" in result.err and "batch 3" in result.err
    for options in (("--batch", "2"), ("--dtype", "int8"), ("--stage", "source")):
        result = cnnc("diff", saved, saved, *options)
        assert (result.status, result.out) == (1, "") and "E0809" in result.err
    assert cnnc("diff", saved, saved, "--batch", "3", "--train").status == 0


def test_what_is_no_report_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": "cnnc-report/7"}', encoding="utf-8")
    result = cnnc("diff", broken, f"{EXAMPLES}/lenet.cnn")
    assert result.status == 1 and "E0806" in result.err
    assert f"cannot read the report {broken}" in result.err and "cnnc-report/7" in result.err


def test_nothing_can_be_set_in_a_saved_report(files: tuple[Path, Path], tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    text(cnnc("report", files[0], "--format", "json", "-o", saved))
    result = cnnc("diff", saved, files[1], "--set-old", "n=2")
    assert result.status == 1 and "nothing can be set" in result.err
    for other in (saved, "/dev/null"):
        result = cnnc("diff", saved, other, "--set", "n=2")
        assert result.status == 1 and "nothing can be set where neither side is" in result.err
    result = cnnc("diff", "/dev/null", files[0], "--set-old", "n=2")
    assert result.status == 1 and "nothing can be set in /dev/null" in result.err
    result = cnnc("diff", f"{saved}:Other", files[1])
    assert result.status == 1 and "is the report of old, not of Other" in result.err


def test_settings_of_both_sides_and_of_one(tmp_path: Path) -> None:
    file = tmp_path / "two.cnn"
    file.write_text(TWO, encoding="utf-8")
    assert "out 2 → 7" in text(cnnc("diff", f"{file}:A", f"{file}:A", "--set-new", "n=7"))
    assert "out 7 → 2" in text(cnnc("diff", f"{file}:A", f"{file}:A", "--set-old", "n=7"))
    both = cnnc("diff", f"{file}:A", f"{file}:A", "--set", "n=9", "--set-new", "n=7")
    assert "out 9 → 7" in text(both)
    assert "are the same" in text(cnnc("diff", file, file, "--set", "n=9"))
    wrong = cnnc("diff", file, file, "--set", "m=9")
    assert wrong.status == 1 and "E0210" in wrong.err


def test_what_only_one_side_knows_is_set_there(tmp_path: Path) -> None:
    old, new = tmp_path / "old.cnn", tmp_path / "new.cnn"
    old.write_text("net A = INPUT(8x8x3) -> a: CONV(2) -> GAP\n", encoding="utf-8")
    new.write_text("net A(n = 2) = INPUT(8x8x3) -> a: CONV(n) -> GAP\n", encoding="utf-8")
    assert "out 2 → 6" in text(cnnc("diff", old, new, "--set", "n=6"))


def test_counting_options(files: tuple[Path, Path]) -> None:
    one, many = (
        json.loads(text(cnnc("diff", *files, "--format", "json", "--batch", batch)))
        for batch in ("1", "5")
    )
    totals = [{each["name"]: each for each in one["nets"][0]["totals"]} for one in (one, many)]
    assert totals[1]["macs"]["new"] == 5 * totals[0]["macs"]["new"]
    assert totals[1]["parameters"] == totals[0]["parameters"]
    out = text(cnnc("diff", *files, "--stage", "optimised"))
    assert "BN" not in out
    out = text(cnnc("diff", *files, "--train", "--dtype", "float16"))
    assert "training bytes" in out
    for stage in ("source", "optimised"):
        assert cnnc("diff", *files, "--train", "--stage", stage).status == 2


def test_formats_and_depth(files: tuple[Path, Path], tmp_path: Path) -> None:
    assert text(cnnc("diff", *files, "--format", "markdown")).startswith("- **new**: ")
    content = json.loads(text(cnnc("diff", *files, "--format", "json")))
    assert content["format"] == "cnnc-diff/1"
    assert [layer["status"] for layer in content["nets"][0]["layers"]][:2] == ["same", "changed"]
    out = text(cnnc("diff", f"{RESNETS}:ResNet18", f"{RESNETS}:ResNet34", "--depth", "1"))
    assert "~ layer1  " in out and "+ layer1.2" not in out
    assert text(cnnc("diff", *files, "-o", tmp_path / "d.txt")) == ""
    assert "~ conv" in (tmp_path / "d.txt").read_text(encoding="utf-8")
    assert cnnc("diff", *files, "-o", files[0]).status == 2
    for form in ("json", "html"):
        assert cnnc("diff", *files, "--format", form, "--depth", "1").status == 2


def test_standard_input_is_one_side(files: tuple[Path, Path]) -> None:
    assert "k 3 → 5" in text(cnnc("diff", files[0], "-", stdin=CHANGED))
    assert "k 5 → 3" in text(cnnc("diff", "-", files[0], stdin=CHANGED))
    assert cnnc("diff", "-", "-", stdin=CHANGED).status == 2
    assert cnnc("diff", "--", "-", stdin=CHANGED).status == 2


def test_nothing_is_a_side_too(files: tuple[Path, Path]) -> None:
    out = text(cnnc("diff", "/dev/null", files[0]))
    assert out.startswith("+ old (") and "6 layers" in out
    assert text(cnnc("diff", files[0], "/dev/null")).startswith("- old (")


def test_fail_on_and_exit_code(files: tuple[Path, Path]) -> None:
    limits = ("--fail-on", "params>+5%", "--fail-on", "macs>1G", "--fail-on", "rf>+1")
    result = cnnc("diff", *files, *limits)
    assert result.status == 1
    assert "~ conv" in result.out
    assert result.err.count("error[E0807]") == 2
    assert "conv: CONV(6, 5) has 456, +344" in result.err
    assert cnnc("diff", *files, "--fail-on", "params>+900%").status == 0
    assert cnnc("diff", "/dev/null", files[0], "--fail-on", "params>10").status == 1
    for wrong in ("params", "parms>5", "macs>5%"):
        result = cnnc("diff", *files, "--fail-on", wrong)
        assert result.status == 2 and result.out == ""
    assert cnnc("diff", *files, "--exit-code").status == 1
    assert cnnc("diff", files[0], files[0], "--exit-code").status == 0


@pytest.mark.parametrize("no_colour", ["", "1"])
def test_colour_on_a_terminal_alone(files: tuple[Path, Path], no_colour: str) -> None:
    master, slave = os.openpty()
    command = [sys.executable, "-m", "cnnc", "diff", *map(str, files)]
    environment = {**os.environ, "NO_COLOR": no_colour, "TERM": "xterm"}
    subprocess.run(command, stdout=slave, cwd=ROOT, env=environment, check=True)
    os.close(slave)
    shown = os.read(master, 1 << 16).decode()
    os.close(master)
    assert ("\x1b[33m~ conv" in shown) == (not no_colour)
    assert ("\x1b[" in shown) == (not no_colour)


def test_errors_of_a_side_are_told(files: tuple[Path, Path]) -> None:
    result = cnnc("diff", files[0], "-", stdin="INPUT -> CONF(3)")
    assert result.status == 1 and "E0201" in result.err and "<stdin>:1:10" in result.err
    assert cnnc("diff", "no.cnn", files[0]).status == 1
    assert cnnc("diff", files[0], "-", stdin="param n\nINPUT -> CONV(n)").status == 1


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    made = Repository.made(tmp_path_factory.mktemp("git") / "work tree")
    made.commit(
        nets__net_cnn='use "../lib/blocks.cnn" (body)\nINPUT(8x8x3) -> b: body(4) -> GAP\n',
        lib__blocks_cnn="block body(c) = conv: CONV(c) -> RELU\n",
    )
    made.git("tag", "first")
    made.commit(lib__blocks_cnn="block body(c) = conv: CONV(c, 5) -> RELU\n", two_cnn=TWO)
    made.git("branch", "topic/x@y")
    made.write("lib/blocks.cnn", "block body(c) = conv: CONV(c, 7) -> RELU\n")
    (made.folder / "nets" / "sub").mkdir()
    return made


def test_a_revision_uses_the_files_of_that_revision(repository: Repository) -> None:
    out = repository.cnnc("diff", "nets/net.cnn@first", "nets/net.cnn@HEAD")
    assert "~ b.conv  CONV k 3 → 5" in out
    assert "- net (nets/net.cnn@first)" in out and "+ net (nets/net.cnn@HEAD)" in out


def test_one_file_is_the_working_tree_against_head(repository: Repository) -> None:
    assert "CONV k 5 → 7" in repository.cnnc("diff", "nets/net.cnn")
    assert "CONV k 3 → 7" in repository.cnnc("diff", "nets/net.cnn@first")


def test_revisions_are_whatever_git_knows(repository: Repository) -> None:
    for revision in ("HEAD~1", "first", "HEAD^{/change}~1", "main@{0}~1"):
        assert "k 3 → 7" in repository.cnnc("diff", f"nets/net.cnn@{revision}")
    assert "k 5 → 7" in repository.cnnc("diff", "nets/net.cnn@topic/x@y")


def test_a_net_stands_before_or_behind_the_revision(repository: Repository) -> None:
    for old in ("two.cnn:A@HEAD", "two.cnn@HEAD:A"):
        assert "out 2 → 3" in repository.cnnc("diff", old, "two.cnn:B")
        assert "3 layers are the same" in repository.cnnc("diff", old)


def test_paths_from_a_folder_and_from_above(repository: Repository) -> None:
    out = repository.run(
        "sh", "-c", f'cd nets/sub && "{sys.executable}" -P -m cnnc diff ../net.cnn@first'
    )
    assert "k 3 → 7" in out
    absolute = str(repository.folder / "nets" / "net.cnn")
    assert "k 3 → 7" in repository.cnnc("diff", f"{absolute}@first")


def test_a_file_that_is_gone_can_still_be_named(repository: Repository) -> None:
    (repository.folder / "two.cnn").rename(repository.folder / "kept")
    try:
        out = repository.cnnc("diff", "two.cnn@HEAD", "/dev/null")
    finally:
        (repository.folder / "kept").rename(repository.folder / "two.cnn")
    assert "- A (two.cnn@HEAD)" in out and "- B (two.cnn@HEAD)" in out


def test_what_git_does_not_have_is_named(repository: Repository, tmp_path: Path) -> None:
    for target, words in {
        "nets/net.cnn@nosuch": "there is no revision nosuch",
        "nets/net.cnn@--help": "there is no revision --help",
        "nets/nett.cnn@HEAD": "nets/nett.cnn is not in that revision",
    }.items():
        err = repository.cnnc("diff", target, "nets/net.cnn", status=1)
        assert "error[E0808]" in err and words in err
    assert "did you mean nets/net.cnn?" in err
    outside = tmp_path / "a.cnn"
    outside.write_text(SMALL, encoding="utf-8")
    err = repository.cnnc("diff", f"{outside}@HEAD", "nets/net.cnn", status=1)
    assert "E0808" in err and "it is in no git repository" in err


def test_diagnostics_name_file_and_revision(repository: Repository) -> None:
    repository.git("switch", "-q", "-c", "broken")
    repository.commit(bad_cnn="INPUT -> CONF(3)\n")
    err = repository.cnnc("diff", "bad.cnn@HEAD", "bad.cnn", status=1)
    assert "--> bad.cnn@HEAD:1:10" in err


def test_programs_of_a_revision_that_are_too_large(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that is asked for, one that it uses, one that nobody reads, all of them together."""
    made = Repository.made(tmp_path / "large")
    large = "#" * MAX_BYTES + "\n"
    made.commit(
        net_cnn='use "lib.cnn" (body)\nINPUT(8x8x3) -> body -> GAP\n',
        lib_cnn=large,
        other_cnn=large,
        small_cnn=SMALL,
    )
    err = made.cnnc("diff", "net.cnn@HEAD", "small.cnn", status=1)
    assert "E0215" in err and f"lib.cnn: it has more than {MAX_BYTES:,} bytes" in err
    assert "layers are the same" in made.cnnc("diff", "small.cnn@HEAD", "small.cnn")
    err = made.cnnc("diff", "other.cnn@HEAD", "small.cnn", status=1)
    assert "E0110" in err
    monkeypatch.setattr(revisions, "LARGEST_FILE", 100)
    with pytest.raises(CnnError, match="has more than 100 bytes"):
        revisions.export(made.folder / "lib.cnn", "HEAD", tmp_path)
    monkeypatch.setattr(revisions, "LARGEST_FILE", 55)
    with pytest.raises(CnnError, match="the programs beside it have too many bytes"):
        revisions.export(made.folder / "net.cnn", "HEAD", tmp_path)


def test_a_file_whose_name_has_an_at_sign_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "a.cnn@b.cnn"
    file.write_text(SMALL, encoding="utf-8")
    assert "layers are the same" in text(cnnc("diff", file, file))


def test_links_lead_to_programs_of_the_revision(tmp_path: Path) -> None:
    made = Repository.made(tmp_path / "links")
    made.write("real.cnn", SMALL)
    (made.folder / "link.cnn").symlink_to("real.cnn")
    (made.folder / "out.cnn").symlink_to(tmp_path / "secret.cnn")
    (tmp_path / "secret.cnn").write_text(CHANGED, encoding="utf-8")
    made.commit()
    assert "layers are the same" in made.cnnc("diff", "link.cnn@HEAD", "real.cnn")
    err = made.cnnc("diff", "out.cnn@HEAD", "real.cnn", status=1)
    assert "out.cnn is not in that revision" in err
