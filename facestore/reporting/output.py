"""Files of reports and pages, put in place whole."""

from pathlib import Path

from facestore.errors import StoreWriteError
from facestore.files import write_text


def replace_file(path: Path, content: str) -> Path:
    """Write a file so that a reader sees the old one or the new one, never a part.

    Raises
    ------
    StoreWriteError
        If its folder cannot be made, or be written to.
    """
    try:
        write_text(path, content)
    except OSError as error:
        reason = error.strerror or str(error)
        other = "give another place with `out=`"
        raise StoreWriteError(path.parent, reason, other=other) from error
    return path
