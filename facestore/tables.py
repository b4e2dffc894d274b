"""Reading CSV, TSV, JSON and Parquet tables that anybody may have written."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from facestore.documents import RepeatedKeyError
from facestore.errors import FacestoreError, TableError, counted, preview
from facestore.spelling import same_name
from facestore.table_faults import fault_of, is_suspect, short_rows
from facestore.table_json import read_json_rows, read_lines
from facestore.table_text import ROWS_EXPECTED, TableText, table_text

MAX_COLUMNS = 10_000
JSON_LINES = (".jsonl", ".ndjson")
_NOT_PLAIN = (pl.Binary, pl.Object)
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
    except RepeatedKeyError as error:
        raise TableError(path, str(error), "Keep one of the two.") from error
    except UNREADABLE as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        problem = f"not readable as {what} ({reason})"
        raise TableError(path, problem, "Check the file.") from error


@dataclass(frozen=True)
class TableRows:
    """A table, without the rows in which every cell is empty.

    Attributes
    ----------
    table
        Its columns of plain values: no lists, objects and bytes.
    rows
        The number of each row, as an editor or a spreadsheet counts.
    encoding
        What the file is written in; None: it is no text, or is JSON.
    left_out
        Column -> number of rows in which it holds a list, an object or bytes.
    """

    table: pl.DataFrame
    rows: pl.Series
    encoding: str | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in words; nothing where nothing was."""
        return (left_out_in_words(self.left_out),) if self.left_out else ()

    def check_plain(self, path: Path, columns: Iterable[str]) -> None:
        """Refuse a table of which a column that is wanted holds lists, objects or bytes.

        Parameters
        ----------
        path
            Where it is from, for messages.
        columns
            Those that are wanted, in any spelling; they need not be there.

        Raises
        ------
        TableError
            If one of them does.
        """
        for name in columns:
            if (found := same_name(name, self.left_out)) is not None:
                n = counted(self.left_out[found], "row")
                problem = f"column {found!r} holds lists, objects or bytes in {n}"
                raise TableError(path, problem, "Expected a text or a number in each row.")

    @contextmanager
    def telling_left_out(self) -> Iterator[None]:
        """Add to an error about columns which of them were left out."""
        try:
            yield
        except TableError as error:
            if not self.left_out:
                raise
            problem = f"{error.problem} ({left_out_in_words(self.left_out)})"
            raise TableError(error.path, problem, error.todo) from error


def left_out_in_words(left_out: Mapping[str, int]) -> str:
    """Return the line about cells that were not read, since they hold more than a value."""
    shown = preview(f"{name!r} ({counted(n, 'row')})" for name, n in left_out.items())
    return f"lists, objects and bytes are not read: left out of {shown}"


def read_rows(path: Path, encoding: str | None = None) -> TableRows:
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
    found = _with_values(path, _read(path, encoding, as_text=False))
    check_rows(path, found.table)
    return found


def read_text_rows(
    path: Path, encoding: str | None = None, *, may_be_empty: bool = False
) -> TableRows:
    """Read a table as text: blanks around values are removed, empty ones are NULL.

    Parameters
    ----------
    path, encoding
        As for `read_rows`.
    may_be_empty
        Whether a table without rows is one, too.

    Raises
    ------
    TableError
        As `read_rows`.
    """
    read = _read(path, encoding, as_text=True)
    with refusing(path):
        found = _with_values(path, replace(read, table=as_text(read.table)))
    if found.left_out and not found.table.width:
        problem = f"no column of {preview(map(repr, found.left_out), 8)} has plain values"
        raise TableError(path, problem, "Expected a column of files, and one a label.")
    if not may_be_empty:
        check_rows(path, found.table)
    return found


def check_rows(path: Path, table: pl.DataFrame) -> None:
    """Refuse a table without rows: it says nothing, and most often something went wrong before."""
    if table.is_empty():
        raise TableError(path, "it has no rows", ROWS_EXPECTED)


def as_text(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table of plain values as text, without blanks around; empty ones are NULL."""
    text = table.select(pl.all().cast(pl.String).str.strip_chars())
    return text.select(pl.when(pl.all() != "").then(pl.all()))


def _with_values(path: Path, read: TableRows) -> TableRows:
    """Return the rows in which a cell has something: spreadsheets leave rows of separators."""
    if not read.table.width:
        return read
    with refusing(path):
        is_row = read.table.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
        return replace(read, table=read.table.filter(is_row), rows=read.rows.filter(is_row))


def _read(path: Path, encoding: str | None, *, as_text: bool) -> TableRows:
    """Return a table as it is in its file."""
    if not path.is_file():
        found = "it is no file" if path.exists() else "there is no such file"
        raise TableError(path, found, "Check the path.")
    suffix = path.suffix.lower()
    with refusing(path):
        if suffix == ".parquet":
            read = _read_parquet(path)
        elif suffix in (*JSON_LINES, ".json"):
            read = _read_json(path, encoding, as_text=as_text)
        else:
            read = _read_csv(path, encoding, as_text=as_text)
    _check_repeats(path, read.table.columns)
    return read


def _numbered(table: pl.DataFrame, first: int) -> pl.Series:
    return pl.int_range(first, first + len(table), eager=True)


def _read_csv(path: Path, encoding: str | None, *, as_text: bool) -> TableRows:
    text = table_text(path, encoding)
    _check_width(path, text.n_columns)
    if is_suspect(text):
        _refuse_fault(path, text)
    options = {"infer_schema": False} if as_text else {"infer_schema_length": None}
    try:
        table = pl.read_csv(
            text.data,
            separator=text.separator,
            has_header=not text.names,
            new_columns=list(text.names) or None,
            **options,
        )
    except pl.exceptions.PolarsError:
        _refuse_fault(path, text)
        raise
    # an empty last column may be one, or the header has a name too many
    is_short = (
        table.height and table.columns[-1].strip() and table[:, -1].null_count() == len(table)
    )
    if is_short and (fault := short_rows(text)):
        raise TableError(path, *fault)
    return TableRows(_with_plain_names(table), _numbered(table, text.first_row), text.encoding)


def _refuse_fault(path: Path, text: TableText) -> None:
    """Refuse a text with a row that is none, and name it, as what reads the others does not."""
    if fault := fault_of(text):
        raise TableError(path, *fault) from None


def _with_plain_names(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table without blanks around the names of its columns, where they stay distinct."""
    plain = [name.strip() for name in table.columns]
    return (
        table
        if len(set(plain)) < len(plain)
        else table.rename(dict(zip(table.columns, plain, strict=True)))
    )


def _read_parquet(path: Path) -> TableRows:
    kinds = pl.read_parquet_schema(path)
    _check_width(path, len(kinds))
    left_out = [n for n, kind in kinds.items() if kind.is_nested() or kind in _NOT_PLAIN]
    plain = [name for name in kinds if name not in left_out]
    n_rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    table = pl.read_parquet(path, columns=plain) if plain else pl.DataFrame(height=n_rows)
    return TableRows(table, _numbered(table, 1), None, dict.fromkeys(left_out, n_rows))


def _read_json(path: Path, encoding: str | None, *, as_text: bool) -> TableRows:
    is_lines = path.suffix.lower() in JSON_LINES
    read = read_lines(path, encoding) if is_lines else read_json_rows(path, encoding)
    _check_width(path, len(read.columns))
    table = read.table(as_text=as_text)
    return TableRows(table, pl.Series(read.numbers, dtype=pl.Int64), None, read.left_out)


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
