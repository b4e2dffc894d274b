"""Which columns of a table are meant: that of the files, and patterns of several columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from facestore.errors import FileNamesError, TableError, preview
from facestore.names import FILE_COLUMNS
from facestore.spelling import fold, same_name, spellings
from facestore.table_text import is_image_name

_FIELD = re.compile(r"\{([^{}:]*)(?::(_|0?\d{1,2}))?\}")
# MegaAge has names in one file, and ages in another.
ONE_COLUMN = (
    "Put names and labels in one table, a column each: two files side by side by "
    "'paste -d, NAMES LABELS > TABLE.csv', say."
)
# A list of one text, as pandas writes what Matlab's cells become: ['01/1.jpg'].
_ONE_OF_LIST = r"""^\[\s*['"]([^'"\[\]]*)['"]\s*\]$"""
# Rows that are looked at to see which column has names of pictures.
_N_LOOKED_AT = 1000


@dataclass(frozen=True)
class FileNames:
    """The name of each row's file, and where it is from.

    Attributes
    ----------
    names
        Texts; NULL where a row has none.
    columns
        The columns that they were made of.
    note
        How they were found, where a reader could not expect it; or empty.
    """

    names: pl.Series
    columns: tuple[str, ...]
    note: str = ""


def file_names(
    path: Path,
    table: pl.DataFrame,
    given: str | None = None,
    preferred: Sequence[str] = FILE_COLUMNS,
) -> FileNames:
    """Find the names of files in a table.

    Parameters
    ----------
    path
        Where it is from, for messages.
    table
        Its columns.
    given
        The column, or a pattern of columns; None: it is found by its name, or else by its values.
    preferred
        What the column is called, likeliest first.

    Raises
    ------
    TableError
        If there is none (a `FileNamesError`), or the pattern names one that is not there.
    """
    if given is not None and "{" in given:
        return FileNames(*fill(path, table, given), note=f"files are named by {given!r}")
    column = _given(path, table, given) if given is not None else _found(table, preferred)
    if column is None and table.width == 1:
        raise TableError(path, "it has one column, and no names of files", ONE_COLUMN)
    if column is None:
        raise FileNamesError(
            path,
            f"no column 'file' among {preview(map(repr, table.columns), 8)}",
            "Expected file,age,gender,race[,service_test], separated by commas; or name the column "
            "of the files with `file_column=NAME`.",
        )
    where = f"column {column!r}" if column else "the column without a name"
    note = "" if column in preferred else f"files are in {where}"
    names = table[column].cast(pl.String).str.replace(_ONE_OF_LIST, "${1}")
    return FileNames(names, (column,), note)


def column_given(path: Path, columns: Sequence[str], name: str, todo: str) -> str:
    """Return a column that the user named, in any spelling.

    Raises
    ------
    TableError
        If there is none; `todo` says what else to give.
    """
    found = same_name(name, columns)
    if found is None:
        problem = f"no column {name!r} among {preview(map(repr, columns), 12)}"
        raise TableError(path, problem, todo)
    return found


def fill(path: Path, table: pl.DataFrame, pattern: str) -> tuple[pl.Series, tuple[str, ...]]:
    """Return a text for each row, made of columns, and which they are.

    Parameters
    ----------
    path, table
        The table.
    pattern
        `{column}` stands for a value, `{column:4}` for a number of four digits, `{column:_}` for a
        value with `_` for blanks.

    Raises
    ------
    TableError
        If a column is not there.
    """
    parts: list[pl.Expr] = []
    used: list[str] = []
    end = 0
    for found in _FIELD.finditer(pattern):
        name = column_given(path, table.columns, found[1], "Correct the pattern of the files.")
        used.append(name)
        value = pl.col(name).cast(pl.String)
        if found[2] == "_":
            value = value.str.replace_all(r"\s+", "_")
        elif found[2]:
            value = value.str.replace(r"\.0+$", "").str.zfill(int(found[2]))
        parts += [pl.lit(pattern[end : found.start()]), value]
        end = found.end()
    parts.append(pl.lit(pattern[end:]))
    return table.select(name=pl.concat_str(parts)).to_series(), tuple(used)


def fields_of(pattern: str) -> list[str]:
    """Return the columns that a pattern names."""
    return [found[1] for found in _FIELD.finditer(pattern)]


def is_index(column: pl.Series, name: str) -> bool:
    """Say whether a column has the numbers of pandas' rows, or neither name nor value."""
    if name and not re.fullmatch(r"Unnamed: \d+", name):
        return False
    values = column.drop_nulls()
    return bool(values.is_empty() or values.str.contains(r"^\d+$").all())


def has_no_labels(column: pl.Series) -> bool:
    """Say whether a column has nothing, or objects, as of scores by class."""
    values = column.drop_nulls().head(_N_LOOKED_AT)
    return bool(values.is_empty() or values.str.contains(r"^\{.*\}$").all())


def _given(path: Path, table: pl.DataFrame, name: str) -> str:
    todo = "Give the column of the files as `file_column=NAME`."
    return column_given(path, table.columns, name, todo)


def _found(table: pl.DataFrame, preferred: Sequence[str]) -> str | None:
    exact = next((name for name in preferred if name in table.columns), None)
    if exact is not None:
        return exact
    called = _called(table, [*map(fold, preferred), *spellings().columns["file"]])
    if called is not None:
        return called
    named = [column for column in table.columns if _has_images(table[column])]
    return named[0] if len(named) == 1 else _called(table, spellings().columns["row"])


def _called(table: pl.DataFrame, words: Sequence[str]) -> str | None:
    """Return the column that alone is called as a word says, the likeliest word first."""
    for word in words:
        fitting = [column for column in table.columns if fold(column) == word]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _has_images(column: pl.Series) -> bool:
    values = column.drop_nulls().head(_N_LOOKED_AT)
    if values.is_empty() or values.dtype != pl.String:
        return False
    return sum(map(is_image_name, values)) * 10 >= 9 * len(values)
