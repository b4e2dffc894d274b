"""Ages from the year of a photo and a date of birth, as IMDB-WIKI has them."""

import re
from datetime import date
from pathlib import Path

import polars as pl

from facestore.config import AGES
from facestore.errors import TableError
from facestore.table_columns import column_given

_DIFFERENCE = re.compile(r"\{([^{}]+)\} - \{([^{}]+)\}")
# Matlab counts days from the year 0, Python from the year 1.
_MATLAB = 366


def is_difference(pattern: str) -> bool:
    """Say whether a pattern of columns is `{year of the photo} - {date of birth}`."""
    return _DIFFERENCE.fullmatch(pattern) is not None


def ages_between(path: Path, table: pl.DataFrame, pattern: str) -> pl.Series:
    """Return the age in years as text for each row; NULL where none is plausible.

    Parameters
    ----------
    path
        Where the table is from, for messages.
    table
        Columns of text.
    pattern
        `{year of the photo} - {date of birth}`; the date is in ISO's form, with or without its
        zeros, or Matlab's number of days.

    Raises
    ------
    TableError
        If a column is not there.
    """
    found = _DIFFERENCE.fullmatch(pattern)
    if found is None:
        todo = "Expected the year of the photo and the date of birth: '{photo_taken} - {dob}'."
        raise TableError(path, f"ages cannot be computed from {pattern!r}", todo)
    todo = "Correct the columns of the age."
    names = [column_given(path, table.columns, found[i], todo) for i in (1, 2)]
    pairs = zip(*(table[name].cast(pl.String).to_list() for name in names), strict=True)
    return pl.Series("age", [_age(taken, born) for taken, born in pairs], dtype=pl.String)


def _age(taken: str | None, born: str | None) -> str | None:
    birth, year = _date(born or ""), re.match(r"\d{4}", taken or "")
    if birth is None or year is None:
        return None
    # Photos are taken in the middle of a year, on average: so the authors count.
    age = int(year[0]) - birth.year - (birth.month >= 7)
    return str(age) if AGES[0] <= age <= AGES[1] else None


def _date(text: str) -> date | None:
    try:
        if re.fullmatch(r"\d+(\.\d+)?", text):
            return date.fromordinal(int(float(text)) - _MATLAB)
        if days := re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", text):
            return date(*map(int, days.groups()))
        return date.fromisoformat(text[:10])
    except (ValueError, OverflowError):
        return None
