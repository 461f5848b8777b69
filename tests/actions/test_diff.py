"""The action that comments on pull requests: its script in a real repository, with a `gh` that
keeps the comments."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.cli.repository import ROOT, Repository

ACTION = ROOT / "actions" / "diff"
MARK = "<!-- cnnc diff -->"
NET = 'use "blocks.cnn" (body)\nnet Net = INPUT(8x8x3) -> b: body({}) -> GAP -> fc: FC(2)\n'
BLOCKS = "block body(c) = conv: CONV(c) -> RELU\n"


@dataclass(frozen=True)
class PullRequest:
    repository: Repository
    base: str
    outside: Path

    def comment(self, head: str, status: int = 0, **more: str) -> str:
        """Runs the script as the action does; gives what it prints."""
        environment = {
            "PATH": f"{self.outside}:/usr/local/bin:/usr/bin:/bin",
            "COMMENTS": str(self.outside / "comments.json"),
            "GITHUB_STEP_SUMMARY": str(self.outside / "summary.md"),
            "BASE": self.base,
            "HEAD": head,
            "PULL_REQUEST": "7",
            "REPOSITORY": "o/r",
            **more,
        }
        return self.repository.run("bash", str(ACTION / "comment.sh"), status=status, **environment)

    @property
    def comments(self) -> list[str]:
        state = self.outside / "comments.json"
        return (
            [each["body"] for each in json.loads(state.read_text("utf-8"))]
            if state.exists()
            else []
        )

    @property
    def summary(self) -> str:
        return (self.outside / "summary.md").read_text("utf-8")


@pytest.fixture
def pull(tmp_path: Path) -> PullRequest:
    outside = tmp_path / "bin"
    outside.mkdir()
    for name, command in (
        ("cnnc", f'"{sys.executable}" -P -m cnnc'),
        ("gh", f'"{sys.executable}" "{Path(__file__).with_name("gh.py")}"'),
    ):
        script = outside / name
        script.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    git = shutil.which("git")
    assert git is not None
    (outside / "git").symlink_to(git)
    repository = Repository.made(tmp_path / "work")
    other = "net Other = INPUT(8x8x3) -> CONV(3) -> GAP\n"
    base = repository.commit(net_cnn=NET.format(4), blocks_cnn=BLOCKS, other_cnn=other)
    return PullRequest(repository, base, outside)


def test_one_comment_that_later_runs_write_anew(pull: PullRequest) -> None:
    head = pull.repository.commit(net_cnn=NET.format(6))
    pull.comment(head)
    (body,) = pull.comments
    assert body.startswith(MARK)
    assert "### `net.cnn`" in body and "- **Net**: parameters +" in body
    assert "CONV out 4 → 6" in body and "other.cnn" not in body and "blocks.cnn`" not in body
    again = pull.repository.commit(net_cnn=NET.format(8))
    pull.comment(again)
    (body,) = pull.comments
    assert "CONV out 4 → 8" in body and "4 → 6" not in body


def test_what_uses_a_changed_file_changes_with_it(pull: PullRequest) -> None:
    head = pull.repository.commit(blocks_cnn=BLOCKS.replace("CONV(c)", "CONV(c, 5)"))
    pull.comment(head)
    (body,) = pull.comments
    assert "### `net.cnn`" in body and "CONV k 3 → 5" in body


def test_added_and_removed_programs(pull: PullRequest) -> None:
    pull.repository.git("rm", "-q", "other.cnn")
    head = pull.repository.commit(**{"deep__new net_cnn": "INPUT(8x8x3) -> CONV(4) -> GAP\n"})
    pull.comment(head)
    (body,) = pull.comments
    assert "**Other** went:" in body and "### `deep/new net.cnn`" in body and "is new:" in body


def test_what_the_base_changed_meanwhile_is_not_told(pull: PullRequest) -> None:
    head = pull.repository.commit(net_cnn=NET.format(6))
    pull.repository.git("switch", "-q", "-c", "later", pull.base)
    later = pull.repository.commit(other_cnn="net Other = INPUT(8x8x3) -> CONV(9) -> GAP\n")
    pull.comment(head, BASE=later)
    (body,) = pull.comments
    assert "Other" not in body


def test_without_a_change_of_layers_there_is_no_comment(pull: PullRequest) -> None:
    head = pull.repository.commit(README_md="text\n")
    assert "no .cnn program changed" in pull.comment(head)
    head = pull.repository.commit(net_cnn=f"# text\n{NET.format(4)}")
    assert "no layer changed" in pull.comment(head)
    assert pull.comments == []


def test_a_comment_that_no_longer_holds_is_withdrawn(pull: PullRequest) -> None:
    pull.comment(pull.repository.commit(net_cnn=NET.format(6)))
    pull.comment(pull.repository.commit(net_cnn=f"# text\n{NET.format(4)}"))
    assert pull.comments == [f"{MARK}\n\nNo layer of any network changed.\n"]


def test_limits_fail_the_check_and_are_told(pull: PullRequest) -> None:
    head = pull.repository.commit(net_cnn=NET.format(6))
    out = pull.comment(head, status=1, FAIL_ON="\nparams>+5%\nmacs>+1M\n")
    assert "error[E0807]" in out
    (body,) = pull.comments
    assert body.count("error[E0807]") == 1 and "params>+5%" in body and "CONV out 4 → 6" in body
    pull.comment(head, FAIL_ON="params>+900%")


def test_a_limit_that_is_none_is_a_mistake_of_the_workflow(pull: PullRequest) -> None:
    head = pull.repository.commit(net_cnn=NET.format(6))
    assert "no limit" in pull.comment(head, status=2, FAIL_ON="params")
    assert pull.comments == []


def test_a_program_that_no_longer_compiles_is_told(pull: PullRequest) -> None:
    head = pull.repository.commit(net_cnn=NET.format(6).replace("FC", "FD"))
    assert "error[E0201]" in pull.comment(head, status=1)
    (body,) = pull.comments
    assert "### `net.cnn`" in body and "error[E0201]" in body and "net.cnn@" in body


def test_what_does_not_fit_into_a_comment_is_in_the_summary(pull: PullRequest) -> None:
    wide = "net {name} = INPUT(8x8x3) -> [CONV({c}) -> RELU]*2000 -> GAP\n"
    for name in "abc":
        pull.repository.write(f"{name}.cnn", wide.format(name=name.upper(), c=4))
    base = pull.repository.commit()
    for name in "abc":
        pull.repository.write(f"{name}.cnn", wide.format(name=name.upper(), c=5))
    head = pull.repository.commit()
    pull.comment(head, BASE=base)
    (body,) = pull.comments
    assert len(body) <= 65_536
    assert "more sections are in the summary" in body
    assert all(f"### `{name}.cnn`" in pull.summary for name in "abc")


def test_where_the_token_may_only_read_the_summary_has_it(pull: PullRequest) -> None:
    head = pull.repository.commit(net_cnn=NET.format(6))
    assert "::warning::" in pull.comment(head, READ_ONLY="1")
    assert pull.comments == [] and "CONV out 4 → 6" in pull.summary


def test_the_action_gives_the_script_all_that_it_needs() -> None:
    action = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))
    assert action["runs"]["using"] == "composite"
    _, install, comment = action["runs"]["steps"]
    assert install["run"] == 'python -m pip install --quiet "$ACTION/../.."'
    assert (ACTION / ".." / ".." / "pyproject.toml").is_file()
    assert comment["run"] == 'bash "$ACTION/comment.sh"'
    script = (ACTION / "comment.sh").read_text("utf-8")
    given = set(comment["env"])
    assert given == {"ACTION", "BASE", "HEAD", "PULL_REQUEST", "REPOSITORY", "FAIL_ON", "GH_TOKEN"}
    assert all(name in script for name in given - {"ACTION"})
    assert all("${{" not in step.get("run", "") for step in action["runs"]["steps"])
    used = {name for step in action["runs"]["steps"] for name in str(step).split("inputs.")[1:]}
    assert {each.split(" ")[0].rstrip("}'") for each in used} == set(action["inputs"])
