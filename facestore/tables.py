"""Reading CSV, TSV, JSON lines and Parquet tables that anybody may have written."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from facestore.errors import FacestoreError, TableError

MAX_COLUMNS = 10_000
JSON_LINES = (".jsonl", ".ndjson")
_MAX_HEADER_BYTES = 4 * 1024 * 1024
_REPEATED = re.compile(r"(.+)_duplicated_\d+")
_MARKS = {
    b"\x1f\x8b": "it is compressed with gzip",
    b"PK": "it is a ZIP archive, or a workbook of a spreadsheet",
    b"\xff\xfe": "it is written in UTF-16",
    b"\xfe\xff": "it is written in UTF-16",
    b"\x28\xb5\x2f\xfd": "it is compressed with Zstandard",
}
# What libraries raise on files that surprise them. polars gives up with PanicException, which is
# no PolarsError; json and yaml end deep nesting with RecursionError.
_UNREADABLE = (
    pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, TypeError,
    LookupError, EOFError, ArithmeticError, MemoryError, RecursionError, SyntaxError, RuntimeError,
    NotImplementedError, struct.error, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


@contextmanager
def refusing(path: Path, what: str = "a table") -> Iterator[None]:
    """Turn what a library raises on a broken file into one TableError.

    Parameters
    ----------
    path
        The file.
    what
        What it was read as.
    """
    try:
        yield
    except FacestoreError:
        raise
    except _UNREADABLE as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        problem = f"not readable as {what} ({reason})"
        raise TableError(path, problem, "Check the file.") from error


def read_table(path: Path) -> pl.DataFrame:
    """Read a table with the types that its values have.

    Parameters
    ----------
    path
        `.parquet`, `.jsonl`, `.tsv`, or else CSV with commas, semicolons or tabs.

    Raises
    ------
    TableError
        If it cannot be read, names a column twice, or has more than `MAX_COLUMNS`.
    """
    return _read(path, as_text=False)


def read_text_table(path: Path) -> pl.DataFrame:
    """Read a table as text: blanks around values removed, empty ones NULL, nested columns left out.

    Raises
    ------
    TableError
        As `read_table`.
    """
    table = _read(path, as_text=True)
    with refusing(path):
        return as_text(table)


def as_text(table: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that can be text as text, without blanks around; empty ones are NULL."""
    plain = [
        name
        for name, kind in table.schema.items()
        if not kind.is_nested() and kind not in (pl.Binary, pl.Object)
    ]
    text = table.select(pl.col(plain).cast(pl.String).str.strip_chars())
    return text.select(pl.when(pl.all() != "").then(pl.all()))


def _read(path: Path, *, as_text: bool) -> pl.DataFrame:
    if not path.is_file():
        found = "it is no file" if path.exists() else "there is no such file"
        raise TableError(path, found, "Check the path.")
    with refusing(path):
        if path.suffix.lower() == ".parquet":
            table = _read_parquet(path)
        elif path.suffix.lower() in JSON_LINES:
            _check_start(path, ",")
            table = pl.read_ndjson(path, infer_schema_length=None)
        else:
            separator = _separator(path)
            _check_start(path, separator)
            options = {"infer_schema": False} if as_text else {"infer_schema_length": None}
            table = pl.read_csv(path, separator=separator, **options)
    _check_repeats(path, table.columns)
    return table


def _read_parquet(path: Path) -> pl.DataFrame:
    _check_width(path, len(pl.read_parquet_schema(path)))
    return pl.read_parquet(path)


def _separator(path: Path) -> str:
    if path.suffix.lower() == ".tsv":
        return "\t"
    header = _first_line(path)
    return next((mark for mark in ",;\t" if mark.encode() in header), ",")


def _first_line(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.readline(_MAX_HEADER_BYTES)


def _check_start(path: Path, separator: str) -> None:
    header = _first_line(path)
    for mark, problem in _MARKS.items():
        if header.startswith(mark):
            raise TableError(path, problem, "Expected plain text in UTF-8.")
    if path.suffix.lower() not in JSON_LINES:
        _check_width(path, header.count(separator.encode()) + 1)
        if len(header) >= _MAX_HEADER_BYTES:
            problem = f"its first line is longer than {_MAX_HEADER_BYTES:,} bytes"
            raise TableError(path, problem, "Check the file.")


def _check_width(path: Path, n_columns: int) -> None:
    if n_columns > MAX_COLUMNS:
        problem = f"it has {n_columns:,} columns, at most {MAX_COLUMNS:,} are read"
        raise TableError(path, problem, "Expected a row a file: was the table transposed?")


def _check_repeats(path: Path, columns: list[str]) -> None:
    """Refuse a header that names a column twice; columns without a name are nobody's."""
    for column in columns:
        found = _REPEATED.fullmatch(column)
        if found and found[1] in columns:
            problem = f"column {found[1]!r} occurs twice"
            raise TableError(path, problem, "Remove one of them, or give it another name.")
