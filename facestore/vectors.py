"""The LanceDB half of a store: unit vectors of images and of texts, one pair of tables an encoder.

A Lance table holds `key` and `vector`: keyed by image_id or by the text itself, so a table can be
carried to another store. It is the only truth about which vectors exist, and is never migrated:
other weights, preprocessing or precision are another encoder, and so other tables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from facestore.errors import StoreWriteError
from facestore.locks import only_one, wait_seconds
from facestore.records import EmbeddingBatch, Float32, Int64, KeyedRows, VectorBlock, first_repeated
from facestore.unit_rows import UNIT_TOLERANCE

_READ_ROWS = 8192


class VectorStore:
    """The Lance database of a store.

    Parameters
    ----------
    uri
        A folder, or any URI that Lance takes (`s3://`, `gs://` ...).
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri

    @cached_property
    def _db(self) -> Any:
        import lancedb

        return lancedb.connect(self._uri)

    def images(self, vectors: str, identity: Mapping[str, Any] | None = None) -> VectorTable:
        """Return the image vectors of an encoder, keyed by `image_id`."""
        return self._table(f"{vectors}.images", "image_id", identity)

    def texts(self, vectors: str, identity: Mapping[str, Any] | None = None) -> VectorTable:
        """Return the text vectors of an encoder, keyed by `text`."""
        return self._table(f"{vectors}.texts", "text", identity)

    def _table(self, name: str, key: str, identity: Mapping[str, Any] | None) -> VectorTable:
        # of a URI there is no folder for a lock
        folder = None if "://" in self._uri else Path(self._uri).parent
        return VectorTable(self._db, name, key, identity or {}, folder)

    def names(self) -> list[str]:
        """Return the names of all Lance tables; not of one whose making was killed half-way."""
        found = sorted(self._db.list_tables().tables)
        return [name for name in found if _open_table(self._db, name) is not None]

    def copy_to(self, other: VectorStore) -> int:
        """Write all tables, each as it is at one moment, into an empty store; return the rows."""
        n_rows = 0
        for name in self.names():
            table = self._db.open_table(name)
            table.checkout(table.version)
            batches = table.search().limit(None).to_batches(_READ_ROWS)
            rows = pa.RecordBatchReader.from_batches(table.schema, batches)
            with _writing(name):
                n_rows += int(other._db.create_table(name, data=rows).count_rows())
        return n_rows


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
    store
        Folder of the store, whose lock the one that writes holds; None: there is none.
    """

    def __init__(
        self,
        db: Any,
        name: str,
        key: str,
        identity: Mapping[str, Any],
        store: Path | None = None,
    ) -> None:
        self._db = db
        self.name = name
        self._key = key
        self._identity = identity
        self._store = store

    def keys(self) -> set[str]:
        """Return all keys."""
        if (table := self._open()) is None:
            return set()
        batches = table.search().select([self._key]).limit(None).to_batches(_READ_ROWS)
        return {key for batch in batches for key in batch[self._key].to_pylist()}

    def count(self) -> int:
        """Return the number of vectors."""
        table = self._open()
        return 0 if table is None else int(table.count_rows())

    def width(self) -> int | None:
        """Return how many values a vector has; None where there is no table."""
        table = self._open()
        return None if table is None else int(table.schema.field("vector").type.list_size)

    def add(self, batch: EmbeddingBatch) -> int:
        """Add vectors whose keys are new; return how many were.

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
        repeated = first_repeated(batch.keys)
        if repeated is not None:
            message = f"key {repeated!r} occurs twice in one batch for {self.name!r}"
            raise ValueError(message)
        _check_unit_rows(batch.vectors, self.name)
        # Not `or`: a table without rows is false, and a kill just after its making leaves one.
        if (table := self._open()) is None:
            table = self._create(batch.vectors.shape[1])
        width = table.schema.field("vector").type.list_size
        if width != batch.vectors.shape[1]:
            message = (
                f"vectors of {batch.vectors.shape[1]} values do not fit {self.name!r} of {width}"
            )
            raise ValueError(message)
        vectors = pa.FixedSizeListArray.from_arrays(pa.array(batch.vectors.ravel()), width)
        rows = pa.table(
            [pa.array(batch.keys, pa.string()), vectors], schema=_schema(self._key, width)
        )
        merge = table.merge_insert(self._key).when_not_matched_insert_all()
        with _writing(self.name):
            return int(merge.execute(rows).num_inserted_rows)

    def batches(self) -> Iterator[EmbeddingBatch]:
        """Yield all vectors, some thousands at a time."""
        if (table := self._open()) is None:
            return
        for batch in table.search().limit(None).to_batches(_READ_ROWS):
            yield _embedding_batch(batch, self._key)

    def get(self, keys: Sequence[str]) -> dict[str, Float32]:
        """Return the vectors of those of the keys that are there; meant for some hundreds."""
        wanted = set(keys)
        return {
            key: batch.vectors[i]
            for batch in self.batches()
            for i, key in enumerate(batch.keys)
            if key in wanted
        }

    def one(self, key: str) -> Float32 | None:
        """Return the float32 (D,) vector of a key, or None."""
        if (table := self._open()) is None:
            return None
        quoted = key.replace("'", "''")
        found = table.search().where(f"{self._key} = '{quoted}'").limit(1).to_arrow()
        batches = found.to_batches()
        return _vectors(batches[0])[0] if found.num_rows else None

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
        search = table.search(vector).distance_type("dot").bypass_vector_index()
        found = search.select([self._key, "_distance"]).limit(n).to_arrow()
        # of unit vectors: rounding may lead out of [-1, 1] by an ulp
        cosines = np.clip(1 - found["_distance"].to_numpy(), -1, 1).astype(np.float32)
        keys = found[self._key].to_pylist()
        order = sorted(range(len(keys)), key=lambda i: (-cosines[i], keys[i]))
        return [keys[i] for i in order], cosines[order]

    def snapshot(self) -> VectorSnapshot | None:
        """Return the table as it is now, to be read several times; None where there is none."""
        table = self._open()
        return None if table is None else VectorSnapshot(table, self._key)

    def compact(self) -> None:
        """Merge the fragments that many small additions left."""
        with self._only_writer():
            if (table := self._open()) is not None:
                with _writing(self.name):
                    table.optimize()

    def _only_writer(self) -> AbstractContextManager[None]:
        """Wait until nobody else writes vectors.

        Lance's merge compares with the version that was opened: of two who add the same keys at
        once, both would insert them.
        """
        if self._store is None:
            return nullcontext()
        return only_one(self._store, "vectors", wait=wait_seconds())

    def _open(self) -> Any:
        return _open_table(self._db, self.name)

    def _create(self, width: int) -> Any:
        identity = json.dumps(dict(self._identity), sort_keys=True, default=str)
        schema = _schema(self._key, width).with_metadata({"facestore": identity})
        with _writing(self.name):
            return self._db.create_table(self.name, schema=schema)


