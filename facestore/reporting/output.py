"""Files of reports and pages, put in place whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from facestore.errors import StoreWriteError


def replace_file(path: Path, content: str) -> Path:
    """Write a file so that a reader sees the old one or the new one, never a part.

    Raises
    ------
    StoreWriteError
        If its folder cannot be made, or be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _replace_file(path, content)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreWriteError(path.parent, reason, other="give another place as `out=`") from error


def _replace_file(path: Path, content: str) -> Path:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".part")
    part = Path(name)
    try:
        # newline: line ends stay as they are, those of CSV too
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(content)
        # mkstemp makes it for the owner alone, and a report is there to be read by others
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path
