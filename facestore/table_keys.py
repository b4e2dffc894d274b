"""The keys of a Lance table: an index of them in memory, and the rows that it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from facestore.key_index import KeyIndex, Keys, UInt64, hashes_of, text_array
from facestore.lance_tables import READ_ROWS, TableState, reading
from facestore.records import Int64

# A key is short beside a vector.
_KEYS = 65_536
# Where more of the rows may have what is asked for, all are read rather than picked one by one.
_MOST_PICKED = 0.1


class TableKeys:
    """The keys of a table, whichever version of it is given.

    Parameters
    ----------
    name, column
        The table and its column of keys.
    state
        What this process knows of the table; has the index of the version that it saw last.
    """

    def __init__(self, name: str, column: str, state: TableState) -> None:
        self._name, self._column, self._state = name, column, state

    def each(self, table: Any) -> Iterator[pa.Array]:
        """Yield all keys, many at a time."""
        with reading(self._name):
            for batch in table.search().select([self._column]).limit(None).to_batches(_KEYS):
                yield batch[self._column]

    def index(self, table: Any) -> KeyIndex:
        """Return the index of all keys; they are read again if others wrote to the table."""
        state = self._state
        if table is state.table:
            return state.index
        n_rows, version = int(table.count_rows()), table.version
        if not state.has_index_of(version, n_rows):
            state.forget()
            manifest = state.manifest_of(version)
            state.index = KeyIndex.of(self.each(table), n_rows)
            state.version, state.manifest = version, manifest
        return state.index

    def has(self, table: Any, keys: Keys) -> npt.NDArray[np.bool_]:
        """Say which keys are there: bool (N,); the rows that may have them are looked at."""
        return self.has_hashed(table, text_array(keys), hashes_of(keys))

    def has_hashed(self, table: Any, keys: pa.Array, hashes: UInt64) -> npt.NDArray[np.bool_]:
        """Do so for keys whose hashes are there already."""
        index = self.index(table)
        places, rows = index.candidates(hashes)
        found = np.zeros(len(keys), np.bool_)
        if len(places) > _MOST_PICKED * index.n_rows:
            order = np.argsort(rows)
            for each in self._same(table, keys, places[order], rows[order]):
                found[each] = True
        elif len(places):
            there = [each[self._column] for each in self.rows(table, rows, [self._column])]
            asked = keys.take(pa.array(places))
            values = pa.chunked_array(there, pa.string()).cast(asked.type)
            is_there = pc.is_in(asked, value_set=values).to_numpy(zero_copy_only=False)
            found[places[is_there]] = True
        return found

    def _same(self, table: Any, keys: pa.Array, places: Int64, rows: Int64) -> Iterator[Int64]:
        """Yield the places of keys that their rows have; all keys of the table are read."""
        first_row = start = 0
        for part in self.each(table):
            end = int(np.searchsorted(rows, first_row + len(part)))
            here = part.take(pa.array(rows[start:end] - first_row)).cast(keys.type)
            is_same = pc.equal(here, keys.take(pa.array(places[start:end])))
            yield places[start:end][is_same.to_numpy(zero_copy_only=False)]
            first_row, start = first_row + len(part), end

    def rows(self, table: Any, rows: Int64, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """Yield some rows, told by their places in the table, in order of these; each once."""
        rows = np.unique(rows)
        for start in range(0, len(rows), READ_ROWS):
            with reading(self._name):
                query = table.take_offsets(rows[start : start + READ_ROWS].tolist())
                yield from query.select(columns).to_arrow().to_batches()