class VectorSnapshot:
    """One version of a table of vectors: what others write in the meantime is not seen.

    Parameters
    ----------
    table
        An open Lance table.
    key
        Name of its key column.
    """

    def __init__(self, table: Any, key: str) -> None:
        self._table = table
        self._key = key
        table.checkout(table.version)

    def keys(self) -> KeyedRows:
        """Return the keys of all rows."""
        search = self._table.search().select([self._key]).with_row_id(True).limit(None)
        found = pa.Table.from_batches(
            search.to_batches(_READ_ROWS),
            pa.schema([pa.field(self._key, pa.string(), nullable=False), ("_rowid", pa.uint64())]),
        ).sort_by("_rowid")
        keys = found[self._key].combine_chunks()
        return KeyedRows(found["_rowid"].to_numpy().astype(np.int64), keys)

    def blocks(self) -> Iterator[VectorBlock]:
        """Yield all vectors, some thousands at a time."""
        search = self._table.search().select(["vector"]).with_row_id(True).limit(None)
        for batch in search.to_batches(_READ_ROWS):
            yield VectorBlock(_rows(batch), _vectors(batch))


def _open_table(db: Any, name: str) -> Any:
    """Open a table; None where there is none, or only a folder that a killed process left.

    Lance lists such a folder, and makes the table in it when it is asked to again.
    """
    if name not in db.list_tables().tables:
        return None
    try:
        return db.open_table(name)
    except ValueError as error:
        if "was not found" in str(error):
            return None
        raise


@contextmanager
def _writing(name: str) -> Iterator[None]:
    """Tell what Lance raises on a full or a read-only disk; each of its writes is whole or none."""
    try:
        yield
    except (RuntimeError, OSError) as error:
        found = re.search(r"[^:,(]*\(os error \d+\)", str(error))
        raise StoreWriteError(f"vectors/{name}.lance", found[0] if found else str(error)) from error


def _schema(key: str, width: int) -> pa.Schema:
    vector = pa.list_(pa.float32(), width)
    return pa.schema([pa.field(key, pa.string(), nullable=False), pa.field("vector", vector)])


def _embedding_batch(batch: pa.RecordBatch, key: str) -> EmbeddingBatch:
    return EmbeddingBatch(tuple(batch[key].to_pylist()), _vectors(batch))


def _vectors(batch: pa.RecordBatch) -> Float32:
    column = batch["vector"]
    flat = column.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat, dtype=np.float32).reshape(len(column), column.type.list_size)


def _rows(batch: pa.RecordBatch) -> Int64:
    return np.asarray(batch["_rowid"].to_numpy(), dtype=np.int64)


def _check_unit_rows(vectors: Float32, table: str) -> None:
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    bad = np.flatnonzero(~(np.abs(lengths - 1) < UNIT_TOLERANCE))
    if bad.size:
        message = f"vector {bad[0]} for {table!r} has length {lengths[bad[0]]:.4g}, not 1"
        raise ValueError(message)
