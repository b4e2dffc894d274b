"""An index over a Lance table of vectors: made, asked and dropped; LanceDB keeps it with the table.

Vectors that were added after the index was made are compared one by one, so that they are found all
the same; whoever compacts the table puts them into the index as well. A table that is written anew
loses its index: it never gives what is gone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from facestore.lance_tables import READ_ROWS, reading, vectors_of
from facestore.records import Float32, Int64, KeyedRows, VectorBlock
from facestore.vector_table import VectorTable

IndexKind = Literal["IVF_RQ", "IVF_PQ"]
# Only vectors of images are so many that an index is worth while.
_KEY = "image_id"
# LanceDB asks for it.
RQ_DIVISOR = 8
# Vectors a partition that are looked at to place it, and rounds of k-means: more costs minutes and
# finds no more.
_SAMPLE_RATE, _MAX_ITERATIONS = 64, 10
# A batch of queries costs a third of as many single ones.
_QUERIES_AT_ONCE = 256


@dataclass(frozen=True)
class IndexPlan:
    """How an index is made.

    Attributes
    ----------
    kind
        IVF_RQ or IVF_PQ, as LanceDB calls them.
    partitions
        Parts that the vectors are divided into.
    bits
        Of IVF_RQ: bits that are kept of each value.
    sub_vectors
        Of IVF_PQ: bytes that are kept of each vector.
    """

    kind: IndexKind
    partitions: int
    bits: int | None = None
    sub_vectors: int | None = None

    @property
    def parameters(self) -> dict[str, int]:
        """What is kept of it beside its kind."""
        named = {"bits": self.bits, "sub_vectors": self.sub_vectors}
        told = {name: value for name, value in named.items() if value is not None}
        return {"partitions": self.partitions, **told}


@dataclass(frozen=True)
class IndexState:
    """An index as it is in its table.

    Attributes
    ----------
    version
        Of the table.
    n_rows, n_unindexed
        Vectors in the table, and those of them that are not in the index.
    """

    version: int
    n_rows: int
    n_unindexed: int


@dataclass(frozen=True)
class Answers:
    """The nearest vectors of queries, of each at most as many as were asked for.

    Attributes
    ----------
    queries
        int64 (A,): numbers of queries, from 0, in order.
    rows
        int64 (A,): rows of the table, of each query the nearest first.
    cosines
        float32 (A,) in [-1, 1].
    """

    queries: Int64
    rows: Int64
    cosines: Float32


@dataclass(frozen=True)
class DrawnRows:
    """Vectors that were looked up by their rows.

    Attributes
    ----------
    rows
        int64 (R,).
    vectors
        float32 (R, D).
    """

    rows: Int64
    vectors: Float32


class VectorIndex:
    """The index of a table of vectors.

    Parameters
    ----------
    table
        The table; it has at most one index over its vectors.
    """

    def __init__(self, table: VectorTable) -> None:
        self._table = table

    def names(self) -> list[str]:
        """Return the names of the indexes over the vectors: one, if nobody else made any."""
        lance = self._table.opened()
        return [] if lance is None else _names(lance)

    def state(self, name: str) -> IndexState | None:
        """Return how an index is now; None where there is none of that name."""
        lance = self._table.opened()
        if lance is None:
            return None
        with reading(self._table.name):
            if name not in _names(lance):
                return None
            found = lance.index_stats(name)
            return IndexState(lance.version, int(lance.count_rows()), int(found.num_unindexed_rows))

    def build(self, plan: IndexPlan, name: str) -> float:
        """Make the index, in place of any other; return how many seconds of CPU it took.

        Parameters
        ----------
        plan
            How.
        name
            What it is called: one that no other was.
        """
        from lancedb.index import IvfPq, IvfRq

        shared = {
            "distance_type": "dot",
            "num_partitions": plan.partitions,
            "sample_rate": _SAMPLE_RATE,
            "max_iterations": _MAX_ITERATIONS,
        }
        of_kind: Any = (
            IvfRq(num_bits=plan.bits, **shared)
            if plan.kind == "IVF_RQ"
            else IvfPq(num_sub_vectors=plan.sub_vectors, **shared)
        )
        self.drop()
        started = time.process_time()
        self._table.change(lambda lance: lance.create_index("vector", config=of_kind, name=name))
        return time.process_time() - started

    def drop(self) -> bool:
        """Drop whatever index there is over the vectors; return whether there was one."""
        names = self.names()
        for name in names:
            self._table.change(_dropping(name))
        return bool(names)

    def keys_from(self, first_row: int) -> Iterator[list[str]]:
        """Yield the keys of the vectors that were added after so many, some thousands at a time."""
        if (lance := self._table.opened()) is None:
            return
        with reading(self._table.name):
            rows = lance.search().select([_KEY]).offset(first_row).limit(None)
            for batch in rows.to_batches(READ_ROWS):
                yield batch[_KEY].to_pylist()

    def nearest(
        self, vector: Float32, n: int, *, probes: int, refine: int
    ) -> tuple[list[str], Float32]:
        """Return keys and cosines of the `n` vectors that the index finds nearest, highest first.

        Parameters
        ----------
        vector
            float32 (D,) of unit length.
        n
            How many.
        probes, refine
            Partitions that are looked through, and how many times `n` are compared exactly.
        """
        if (lance := self._table.opened()) is None:
            return [], np.empty(0, np.float32)
        search = _asked(lance, vector, n, probes, refine)
        with reading(self._table.name):
            found = search.select([_KEY, "_distance"]).to_arrow()
        cosines, keys = _cosines(found), found[_KEY].to_pylist()
        order = sorted(range(len(keys)), key=lambda i: (-cosines[i], keys[i]))
        return [keys[i] for i in order], cosines[order]

    def snapshot(self) -> IndexSnapshot | None:
        """Return the table with its index as it is now; None where there is no table."""
        lance = self._table.opened()
        return None if lance is None else IndexSnapshot(lance, self._table.name)


class IndexSnapshot:
    """One version of a table and of its index: rows have the numbers that LanceDB gives them.

    Parameters
    ----------
    lance
        An open Lance table.
    name
        What it is called.
    """

    def __init__(self, lance: Any, name: str) -> None:
        self._table, self._name = lance, name
        lance.checkout(lance.version)

    @property
    def version(self) -> int:
        """Of the table."""
        return int(self._table.version)

    def n_rows(self) -> int:
        """Return how many vectors there are."""
        return int(self._table.count_rows())

    def keys(self) -> KeyedRows:
        """Return the keys of all rows."""
        found = self.numbered_keys().read_all().sort_by("row")
        keys = found["key"].combine_chunks()
        return KeyedRows(found["row"].to_numpy().astype(np.int64), keys)

    def blocks(self) -> Iterator[VectorBlock]:
        """Yield all vectors, some thousands at a time."""
        search = self._table.search().select(["vector"]).with_row_id(True).limit(None)
        with reading(self._name):
            for batch in search.to_batches(READ_ROWS):
                rows = np.asarray(batch["_rowid"].to_numpy(), dtype=np.int64)
                yield VectorBlock(rows, vectors_of(batch))

    def numbered_keys(self) -> pa.RecordBatchReader:
        """Return a stream of `key` and `row`, all of them."""
        schema = pa.schema([pa.field("key", pa.string()), pa.field("row", pa.uint64())])
        search = self._table.search().select([_KEY]).with_row_id(True).limit(None)

        def batches() -> Iterator[pa.RecordBatch]:
            with reading(self._name):
                for batch in search.to_batches(READ_ROWS):
                    columns = [batch[_KEY], batch["_rowid"]]
                    yield pa.RecordBatch.from_arrays(columns, schema=schema)

        return pa.RecordBatchReader.from_batches(schema, batches())

    def take(self, rows: Int64) -> DrawnRows:
        """Return the vectors of some rows, in any order."""
        with reading(self._name):
            asked = self._table.take_row_ids(rows.tolist()).select(["vector"])
            found = asked.with_row_id().to_arrow().combine_chunks()
        (batch,) = found.to_batches()
        return DrawnRows(np.asarray(batch["_rowid"]).astype(np.int64), vectors_of(batch))

    def nearest(self, vectors: Float32, n: int, *, probes: int, refine: int) -> Iterator[Answers]:
        """Yield what the index finds nearest to many vectors, some hundreds of them at a time.

        Parameters
        ----------
        vectors
            float32 (Q, D) of unit length.
        n, probes, refine
            As `VectorIndex.nearest` has them.
        """
        for start in range(0, len(vectors), _QUERIES_AT_ONCE):
            part = vectors[start : start + _QUERIES_AT_ONCE]
            # always as a batch, also of one, so that there is a column `query_index`
            padded = part if len(part) > 1 else np.repeat(part, 2, axis=0)
            search = _asked(self._table, padded, n, probes, refine)
            with reading(self._name):
                found = search.select(["_distance"]).with_row_id(True).to_arrow()
            queries = found["query_index"].to_numpy().astype(np.int64)
            rows, cosines = found["_rowid"].to_numpy().astype(np.int64), _cosines(found)
            order = np.lexsort((rows, -cosines, queries))
            order = order[queries[order] < len(part)]
            yield Answers(queries[order] + start, rows[order], cosines[order])


def _asked(lance: Any, vectors: Float32, n: int, probes: int, refine: int) -> Any:
    search = lance.search(vectors).distance_type("dot").nprobes(probes).refine_factor(refine)
    return search.limit(n)


def _cosines(found: pa.Table) -> Float32:
    """Return cosines of distances that were refined: they are of the vectors as they are stored."""
    distances = np.asarray(found["_distance"].to_numpy(), dtype=np.float32)
    cosines: Float32 = np.clip(np.float32(1) - distances, -1, 1)
    return cosines


def _names(lance: Any) -> list[str]:
    return [each.name for each in lance.list_indices() if "vector" in each.columns]


def _dropping(name: str) -> Callable[[Any], object]:
    return lambda lance: lance.drop_index(name)
