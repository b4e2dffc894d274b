"""classifier_summary: the headline figures of a classifier on a data set."""

from __future__ import annotations

import duckdb
import pytest
from support.rows import classifier, fill, labels, predictions, read, samples


def judge(con: duckdb.DuckDBPyConnection, truth: list[str | None], said: list[str | None]) -> None:
    fill(con, samples=samples(len(truth)), classifiers=[classifier(attribute="race")])
    fill(con, labels=labels("race", truth), predictions=predictions(said))


# White: 2 right of 3 labels and 3 predictions, F1 2/3. Black: never predicted. Indian: no label.
TRUTH: list[str | None] = ["White", "White", "White", "Black"]
SAID: list[str | None] = ["White", "White", "Indian", "White"]


def test_accuracy_counts_samples_and_balanced_accuracy_counts_labels(
    con: duckdb.DuckDBPyConnection,
) -> None:
    judge(con, TRUTH, SAID)
    columns = "n_samples, accuracy, balanced_accuracy, n_classes, chance_adjusted_accuracy"
    # Recalls of the labels are 2/3 and 0; Indian is no label, so it is not a class to guess.
    assert read(con, "classifier_summary", columns) == [(4, 0.5, pytest.approx(1 / 3), 2, 0.0)]


def test_chance_adjusted_accuracy_may_be_negative(con: duckdb.DuckDBPyConnection) -> None:
    judge(con, ["White", "Black", "Indian", "Indian"], ["Black", "White", "Black", "White"])
    columns = "n_classes, chance_adjusted_accuracy"
    assert read(con, "classifier_summary", columns) == [(3, pytest.approx(-1 / 3))]


def test_macro_averages_count_classes_and_weighted_ones_count_samples(
    con: duckdb.DuckDBPyConnection,
) -> None:
    judge(con, TRUTH, SAID)
    columns = (
        "macro_precision, macro_recall, macro_f1, weighted_precision, weighted_recall, weighted_f1"
    )
    # Of three classes only White is not 0; weights are 3 (White), 1 (Black) and 0 (Indian).
    assert read(con, "classifier_summary", columns) == [pytest.approx((*[2 / 9] * 3, *[0.5] * 3))]


def test_the_interval_is_that_of_the_accuracy(con: duckdb.DuckDBPyConnection) -> None:
    judge(con, ["White"] * 4, ["White", "White", "White", "Black"])
    [(low, high)] = read(con, "classifier_summary", "ci_low, ci_high")
    # (3 + z2 / 2 -+ z sqrt(3 / 4 + z2 / 4)) / (4 + z2) with z2 = 3.841459.
    assert (low, high) == (pytest.approx(0.300642, abs=1e-6), pytest.approx(0.954413, abs=1e-6))


def test_labelled_samples_without_a_prediction_are_missing(con: duckdb.DuckDBPyConnection) -> None:
    judge(con, ["White", "White", "White", None, None], ["White", None, None, "White", None])
    columns = "n_samples, n_missing, accuracy"
    assert read(con, "classifier_summary", columns) == [(1, 2, 1.0)]


def test_splits_are_kept_apart_and_no_split_is_its_own(con: duckdb.DuckDBPyConnection) -> None:
    judge(con, ["White"] * 6, ["White", "Black", "White", "White", None, None])
    con.execute("update samples set split = 'train' where sample_id = 1")
    con.execute("update samples set split = null where sample_id in (3, 4, 5)")
    columns = "dataset, split, n_samples, n_missing, accuracy"
    assert read(con, "classifier_summary", columns) == [
        ("faces", "train", 1, 0, 1.0),
        ("faces", "val", 1, 1, 0.0),
        ("faces", None, 2, 1, 1.0),
    ]


def test_two_classifiers_and_two_datasets_do_not_mix(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(2) + samples(2, dataset="other", first=3))
    fill(con, labels=labels("race", ["White"] * 4) + labels("gender", ["Male"]))
    fill(con, classifiers=[classifier(1, "a", "race"), classifier(2, "b", "race")])
    fill(con, classifiers=[classifier(3, "c", "gender")])
    fill(con, predictions=predictions(["White", "White", "Black", "White"], 1))
    fill(con, predictions=predictions(["Black"], 2) + predictions(["Male"], 3))
    columns = "classifier, attribute, dataset, n_samples, n_missing, accuracy"
    assert read(con, "classifier_summary", columns) == [
        ("a", "race", "faces", 2, 0, 1.0),
        ("a", "race", "other", 2, 0, 0.5),
        ("b", "race", "faces", 1, 1, 0.0),
        ("c", "gender", "faces", 1, 0, 1.0),
    ]
