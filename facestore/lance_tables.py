"""Lance tables as LanceDB opens them: its errors in one line, and versions that it cannot read.

A power cut may leave the newest version of a table empty or full of zeros, of which LanceDB makes
errors of several classes, or a table without rows.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from facestore.errors import StoreWriteError, VectorsUnreadableError, by_number, counted
from facestore.key_index import KeyIndex
from facestore.lance_folders import LanceFolder
from facestore.records import Float32
from facestore.unit_rows import UNIT_TOLERANCE

READ_ROWS = 8192
_NO_SUCH_FILE = "2"


@dataclass
class TableState:
    """What this process knows of a table, by whichever `VectorTable`."""

    folder: LanceFolder | None
    connect: Callable[[], Any]
    notify: Callable[[str], object]
    is_mended: bool = False
    version: int = 0
    # Of the keys of that version.
    index: KeyIndex = field(default_factory=KeyIndex)
    # Who has just written it need not open it again: the table, its fragments and its manifest.
    table: Any = None
    n_fragments: int = 0
    manifest: Hashable = None
    _typed: tuple[Any, pa.DataType] = (None, None)

    def keep(self, table: Any, version: int, n_fragments: int) -> None:
        """Note what was written: the index is that of this version."""
        self.version, self.n_fragments = version, n_fragments
        self.manifest = self.manifest_of(version)
        self.table = None if self.manifest is None else table

    def manifest_of(self, version: int) -> Hashable:
        """Return what tells a version from one of its number in a table that was made anew."""
        return None if self.folder is None else self.folder.manifest_of(version)

    def has_index_of(self, version: int, n_rows: int) -> bool:
        """Whether the index is that of a version of the table."""
        is_same = (self.version, self.index.n_rows) == (version, n_rows)
        return is_same and self.manifest == self.manifest_of(version)

    def forget(self) -> None:
        """Forget what was kept, where it is not sure any more what is there."""
        self.version, self.table, self.manifest = 0, None, None

    def vectors_in(self, table: Any) -> pa.DataType:
        """Return the type of the vectors of a table."""
        if self._typed[0] is not table:
            self._typed = table, table.schema.field("vector").type
        return self._typed[1]

    def kept_table(self) -> Any:
        """Return the table that was kept, if nobody has written since; else None."""
        if self.table is not None:
            is_there = self.manifest_of(self.version) == self.manifest
            if not is_there or self.manifest_of(self.version + 1) is not None:
                self.table = None
        return self.table

    def sync(self, version: int | None = None) -> None:
        """Wait until the table is on the disk, and note a version, as `LanceFolder.sync` does."""
        if self.folder is not None:
            self.folder.sync(version)

    def mend(self, name: str, key: str | None, *, deep: bool = False) -> list[str]:
        """Put aside what cannot be read, once; say what was done, here and to the user."""
        if self.folder is None or (self.is_mended and not deep):
            return []
        lines = set_unreadable_aside(self.connect, name, key, self.folder, deep=deep)
        self.is_mended = True
        for line in lines:
            self.notify(line)
        return lines


def open_table(db: Any, name: str) -> Any:
    """Open a table; None where there is none, or only a folder that a killed process left.

    Lance lists such a folder, and makes the table in it when it is asked to again.

    Raises
    ------
    VectorsUnreadableError
        If its newest version cannot be read.
    """
    if name not in db.list_tables().tables:
        return None
    with reading(name):
        try:
            table = db.open_table(name)
        except ValueError as error:
            if "was not found" in str(error):
                return None
            raise
        if table.version == 0:
            message = "its newest manifest holds nothing but zeros"
            raise ValueError(message)
        return table


def overwrite_without(table: Any, name: str, key: str, gone: Collection[str]) -> None:
    """Write all rows but some as a new version, in their order, into files of their own.

    A deletion of Lance would keep the rows in their file, and the condition in a file of its own.
    """

    def kept() -> Iterator[pa.RecordBatch]:
        with reading(name):
            for batch in table.search().limit(None).to_batches(READ_ROWS):
                yield batch.filter(pa.array([each not in gone for each in batch[key].to_pylist()]))

    table.add(pa.RecordBatchReader.from_batches(table.schema, kept()), mode="overwrite")


def drop_old_versions(table: Any, *, delete_unverified: bool) -> None:
    """Remove every version but the newest, which must be on the disk.

    Parameters
    ----------
    table
        An open Lance table.
    delete_unverified
        Whether young files of no version go, too: another program may be about to commit them.
    """
    with warnings.catch_warnings():
        # that who reads an old version just now will fail: the lock keeps writers away
        warnings.simplefilter("ignore", UserWarning)
        table.optimize(cleanup_older_than=timedelta(0), delete_unverified=delete_unverified)


def vectors_of(batch: pa.RecordBatch) -> Float32:
    """Return the column `vector` of a batch as float32 (B, D)."""
    column = batch["vector"]
    flat = column.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat, dtype=np.float32).reshape(len(column), column.type.list_size)


def not_unit(vectors: Float32) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return which rows are not of length 1, and the lengths of all."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return np.flatnonzero(~(np.abs(lengths - 1) < UNIT_TOLERANCE)), lengths


@contextmanager
def writing(name: str) -> Iterator[None]:
    """Tell what Lance raises on a full or a read-only disk; each of its writes is whole or none."""
    try:
        yield
    except (RuntimeError, OSError) as error:
        found = re.search(r"[^:,(]*\(os error \d+\)", str(error))
        reason = found[0] if found else str(error)
        raise StoreWriteError(f"vectors/{name}.lance", reason) from error


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Tell what Lance raises where files of a table are missing, damaged or not to be opened."""
    try:
        yield
    except (RuntimeError, ValueError, OSError) as error:
        if isinstance(error, VectorsUnreadableError):
            raise
        raise VectorsUnreadableError(
            name, _reason(str(error)), is_damaged=_is_damage(str(error))
        ) from error


