"""The door for numbers: what is let through, what is refused, and what the refusal says."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from facestore.errors import InputError, TableError
from facestore.numbers import COUNT, POSITIVE, SCORE, SHARE, Range, check_number, number_column

PATH = Path("p.csv")


def column(values, expected=SCORE, dtype=None):
    rows = pl.Series([f"{i}.jpg" for i in range(len(values))])
    return number_column(PATH, pl.Series("score", values, dtype=dtype), expected, rows)


@pytest.mark.parametrize(
    ("values", "read"),
    [
        ([0.5, None, -3], [0.5, None, -3.0]),
        ([" 0.5", "", None, "1e-3"], [0.5, None, None, 0.001]),
        ([None, None], [None, None]),
        ([2**40 // 2**12], [2**28]),
    ],
)
def test_numbers_are_read_whatever_their_type(values, read):
    found = column(values)
    assert found.to_list() == read
    assert found.dtype == pl.Float64


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.1, float("nan")], r"'1.jpg' has 'nan' in column 'score'\. Expected a finite number"),
        ([float("inf"), 0.1, float("-inf")], r"'0.jpg' has 'inf' .*\(2 such values\)"),
        (["0.1", "NaN"], "'1.jpg' has 'NaN'"),
        ([1e10], "'0.jpg' has '10000000000.0'"),
        ([10**30], "'0.jpg' has '1000"),
        (["0,5", "0.5"], r"'0.jpg' has '0,5' .*a point for decimals"),
        (["1,234.5"], "nothing between thousands"),
        (["1.234,5"], "nothing between thousands"),
        (["1 234"], "nothing between thousands"),
        (["high"], "'0.jpg' has 'high' .*or an empty cell"),
        ([True, False], "column 'score' holds boolean and no numbers"),
        ([[0.5]], "column 'score' holds list.* and no numbers"),
    ],
)
def test_what_is_no_number_is_refused_with_its_file_and_value(values, said):
    dtype = pl.Int128 if values == [10**30] else None
    with pytest.raises(TableError, match=said):
        column(values, dtype=dtype)


def test_dates_are_no_numbers():
    dates = pl.Series(["2025-01-01"]).str.to_date()
    with pytest.raises(TableError, match="holds date and no numbers"):
        column(dates)


@pytest.mark.parametrize("value", [1.5, "2.5", 0, -1, 2**31])
def test_a_count_is_a_whole_number_from_1(value):
    with pytest.raises(TableError, match="Expected a whole number from 1 up"):
        column([value], COUNT)
    assert column([11.0, None], COUNT).to_list() == [11.0, None]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0, -1, True, 10**400])
def test_a_parameter_is_checked_too(value):
    with pytest.raises(InputError, match=r"`scale=.*`: a number above 0 was expected\."):
        check_number("scale", value, POSITIVE)


def test_limits_themselves_are_allowed_unless_they_are_said_to_be_out():
    check_number("share", 0, SHARE)
    check_number("share", 1.0, SHARE)
    check_number("share", None, SHARE)
    below_one = Range("below 1", low=0, below=1)
    assert below_one.holds(0.999)
    assert not below_one.holds(1)
    with pytest.raises(TableError):
        column([1.0], below_one)
