"""Shares with their intervals: published values, the ends of the scale, and counts of what is right."""

from __future__ import annotations

import duckdb
import pytest


def wilson(con: duckdb.DuckDBPyConnection, n_right: str, n_all: str) -> tuple[float, float]:
    query = f"select wilson_low({n_right}, {n_all}), wilson_high({n_right}, {n_all})"
    row = con.execute(query).fetchone()
    assert row is not None
    return row


# Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
@pytest.mark.parametrize(
    ("n_right", "n_all", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_intervals_are_reproduced(
    con: duckdb.DuckDBPyConnection, n_right: int, n_all: int, low: float, high: float
) -> None:
    assert wilson(con, str(n_right), str(n_all)) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("n_all", [1, 2, 7, 1000, 10_000_000])
def test_limits_stay_within_the_scale_where_all_or_none_are_right(
    con: duckdb.DuckDBPyConnection, n_all: int
) -> None:
    low, high = wilson(con, "0::bigint", f"{n_all}::bigint")
    assert low == pytest.approx(0, abs=1e-15)
    assert 0 <= low < high < 1
    low, high = wilson(con, f"{n_all}::bigint", f"{n_all}::bigint")
    assert high == pytest.approx(1, abs=1e-15)
    assert 0 < low < high <= 1


def test_there_is_no_interval_without_observations(con: duckdb.DuckDBPyConnection) -> None:
    assert wilson(con, "0", "0") == (None, None)
    assert wilson(con, "null::bigint", "null::bigint") == (None, None)


@pytest.mark.parametrize("kind", ["bigint", "hugeint", "double"])
def test_the_interval_is_the_same_for_every_type_that_a_view_counts_in(
    con: duckdb.DuckDBPyConnection, kind: str
) -> None:
    # (3 + z2 / 2 -+ z sqrt(3 / 4 + z2 / 4)) / (4 + z2) with z2 = 3.841459.
    expected = pytest.approx((0.3006418, 0.9544127), abs=1e-7)
    assert wilson(con, f"3::{kind}", f"4::{kind}") == expected


@pytest.mark.parametrize("kind", ["integer", "smallint", "integer_literal"])
def test_counts_of_few_bits_do_not_overflow(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    cast = "" if kind == "integer_literal" else f"::{kind}"
    low, high = wilson(con, f"5000{cast}", f"10000{cast}")
    # For one half: 1 / 2 -+ z / 2 / sqrt(10000 + z2).
    assert (low, high) == pytest.approx((0.4902021, 0.5097979), abs=1e-7)


def test_what_is_not_known_has_no_interval(con: duckdb.DuckDBPyConnection) -> None:
    query = "select wilson_low(null, 10), wilson_high(null, 10), wilson_low(1, null)"
    assert con.execute(query).fetchone() == (None, None, None)


FIGURES = "n_samples, n_correct, accuracy, ci_low, ci_high"


def test_an_accuracy_is_counted_with_its_interval(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create table said as select unnest([true, true, true, false, null]) as is_right")
    counted = con.execute("select unnest(accuracy_of(is_right)) from said")
    assert ", ".join(column[0] for column in counted.description or []) == FIGURES
    assert counted.fetchone() == (4, 3, 0.75, *wilson(con, "3", "4"))
    nothing = con.execute("select unnest(accuracy_of(is_right)) from said where is_right is null")
    assert nothing.fetchone() == (0, 0, None, None, None)


@pytest.mark.parametrize(("min_samples", "has_rates"), [(4, True), (5, False)])
def test_a_group_that_is_too_small_keeps_its_counts(
    con: duckdb.DuckDBPyConnection, min_samples: int, has_rates: bool
) -> None:
    con.execute("update settings set value = ? where setting = 'min_samples'", [min_samples])
    counted = con.execute(
        f"select {FIGURES} from (select unnest(figures) from (select group_accuracy(is_right) as "
        "figures from (select unnest([true, true, true, false, null]) as is_right)))"
    ).fetchone()
    rates = (0.75, *wilson(con, "3", "4")) if has_rates else (None, None, None)
    assert counted == (4, 3, *rates)
