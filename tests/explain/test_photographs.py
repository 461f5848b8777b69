"""Images as a network takes them, and those that it does not."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from torchvision.transforms import v2

import cnnc
from cnnc.imaging.photographs import read_photograph

data = pytest.importorskip("skimage.data")
ASTRONAUT: NDArray[np.uint8] = data.astronaut()[100:220, 150:300]  # 120 x 150
CAMERA: NDArray[np.uint8] = data.camera()[100:220, 150:300]


def kept(image: Image.Image, path: Path, **options: Any) -> Path:
    image.save(path, **options)
    return path


@pytest.mark.parametrize("name", ["a.png", "a.ppm"])
def test_colours(name: str, tmp_path: Path) -> None:
    found = read_photograph(kept(Image.fromarray(ASTRONAUT), tmp_path / name), 3)
    assert np.array_equal(found.values, ASTRONAUT.transpose(2, 0, 1) / np.float32(255))
    assert np.array_equal(found.shown, ASTRONAUT) and found.size == (120, 150)
    assert found.notes == ("pixels of 0 to 255 as 0 to 1",)


def test_jpeg(tmp_path: Path) -> None:
    path = kept(Image.fromarray(ASTRONAUT), tmp_path / "a.jpg", quality=95)
    found = read_photograph(path, 3).values.transpose(1, 2, 0)
    assert found.shape == ASTRONAUT.shape and np.abs(found - ASTRONAUT / 255).mean() < 0.02


def test_grey_of_colours_and_colours_of_grey(tmp_path: Path) -> None:
    grey = read_photograph(kept(Image.fromarray(ASTRONAUT), tmp_path / "a.png"), 1)
    weighted = ASTRONAUT @ np.array([0.299, 0.587, 0.114])
    assert np.abs(grey.values[0] * 255 - weighted).max() < 0.51
    assert np.array_equal(grey.shown, ASTRONAUT) and "made grey" in grey.notes[0]
    three = read_photograph(kept(Image.fromarray(CAMERA), tmp_path / "c.png"), 3)
    assert (three.values == CAMERA / np.float32(255)).all() and "same in all" in three.notes[0]
    one = read_photograph(tmp_path / "c.png", 1)
    assert np.array_equal(one.values[0], CAMERA / np.float32(255)) and len(one.notes) == 1


@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits(channels: int, tmp_path: Path) -> None:
    deep = CAMERA.astype(np.uint16) * 257
    found = read_photograph(kept(Image.fromarray(deep), tmp_path / "c.png"), channels)
    assert found.values.shape == (channels, 120, 150)
    assert np.abs(found.values - CAMERA / 255).max() < 1e-6
    assert (found.shown == CAMERA[..., None]).all() and "16 bits" in found.notes[0]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_left_out_and_said(mode: str, tmp_path: Path) -> None:
    opaque = Image.fromarray(ASTRONAUT if mode != "LA" else CAMERA)
    image = opaque.convert("P" if mode == "P" else mode)
    if mode == "P":
        image.info["transparency"] = bytes(range(256))
    else:
        image.putalpha(30)
    found = read_photograph(kept(image, tmp_path / "a.png"), 3)
    wanted = np.asarray(opaque.convert("P").convert("RGB") if mode == "P" else opaque)
    wanted = wanted[..., None].repeat(3, axis=2) if mode == "LA" else wanted
    assert np.array_equal(found.shown, wanted)
    assert "its transparency is left out" in found.notes


def test_upright_as_the_camera_says(tmp_path: Path) -> None:
    image = Image.fromarray(ASTRONAUT)
    exif = image.getexif()
    exif[0x0112] = 6  # the row 0 of the file is the right side
    found = read_photograph(kept(image, tmp_path / "a.png", exif=exif.tobytes()), 3)
    assert np.array_equal(found.shown, np.rot90(ASTRONAUT, -1))
    assert "turned upright" in found.notes[0]


@pytest.mark.parametrize("size", [(60, 80), (224, 224)])
def test_resized_as_torchvision_does(size: tuple[int, int], tmp_path: Path) -> None:
    image = Image.fromarray(ASTRONAUT)
    found = read_photograph(kept(image, tmp_path / "a.png"), 3).resized(size)
    wanted = np.asarray(v2.Resize(size)(image)).transpose(2, 0, 1) / np.float32(255)
    assert np.array_equal(found.values, wanted)
    assert found.size == (120, 150) and "changes its proportions" in found.notes[-1]
    assert "120x150" in found.notes[-1] and f"{size[0]}x{size[1]}" in found.notes[-1]
    same = found.resized(size)
    assert same is found


@pytest.mark.parametrize("shape", [(5, 8, 6), (1, 5, 8, 6)])
def test_arrays_are_taken_as_they_are(shape: tuple[int, ...], tmp_path: Path) -> None:
    array = np.random.default_rng(0).standard_normal(shape)
    np.save(tmp_path / "a.npy", array)
    found = read_photograph(tmp_path / "a.npy", 5)
    assert np.array_equal(found.values, array.reshape(5, 8, 6).astype(np.float32))
    assert found.shown.shape == (8, 6, 3) and (found.shown.min(), found.shown.max()) == (0, 255)
    smaller = found.resized((4, 3)).values
    assert smaller.shape == (5, 4, 3) and np.abs(smaller).max() < np.abs(array).max()


def damaged(kind: str) -> tuple[str, bytes]:
    """A file's name and bytes."""
    file = BytesIO()
    Image.fromarray(ASTRONAUT).save(file, "PNG")
    whole = file.getvalue()
    array = BytesIO()
    np.save(array, np.zeros((3, 4, 4), np.float32))
    flat = BytesIO()
    np.save(flat, np.array([{}]), allow_pickle=True)
    head = b"IHDR" + (60_000).to_bytes(4) + (60_000).to_bytes(4) + whole[24:29]
    bomb = whole[:12] + head + crc32(head).to_bytes(4) + whole[33:]
    return {
        "text": ("a.png", b"not a picture"),
        "empty": ("a.png", b""),
        "cut": ("a.png", whole[: len(whole) // 2]),
        "flipped": ("a.png", whole[:200] + bytes(200) + whole[400:]),
        "large": ("a.png", bomb),
        "gif": ("a.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
        "array cut": ("a.npy", array.getvalue()[:-4]),
        "array text": ("a.npy", b"not an array"),
        "array of objects": ("a.npy", flat.getvalue()),
    }[kind]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("text", "it is no PNG, JPEG or PPM"),
        ("empty", "it is no PNG, JPEG or PPM"),
        ("cut", "truncated"),
        ("flipped", "cannot read the image: "),
        ("large", "decompression bomb"),
        ("gif", "it is no PNG, JPEG or PPM"),
        ("array cut", "takes 192 bytes, and there are 188"),
        ("array text", "not an .npy file"),
        ("array of objects", "pickled"),
    ],
)
def test_what_cannot_be_read(kind: str, says: str, tmp_path: Path) -> None:
    name, data = damaged(kind)
    (tmp_path / name).write_bytes(data)
    assert says in refusal(tmp_path / name, "E0830")


def test_what_is_not_there(tmp_path: Path) -> None:
    for name in ("no.png", "no.npy"):
        assert "No such file or directory" in refusal(tmp_path / name, "E0830")
    assert "directory" in refusal(tmp_path, "E0830")


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.zeros((3, 4, 4), np.uint8), "it holds uint8, and the network takes float32"),
        (np.zeros((4, 4, 3), np.float32), "the array is 4 x 4 x 3; the network takes 3 x height"),
        (np.zeros((2, 3, 4, 4), np.float32), "the array is 2 x 3 x 4 x 4"),
        (np.zeros((3, 0, 4), np.float32), "the array is 3 x 0 x 4"),
        (np.float32(1), "the array is a single number"),
        (np.full((3, 4, 4), np.nan, np.float32), "not finite"),
    ],
)
def test_arrays_that_do_not_fit(array: NDArray[Any], says: str, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", array)
    assert says in refusal(tmp_path / "a.npy", "E0831")


def test_a_photograph_has_one_or_three_channels(tmp_path: Path) -> None:
    path = kept(Image.fromarray(ASTRONAUT), tmp_path / "a.png")
    assert "takes 4 channels" in refusal(path, "E0831", channels=4)


def refusal(path: Path, code: str, channels: int = 3) -> str:
    """Of one diagnostic with the file's name, whole."""
    with pytest.raises(cnnc.CnnError) as caught:
        read_photograph(path, channels)
    (found,) = caught.value.diagnostics
    assert found.code == code and found.file == str(path)
    return found.render()
