"""`cnnc git-setup`, and what git then shows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cnnc.driver import Version, converted, shown
from compiler.expansion.modules import MAX_BYTES
from tests.cli.repository import Repository
from tests.cli.run import SMALL, cnnc

CHANGED = SMALL.replace("CONV(4)", "CONV(6, 5)")
TWO = "net A = INPUT(8x8x3) -> a: CONV(2) -> GAP\nnet B = INPUT(8x8x3) -> b: CONV(3) -> GAP\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository.made(tmp_path / "work")
    made.commit(net_cnn=SMALL, two_cnn=TWO)
    made.cnnc("git-setup")
    return made


def driver(repository: Repository) -> list[str]:
    listed = repository.run("sh", "-c", "git config --local --list | grep ^diff.cnnc || true")
    return listed.splitlines()


def test_git_diff_shows_the_report_diff(repository: Repository) -> None:
    repository.write("net.cnn", CHANGED)
    out = repository.git("diff")
    assert out.startswith("diff --cnnc a/net.cnn b/net.cnn\n")
    assert "~ conv  CONV out 4 → 6, k 3 → 5" in out
    assert "- net (net.cnn@" in out and "+ net (net.cnn)" in out
    repository.git("add", "-A")
    assert "CONV out 4 → 6" in repository.git("diff", "--cached")
    repository.commit()
    assert "CONV out 4 → 6" in repository.git("diff", "HEAD~1", "HEAD")
    assert "CONV out 4 → 6" in repository.git("show", "--ext-diff")
    assert repository.git("diff") == ""


def test_without_a_repository_the_ways_out_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    result = cnnc("git-setup")
    assert result.status == 1
    assert "error[E0808]: there is no git repository here" in result.err
    assert "`git init`" in result.err and "--global" in result.err
    Path("net.cnn").write_text(SMALL, encoding="utf-8")
    assert "cnnc diff OLD NEW compares two files" in cnnc("diff", "net.cnn").err


def test_git_log_and_show_compare_layers_and_text(repository: Repository) -> None:
    repository.write("net.cnn", CHANGED)
    repository.commit()
    for out in (repository.git("log", "-p", "-1"), repository.git("show")):
        assert "-conv: CONV(4) 8x8x4, 112 parameters, 6,912 MACs" in out
        assert "+conv: CONV(6, 5) 8x8x6, 456 parameters, 28,800 MACs" in out
        assert "-INPUT(8x8x3) -> conv: CONV(4)" in out


def test_what_is_too_large_for_a_program_is_not_compared(repository: Repository) -> None:
    repository.write("net.cnn", SMALL + "#" * MAX_BYTES)
    out = repository.git("diff")
    assert f"a program at most {MAX_BYTES:,}; git diff --no-ext-diff compares the text" in out
    assert "#####" not in out


def test_without_drivers_git_shows_the_text(repository: Repository) -> None:
    repository.write("net.cnn", CHANGED)
    out = repository.git("diff", "--no-ext-diff", "--no-textconv")
    assert out.startswith("diff --git a/net.cnn b/net.cnn\n")
    assert "CONV out" not in out and "parameters" not in out


def test_several_nets_of_a_file(repository: Repository) -> None:
    repository.write("two.cnn", TWO.replace("CONV(2)", "CONV(5)").replace("net B", "net C"))
    out = repository.git("diff")
    assert "CONV out 2 → 5" in out
    assert "- B (two.cnn@" in out and "+ C (two.cnn)" in out


def test_added_and_deleted_and_renamed_files(repository: Repository) -> None:
    notes = "# A long text, so that git takes it for the same file.\n" * 9
    repository.commit(net_cnn=notes + SMALL)
    repository.write("new.cnn", notes + SMALL)
    repository.git("rm", "-q", "net.cnn")
    repository.git("add", "-A")
    out = repository.git("diff", "--cached", "--no-renames")
    assert "diff --cnnc a/net.cnn b/net.cnn\n- net (net.cnn@" in out
    assert "diff --cnnc a/new.cnn b/new.cnn\n+ new (new.cnn@" in out
    repository.write("new.cnn", notes + CHANGED)
    repository.git("add", "-A")
    out = repository.git("diff", "--cached", "-M")
    assert "rename from net.cnn" in out and "CONV out 4 → 6" in out


BROKEN = {
    "a program that does not compile": "INPUT -> CONF(3)\n",
    "a program that wants a value": "param n\nINPUT(8x8x3) -> CONV(n)\n",
    "an empty file": "",
    "no text at all": "\x00\x01",
}


@pytest.mark.parametrize("what", BROKEN)
def test_where_a_side_does_not_compile_the_text_is_compared(
    repository: Repository, what: str
) -> None:
    repository.write("net.cnn", BROKEN[what])
    out = repository.git("diff")
    assert "the change of the text:\n--- a/net.cnn\n+++ b/net.cnn\n" in out
    assert "-INPUT(8x8x3) -> conv: CONV(4)" in out
    repository.commit()
    repository.write("net.cnn", SMALL)
    assert "+INPUT(8x8x3) -> conv: CONV(4)" in repository.git("diff")
    assert "INPUT(8x8x3) -> conv: CONV(4)" in repository.git("log", "-p", "-1")


def test_where_a_side_has_only_blocks_its_nets_were_added_or_removed(
    repository: Repository,
) -> None:
    repository.write("two.cnn", "block b(c) = CONV(c)\n")
    out = repository.git("diff")
    assert "- A (two.cnn@" in out and "- B (two.cnn@" in out


def test_a_difference_is_never_empty(repository: Repository) -> None:
    repository.write("net.cnn", f"# a comment\n{SMALL}")
    out = repository.git("diff")
    assert "no layer changed; the change of the text" in out and "+# a comment" in out
    repository.git("commit", "-qam", "comment")
    assert "+# a comment" in repository.git("log", "-p", "-1")
    (repository.folder / "net.cnn").chmod(0o755)
    assert "old mode 100644\nnew mode 100755" in repository.git("diff")


def test_conflicts_are_named(repository: Repository) -> None:
    repository.git("switch", "-q", "-c", "other")
    repository.commit(net_cnn=CHANGED)
    repository.git("switch", "-q", "main")
    repository.commit(net_cnn=SMALL.replace("CONV(4)", "CONV(9)"))
    repository.run("git", "merge", "-q", "other", status=1)
    assert "* Unmerged path net.cnn" in repository.git("diff", "--cached")
    assert "<<<<<<< " in repository.git("diff")


def test_used_files_are_those_of_the_working_tree_and_it_says_so(repository: Repository) -> None:
    use = 'use "lib/b.cnn" (body)\nINPUT(8x8x3) -> b: body({}) -> GAP\n'
    body = "block body(c) = conv: CONV(c) -> RELU\n"
    repository.commit(nets__net_cnn=use.format(4).replace("lib", "../lib"), lib__b_cnn=body)
    repository.write("nets/net.cnn", use.format(6).replace("lib", "../lib"))
    out = repository.git("diff")
    assert "CONV out 4 → 6" in out
    assert "read from the working tree, whatever the commits have: ../lib/b.cnn" in out


def test_setting_up_twice_is_setting_up_once(repository: Repository) -> None:
    before = driver(repository)
    assert repository.cnnc("git-setup")
    assert driver(repository) == before and len(before) == 2
    attributes = (repository.folder / ".gitattributes").read_text(encoding="utf-8")
    assert attributes == "*.cnn diff=cnnc\n"


def test_it_is_taken_back_and_other_lines_stay(tmp_path: Path) -> None:
    made = Repository.made(tmp_path / "work")
    made.commit(net_cnn=SMALL)
    made.write(".gitattributes", "*.png binary")
    made.cnnc("git-setup")
    attributes = made.folder / ".gitattributes"
    assert attributes.read_text(encoding="utf-8") == "*.png binary\n*.cnn diff=cnnc\n"
    made.cnnc("git-setup", "--undo")
    assert attributes.read_text(encoding="utf-8") == "*.png binary\n"
    assert driver(made) == []
    made.cnnc("git-setup", "--undo")
    made.write(".gitattributes", "*.cnn diff=cnnc\n")
    made.cnnc("git-setup", "--undo")
    assert not attributes.exists()


def test_another_driver_is_not_overwritten(repository: Repository) -> None:
    repository.write(".gitattributes", "*.cnn diff=other\n")
    err = repository.cnnc("git-setup", status=1)
    assert "E0808" in err and "*.cnn diff=other" in err


def test_for_all_repositories_of_a_user(tmp_path: Path) -> None:
    made = Repository.made(tmp_path / "work")
    made.commit(net_cnn=SMALL)
    made.cnnc("git-setup", "--global")
    assert not (made.folder / ".gitattributes").exists()
    made.write("net.cnn", CHANGED)
    assert "CONV out 4 → 6" in made.git("diff")
    made.cnnc("git-setup", "--global", "--undo")
    assert made.git("diff").startswith("diff --git ")


def test_outside_a_repository_it_says_so(tmp_path: Path) -> None:
    outside = Repository(tmp_path)
    err = outside.cnnc("git-setup", status=1)
    assert "E0808" in err and "not a git repository" in err


def test_a_package_of_that_name_in_the_repository_is_not_run(repository: Repository) -> None:
    repository.write("cnnc/__init__.py", "raise SystemExit('run')\n")
    repository.write("net.cnn", CHANGED)
    assert "CONV out 4 → 6" in repository.git("diff", "--", "net.cnn")


def test_git_colours_it_where_git_colours(repository: Repository) -> None:
    repository.write("net.cnn", CHANGED)
    command = f'unset NO_COLOR; "{sys.executable}" -c "print()"; git -c color.diff=always diff'
    assert "\x1b[33m~ conv" in repository.run("sh", "-c", command)
    assert "\x1b[" not in repository.run("sh", "-c", "unset NO_COLOR; git diff")


def test_the_driver_is_for_git_alone(repository: Repository) -> None:
    err = repository.cnnc("git-driver", "diff", "a", "b", status=2)
    assert "git runs this by itself" in err


def test_texts_without_a_last_newline_are_compared_as_git_does(tmp_path: Path) -> None:
    for name, content in (("old", "nothing"), ("new", "nothing\n")):
        (tmp_path / name).write_text(content, encoding="utf-8")
    old, new = (Version("net.cnn", str(tmp_path / name), "0" * 40) for name in ("old", "new"))
    assert "-nothing\n\\ No newline at end of file\n+nothing\n" in shown(old, new)
    assert converted(str(tmp_path / "old")).endswith("nothing")
