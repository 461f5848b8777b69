"""What a program may read: programs of its project and of allowed folders, and nothing else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import cnnc
from compiler.expansion.modules import MAX_BYTES
from compiler.expansion.project import read_bounded, read_ordinary
from dsl.diagnostics import CnnError
from tests.cli.run import cnnc as run

BLOCK = "block unit() = RELU\n"
SECRET = "password = hunter2\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """`project/.git`, `project/nets/main.cnn`, `project/blocks.cnn`, `outside/blocks.cnn`."""
    for folder in ("project/.git", "project/nets", "outside"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("project/blocks.cnn", "outside/blocks.cnn", "project/nets/own.cnn"):
        (tmp_path / file).write_text(BLOCK)
    (tmp_path / "project" / ".git" / "config").write_text(SECRET)
    return tmp_path / "project"


def program(project: Path, target: str) -> Path:
    file = project / "nets" / "main.cnn"
    file.write_text(
        f'use "{target}" (unit)\nparam n = 1 in 1..3\nnet Main = INPUT(4x4x2) -> [unit]*n\n'
    )
    return file


def refused(file: Path, **options: list[str]) -> str:
    with pytest.raises(CnnError) as error:
        cnnc.load(f"{file}:Main", allow_paths=options.get("allow_paths", []))
    (first, *_) = error.value.diagnostics
    assert first.code == "E0215"
    assert SECRET.split()[-1] not in str(error.value)
    return first.title


@pytest.mark.parametrize("target", ["own.cnn", "../blocks.cnn", "../nets/../nets/own.cnn"])
def test_files_of_the_project_are_used(project: Path, target: str) -> None:
    assert len(cnnc.load(program(project, target)).journey.graph) == 2


def test_an_absolute_path_into_the_project(project: Path) -> None:
    assert cnnc.load(program(project, str(project / "blocks.cnn")))


def test_a_file_outside_is_allowed_by_its_folder(project: Path) -> None:
    file = program(project, "../../outside/blocks.cnn")
    assert "outside the project" in refused(file)
    assert "outside the project" in refused(file, allow_paths=[str(project / "nets")])
    outside = str(project.parent / "outside")
    assert cnnc.load(file, allow_paths=[outside])
    for command, *options in (
        ("check",),
        ("report",),
        ("draw",),
        ("compile", "-b", "numpy"),
        ("explore",),
        ("verify",),
        ("lint", "--exit-zero"),
        ("lint", "--exit-zero", "--set", "n=2"),
        ("lint", "--diff", "--exit-zero"),
        ("diff", str(file)),
    ):
        assert run(command, str(file), *options).status == 1
        done = run(command, str(file), *options, "--allow-path", outside)
        assert done.status == 0, (command, done.err)


def test_lint_mends_a_program_that_uses_files_outside(project: Path) -> None:
    file = program(project, "../../outside/blocks.cnn")
    chain = "INPUT(8x8x3) -> CONV(16) -> BN -> unit -> GAP -> FC(8)"
    file.write_text(f'use "../../outside/blocks.cnn" (unit)\nnet Main = {chain}\n')
    outside = ("--allow-path", project.parent / "outside", "--select", "bias-before-norm")
    assert "E0215" in run("lint", file, "--fix").err
    assert "CONV(16) ->" in file.read_text()
    assert run("lint", file, "--fix", *outside).status == 0
    assert "CONV(16, bias=false) -> BN -> unit" in file.read_text()


def test_without_git_a_program_has_its_own_folder(project: Path) -> None:
    (project / ".git" / "config").unlink()
    (project / ".git").rmdir()
    assert "outside" in refused(program(project, "../blocks.cnn"))
    assert cnnc.load(program(project, "own.cnn"))


def test_links_are_followed_before_they_are_judged(project: Path) -> None:
    (project / "nets" / "link.cnn").symlink_to(project.parent / "outside" / "blocks.cnn")
    (project / "nets" / "inner.cnn").symlink_to(project / "blocks.cnn")
    (project / "nets" / "folder").symlink_to(project.parent / "outside")
    (project / "nets" / "secret.cnn").symlink_to(project / ".git" / "config")
    (project / "nets" / "circle.cnn").symlink_to("circle.cnn")
    assert "outside" in refused(program(project, "link.cnn"))
    assert "outside" in refused(program(project, "folder/blocks.cnn"))
    assert ".cnn" in refused(program(project, "secret.cnn"))
    refused(program(project, "circle.cnn"))
    assert cnnc.load(program(project, "inner.cnn"))


def test_what_is_no_ordinary_file(project: Path) -> None:
    """A pipe that nobody writes to is not waited for."""
    os.mkfifo(project / "nets" / "pipe.cnn")
    (project / "nets" / "folder.cnn").mkdir()
    (project / "nets" / "zero.cnn").symlink_to("/dev/zero")
    for name in ("pipe.cnn", "folder.cnn"):
        assert "no ordinary file" in refused(program(project, name))
    refused(program(project, "zero.cnn"))
    refused(program(project, "/dev/zero"))


def test_a_file_is_read_no_further_than_a_program_can_be_long(project: Path) -> None:
    with (project / "nets" / "huge.cnn").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert "bytes" in refused(program(project, "huge.cnn"))
    with pytest.raises(Exception, match="bytes"):
        read_ordinary(project / "nets" / "huge.cnn", MAX_BYTES)
    with pytest.raises(Exception, match="bytes"):
        read_bounded(Path("/dev/zero"), 1000)


def test_files_that_use_files_that_use_files(project: Path) -> None:
    for at in range(80):
        text = f'use "f{at + 1}.cnn" (b{at + 1})\nblock b{at}() = b{at + 1}\n'
        (project / "nets" / f"f{at}.cnn").write_text(text if at < 79 else "block b79() = RELU\n")
    file = project / "nets" / "main.cnn"
    file.write_text('use "f0.cnn" (b0)\nnet Main = INPUT(4x4x2) -> b0\n')
    with pytest.raises(CnnError) as error:
        cnnc.load(file)
    assert "E0108" in {each.code for each in error.value.diagnostics}


def test_a_revision_is_a_project_of_its_own(project: Path) -> None:
    """`diff FILE@REV` reads what that commit has, and nothing of the folders around."""
    (project / ".git" / "config").unlink()
    (project / ".git").rmdir()
    file = program(project, "../blocks.cnn")
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "one"]):
        subprocess.run(["git", *arguments], cwd=project, check=True)
    assert cnnc.diff(f"{file}@HEAD", str(file)).is_empty
    file.write_text(file.read_text().replace("../blocks.cnn", "../../outside/blocks.cnn"))
    subprocess.run(["git", *identity, "commit", "-qam", "two"], cwd=project, check=True)
    with pytest.raises(CnnError):
        cnnc.diff(f"{file}@HEAD", f"{file}@HEAD~1")


def test_explore_walks_with_the_same_rule(project: Path) -> None:
    file, outside = program(project, "../../outside/blocks.cnn"), project.parent / "outside"
    assert run("explore", str(file)).status == 1
    done = run("explore", str(file), "--allow-path", str(outside))
    assert done.status == 0, done.err
    assert len(cnnc.explore(file, allow_paths=[outside])) == 3
