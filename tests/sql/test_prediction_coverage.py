"""prediction_coverage: what the accuracies leave out."""

from __future__ import annotations

import duckdb
from support.rows import classifier, fill, labels, predictions, read, samples

COUNTS = "n_samples, n_labelled, n_predicted, n_judged"


def test_samples_without_a_label_or_a_prediction_are_counted(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(6), classifiers=[classifier()])
    fill(con, labels=labels("gender", ["Male", "Male", "Male", None, None, None]))
    fill(con, predictions=predictions(["Male", None, "Female", "Male", None, "Male"]))
    assert read(con, "prediction_coverage", f"classifier, attribute, {COUNTS}") == [
        ("c", "gender", 6, 3, 4, 2)
    ]


def test_a_row_without_a_class_is_neither_a_label_nor_a_prediction(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(3), classifiers=[classifier(attribute="age")])
    fill(con, labels=labels("age", ["0-2", "3-9"]), predictions=predictions(["0-2"]))
    fill(con, labels=[{"sample_id": 3, "attribute": "age", "value": 31.5}])
    fill(con, predictions=[{"classifier_id": 1, "sample_id": 2, "value": 31.5}])
    assert read(con, "prediction_coverage", COUNTS) == [(3, 2, 1, 1)]


def test_labels_of_another_attribute_do_not_count(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(3), classifiers=[classifier()])
    fill(con, labels=labels("race", ["White", "White", "White"]) + labels("gender", ["Male"]))
    fill(con, predictions=predictions(["Male", "Male"]))
    assert read(con, "prediction_coverage", COUNTS) == [(3, 1, 2, 1)]


def test_a_split_without_any_prediction_has_a_row_where_its_dataset_has_predictions(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(2, split="test") + samples(1, split="train", first=3))
    fill(con, samples=samples(2, split=None, first=4))
    fill(con, samples=samples(1, dataset="untouched", first=6), classifiers=[classifier()])
    fill(con, labels=labels("gender", ["Male"] * 6), predictions=predictions(["Male", "Female"]))
    assert read(con, "prediction_coverage", f"dataset, split, {COUNTS}") == [
        ("faces", "test", 2, 2, 2, 2),
        ("faces", "train", 1, 1, 0, 0),
        ("faces", None, 2, 2, 0, 0),
    ]


def test_predictions_without_a_split_are_a_split_of_their_own(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(1, split="val") + samples(3, split=None, first=2))
    fill(con, classifiers=[classifier()], labels=labels("gender", ["Male", "Male", None, "Male"]))
    fill(con, predictions=predictions([None, "Male", "Female"]))
    assert read(con, "prediction_coverage", f"split, {COUNTS}") == [
        ("val", 1, 1, 0, 0),
        (None, 3, 2, 2, 1),
    ]


def test_two_classifiers_and_two_datasets_do_not_mix(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(2) + samples(3, dataset="other", first=3))
    fill(con, classifiers=[classifier(1, "a"), classifier(2, "b", "race")])
    fill(con, labels=labels("gender", ["Male"] * 5) + labels("race", ["White"]))
    fill(con, predictions=predictions(["Male"] * 5, 1) + predictions(["White"], 2))
    assert read(con, "prediction_coverage", f"classifier, dataset, {COUNTS}") == [
        ("a", "faces", 2, 2, 2, 2),
        ("a", "other", 3, 3, 3, 3),
        ("b", "faces", 2, 1, 1, 1),
    ]


def test_a_classifier_without_predictions_has_no_row(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(1), labels=labels("gender", ["Male"]), classifiers=[classifier()])
    assert read(con, "prediction_coverage") == []


def test_ties_are_counted_and_are_no_predictions(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(5) + samples(2, dataset="tied", first=6), classifiers=[classifier()])
    fill(con, labels=labels("gender", ["Male"] * 7))
    fill(con, predictions=predictions(["Male", None, None]))
    tie = {"classifier_id": 1, "predicted": None, "score": 0.25, "margin": 0}
    fill(con, predictions=[tie | {"sample_id": i} for i in (4, 5, 6)])
    # the rows of 2 and 3 have no margin: nothing says that they are ties
    assert read(con, "prediction_coverage", f"dataset, {COUNTS}, n_ties") == [
        ("faces", 5, 5, 1, 1, 2),
        ("tied", 2, 2, 0, 0, 1),
    ]
    assert read(con, "classifier_summary", "dataset, n_samples, n_missing, accuracy") == [
        ("faces", 1, 4, 1.0)
    ]
