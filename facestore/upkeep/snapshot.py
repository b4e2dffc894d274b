"""Snapshot: a whole, checked copy of a store as it is at one moment, while others write."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from facestore.catalog.copying import copy_database
from facestore.config import CATALOG_FILE, VECTORS_FOLDER
from facestore.connections import usable
from facestore.errors import FacestoreError, InputError, StoreWriteError
from facestore.files import make_folder, put_in_place, sha256_of, sync, sync_one
from facestore.leftovers import part_of, remove, sweep
from facestore.records import AnyPath
from facestore.stores import Stores
from facestore.vectors import VectorStore

CHECKSUM_SUFFIX = ".sha256"


@dataclass(frozen=True)
class SnapshotSummary:
    """What was published.

    Attributes
    ----------
    path
        The DuckDB file, or the folder of the copied store.
    sha256
        Of the DuckDB file, in hex; also beside it, as `sha256sum --check` reads it.
    n_vectors
        Image and text vectors copied; None if only the DuckDB file was.
    """

    path: Path
    n_bytes: int
    sha256: str
    n_vectors: int | None


def snapshot(store: Stores, target: AnyPath, *, vectors: bool = False) -> SnapshotSummary:
    """Publish a copy of the tables and views, or of the whole store, while others write.

    Parameters
    ----------
    target
        A DuckDB file, which is replaced at once if it is there: who has it open keeps the old one.
    vectors
        Copy the vectors, too: the target is the new folder of a store then.

    Raises
    ------
    InputError
        If the target is a folder; with `vectors`, if something is there.
    OutputError
        If a store has its own files there.
    StoreWriteError
        If it cannot be written.
    UnusablePathError
        If DuckDB cannot have a file there.
    """
    path = store.output(target)
    usable(path)
    return _folder(store, path) if vectors else _file(store, path)


def _file(store: Stores, target: Path) -> SnapshotSummary:
    """Publish a copy of the DuckDB file."""
    if target.is_dir():
        message = f"'{target}' is a folder: give a new file such as faces.duckdb."
        raise InputError(message)
    checksum = _checksum_file(target)
    with _published(target) as partial:
        copy = partial / target.name
        sha256, n_bytes = _copy(store, copy)
        sync(partial)  # now, for the time without a checksum is to be short
        checksum.unlink(missing_ok=True)  # never one that belongs to another file
        sync_one(target.parent)  # nor after a power cut
        put_in_place(copy, target)
        put_in_place(_checksum_file(copy), checksum)
    return SnapshotSummary(target, n_bytes, sha256, None)


def _folder(store: Stores, target: Path) -> SnapshotSummary:
    """Publish a store with its vectors in a new folder, which appears when it is whole."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        message = f"'{target}' is there already: give the name of a new folder."
        raise InputError(message)
    with _published(target) as partial:
        # The tables first: whatever they tell of has its vectors by then.
        sha256, n_bytes = _copy(store, partial / CATALOG_FILE)
        n_vectors = store.vectors.copy_to(VectorStore(str(usable(partial / VECTORS_FOLDER))))
        put_in_place(partial, target)
    return SnapshotSummary(target, n_bytes, sha256, n_vectors)


def _copy(store: Stores, copy: Path) -> tuple[str, int]:
    """Copy the DuckDB file, with its checksum beside it; return that and its size."""
    copy_database(store.catalog.database, copy)
    sha256 = sha256_of(copy)
    _checksum_file(copy).write_text(f"{sha256}  {copy.name}\n", encoding="utf-8")
    return sha256, copy.stat().st_size


def _checksum_file(path: Path) -> Path:
    return path.with_name(path.name + CHECKSUM_SUFFIX)


@contextmanager
def _published(target: Path) -> Iterator[Path]:
    """Give a folder beside the target; it is gone afterwards, as are those of killed processes."""
    try:
        make_folder(target.parent)
        sweep(target)
        partial = part_of(target)
        try:
            partial.mkdir()
            yield partial
        finally:
            remove(partial)
    except FacestoreError:
        raise  # of a store that is not there, which is an OSError as well
    except OSError as error:
        raise StoreWriteError(target, error.strerror or str(error)) from error
