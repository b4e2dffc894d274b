"""Numbers that people give: one door for columns of tables and for parameters.

A number is finite and in its range, and is a number: `true` is none, nor is a date, `0,5` or
`1,234`. What the audits call wrong does not get in here.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from facestore.errors import InputError, TableError

# Far more than any score, and what views can count in whole numbers.
MOST = 1e9
_FINITE = sys.float_info.max
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[, '\u00a0\u202f]\d{3})+(?:\.\d+)?|[+-]?[\d.]+,\d+")
_NEVER_NUMBERS = (pl.Boolean, pl.Binary, pl.Object, pl.Date, pl.Datetime, pl.Time, pl.Duration)


@dataclass(frozen=True)
class Range:
    """What a number has to be.

    Attributes
    ----------
    what
        In words, as an error says it: `a number above 0`.
    low, high
        Both are allowed.
    above
        Has to be more than this; None: `low` is the limit.
    below
        Has to be less than this; None: `high` is the limit.
    whole
        Whether it has to be a whole number.
    """

    what: str
    low: float = -MOST
    high: float = MOST
    above: float | None = None
    below: float | None = None
    whole: bool = False

    def holds(self, value: object) -> bool:
        """Whether a value is such a number."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if not (self.low <= value <= self.high):  # NaN is nowhere
            return False
        if self.above is not None and not value > self.above:
            return False
        if self.below is not None and not value < self.below:
            return False
        return not self.whole or float(value).is_integer()


POSITIVE = Range("a number above 0", above=0, high=_FINITE)
NOT_NEGATIVE = Range("a number from 0 up", low=0, high=_FINITE)
SHARE = Range("a share from 0 to 1", low=0, high=1)
PART = Range("a share of at least 0 and below 1", low=0, below=1)
COUNT = Range("a whole number from 1 up", low=1, high=2**31 - 1, whole=True)
SEED = Range("a whole number from 0 up", low=0, high=2**63 - 1, whole=True)
SCORE = Range("a finite number, of at most 1e9 in size")
# A regression may miss by decades, and below 0; a code for "unknown" is no age.
PREDICTED_YEARS = Range("years from -100 to 250", low=-100, high=250)


def check_number(name: str, value: float | None, expected: Range) -> None:
    """Refuse a parameter that is no such number; None was not given.

    Parameters
    ----------
    name
        Of the parameter, as Python has it.
    value
        What was given.
    expected
        What it has to be.

    Raises
    ------
    InputError
        If it is something else.
    """
    if value is not None and not expected.holds(value):
        message = f"`{name}={value}`: {expected.what} was expected."
        raise InputError(message)


def number_column(path: Path, column: pl.Series, expected: Range, rows: pl.Series) -> pl.Series:
    """Return a column of a table as float64; empty cells stay NULL.

    Parameters
    ----------
    path
        The table.
    column
        As it was read, of any type.
    expected
        What every number has to be.
    rows
        What each row is called in an error, such as the name of its file.

    Raises
    ------
    TableError
        If a value is no such number; it names the first, and how many there are.
    """
    if column.dtype.is_nested() or column.dtype in _NEVER_NUMBERS:
        problem = f"column {column.name!r} holds {str(column.dtype).lower()} and no numbers"
        raise TableError(path, problem, f"Expected {expected.what} in each row, or nothing.")
    given = column
    if not column.dtype.is_numeric():
        given = column.cast(pl.String).str.strip_chars()
        given = given.set(given == "", None)
    numbers = given.cast(pl.Float64, strict=False)
    good = numbers.is_between(expected.low, expected.high)  # NaN lies above all
    if expected.above is not None:
        good &= numbers > expected.above
    if expected.below is not None:
        good &= numbers < expected.below
    if expected.whole:
        good &= numbers == numbers.floor()
    bad = (given.is_not_null() & ~good.fill_null(value=False)).arg_true()
    if len(bad):
        raise _no_numbers(path, given, bad.to_list(), expected, rows)
    return numbers.alias(column.name)


def _no_numbers(
    path: Path, given: pl.Series, bad: list[int], expected: Range, rows: pl.Series
) -> TableError:
    text = str(given[bad[0]])
    more = f" ({len(bad):,} such values)" if len(bad) > 1 else ""
    problem = f"{rows[bad[0]]!r} has {text!r:.40} in column {given.name!r}{more}"
    todo = f"Expected {expected.what}, or an empty cell where it is not known."
    if _DECIMAL_COMMA.fullmatch(text) or _THOUSANDS.fullmatch(text):
        todo = (
            "Write numbers with a point for decimals and nothing between thousands: "
            "0.5 and 1234.5, not 0,5 and 1,234.5."
        )
    return TableError(path, problem, todo)
