"""What DuckDB is about to write over, kept until it has been written: half a write is undone.

A checkpoint of DuckDB writes blocks of metadata anew where they are, of which the last checkpoint
still needs parts. A power cut within such a block makes its checksum wrong, and the file cannot be
opened any more; nor can it with zeros at the end of its log. So before a connection writes, those
blocks go to `facestore.duckdb.undo`. They are put back unless the new checkpoint is complete, which
is when DuckDB has written one of the two headers of the file.
"""

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import duckdb

from facestore.connections import connect
from facestore.files import sync_one

_HEADERS = 3 * 4096
# What is said of the blocks takes less.
_ABOUT = 1 << 20
_SET_ASIDE = ".set_aside"
# Files that this process has open for writing: it would be given its own lock again.
_open: set[Path] = set()


class Undo:
    """The blocks of one DuckDB file that may be half written.

    Parameters
    ----------
    path
        The DuckDB file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept = path.with_name(f"{path.name}.undo")
        self._log = path.with_name(f"{path.name}.wal")
        self._file: BinaryIO | None = None

    def keep(self, con: duckdb.DuckDBPyConnection) -> None:
        """Keep what a connection may write over; it has not written yet.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        if os.name == "nt":  # nobody reads there what DuckDB has locked
            return
        (size,) = con.execute("select block_size from pragma_database_size()").fetchone() or (0,)
        blocks = con.execute(
            "select block_id from pragma_metadata_info() where free_blocks > 0 order by block_id"
        ).fetchall()
        _open.add(self._path.resolve())
        # Not closed before DuckDB has closed it: that would end the lock of this process.
        self._file = file = self._path.open("rb")
        places = [(0, _HEADERS), *((_HEADERS + block * size, size) for (block,) in blocks)]
        content = b"".join(_read(file, *place) for place in places)
        about = {
            "places": places,
            "sha256": hashlib.sha256(content).hexdigest(),
            "has_log": self._log.exists(),
        }
        with self._kept.open("wb") as kept:
            kept.write(json.dumps(about).encode() + b"\n" + content)
            kept.flush()
            os.fsync(kept.fileno())
        sync_one(self._path.parent)

    @property
    def is_pending(self) -> bool:
        """Whether something was kept; a process that writes has it, too."""
        return self._kept.exists()

    def finish(self) -> None:
        """Forget what was kept, or put it back, once DuckDB has closed the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
        _open.discard(self._path.resolve())
        self.recover()

    def recover(self) -> None:
        """Put back what a process kept that ended while it wrote; nothing is done while it runs."""
        if not self._kept.exists() or self._path.resolve() in _open or os.name == "nt":
            return
        import fcntl

        # Another process has it, or this one may only read: then DuckDB says what there is to say.
        with suppress(OSError), self._path.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            headers = _read(file, 0, _HEADERS)
            # Read and hashed only where it may have to be put back, which is after no whole write.
            about, content = self._whole() if self._has(headers) else (None, b"")
            if about is not None and content[:_HEADERS] == headers:
                _put_back(file, about["places"], content)
                if not about["has_log"]:
                    self._check_log()
            self._kept.unlink(missing_ok=True)
            sync_one(self._path.parent)

    def _has(self, headers: bytes) -> bool:
        """Whether the headers of the file are those that were kept."""
        with self._kept.open("rb") as kept:
            kept.readline(_ABOUT)
            return kept.read(_HEADERS) == headers

    def _whole(self) -> tuple[dict[str, Any] | None, bytes]:
        """Return what was kept; None where the cut came while it was written."""
        size = self._path.stat().st_size
        if self._kept.stat().st_size > size + _ABOUT:  # never of a process of ours
            return None, b""
        first, _, content = self._kept.read_bytes().partition(b"\n")
        try:
            about: dict[str, Any] = json.loads(first)
            is_whole = hashlib.sha256(content).hexdigest() == about["sha256"]
            places = [(int(offset), int(length)) for offset, length in about["places"]]
        # A store may be somebody else's: numbers without end, lists in lists.
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None, b""
        is_inside = all(0 <= at <= at + length <= size for at, length in places)
        fits = sum(length for _, length in places) == len(content) and "has_log" in about
        return (about, content) if is_whole and is_inside and fits else (None, b"")

    def _check_log(self) -> None:
        """Set a log aside that cannot be read; all that is in it was never acknowledged."""
        if not self._log.exists():
            return
        try:
            # In this process, which has the lock already.
            connect(self._path, read_only=True).close()
        except duckdb.Error as error:
            if "WAL" in str(error):
                self._log.replace(self._log.with_name(self._log.name + _SET_ASIDE))


def _read(file: BinaryIO, offset: int, size: int) -> bytes:
    return os.pread(file.fileno(), size, offset)


def _put_back(file: BinaryIO, places: list[list[int]], content: bytes) -> None:
    at = 0
    for offset, size in places:
        kept = content[at : at + size]
        at += size
        if _read(file, offset, len(kept)) != kept:
            os.pwrite(file.fileno(), kept, offset)
    os.fsync(file.fileno())
