"""One Lance table of unit vectors: what is added is on the disk when `add` returns.

Its rows stay in the order in which they were added, also when fragments are merged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from facestore import lance_sizes
from facestore.errors import counted
from facestore.key_index import KeyIndex, Keys, UInt64, hashes_of, text_array
from facestore.lance_reading import OrderedRows, VectorSnapshot, nearest_rows
from facestore.lance_sizes import TableSizes, is_wasteful, n_fragments, should_merge, sizes_of
from facestore.lance_tables import (
    TableState,
    drop_old_versions,
    open_table,
    overwrite_without,
    reading,
    vectors_of,
    writing,
)
from facestore.locks import only_one, wait_seconds
from facestore.precisions import keeps_half
from facestore.records import EmbeddingBatch, Float32
from facestore.table_keys import TableKeys
from facestore.vector_rows import batch_of, check_batch, quoted, rows_of, schema_of

IMAGE_KEY, TEXT_KEY = "image_id", "text"


class VectorTable:
    """Unit vectors by key; made by the first `add`.

    Parameters
    ----------
    db
        An open Lance database.
    name
        Name of the table.
    key
        Name of its key column.
    identity
        What identifies the encoder; kept in the table's metadata.
    state
        What is known of it; shared by all of this name.
    store
        Folder of the store, whose lock the one that writes holds; None: there is none.
    """

    def __init__(
        self,
        db: Any,
        name: str,
        key: str,
        identity: Mapping[str, Any],
        state: TableState,
        store: Path | None = None,
    ) -> None:
        self._db = db
        self.name = name
        self._key = key
        self._keys = TableKeys(name, key, state)
        self._identity = identity
        self._state = state
        self._store = store

    def mend(self) -> None:
        """Put aside what a power cut left unreadable, before anything is written or made anew.

        Only for a command that no other one of its kind runs beside; `add` does it by itself.
        """
        self._state.mend(self.name, self._key)

    def key_batches(self) -> Iterator[tuple[str, ...]]:
        """Yield all keys, some thousands at a time, as often as they are there."""
        if (table := self._open()) is not None:
            for keys in self._keys.each(table):
                yield tuple(keys.to_pylist())

    def has(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """Say which keys are there, exactly: bool (N,).

        Of all keys eight bytes each are read into memory once, and again if another process has
        written; the rows that may have one of those asked for are looked at.
        """
        table = self._open()
        return np.zeros(len(keys), np.bool_) if table is None else self._keys.has(table, keys)

    def may_have(self, key: str) -> bool:
        """Whether a key may be there, as this process saw the table last; if not, that is sure."""
        return self._state.index.may_have_one(key)

    def known(self) -> KeyIndex:
        """Return an index of all keys, to ask for many one by one; `add` keeps it up to date."""
        table = self._open()
        return self._state.index if table is None else self._keys.index(table)

    def count(self) -> int:
        """Return the number of vectors."""
        table = self._open()
        return 0 if table is None else int(table.count_rows())

    def sizes(self) -> TableSizes:
        """Return the bytes of its newest version, and of all its files; nothing is read."""
        table = self._open()
        return TableSizes(0, 0) if table is None else sizes_of(table, self._state.folder)

    def width(self) -> int | None:
        """Return how many values a vector has; None where there is no table."""
        table = self._open()
        return None if table is None else int(table.schema.field("vector").type.list_size)

    def add(self, batch: EmbeddingBatch) -> int:
        """Add vectors whose keys are new, in their order; return how many were.

        They are on the disk when it returns. One process at a time may do it.

        Parameters
        ----------
        batch
            Keys without repeats, and float32 (B, D) rows of unit length (to `UNIT_TOLERANCE`).

        Raises
        ------
        ValueError
            If a key occurs twice (Lance would store both), a row is not of unit length, or the
            width differs from the table's.
        StoreLockedError
            If another process writes vectors for longer than it is waited for.
        """
        if not batch.keys:
            return 0
        with self._only_writer():
            return self._add(batch)

    def _add(self, batch: EmbeddingBatch) -> int:
        keys = text_array(batch.keys)
        hashes = hashes_of(keys)
        check_batch(batch, hashes, self.name)
        self.mend()
        n_values = batch.vectors.shape[1]
        # Not `or`: a table without rows is false, and a kill just after its making leaves one.
        if (table := self._state.kept_table()) is None and (table := self._open()) is None:
            table = self._create(n_values)
        kept_as = self._state.vectors_in(table)
        if kept_as.list_size != n_values:
            fits = f"do not fit {self.name!r} of {kept_as.list_size}"
            raise ValueError(f"vectors of {counted(n_values, 'value')} {fits}")
        is_new = ~self._keys.has_hashed(table, keys, hashes)
        if not is_new.all():
            keys, hashes = keys.filter(pa.array(is_new)), hashes[is_new]
            batch = EmbeddingBatch(tuple(keys.to_pylist()), batch.vectors[is_new])
        if batch.keys:
            self._append(table, rows_of(self._key, keys, batch.vectors, kept_as), hashes)
        return len(batch.keys)

    def batches(self) -> Iterator[EmbeddingBatch]:
        """Yield all vectors, some thousands at a time."""
        yield from self.batches_from(0)

    def batches_from(self, first_row: int) -> Iterator[EmbeddingBatch]:
        """Yield the vectors from a row on, in the order in which they were added."""
        if (table := self._open()) is None:
            return
        rows = OrderedRows(table, self.name, self._key, self._open)
        for batch in rows.read([self._key, "vector"], first_row):
            yield batch_of(batch, self._key)

    def made_by(self) -> dict[str, Any] | None:
        """Return the identity that the table was made with; None where none can be read in it."""
        if (table := self._open()) is None:
            return None
        try:
            identity = json.loads((table.schema.metadata or {})[b"facestore"])
        except (KeyError, ValueError):
            return None
        return identity if isinstance(identity, dict) else None

    def get(self, keys: Sequence[str]) -> dict[str, Float32]:
        """Return the vectors of those of the keys that are there; no other vector is read."""
        if (table := self._open()) is None:
            return {}
        wanted = frozenset(keys)
        _, rows = self._keys.index(table).candidates(hashes_of(keys))
        return {
            key: batch.vectors[i]
            for taken in self._keys.rows(table, rows, [self._key, "vector"])
            for batch in (batch_of(taken, self._key),)
            for i, key in enumerate(batch.keys)
            if key in wanted
        }

    def one(self, key: str) -> Float32 | None:
        """Return the float32 (D,) vector of a key, or None."""
        if (table := self._open()) is None:
            return None
        with reading(self.name):
            found = table.search().where(f"{self._key} = {quoted(key)}").limit(1).to_arrow()
        return vectors_of(found.to_batches()[0])[0] if found.num_rows else None

    def nearest(self, vector: Float32, n: int) -> tuple[list[str], Float32]:
        """Return the keys of the `n` vectors nearest to one, and their cosines, highest first.

        Every vector is compared; an index is not used where there is one.

        Parameters
        ----------
        vector
            float32 (D,) of unit length.
        n
            How many; fewer come back where there are fewer.
        """
        if (table := self._open()) is None:
            return [], np.empty(0, np.float32)
        return nearest_rows(table, self.name, self._key, vector, n)

    def snapshot(self) -> VectorSnapshot | None:
        """Return the table as it is now, to be read several times; None where there is none."""
        if (table := self._open()) is None:
            return None
        return VectorSnapshot(OrderedRows(table, self.name, self._key, self._open), self._key)

    def compact(self) -> None:
        """Merge the fragments that many small additions left."""
        self.change(lambda table: table.optimize())

    def opened(self) -> Any:
        """Return the newest version as LanceDB opens it; None where there is no table."""
        return self._open()

    def change(self, write: Callable[[Any], object]) -> None:
        """Let somebody write a version of the table; it is on the disk when this returns."""
        with self._only_writer():
            self.mend()
            if (table := self._open()) is not None:
                self._write(table, lambda: write(table))

    def tidy(self) -> None:
        """Do at the end of a command that wrote what keeps reading quick and the folder small."""
        with self._only_writer():
            self.mend()
            if (table := self._open()) is not None:
                self._tidy(table)

    def drop(self, keys: Collection[str]) -> int:
        """Write the table anew without some keys; return how many of them it had.

        The other rows keep their order. Older versions still have the keys until `clean`.
        """
        gone = frozenset(keys)
        with self._only_writer():
            self.mend()
            if (table := self._open()) is None:
                return 0
            n_gone = sum(key in gone for keys in self.key_batches() for key in keys)
            if n_gone:
                self._write(table, lambda: overwrite_without(table, self.name, self._key, gone))
            return n_gone

    def clean(self) -> None:
        """Remove all versions but the newest from the disk, and what was set aside."""
        with self._only_writer():
            self.mend()
            if (table := self._open()) is None:
                return
            # The newest is whole and on the disk before the ones that it came from are gone.
            self._write(table, table.optimize)
            self._write(table, lambda: drop_old_versions(table, delete_unverified=True))
            if self._state.folder is not None:
                with writing(self.name):
                    self._state.folder.forget_set_aside()

    def _only_writer(self) -> AbstractContextManager[None]:
        """Wait until nobody else writes vectors: of two who add the same keys both would."""
        if self._store is None:
            return nullcontext()
        return only_one(self._store, "vectors", wait=wait_seconds())

    def _open(self) -> Any:
        return open_table(self._db, self.name)

    def _create(self, width: int) -> Any:
        identity = json.dumps(dict(self._identity), sort_keys=True, default=str)
        is_half = self._key == IMAGE_KEY and keeps_half(self._identity.get("precision"))
        value_type = pa.float16() if is_half else pa.float32()
        schema = schema_of(self._key, pa.list_(value_type, width))
        schema = schema.with_metadata({"facestore": identity})
        with writing(self.name):
            return self._db.create_table(self.name, schema=schema)

    def _write(self, table: Any, write: Callable[[], object], before: int = 0) -> int:
        """Write a version, wait until it is on the disk, and return it.

        Parameters
        ----------
        before
            The version that it comes from, if that is known.
        """
        before = before or table.version
        with writing(self.name):
            write()
            version = int(table.version)
            try:
                self._state.sync(version)
            except OSError:
                # What the disk has refused once may look well in memory: it is made again.
                if (folder := self._state.folder) is not None:
                    for each in range(version, before, -1):
                        folder.set_aside(each)
                raise
        return version

    def _append(self, table: Any, rows: pa.Table, hashes: UInt64) -> None:
        """Append rows whose keys are not there."""
        state = self._state
        is_kept, before = table is state.table, state.version
        n_before = state.n_fragments if is_kept else n_fragments(table)
        state.forget()
        version = self._write(table, lambda: table.add(rows), before)
        if version == before + 1:  # else another program has added rows, too
            state.index.add(hashes)
            state.keep(table, version, n_before + 1)
        if n_before >= lance_sizes.MOST_FRAGMENTS:
            self._tidy(table)

    def _tidy(self, table: Any) -> None:
        """Merge fragments if they are many, and remove older versions if they take much room."""
        state, before = self._state, table.version
        is_known = state.has_index_of(before, int(table.count_rows()))
        if should_merge(table, state.folder):
            state.forget()
            # The newest is whole and on the disk before the ones that it came from are gone:
            # what drops older versions merges as well, and would be too early for that.
            self._write(table, table.optimize, before)
            if is_wasteful(table, state.folder):
                self._write(table, lambda: drop_old_versions(table, delete_unverified=False))
        if is_known and state.index.n_rows == table.count_rows():  # rows keep their places
            state.keep(table, table.version, n_fragments(table))
