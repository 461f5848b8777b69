"""Reading of input."""

from pathlib import Path

import numpy as np
import pytest

from backends.numpy.kernels.image import read_input
from tests.kernels.compare import noise


@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 3, 4, 5), (2, 3, 4, 5)])
def test_npy(tmp_path: Path, shape: tuple[int, ...]) -> None:
    x = noise(*shape)
    np.save(tmp_path / "x.npy", x)
    read = read_input(tmp_path / "x.npy", 3, 4, 5)
    np.testing.assert_array_equal(read, x.reshape(-1, 3, 4, 5))
    assert read.dtype == np.float32


@pytest.mark.parametrize("shape", [(4, 5), (3, 5, 4), (1, 1, 3, 4, 5), (12,), ()])
def test_npy_of_another_size(tmp_path: Path, shape: tuple[int, ...]) -> None:
    np.save(tmp_path / "x.npy", noise(*shape))
    with pytest.raises(ValueError, match=r"x\.npy: .*, expected 3 x 4 x 5 \(C x H x W\)"):
        read_input(tmp_path / "x.npy", 3, 4, 5)


def test_npy_of_another_kind(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((3, 4, 5)))
    with pytest.raises(ValueError, match="holds float64, expected float32"):
        read_input(tmp_path / "x.npy", 3, 4, 5)
    np.save(tmp_path / "x.npy", np.array([{}], dtype=object))
    with pytest.raises(ValueError, match=r"x\.npy: not a \.npy file that can be read"):
        read_input(tmp_path / "x.npy", 3, 4, 5)
    (tmp_path / "x.npy").write_bytes(b"nonsense")
    with pytest.raises(ValueError, match=r"x\.npy: not a \.npy file that can be read"):
        read_input(tmp_path / "x.npy", 3, 4, 5)
    with pytest.raises(FileNotFoundError):
        read_input(tmp_path / "y.npy", 3, 4, 5)


@pytest.mark.parametrize("header", [b"P6\n5 4\n255\n", b"P6 # made by hand\n# 9 9\n5\t4 #\n255\n"])
def test_ppm(tmp_path: Path, header: bytes) -> None:
    pixels = np.arange(60, dtype=np.uint8) * 4
    pixels[:3] = 10, 35, 32  # what a header might take for a line's end, a comment and a space
    (tmp_path / "x.ppm").write_bytes(header + pixels.tobytes())
    read = read_input(tmp_path / "x.ppm", 3, 4, 5)
    expected = pixels.reshape(4, 5, 3).transpose(2, 0, 1)[np.newaxis] / 255
    np.testing.assert_allclose(read, expected, rtol=1e-6)
    assert read.dtype == np.float32


def test_pgm(tmp_path: Path) -> None:
    (tmp_path / "x.pgm").write_bytes(b"P5 2 2 255 \x00\x33\x66\xff")
    read = read_input(tmp_path / "x.pgm", 1, 2, 2)
    np.testing.assert_allclose(read, [[[[0, 0.2], [0.4, 1]]]], rtol=1e-6)
    with pytest.raises(ValueError, match=r"x\.pgm: 1 x 2 x 2, expected 3 x 2 x 2"):
        read_input(tmp_path / "x.pgm", 3, 2, 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"P3 2 2 255\n1 2 3", "not a binary PPM"),
        (b"", "not a binary PPM"),
        (b"P6 2", "not a binary PPM"),
        (b"P6 2 2 255", "not a binary PPM"),
        (b"P6 2 2 65535\n" + bytes(24), "maxval 65535, expected 255"),
        (b"P6 2 2 255\n" + bytes(11), "2 x 2 pixels are said, but the file ends before"),
        (b"P6 999999999 999999999 255\n", "the file ends before"),
        (b"P6 0 0 255\n", "3 x 0 x 0, expected 3 x 2 x 2"),
    ],
)
def test_damaged_image(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "x.ppm").write_bytes(content)
    with pytest.raises(ValueError) as caught:
        read_input(tmp_path / "x.ppm", 3, 2, 2)
    assert str(caught.value).startswith(f"{tmp_path / 'x.ppm'}: ")
    assert message in str(caught.value)


def test_other_suffix(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"x\.png: input is read from .npy, .ppm and .pgm"):
        read_input(tmp_path / "x.png", 3, 2, 2)
