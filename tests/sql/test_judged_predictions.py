"""judged_predictions: every prediction beside the label of its sample."""

from __future__ import annotations

import duckdb
from support.rows import classifier, fill, labels, predictions, read, samples


def test_a_prediction_stands_beside_the_label_of_its_attribute(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(2), classifiers=[classifier(7, "probe", "gender")])
    fill(con, labels=labels("gender", ["Male", "Female"]) + labels("race", ["White", "Black"]))
    said = {"classifier_id": 7, "predicted": "Male", "score": 0.5, "margin": 0.25}
    fill(con, predictions=[said | {"sample_id": 1}, said | {"sample_id": 2}])
    columns = (
        "classifier_id, classifier, attribute, sample_id, dataset, split, path,"
        "label, predicted, is_correct, score, margin"
    )
    probe = (7, "probe", "gender")
    assert read(con, "judged_predictions", columns) == [
        (*probe, 1, "faces", "val", "1.jpg", "Male", "Male", True, 0.5, 0.25),
        (*probe, 2, "faces", "val", "2.jpg", "Female", "Male", False, 0.5, 0.25),
    ]


def test_samples_without_a_label_or_a_predicted_class_are_not_judged(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(5), classifiers=[classifier()])
    fill(con, labels=labels("gender", ["Male", None, "Male", "Male", None]))
    fill(con, predictions=predictions(["Male", "Male", None, None, "Male"]))
    fill(con, predictions=[{"classifier_id": 1, "sample_id": 4, "value": 31.5}])
    fill(con, labels=[{"sample_id": 5, "attribute": "gender", "value": 1.0}])
    assert read(con, "judged_predictions", "sample_id, is_correct") == [(1, True)]


def test_classifiers_of_two_attributes_are_judged_by_their_own_labels(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(1), labels=labels("gender", ["Male"]) + labels("race", ["White"]))
    fill(con, classifiers=[classifier(1, "g", "gender"), classifier(2, "r", "race")])
    fill(con, predictions=predictions(["Male"], 1) + predictions(["Black"], 2))
    assert read(con, "judged_predictions", "classifier, label, is_correct") == [
        ("g", "Male", True),
        ("r", "White", False),
    ]


def test_samples_without_a_split_are_judged_too(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(1, split=None), labels=labels("gender", ["Male"]))
    fill(con, classifiers=[classifier()], predictions=predictions(["Male"]))
    assert read(con, "judged_predictions", "split, is_correct") == [(None, True)]
