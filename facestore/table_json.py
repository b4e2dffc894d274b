"""Rows of JSON and JSON lines: each value as it is written, and what is no plain value told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from facestore.documents import json_lines, json_of
from facestore.table_text import decoded

# What a column of 64 bits can hold; longer numbers are texts.
_LONGEST = 2**63
_NESTED = (list, dict)


@dataclass(frozen=True)
class JsonRows:
    """Rows of a file.

    Attributes
    ----------
    content
        Column -> value of each row.
    numbers
        The number of each row; of JSON lines that of its line.
    """

    content: Sequence[Mapping[str, Any]]
    numbers: Sequence[int]

    @cached_property
    def columns(self) -> list[str]:
        """The columns, in the order in which they occur."""
        return list(dict.fromkeys(name for row in self.content for name in row))

    @cached_property
    def left_out(self) -> dict[str, int]:
        """Column -> number of rows in which it holds a list or an object."""
        counts: dict[str, int] = {}
        for row in self.content:
            for name, value in row.items():
                if isinstance(value, _NESTED):
                    counts[name] = counts.get(name, 0) + 1
        return counts

    def table(self, *, as_text: bool) -> pl.DataFrame:
        """Return the columns that have plain values, of one type each; lists are NULL.

        Parameters
        ----------
        as_text
            Whether every column is text.
        """
        made = {}
        for name in self.columns:
            found = [row.get(name) for row in self.content]
            if name in self.left_out:
                found = [_plain(value) for value in found]
                if all(value is None for value in found):
                    continue
            made[name] = _series(name, found, as_text=as_text)
        return pl.DataFrame(made) if made else pl.DataFrame(height=len(self.content))


def read_json_rows(path: Path, encoding: str | None) -> JsonRows:
    """Read a list of rows, or rows by file: `{file: {column: value}}`, `{file: label}`.

    Raises
    ------
    TableError
        If it is no text.
    ValueError
        If it has another form, or a key twice.
    """
    content = json_of(decoded(path, encoding)[0])
    if isinstance(content, dict):
        content = [
            {"file": name, **(row if isinstance(row, dict) else {"label": row})}
            for name, row in content.items()
        ]
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        message = "it is no list of rows"
        raise ValueError(message)
    return JsonRows(content, range(1, len(content) + 1))


def read_lines(path: Path, encoding: str | None) -> JsonRows:
    """Read JSON lines, each of which is a row.

    Raises
    ------
    TableError
        If it is no text.
    ValueError
        If a line is no row, or has a key twice.
    """
    numbers, rows = [], []
    for number, row in json_lines(decoded(path, encoding)[0]):
        if not isinstance(row, dict):
            message = f'row {number} is no {{"column": value, ...}}'
            raise ValueError(message)  # noqa: TRY004 - of the file
        numbers.append(number)
        rows.append(row)
    return JsonRows(rows, numbers)


def _plain(value: Any) -> Any:
    return None if isinstance(value, _NESTED) else value


def _series(name: str, values: Sequence[Any], *, as_text: bool) -> pl.Series:
    """Return values as one column; numbers beside texts, or beside `true`, are no numbers."""
    kinds = {type(value) for value in values} - {type(None)}
    is_one_kind = len(kinds) < 2 or kinds == {int, float}
    is_short = int not in kinds or all(
        abs(value) < _LONGEST for value in values if isinstance(value, int)
    )
    if as_text or not is_one_kind or not is_short:
        return pl.Series(name, [_text(value) for value in values], pl.String)
    return pl.Series(name, values, pl.Float64 if kinds == {int, float} else None)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