def set_unreadable_aside(
    connect: Callable[[], Any], name: str, key: str | None, folder: LanceFolder, *, deep: bool
) -> list[str]:
    """Put the newest versions of a table aside which cannot be read; say what was done.

    Of the others the newest is synced and noted as one that can be relied on.

    Parameters
    ----------
    connect
        Opens the database anew: an open one remembers what it has read.
    name, key
        The table and its key column; None: the one it has.
    folder
        Its folder.
    deep
        Whether a version is read as well that was noted as being on the disk.

    Raises
    ------
    VectorsUnreadableError
        If a version cannot be read for a reason that has nothing to do with its files.
    """
    noted, n_rows = folder.noted(), -1
    reasons: dict[int, str] = {}
    while version := folder.newest():
        if version <= noted and not deep:
            break
        try:
            n_rows = _read_whole(connect(), name, key)
        except VectorsUnreadableError as error:
            if not error.is_damaged:
                raise
            with writing(name):
                folder.set_aside(version)
            reasons[version] = error.reason
            continue
        break
    with writing(name):
        folder.sync(version)
    if not reasons:
        return []
    if version and n_rows < 0:
        n_rows = int(open_table(connect(), name).count_rows())
    kept = f"{counted(n_rows, 'vector')} of version {version} {by_number(n_rows, 'is', 'are')} kept"
    left = kept if version else "none is left"
    versions, reason = ", ".join(map(str, reasons)), reasons[min(reasons)]
    return [
        f"vectors/{name}.lance: version {versions} cannot be read ({reason}), and is now in its "
        f"folder set_aside; {left}. Ingest or import again what is missing."
    ]


def _read_whole(db: Any, name: str, key: str | None) -> int:
    """Read all rows of the newest version; return how many there are.

    Raises
    ------
    VectorsUnreadableError
        If there is one that cannot have been written so.
    """
    n_rows = 0
    with reading(name):
        table = open_table(db, name)
        if table is None:
            message = "LanceDB does not find it"
            raise ValueError(message)
        key = key or next(each for each in table.schema.names if each != "vector")
        for batch in table.search().limit(None).to_batches(READ_ROWS):
            if any(not each or "\0" in each for each in batch[key].to_pylist()):
                message = "keys are empty"
                raise ValueError(message)
            bad, lengths = not_unit(vectors_of(batch))
            if bad.size:
                message = f"vector {n_rows + bad[0]} has length {lengths[bad[0]]:.4g}"
                raise ValueError(message)
            n_rows += len(batch)
    return n_rows


def _is_damage(text: str) -> bool:
    """Whether an error is about the content of files, and not about what the machine allows now."""
    of_system = re.search(r"os error (\d+)", text)
    if of_system is not None and of_system[1] != _NO_SUCH_FILE:
        return False
    return re.search(r"upgrade|not supported|unsupported|out of memory", text, re.I) is None


def _reason(text: str) -> str:
    """Return the part of a message that says something to a user."""
    found = re.search(r"[^:,(]*\(os error \d+\)", text)
    words = found[0] if found else text.removeprefix("lance error: ")
    # where in its own source an error came up
    return " ".join(re.sub(r", /\S+\.rs:\d+:\d+", "", words).split())[:200].rstrip(".")
