"""The same work on a Ray cluster: one that is started for it, and one that runs already."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from secrets import token_hex

import pytest

from tests.cli.run import cnnc
from tests.explore.programs import TOWER

ROOT = Path(__file__).parents[2]
PATIENCE = 300
LOCAL = ("--ray", "local", "--jobs", "2")
# The secret of the clusters that these tests start, and of nothing else: they use no one's own.
OURS = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token_hex(32), "RAY_USAGE_STATS_ENABLED": "0"}


def explore(*options: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, with every warning an error: Ray leaves threads and settings."""
    return subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-m", "cnnc", "explore", *options],
        cwd=ROOT,
        env={**os.environ, **OURS, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """One that uses a file: the workers have it from the driver alone."""
    (tmp_path / "unit.cnn").write_text("param w = 4 in [4, 8]\nblock unit() = CONV(w) -> BN?\n")
    path = tmp_path / "tower.cnn"
    text = TOWER.replace("CONV(width) -> BN?", "unit").replace("param width = 4\n", "")
    path.write_text(f'use "unit.cnn" (unit)\n{text}')
    return path


@pytest.mark.slow
def test_a_cluster_gives_what_one_process_gives(program: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="Ray is not installed")
    here = cnnc("explore", program, "--format", "json")
    assert here.status == 0
    journal = tmp_path / "journal"
    there = explore(program, "--format", "json", *LOCAL, "--resume", journal)
    assert (there.returncode, there.stdout) == (0, here.out)
    assert there.stderr == ""
    # What the cluster counted needs no cluster any more.
    again = cnnc("explore", program, "--format", "json", "--resume", journal)
    assert again.out == here.out
    assert journal.read_text("utf-8").count("\n") == 1 + 48


@pytest.mark.slow
def test_a_cluster_that_runs_is_used_and_left_running(program: Path) -> None:
    pytest.importorskip("ray", reason="Ray is not installed")
    text = (
        "import ray, sys\n"
        "context = ray.init('local', num_cpus=2, object_store_memory=100_000_000,"
        " include_dashboard=False, log_to_driver=False)\n"
        "print(context.address_info['gcs_address'], flush=True)\n"
        "sys.stdin.read()\n"
        "print(len(ray.nodes()), flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", text],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **OURS},
    ) as head:
        assert head.stdout is not None
        address = head.stdout.readline().strip()
        there = explore(program, "--format", "csv", "--ray", address)
        out, _ = head.communicate("", timeout=PATIENCE)
    assert there.returncode == 0, there.stderr
    assert there.stdout == cnnc("explore", program, "--format", "csv").out
    assert out == "1\n"


@pytest.mark.slow
@pytest.mark.parametrize("address", ["nonsense", "auto"])
def test_no_cluster_is_told(program: Path, address: str) -> None:
    pytest.importorskip("ray", reason="Ray is not installed")
    result = explore(program, "--ray", address, RAY_ADDRESS="")
    assert (result.returncode, result.stdout) == (1, "")
    assert f"error[E0805]: no Ray cluster at '{address}'" in result.stderr
    assert "--ray local" in result.stderr


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    result = cnnc("explore", "-", "--ray", "local", stdin=TOWER)
    assert (result.status, result.out) == (1, "")
    assert "error[E0602]: `--ray` needs Ray, which is not installed" in result.err
    assert "pip install 'cnnc[ray]'" in result.err
