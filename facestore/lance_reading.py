"""The rows of a Lance table in their order, also where its files change under who reads them.

Merged fragments have other files, and those of before are removed. Rows keep their places, so who
reads goes on at the same row of the newest version, unless rows were taken out in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from facestore.errors import VectorsUnreadableError
from facestore.lance_tables import READ_ROWS, reading, vectors_of
from facestore.records import Float32, KeyedRows, VectorBlock

# Lance reads far ahead of who takes batches, which is twice the memory and more work: rows are
# asked for in parts, of which one at a time is in memory. Its memory is given back to the system
# after each where it is a large one, and taking 32 MB anew costs five times what reading them does.
_PART_BYTES = 8 * 2**20
_KEY_BYTES = 64


class OrderedRows:
    """The rows of one version of a table.

    Parameters
    ----------
    table
        An open Lance table.
    name, key
        What it is called, and its column of keys.
    newest
        Opens the table anew.
    """

    def __init__(self, table: Any, name: str, key: str, newest: Callable[[], Any]) -> None:
        self._table, self._name, self._key, self._newest = table, name, key, newest
        with reading(name):
            self._n_rows = int(table.count_rows())
            self._last = self._key_at_end(table)

    def read(self, columns: list[str], first_row: int = 0) -> Iterator[pa.RecordBatch]:
        """Yield the rows from one on, some thousands at a time.

        Raises
        ------
        VectorsUnreadableError
            If files are missing or damaged, and not because they were merged.
        """
        row, part_rows = first_row, _part_rows(self._table.schema, columns)
        while row < self._n_rows:
            try:
                with reading(self._name):
                    search = self._table.search().select(columns).offset(row)
                    batches = search.limit(min(part_rows, self._n_rows - row))
                    for batch in batches.to_batches(READ_ROWS):
                        row += len(batch)
                        yield batch
            except VectorsUnreadableError:
                newest = self._newest()
                is_newer = newest is not None and newest.version > self._table.version
                if not is_newer or self._key_at_end(newest) != self._last:
                    raise
                self._table = newest

    def _key_at_end(self, table: Any) -> str | None:
        """Return the key of the last row: a newer version has it there if none before is gone."""
        if not self._n_rows:
            return None
        found = table.take_offsets([self._n_rows - 1]).select([self._key]).to_arrow()
        return found[self._key][0].as_py() if len(found) else None


def _part_rows(schema: pa.Schema, columns: list[str]) -> int:
    """Return how many rows of some columns are asked for at once."""
    types = [schema.field(name).type for name in columns]
    of_vectors = [each for each in types if pa.types.is_fixed_size_list(each)]
    vector_bytes = sum(int(each.list_size * each.value_type.bit_width) // 8 for each in of_vectors)
    return max(1, _PART_BYTES // (_KEY_BYTES + vector_bytes))


class VectorSnapshot:
    """One version of a table of vectors: what others write in the meantime is not seen.

    Parameters
    ----------
    rows
        Its rows.
    key
        Name of its key column.
    """

    def __init__(self, rows: OrderedRows, key: str) -> None:
        self._rows, self._key = rows, key

    def keys(self) -> KeyedRows:
        """Return the keys of all rows."""
        keys = [batch[self._key] for batch in self._rows.read([self._key])]
        array = pa.chunked_array(keys, pa.string()).combine_chunks()
        return KeyedRows(np.arange(len(array), dtype=np.int64), array)

    def blocks(self) -> Iterator[VectorBlock]:
        """Yield all vectors, some thousands at a time."""
        start = 0
        for batch in self._rows.read(["vector"]):
            rows = np.arange(start, start + len(batch), dtype=np.int64)
            yield VectorBlock(rows, vectors_of(batch))
            start += len(batch)


def nearest_rows(
    table: Any, name: str, key: str, vector: Float32, n: int
) -> tuple[list[str], Float32]:
    """Return the keys of the rows nearest to a vector, and their cosines, highest first."""
    search = table.search(vector).distance_type("dot").bypass_vector_index()
    with reading(name):
        found = search.select([key, "_distance"]).limit(n).to_arrow()
    # of unit vectors: rounding may lead out of [-1, 1] by an ulp
    cosines = np.clip(1 - found["_distance"].to_numpy(), -1, 1).astype(np.float32)
    keys = found[key].to_pylist()
    order = sorted(range(len(keys)), key=lambda i: (-cosines[i], keys[i]))
    return [keys[i] for i in order], cosines[order]
