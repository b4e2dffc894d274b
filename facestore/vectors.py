"""The LanceDB half of a store: unit vectors of images and of texts, one pair of tables an encoder.

A Lance table holds `key` and `vector`: keyed by image_id or by the text itself, so a table can be
carried to another store. It is the only truth about which vectors exist, and is never migrated:
other weights, preprocessing or precision are another encoder, and so other tables.

What `add` has written is on the disk when it returns; `VectorStore.sync` does the same for what was
read, and has to come before rows are committed that rely on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from facestore.errors import VectorsUnreadableError
from facestore.files import sync_one
from facestore.lance_folders import LanceFolder
from facestore.lance_tables import (
    READ_ROWS,
    TableState,
    open_table,
    writing,
)
from facestore.leftovers import part_of, remove, sweep
from facestore.vector_table import IMAGE_KEY, TEXT_KEY, VectorTable


class VectorStore:
    """The Lance database of a store.

    Parameters
    ----------
    uri
        A folder, or any URI that Lance takes (`s3://`, `gs://` ...). What is in a folder is synced;
        elsewhere a write that has returned is taken to last.
    notify
        Takes a line for the user where a table was mended.
    """

    def __init__(self, uri: str, notify: Callable[[str], object] = lambda _line: None) -> None:
        self._uri, self._notify = uri, notify
        self._folder = None if "://" in uri else Path(uri)
        self._states: dict[str, TableState] = {}

    @cached_property
    def _db(self) -> Any:
        return self._connect()

    def images(self, vectors: str, identity: Mapping[str, Any] | None = None) -> VectorTable:
        """Return the image vectors of an encoder, keyed by `image_id`."""
        return self._table(f"{vectors}.images", IMAGE_KEY, identity)

    def texts(self, vectors: str, identity: Mapping[str, Any] | None = None) -> VectorTable:
        """Return the text vectors of an encoder, keyed by `text`."""
        return self._table(f"{vectors}.texts", TEXT_KEY, identity)

    def _table(self, name: str, key: str, identity: Mapping[str, Any] | None) -> VectorTable:
        # of a URI there is no folder for a lock
        store = None if self._folder is None else self._folder.parent
        return VectorTable(self._db, name, key, identity or {}, self._state(name), store)

    def table(self, name: str) -> VectorTable:
        """Return a table by its whole name, as in `names`."""
        vectors, _, kind = name.rpartition(".")
        return self.texts(vectors) if kind == "texts" else self.images(vectors)

    def names(self) -> list[str]:
        """Return the names of all Lance tables; not of one whose making was killed half-way."""
        return [name for name in self._listed() if self._is_there(name)]

    def contents(self) -> Iterator[tuple[str, str | None]]:
        """Yield each table, and what else is there, with what is wrong about it; None: nothing.

        A table whose making was killed half-way is not there yet, and hidden files are nobody's.
        """
        folder = Path(self._uri)
        files = [] if "://" in self._uri or not folder.is_dir() else sorted(folder.iterdir())
        for file in files:
            if not file.name.startswith(".") and not (file.suffix == ".lance" and file.is_dir()):
                yield file.name, "it is no Lance table"
        for name in self._listed():
            if (folder / f"{name}.lance").is_file():
                continue
            try:
                if self._is_there(name):
                    yield name, None
            except Exception as error:  # noqa: BLE001, of Rust's panics there is no class to import
                yield name, f"it cannot be opened: {' '.join(str(error).split())[:200]}"

    def copy_to(self, other: VectorStore) -> int:
        """Write all tables, each as it is at one moment, into an empty store; return the rows."""
        n_rows = 0
        for name in self.names():
            table = open_table(self._db, name)
            table.checkout(table.version)
            batches = table.search().limit(None).to_batches(READ_ROWS)
            rows = pa.RecordBatchReader.from_batches(table.schema, batches)
            with writing(name):
                copied = other._db.create_table(name, data=rows)
                other._state(name).sync(copied.version)
            n_rows += int(copied.count_rows())
        return n_rows

    def remove(self, name: str) -> bool:
        """Remove a table whole; False if there is none. What is left of a killed removal goes, too.

        Parameters
        ----------
        name
            Of a table, as in `names`.
        """
        was_there = name in self._listed()
        self._states.pop(name, None)
        if self._folder is None:
            if was_there:
                with writing(name):
                    self._db.drop_table(name)
            return was_there
        folder = self._folder / f"{name}.lance"
        with writing(name):
            sweep(folder)
            if was_there:
                # Under another name first: half a table is never seen.
                part = part_of(folder)
                folder.rename(part)
                sync_one(self._folder)
                remove(part)
                sync_one(self._folder)
        return was_there

    def sync(self) -> None:
        """Wait until all that this process has read or written here is on the disk.

        Another process may have written what was read, and have been killed before it was synced.
        """
        for name, state in self._states.items():
            with writing(name):
                state.sync()

    def mend(self) -> list[str]:
        """Read all tables whole, and put versions that cannot be read aside; say what was done.

        Raises
        ------
        VectorsUnreadableError
            If a table cannot be read for a reason that has nothing to do with its files.
        """
        lines = []
        for name in self._listed():
            lines += self._state(name).mend(name, None, deep=True)
        return lines

    def _connect(self) -> Any:
        import lancedb

        return lancedb.connect(self._uri)

    def _listed(self) -> list[str]:
        return sorted(self._db.list_tables().tables)

    def _is_there(self, name: str) -> bool:
        try:
            return open_table(self._db, name) is not None
        except VectorsUnreadableError:  # whoever reads it is told
            return True

    def _state(self, name: str) -> TableState:
        if name not in self._states:
            folder = None if self._folder is None else LanceFolder(self._folder / f"{name}.lance")
            self._states[name] = TableState(folder, self._connect, self._notify)
        return self._states[name]
