"""Zip files that may lie: what is unpacked is bounded before anything is."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnc.weights.stored import MAX_KEYS, damaged, refused

# Deflate packs a thousand to one; weights, zeros of new biases included, never come near this.
LARGEST_RATIO = 100
ALLOWANCE = 16 * 2**20


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip file whose members together are of a sane size. Raises CnnError E0901, E0903, E0501."""
    try:
        archive = zipfile.ZipFile(path)
    except MemoryError:
        raise
    except OSError as error:
        raise refused("E0501", path, f"cannot read weights: {error.strerror or error}") from None
    except Exception as error:  # zipfile raises many kinds for a damaged file
        raise damaged(path, f"a damaged zip file: {error}") from None
    with archive:
        _check(archive, path)
        yield archive


def _check(archive: zipfile.ZipFile, path: Path) -> None:
    members = archive.infolist()
    if len(members) > MAX_KEYS:
        raise damaged(path, f"it has {len(members):,} members, and {MAX_KEYS:,} are read")
    for name, times in Counter(each.filename for each in members).most_common(1):
        if times > 1:
            raise damaged(path, "stored twice", name)
    size = path.stat().st_size
    whole = sum(each.file_size for each in members)
    if whole > LARGEST_RATIO * size + ALLOWANCE:
        largest = max(members, key=lambda each: each.file_size)
        title = f"{largest.filename}: would take {largest.file_size:,} bytes unpacked"
        note = f"the file has {size:,} bytes; {LARGEST_RATIO} times as many are unpacked, not more"
        raise refused("E0903", path, title, "unpack it yourself if it is meant", (note,))


def member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """A member's bytes, as many as its header says. Raises CnnError E0901."""
    try:
        size = archive.getinfo(name).file_size
        data = archive.read(name)
    except KeyError:
        raise damaged(path, f"there is no {name} in it") from None
    except MemoryError:
        raise
    except Exception as error:  # zlib's too
        raise damaged(path, str(error), name) from None
    if len(data) != size:
        raise damaged(path, f"has {len(data):,} bytes, and its header says {size:,}", name)
    return data
