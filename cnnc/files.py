"""Files, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from dsl.diagnostics import CnnError, Diagnostic


def write_whole(path: Path, content: bytes) -> None:
    """Writes beside the target and renames. Raises CnnError E0601, and then nothing has changed.

    A link is followed; a device or a pipe is written to, for there is nothing to replace.
    """
    try:
        target = path.resolve()
        if target.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        if target.exists() and not target.is_file():
            target.write_bytes(content)
            return
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(temporary, _mode(target))
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        title = f"cannot write {path}: {reason}"
        raise CnnError([Diagnostic("E0601", title, file=str(path))]) from None


def _mode(path: Path) -> int:
    """The mode of the file that is replaced, or what the umask leaves of a new one."""
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
