"""accuracy_by_group and accuracy_disparity: for whom a classifier fails, and how far apart."""

from __future__ import annotations

import duckdb
import pytest
from support.rows import classifier, fill, labels, predictions, read, samples

COUNTS = "group_attribute, group_name, n_samples, n_correct, accuracy"
PLAIN = "group_attribute in ('overall', 'race')"


def test_accuracy_is_split_by_every_group_of_the_samples(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(4), classifiers=[classifier()])
    fill(con, labels=labels("gender", ["Male", "Female", "Female", "Female"]))
    fill(con, labels=labels("race", ["Black", "Black", "White", None]))
    fill(con, predictions=predictions(["Male", "Male", "Female", "Female"]))
    assert read(con, "accuracy_by_group", COUNTS) == [
        ("gender", "Female", 3, 2, pytest.approx(2 / 3)),
        ("gender", "Male", 1, 1, 1.0),
        ("gender x race", "Female x Black", 1, 0, 0.0),
        ("gender x race", "Female x White", 1, 1, 1.0),
        ("gender x race", "Male x Black", 1, 1, 1.0),
        ("overall", "overall", 4, 3, 0.75),
        ("race", "Black", 2, 1, 0.5),
        ("race", "White", 1, 1, 1.0),
    ]


def test_the_interval_is_wilsons(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(4), classifiers=[classifier()])
    fill(con, labels=labels("gender", ["Male"] * 4))
    fill(con, predictions=predictions(["Male", "Male", "Male", "Female"]))
    [(low, high)] = read(con, "accuracy_by_group", "ci_low, ci_high", "group_name = 'overall'")
    # (3 + z2 / 2 -+ z sqrt(3 / 4 + z2 / 4)) / (4 + z2) with z2 = 3.841459.
    assert (low, high) == (pytest.approx(0.300642, abs=1e-6), pytest.approx(0.954413, abs=1e-6))


def test_groups_without_judged_samples_do_not_appear(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(3), classifiers=[classifier()])
    fill(con, labels=labels("gender", ["Male", "Male", None]))
    fill(con, labels=labels("race", ["White", "Black", "Indian"]))
    fill(con, predictions=predictions(["Male", None, "Male"]))
    assert read(con, "accuracy_by_group", COUNTS, PLAIN) == [
        ("overall", "overall", 1, 1, 1.0),
        ("race", "White", 1, 1, 1.0),
    ]
    [(n_groups, worst)] = read(
        con, "accuracy_disparity", "n_groups, accuracy_min", "group_attribute = 'race'"
    )
    assert (n_groups, worst) == (1, 1.0)


def test_splits_are_kept_apart_and_no_split_is_its_own(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(2, split="train") + samples(1, split="val", first=3))
    fill(con, samples=samples(1, split=None, first=4), classifiers=[classifier()])
    fill(con, labels=labels("gender", ["Male"] * 4))
    fill(con, predictions=predictions(["Male", "Male", "Female", "Male"]))
    columns = "split, n_samples, accuracy"
    assert read(con, "accuracy_by_group", columns, "group_attribute = 'overall'") == [
        ("train", 2, 1.0),
        ("val", 1, 0.0),
        (None, 1, 1.0),
    ]
    assert read(con, "accuracy_disparity", "split, n_samples, accuracy_mean") == [
        ("train", 2, 1.0),
        ("val", 1, 0.0),
        (None, 1, 1.0),
    ]


def test_two_classifiers_and_two_datasets_do_not_mix(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(1) + samples(1, dataset="other", first=2))
    fill(con, labels=labels("gender", ["Male", "Male"]))
    fill(con, classifiers=[classifier(1, "a"), classifier(2, "b")])
    fill(con, predictions=predictions(["Male", "Female"], 1) + predictions(["Female"], 2))
    expected = [("a", "faces", 1, 1.0), ("a", "other", 1, 0.0), ("b", "faces", 1, 0.0)]
    columns = "classifier, dataset, n_samples, accuracy"
    assert read(con, "accuracy_by_group", columns, "group_attribute = 'overall'") == expected
    columns = "classifier, dataset, n_samples, accuracy_mean"
    assert read(con, "accuracy_disparity", columns) == expected


def disparate(con: duckdb.DuckDBPyConnection) -> None:
    """White 4 of 4, Black 1 of 2, Indian 1 of 4."""
    fill(con, samples=samples(10), classifiers=[classifier(attribute="mood")])
    fill(con, labels=labels("race", ["White"] * 4 + ["Black"] * 2 + ["Indian"] * 4))
    fill(con, labels=labels("mood", ["glad"] * 10))
    said = ["glad"] * 4 + ["glad", "sad"] + ["glad", "sad", "sad", "sad"]
    fill(con, predictions=predictions(said))


def test_disparity_compares_groups_and_not_samples(con: duckdb.DuckDBPyConnection) -> None:
    disparate(con)
    columns = (
        "n_groups, n_samples, n_samples_smallest, accuracy_min, accuracy_max, accuracy_difference,"
        "accuracy_ratio, accuracy_mean, mean_minus_min, worst_group, n_samples_worst"
    )
    [row] = read(con, "accuracy_disparity", columns, "group_attribute = 'race'")
    mean = (1 + 0.5 + 0.25) / 3
    assert row[:7] == (3, 10, 2, 0.25, 1.0, 0.75, 0.25)
    assert row[7:9] == (pytest.approx(mean), pytest.approx(mean - 0.25))
    assert row[9:] == ("Indian", 4)


def test_disparity_has_no_row_for_all_samples_together(con: duckdb.DuckDBPyConnection) -> None:
    disparate(con)
    assert read(con, "accuracy_disparity", "group_attribute, n_groups") == [
        ("mood", 1),
        ("mood x race", 3),
        ("race", 3),
    ]


def test_one_group_is_no_disparity(con: duckdb.DuckDBPyConnection) -> None:
    disparate(con)
    columns = "accuracy_difference, accuracy_ratio, mean_minus_min, worst_group"
    assert read(con, "accuracy_disparity", columns, "group_attribute = 'mood'") == [
        (0.0, 1.0, 0.0, "glad")
    ]


def test_the_ratio_is_unknown_where_every_prediction_is_wrong(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(2), classifiers=[classifier()])
    fill(con, labels=labels("gender", ["Male", "Female"]))
    fill(con, predictions=predictions(["Female", "Male"]))
    columns = "accuracy_ratio, accuracy_difference, worst_group"
    assert read(con, "accuracy_disparity", columns) == [(None, 0.0, "Female")]
