"""FILE and FILE:NET."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnc.target import split_target


@pytest.mark.parametrize(
    ("target", "file", "net"),
    [
        ("resnet.cnn", "resnet.cnn", None),
        ("resnet.cnn:ResNet50", "resnet.cnn", "ResNet50"),
        ("a:b/resnet.cnn", "a:b/resnet.cnn", None),
        ("a:b/resnet.cnn:Net", "a:b/resnet.cnn", "Net"),
        (":Net", ":Net", None),
        ("resnet.cnn:", "resnet.cnn:", None),
    ],
)
def test_split(target: str, file: str, net: str | None) -> None:
    assert split_target(target) == (Path(file), net)


def test_a_file_with_a_colon_comes_first(tmp_path: Path) -> None:
    odd = tmp_path / "a:b"
    odd.touch()
    assert split_target(str(odd)) == (odd, None)


def test_a_net_is_called_after_its_file_whatever_that_is(tmp_path: Path) -> None:
    odd = tmp_path / "x-y.cnn"
    odd.touch()
    assert split_target(f"{odd}:x-y") == (odd, "x-y")
