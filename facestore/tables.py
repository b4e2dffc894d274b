"""Reading CSV, TSV, JSON and Parquet tables that anybody may have written."""

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from facestore.errors import FacestoreError, TableError, preview
from facestore.table_text import ROWS_EXPECTED, table_text

MAX_COLUMNS = 10_000
JSON_LINES = (".jsonl", ".ndjson")
_REPEATED = re.compile(r"(.+)_duplicated_\d+")
# What libraries raise on files that surprise them. polars gives up with PanicException, which is
# no PolarsError; json and yaml end deep nesting with RecursionError.
UNREADABLE = (
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
    except UNREADABLE as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        problem = f"not readable as {what} ({reason})"
        raise TableError(path, problem, "Check the file.") from error


@dataclass(frozen=True)
class TextRows:
    """A table of texts, without the rows in which every cell is empty.

    Attributes
    ----------
    table
        Columns of text, blanks around values removed, empty ones NULL; nested ones are left out.
    rows
        The number of each row, as an editor or a spreadsheet counts.
    encoding
        What the file is written in; None: it is no text, or is JSON.
    """

    table: pl.DataFrame
    rows: pl.Series
    encoding: str | None


def read_table(path: Path, encoding: str | None = None) -> pl.DataFrame:
    """Read a table with the types that its values have.

    Parameters
    ----------
    path
        `.parquet`, `.jsonl`, `.json`, or else CSV with commas, semicolons, tabs or blanks.
    encoding
        What text is written in; None: told by its bytes.

    Raises
    ------
    TableError
        If it cannot be read, names a column twice, has more than `MAX_COLUMNS`, or no rows.
    """
    table, _, _ = _read(path, encoding, as_text=False)
    with refusing(path):
        table = table.filter(_is_row(table))
    check_rows(path, table)
    return table


def read_text_table(path: Path, encoding: str | None = None) -> pl.DataFrame:
    """Read a table as `read_text_rows` does.

    Raises
    ------
    TableError
        As `read_table`.
    """
    return read_text_rows(path, encoding).table


def read_text_rows(
    path: Path, encoding: str | None = None, *, may_be_empty: bool = False
) -> TextRows:
    """Read a table as text, and which row each is.

    Parameters
    ----------
    path, encoding
        As for `read_table`.
    may_be_empty
        Whether a table without rows is one, too.

    Raises
    ------
    TableError
        As `read_table`.
    """
    table, first_row, written_in = _read(path, encoding, as_text=True)
    with refusing(path):
        text = as_text(table)
        if len(table) and not text.width:
            problem = f"no column of {preview(map(repr, table.columns), 8)} has plain values"
            raise TableError(path, problem, "Expected a column of files, and one a label.")
        is_row = _is_row(text)
        rows = pl.int_range(first_row, first_row + len(table), eager=True)
        found = TextRows(text.filter(is_row), rows.filter(is_row), written_in)
    if not may_be_empty:
        check_rows(path, found.table)
    return found


def check_rows(path: Path, table: pl.DataFrame) -> None:
    """Refuse a table without rows: it says nothing, and most often something went wrong before."""
    if table.is_empty():
        raise TableError(path, "it has no rows", ROWS_EXPECTED)


def as_text(table: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that can be text as text, without blanks around; empty ones are NULL."""
    plain = [
        name
        for name, kind in table.schema.items()
        if not kind.is_nested() and kind not in (pl.Binary, pl.Object)
    ]
    text = table.select(pl.col(plain).cast(pl.String).str.strip_chars())
    return text.select(pl.when(pl.all() != "").then(pl.all()))


def _is_row(table: pl.DataFrame) -> pl.Series:
    """Say of each row whether a cell has something: spreadsheets leave rows of separators."""
    if not table.width:
        return pl.repeat(True, table.height, eager=True)
    return table.select(pl.any_horizontal(pl.all().is_not_null())).to_series()


def _read(
    path: Path, encoding: str | None, *, as_text: bool
) -> tuple[pl.DataFrame, int, str | None]:
    """Return a table, the number of its first row, and the encoding of its text."""
    if not path.is_file():
        found = "it is no file" if path.exists() else "there is no such file"
        raise TableError(path, found, "Check the path.")
    suffix, first_row, written_in = path.suffix.lower(), 0, None
    with refusing(path):
        if suffix == ".parquet":
            table = _read_parquet(path)
        elif suffix in JSON_LINES:
            first_row = 1
            table = pl.read_ndjson(table_text(path, encoding).data, infer_schema_length=None)
        elif suffix == ".json":
            table = _read_json(path, encoding)
        else:
            text = table_text(path, encoding)
            _check_width(path, text.n_columns)
            first_row, written_in = text.first_row, text.encoding
            options = {"infer_schema": False} if as_text else {"infer_schema_length": None}
            table = pl.read_csv(
                text.data,
                separator=text.separator,
                has_header=not text.names,
                new_columns=list(text.names) or None,
                **options,
            )
            table = _with_plain_names(table)
    _check_repeats(path, table.columns)
    return table, first_row, written_in


def _with_plain_names(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table without blanks around the names of its columns, where they stay distinct."""
    plain = [name.strip() for name in table.columns]
    return (
        table
        if len(set(plain)) < len(plain)
        else table.rename(dict(zip(table.columns, plain, strict=True)))
    )


def _read_parquet(path: Path) -> pl.DataFrame:
    _check_width(path, len(pl.read_parquet_schema(path)))
    return pl.read_parquet(path)


def _read_json(path: Path, encoding: str | None) -> pl.DataFrame:
    """Read a list of rows, or rows by file: `{file: {column: value}}`, `{file: label}`."""
    content: Any = json.loads(table_text(path, encoding).data)
    if isinstance(content, dict):
        content = [
            {"file": name, **(row if isinstance(row, dict) else {"label": row})}
            for name, row in content.items()
        ]
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        message = "it is no list of rows"
        raise ValueError(message)
    names = dict.fromkeys(name for row in content for name in row)
    plain = {
        name: [value if _is_plain(value := row.get(name)) else None for row in content]
        for name in names
    }
    _check_width(path, len(names))
    return pl.DataFrame(plain, strict=False)


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


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
