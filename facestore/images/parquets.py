"""Rows of Parquet files that hold image bytes, read in passing: never a whole row group at once."""

import bisect
import json
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from facestore.images.files import check_size, trouble

_IMAGE_COLUMNS = ("image", "img", "image_bytes", "bytes", "jpg", "jpeg", "png", "webp", "picture")
_BATCH_ROWS = 16
# Threads ask for rows in nearly their order: so many batches stay for those who come late.
_KEPT = 4
_BUFFER = 1024 * 1024
_BROKEN = (
    pa.ArrowException, ValueError, LookupError, TypeError, NotImplementedError, OverflowError,
    MemoryError,
)  # fmt: skip


@dataclass(frozen=True)
class ParquetRow:
    """The image of one row.

    Attributes
    ----------
    path
        The Parquet file.
    column
        The column of bytes, or `image.bytes` for a field of a struct.
    row
        From 0, over all row groups.
    """

    path: Path
    column: str
    row: int

    def __str__(self) -> str:
        """Return where it is."""
        return f"{self.path}/{self.row}"

    def read_bytes(self) -> bytes:
        """Return the content; raise OSError if the file or the row is not there or is broken."""
        facts = self.path.stat()
        try:
            cursor = _cursor(self.path, self.column, facts.st_mtime_ns, facts.st_size)
            content = cursor.get(self.row)
        except (
            pa.ArrowException,
            ValueError,
            LookupError,
            TypeError,
            NotImplementedError,
        ) as error:
            reason = " ".join(str(error).split())[:120]
            raise trouble(f"the Parquet file cannot be read ({reason})") from error
        if content is None:
            raise trouble(
                "the row has no image bytes; where it has a path alone, give a table with a column "
                "`file` of these paths"
            )
        check_size(len(content))
        return content


def open_parquet(path: Path) -> pq.ParquetFile:
    """Open a Parquet file for reading in passing.

    Raises
    ------
    OSError
        If it is none.
    """
    try:
        return pq.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False)
    except _BROKEN as error:
        reason = " ".join(str(error).split())[:120]
        raise trouble(f"no whole Parquet file ({reason})") from error


def find_image_column(schema: pa.Schema) -> str | None:
    """Return the column that holds images, as `ParquetRow.column` wants it; None: there is none.

    That is one of the type Image in Hugging Face's metadata, or else the first struct with a
    field `bytes`, or else binary of a usual name.
    """
    declared = [name for name, each in features(schema).items() if each.get("_type") == "Image"]
    first = [name for name in (*declared, *schema.names) if schema.get_field_index(name) >= 0]
    for name in first:
        kind = schema.field(name).type
        if pa.types.is_struct(kind) and _binary_field(kind):
            return f"{name}.bytes"
    for name in (*declared, *_IMAGE_COLUMNS):
        if schema.get_field_index(name) >= 0 and _is_binary(schema.field(name).type):
            return name
    return None


def features(schema: pa.Schema) -> dict[str, dict[str, Any]]:
    """Return Hugging Face's features from the metadata of a schema, by column; often none."""
    try:
        content = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        found = content["info"]["features"]
        return {str(name): each for name, each in found.items() if isinstance(each, dict)}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


class _Cursor:
    """Reads one column forwards and keeps the last batches; going back begins a row group anew."""

    def __init__(self, path: Path, column: str) -> None:
        self._lock = threading.Lock()
        self._file = open_parquet(path)
        is_plain = column in self._file.schema_arrow.names
        self._columns, self._field = [column], "" if is_plain else column.rpartition(".")[2]
        metadata = self._file.metadata
        sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
        self._starts = [sum(sizes[:i]) for i in range(len(sizes) + 1)]
        self._group = -1
        self._batches: Iterator[pa.RecordBatch] = iter(())
        self._next = 0  # the first row that was not read yet
        self._kept: deque[tuple[int, pa.Array]] = deque(maxlen=_KEPT)

    def get(self, row: int) -> bytes | None:
        """Return the bytes of a row; None where it is NULL."""
        with self._lock:
            for first, values in self._kept:
                if first <= row < first + len(values):
                    return _bytes(values[row - first])
            return _bytes(self._advance_to(row))

    def _advance_to(self, row: int) -> pa.Scalar:
        if not 0 <= row < self._starts[-1]:
            message = f"there is no row {row}"
            raise IndexError(message)
        group = bisect.bisect_right(self._starts, row) - 1
        if group != self._group or row < self._next:
            self._group, self._next = group, self._starts[group]
            self._batches = self._file.iter_batches(
                _BATCH_ROWS, row_groups=[group], columns=self._columns, use_threads=False
            )
        for batch in self._batches:
            values = batch.column(0)
            if self._field:
                values = values.field(self._field)
            first, self._next = self._next, self._next + len(values)
            self._kept.append((first, values))
            if row < self._next:
                return values[row - first]
        message = f"row {row} is missing in its row group"
        raise IndexError(message)


@lru_cache(maxsize=8)
def _cursor(path: Path, column: str, _changed: int, _size: int) -> _Cursor:
    return _Cursor(path, column)


def _bytes(value: pa.Scalar) -> bytes | None:
    content = value.as_py()
    return content if isinstance(content, bytes) else None


def _binary_field(kind: pa.StructType) -> bool:
    position = kind.get_field_index("bytes")
    if position < 0:
        return False
    found = kind.field(position).type
    # no type where no row of a file has bytes
    return _is_binary(found) or bool(pa.types.is_null(found))


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
