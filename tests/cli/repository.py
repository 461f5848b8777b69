"""A git repository to try commands in."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Repository:
    """`run` gives what a command prints; it raises where the command fails."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> Repository:
        folder.mkdir(exist_ok=True)
        repository = cls(folder)
        repository.git("init", "-q", "-b", "main")
        return repository

    @property
    def environment(self) -> dict[str, str]:
        """Without settings of the machine or of its user; `cnnc` is that of this tree."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "A"), ("EMAIL", "a@example.org"))
        }
        home = self.folder.parent / "home"
        return {
            **clean,
            **who,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_PAGER": "cat",
            "PYTHONPATH": str(ROOT),
            "NO_COLOR": "1",
        }

    def run(self, *command: str, status: int = 0, **more: str) -> str:
        run = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert run.returncode == status, f"{command}: {run.returncode}\n{run.stdout}"
        return run.stdout

    def git(self, *arguments: str) -> str:
        return self.run("git", *arguments)

    def cnnc(self, *arguments: str, status: int = 0) -> str:
        return self.run(sys.executable, "-P", "-m", "cnnc", *arguments, status=status)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def commit(self, **files: str) -> str:
        """Writes files, `a__b_cnn` for `a/b.cnn`, and commits; gives the commit."""
        for name, text in files.items():
            self.write(name.replace("__", "/").replace("_cnn", ".cnn"), text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD").strip()
