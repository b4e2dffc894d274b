"""Files of reports and pages, put in place whole."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from facestore.config import CATALOG_FILE
from facestore.errors import FacestoreError, StoreWriteError
from facestore.files import write_text
from facestore.folders import replacing_folder


def replace_file(path: Path, content: str) -> Path:
    """Write a file so that a reader sees the old one or the new one, never a part.

    Raises
    ------
    StoreWriteError
        If its folder cannot be made, or be written to.
    """
    with _told(path.parent):
        write_text(path, content)
    return path


@contextmanager
def replacing_pages(
    folder: Path, gone: Collection[str] = (), *, lasting: bool = True
) -> Iterator[Path]:
    """Give a new folder for pages, which appear in `folder` all at once.

    Parameters
    ----------
    folder
        Where readers look. Other files in it stay.
    gone
        Files in it that go if they are not written anew.
    lasting
        As `facestore.files.replacing` has it.

    Raises
    ------
    StoreWriteError
        If its folder cannot be made, or be written to.
    """
    with (
        _told(folder),
        replacing_folder(folder, gone=gone, never=[CATALOG_FILE], lasting=lasting) as part,
    ):
        yield part


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except FacestoreError:
        raise  # of a store that is not there, which is an OSError as well
    except OSError as error:
        reason = error.strerror or str(error)
        other = "give another place with `out=`"
        raise StoreWriteError(folder, reason, other=other) from error
