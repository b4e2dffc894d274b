"""Histogram of ages, age pyramid and representation."""

from __future__ import annotations

import duckdb
import pytest
from support.rows import fill, labels, read, samples

Con = duckdb.DuckDBPyConnection


def ages(*years: float | None) -> list[dict[str, object]]:
    return [{"sample_id": i, "attribute": "age", "value": v} for i, v in enumerate(years, 1)]


def test_ages_are_counted_in_bins_of_a_width(con: Con) -> None:
    fill(con, samples=samples(7) + samples(1, split="train", first=8))
    fill(con, labels=ages(0, 0.5, 4, 5, 26, 26, None, 99))
    columns = "split, age_from, age_to, n_samples, fraction"
    ones = [(0, 2), (4, 1), (5, 1), (26, 2)]
    assert read(con, "age_histogram(1)", columns) == [
        ("train", 99, 99, 1, 1),
        *(("val", age, age, n, n / 6) for age, n in ones),
    ]
    assert read(con, "age_histogram(5)", columns, "split = 'val'") == [
        ("val", 0, 4, 3, 0.5),
        ("val", 5, 9, 1, 1 / 6),
        ("val", 25, 29, 2, 2 / 6),
    ]
    assert read(con, "age_histogram(10)", "age_from, age_to", "split = 'train'") == [(90, 99)]


@pytest.mark.parametrize("width", ["0", "-5", "2.5"])
def test_a_width_that_is_no_number_of_years_is_an_error(con: Con, width: str) -> None:
    fill(con, samples=samples(1), labels=ages(3))
    with pytest.raises(duckdb.Error, match="width must be a whole number of years from 1 on"):
        read(con, f"age_histogram({width})")


def test_the_pyramid_has_the_share_of_each_age_and_gender_within_a_race(con: Con) -> None:
    fill(con, samples=samples(6))
    fill(con, labels=labels("race", ["Black", "Black", "Black", "White", "White", None]))
    fill(con, labels=labels("gender", ["Male", "Male", "Female", "Male", None, "Male"]))
    fill(con, labels=labels("age", ["3-9", "3-9", "20-29", "0-2", "0-2", "0-2"]))
    columns = "race, age, gender, age_ordinal, n_samples, fraction"
    assert read(con, "age_pyramid", columns) == [
        ("Black", "20-29", "Female", 4, 1, 1 / 3),
        ("Black", "3-9", "Male", 2, 2, 2 / 3),
        ("White", "0-2", "Male", 1, 1, 1),
    ]


def test_representation_compares_with_equal_shares_and_the_largest(con: Con) -> None:
    fill(con, samples=samples(8))
    fill(con, labels=labels("race", ["White"] * 5 + ["Black"] * 2 + ["Indian"]))
    columns = "group_name, n_samples, n_groups, fraction, ratio_to_uniform, ratio_to_largest, imbalance_ratio"
    assert read(con, "representation", columns) == [
        ("Black", 2, 3, 0.25, 0.75, 0.4, 5),
        ("Indian", 1, 3, 0.125, 0.375, 0.2, 5),
        ("White", 5, 3, 0.625, 1.875, 1, 5),
    ]


def test_the_balance_of_splits_counts_what_is_missing(con: Con) -> None:
    fill(con, samples=samples(3, split="train") + samples(2, split="test", first=4))
    fill(con, samples=samples(1, split=None, first=6) + samples(1, dataset="whole", first=7))
    fill(con, labels=labels("gender", ["Male", "Male", "Female", "Male", "Male", "Female", "Male"]))
    columns = "dataset, group_name, split, n_samples, n_expected, n_in_all_splits, is_too_small"
    assert read(con, "split_balance", columns) == [
        ("faces", "Female", "test", 0, pytest.approx(0.4), 1, True),
        ("faces", "Female", "train", 1, pytest.approx(0.6), 1, True),
        ("faces", "Male", "test", 2, pytest.approx(1.6), 4, False),
        ("faces", "Male", "train", 2, pytest.approx(2.4), 4, False),
    ]
