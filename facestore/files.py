"""Files that a reader finds whole or not at all, their SHA-256, and rows as CSV."""

import csv
import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from facestore.leftovers import part_of, sweep

_DISK_FAILED = (errno.EIO, errno.ENOSPC, errno.EDQUOT)
# What a spreadsheet may compute or run, but no number.
_FORMULA = re.compile(
    r"(?![+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z)(?:[\t\r\n]|[\s\ufeff\u200b]*[=+\-@＝＋－＠])"
)


@contextmanager
def replacing(path: Path, *, lasting: bool = True) -> Iterator[Path]:
    """Give a new file to write to, beside `path`; it takes the place of `path` when it is whole.

    Parameters
    ----------
    path
        The file. Its folder is made if it is not there; an older file of that name stays what it
        is until the new one is whole, and for ever if there is an error. What killed processes
        left of it is removed.
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
    make_folder(path.parent)
    sweep(path)
    part = part_of(path)
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
        sync_one(path.parent)  # which has the new name


def make_folder(path: Path) -> None:
    """Make a folder, and those above that are missing; a power cut does not take their names.

    Parameters
    ----------
    path
        The folder; one that is there will do.
    """
    made = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for each in reversed(made):
        sync_one(each.parent)


def put_new(part: Path, path: Path) -> bool:
    """Give a finished file that name; False where another file has it, which stays."""
    try:
        if os.name == "nt":
            part.rename(path)  # which fails where there is one
        else:
            _link(part, path)
    except FileExistsError:
        return False
    part.unlink(missing_ok=True)
    sync_one(path.parent)
    return True


def sync(path: Path) -> None:
    """Wait until a file, or a folder with all that is in it, is on the disk."""
    for each in (path, *path.rglob("*")):
        sync_one(each)


def sync_one(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    try:
        # Windows syncs only what is open for writing.
        descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        # Windows opens no folder, and not all file systems sync one; a disk that fails is no such.
        if error.errno in _DISK_FAILED or not path.is_dir():
            raise


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
    raw: bool = False,
) -> str:
    r"""Return rows as CSV below the names of their columns; None is an empty field.

    Text that a spreadsheet would take for a formula gets a `'` before it (OWASP, *CSV injection*):
    text that begins with one of `=+-@`, also in full width or after blanks, or with a tab or the
    end of a line. Numbers stay as they are, also where they are text.

    Parameters
    ----------
    columns, rows
        What is written.
    quote_text
        Whether all text is in quotes, and not only what has to be. It is what keeps programs that
        heed quotes from reading the age `10-19` as a date.
    end
        Of a line; RFC 4180 has `\r\n`.
    raw
        Whether text is as it is, for programs that read it back.
    """
    lines: list[str] = []
    # Of what ends a line, Python puts in quotes only what ends its own lines: so these have both.
    writer = csv.writer(
        SimpleNamespace(write=lines.append),
        quoting=csv.QUOTE_NONNUMERIC if quote_text else csv.QUOTE_MINIMAL,
        lineterminator="\r\n",
    )
    shown = _as_they_are if raw else _for_spreadsheets
    writer.writerow(shown(columns))
    writer.writerows(map(shown, rows))
    return "".join(f"{line[:-2]}{end}" for line in lines)


def _as_they_are(values: Sequence[Any]) -> Sequence[Any]:
    return values


def _for_spreadsheets(values: Sequence[Any]) -> list[Any]:
    return [
        f"'{each}" if isinstance(each, str) and _FORMULA.match(each) else each for each in values
    ]


def _link(part: Path, path: Path) -> None:
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # not all file systems have links
        if path.exists():
            raise FileExistsError(path) from None
        part.rename(path)
