"""`python -m tests.fuzzing.atheris_target [-runs=N] [FOLDER]`: what covers new lines is kept.

Atheris (libFuzzer) turns the bytes of programs, guided by which lines of the compiler ran; it comes
with `pip install 'cnnc[fuzz]'`. Without a folder, the corpus is made in build/corpus from the
programs of the repository.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["dsl", "compiler"]):
    from tests.fuzzing.target import ROOT, run

from tests.fuzzing.breaking import seeds, those_that_work

CORPUS = ROOT / "build" / "corpus"
LONGEST = 4_000


def corpus(folder: Path) -> Path:
    """The seeds as files, called after what they hold."""
    folder.mkdir(parents=True, exist_ok=True)
    for text in (*seeds(), *those_that_work()):
        data = text.encode()
        if len(data) <= LONGEST:
            (folder / sha256(data).hexdigest()[:16]).write_bytes(data)
    return folder


def test_one_input(data: bytes) -> None:
    run(data)


def main() -> None:
    options = [each for each in sys.argv[1:] if each.startswith("-")]
    folders = [each for each in sys.argv[1:] if not each.startswith("-")]
    folders = folders or [str(corpus(CORPUS))]
    atheris.Setup([sys.argv[0], f"-max_len={LONGEST}", *options, *folders], test_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
