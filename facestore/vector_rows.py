"""Vectors as rows of Lance tables, and back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from facestore.key_index import UInt64
from facestore.lance_tables import not_unit, vectors_of
from facestore.records import EmbeddingBatch, Float32, first_repeated


def schema_of(key: str, vectors: pa.DataType) -> pa.Schema:
    """Return the columns of a table: its keys, and its vectors in their type."""
    return pa.schema([pa.field(key, pa.string(), nullable=False), pa.field("vector", vectors)])


def rows_of(key: str, keys: pa.Array, vectors: Float32, kept_as: pa.FixedSizeListType) -> pa.Table:
    """Return rows as they are written, float16 where the table keeps that."""
    flat = vectors.ravel().astype(kept_as.value_type.to_pandas_dtype(), copy=False)
    column = pa.FixedSizeListArray.from_arrays(pa.array(flat), kept_as.list_size)
    return pa.table([keys.cast(pa.string()), column], schema=schema_of(key, kept_as))


def batch_of(rows: pa.RecordBatch, key: str) -> EmbeddingBatch:
    """Return rows as they are read, float32 in any case."""
    return EmbeddingBatch(tuple(rows[key].to_pylist()), vectors_of(rows))


def quoted(key: str) -> str:
    """Return a key as SQL has it."""
    return "'" + key.replace("'", "''") + "'"


def check_batch(batch: EmbeddingBatch, hashes: UInt64, table: str) -> None:
    """Refuse what no table may have.

    Parameters
    ----------
    hashes
        Of the keys: uint64 (B,).

    Raises
    ------
    ValueError
        If a key occurs twice, or a row is not of unit length.
    """
    may_repeat = np.diff(np.sort(hashes)) == 0
    if may_repeat.any() and (repeated := first_repeated(batch.keys)) is not None:
        message = f"key {repeated!r} occurs twice in one batch for {table!r}"
        raise ValueError(message)
    bad, lengths = not_unit(batch.vectors)
    if bad.size:
        message = f"vector {bad[0]} for {table!r} has length {lengths[bad[0]]:.4g}, not 1"
        raise ValueError(message)
