"""Files that a reader finds whole or not at all, their SHA-256, and rows as CSV."""

import csv
import errno
import hashlib
import io
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any


@contextmanager
def replacing(path: Path, *, lasting: bool = True) -> Iterator[Path]:
    """Give a new file to write to, beside `path`; it takes the place of `path` when it is whole.

    Parameters
    ----------
    path
        The file. Its folder is made if it is not there; an older file of that name stays what it
        is until the new one is whole, and for ever if there is an error.
    lasting
        Whether the file is on the disk at the end, power cut or not. What is made again without
        loss need not wait for the disk.

    Yields
    ------
    Path
        The file to write to. It is there and empty, and who may read it is what the user's umask
        says of a new file.

    Raises
    ------
    OSError
        If it cannot be written, or not be put in place.
    """
    if path.exists() and not path.is_file():  # a device or a pipe is written to, and stays one
        yield path
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}-{secrets.token_hex(4)}.part")
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        mode = stat.S_IMODE(part.stat().st_mode)
        yield part
        # a library may have made it anew, for its owner alone
        part.chmod(mode)
        put_in_place(part, path, lasting=lasting)
    finally:
        part.unlink(missing_ok=True)


def put_in_place(part: Path, path: Path, *, lasting: bool = True) -> None:
    """Give a finished file or folder beside `path` that name; what it holds is on the disk first.

    Parameters
    ----------
    part, path
        What is finished, and what it is to be called. A file that is there is replaced.
    lasting
        As `replacing` has it.
    """
    if lasting:
        sync(part)
    part.replace(path)
    if lasting:
        _sync(path.parent)  # which has the new name


def sync(path: Path) -> None:
    """Wait until a file, or a folder with all that is in it, is on the disk."""
    for each in (path, *path.rglob("*")):
        _sync(each)


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, whole or not at all; ends of lines stay as they are."""
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8", newline="")


def write_private(path: Path, text: str) -> None:
    """Write a text that its user alone may read and change, in a folder that is the user's alone.

    Raises
    ------
    OSError
        If it cannot be written, or others can write to the folder.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not is_private(path.parent):
        raise PermissionError(errno.EACCES, "others can write there", str(path.parent))
    with replacing(path, lasting=False) as part:
        part.chmod(0o600)
        part.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def is_private(path: Path) -> bool:
    """Say whether this user alone can write to a file or folder that is there.

    Windows keeps a user's own folders by itself.
    """
    if os.name == "nt":
        return True
    facts = path.lstat()
    others = stat.S_IWGRP | stat.S_IWOTH
    return (
        not stat.S_ISLNK(facts.st_mode)
        and facts.st_uid == os.getuid()
        and not facts.st_mode & others
    )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 (hex) of a file, which is never held in memory as a whole."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def csv_text(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    quote_text: bool = False,
    end: str = "\n",
) -> str:
    r"""Return rows as CSV below the names of their columns; None is an empty field.

    Parameters
    ----------
    columns, rows
        What is written.
    quote_text
        Whether all text is in quotes, and not only what has to be. It is what keeps programs that
        heed quotes from reading the age `10-19` as a date.
    end
        Of a line; RFC 4180 has `\r\n`.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(
        written,
        quoting=csv.QUOTE_NONNUMERIC if quote_text else csv.QUOTE_MINIMAL,
        lineterminator=end,
    )
    writer.writerow(columns)
    writer.writerows(rows)
    return written.getvalue()


def _sync(path: Path) -> None:
    # Windows opens no folder, and not all file systems sync one.
    with suppress(OSError) if path.is_dir() else nullcontext():
        # Windows syncs only what is open for writing.
        descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
