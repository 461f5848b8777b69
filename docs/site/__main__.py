"""`python -m docs.site [FOLDER]` builds the documentation site, into build/site unless told."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import build_main

from docs.site.sources import ROOT, assemble


def main(out: Path) -> int:
    """The exit status of Sphinx, to which a warning is an error."""
    sources = out.with_name(f"{out.name}-sources")
    for folder in (sources, out):
        shutil.rmtree(folder, ignore_errors=True)
    assemble(sources)
    settings = ["-c", str(Path(__file__).parent), "-d", str(sources / ".doctrees")]
    return build_main(["-q", "-W", "--keep-going", *settings, str(sources), str(out)])


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "site"
    status = main(target)
    if status == 0:
        print(f"{target / 'index.html'} written")
    sys.exit(status)
