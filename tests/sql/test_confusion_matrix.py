"""confusion_matrix and classification_report: what is taken for what, class by class."""

from __future__ import annotations

import duckdb
import pytest
from support.rows import classifier, fill, labels, predictions, read, samples

CELLS = "label, predicted, n_samples, fraction_of_label"
REPORT = "class, precision, recall, f1, support, n_predicted"


def judge(con: duckdb.DuckDBPyConnection, pairs: list[tuple[str | None, str | None]]) -> None:
    """Fill one classifier of race with (label, predicted) pairs."""
    fill(con, samples=samples(len(pairs)), classifiers=[classifier(attribute="race")])
    fill(con, labels=labels("race", [label for label, _ in pairs]))
    fill(con, predictions=predictions([predicted for _, predicted in pairs]))


# White is right twice of three; Black is never predicted; Indian is never a label.
PAIRS: list[tuple[str | None, str | None]] = [
    ("White", "White"),
    ("White", "White"),
    ("White", "Indian"),
    ("Black", "White"),
]


def test_every_pair_of_classes_has_a_cell_also_where_nothing_fell_into_it(
    con: duckdb.DuckDBPyConnection,
) -> None:
    judge(con, PAIRS)
    assert read(con, "confusion_matrix", CELLS) == [
        ("Black", "Black", 0, 0.0),
        ("Black", "Indian", 0, 0.0),
        ("Black", "White", 1, 1.0),
        ("Indian", "Black", 0, None),
        ("Indian", "Indian", 0, None),
        ("Indian", "White", 0, None),
        ("White", "Black", 0, 0.0),
        ("White", "Indian", 1, pytest.approx(1 / 3)),
        ("White", "White", 2, pytest.approx(2 / 3)),
    ]


def test_the_report_has_a_class_never_predicted_and_one_that_is_never_a_label(
    con: duckdb.DuckDBPyConnection,
) -> None:
    judge(con, PAIRS)
    assert read(con, "classification_report", REPORT) == [
        ("Black", 0.0, 0.0, 0.0, 1, 0),
        ("Indian", 0.0, 0.0, 0.0, 0, 1),
        ("White", pytest.approx(2 / 3), pytest.approx(2 / 3), pytest.approx(2 / 3), 3, 3),
    ]


def test_precision_recall_and_f1_of_a_class_differ(con: duckdb.DuckDBPyConnection) -> None:
    judge(con, [("White", "White"), ("Black", "White"), ("Black", "Black"), ("Black", "White")])
    # White: precision 1/3, recall 1, F1 2 * 1 / (3 + 1). Black: 1, 1/3, 2 * 1 / (1 + 3).
    assert read(con, "classification_report", REPORT) == [
        ("Black", 1.0, pytest.approx(1 / 3), 0.5, 3, 1),
        ("White", pytest.approx(1 / 3), 1.0, 0.5, 1, 3),
    ]


def test_samples_without_a_label_or_a_prediction_are_in_no_cell(
    con: duckdb.DuckDBPyConnection,
) -> None:
    judge(con, [("White", "White"), (None, "Black"), ("Indian", None)])
    assert read(con, "confusion_matrix", CELLS) == [("White", "White", 1, 1.0)]
    assert read(con, "classification_report", REPORT) == [("White", 1.0, 1.0, 1.0, 1, 1)]


def split_over_three(con: duckdb.DuckDBPyConnection) -> None:
    judge(con, [("White", "White"), ("White", "Black"), ("Black", "Black"), ("White", "White")])
    con.execute("update samples set split = 'train' where sample_id = 1")
    con.execute("update samples set split = null where sample_id in (3, 4)")


def test_cells_of_different_splits_are_kept_apart(con: duckdb.DuckDBPyConnection) -> None:
    split_over_three(con)
    assert read(con, "confusion_matrix", f"split, {CELLS}") == [
        ("train", "White", "White", 1, 1.0),
        ("val", "Black", "Black", 0, None),
        ("val", "Black", "White", 0, None),
        ("val", "White", "Black", 1, 1.0),
        ("val", "White", "White", 0, 0.0),
        (None, "Black", "Black", 1, 1.0),
        (None, "Black", "White", 0, 0.0),
        (None, "White", "Black", 0, 0.0),
        (None, "White", "White", 1, 1.0),
    ]


def test_reports_of_different_splits_are_kept_apart(con: duckdb.DuckDBPyConnection) -> None:
    split_over_three(con)
    assert read(con, "classification_report", f"split, {REPORT}") == [
        ("train", "White", 1.0, 1.0, 1.0, 1, 1),
        ("val", "Black", 0.0, 0.0, 0.0, 0, 1),
        ("val", "White", 0.0, 0.0, 0.0, 1, 0),
        (None, "Black", 1.0, 1.0, 1.0, 1, 1),
        (None, "White", 1.0, 1.0, 1.0, 1, 1),
    ]


def two_of_each(con: duckdb.DuckDBPyConnection) -> None:
    """Two classifiers over two data sets; the classes are the same, the counts are not."""
    fill(con, samples=samples(1) + samples(2, dataset="other", first=2))
    fill(con, labels=labels("race", ["White", "White", "White"]))
    fill(con, classifiers=[classifier(1, "a", "race"), classifier(2, "b", "race")])
    fill(con, predictions=predictions(["White", "White", "White"], 1))
    fill(con, predictions=predictions(["Indian", "White", "Indian"], 2))


def test_cells_of_two_classifiers_and_two_datasets_do_not_mix(
    con: duckdb.DuckDBPyConnection,
) -> None:
    two_of_each(con)
    assert read(con, "confusion_matrix", f"classifier, attribute, dataset, {CELLS}") == [
        ("a", "race", "faces", "White", "White", 1, 1.0),
        ("a", "race", "other", "White", "White", 2, 1.0),
        ("b", "race", "faces", "Indian", "Indian", 0, None),
        ("b", "race", "faces", "Indian", "White", 0, None),
        ("b", "race", "faces", "White", "Indian", 1, 1.0),
        ("b", "race", "faces", "White", "White", 0, 0.0),
        ("b", "race", "other", "Indian", "Indian", 0, None),
        ("b", "race", "other", "Indian", "White", 0, None),
        ("b", "race", "other", "White", "Indian", 1, 0.5),
        ("b", "race", "other", "White", "White", 1, 0.5),
    ]


def test_reports_of_two_classifiers_and_two_datasets_do_not_mix(
    con: duckdb.DuckDBPyConnection,
) -> None:
    two_of_each(con)
    assert read(con, "classification_report", f"classifier, attribute, dataset, {REPORT}") == [
        ("a", "race", "faces", "White", 1.0, 1.0, 1.0, 1, 1),
        ("a", "race", "other", "White", 1.0, 1.0, 1.0, 2, 2),
        ("b", "race", "faces", "Indian", 0.0, 0.0, 0.0, 0, 1),
        ("b", "race", "faces", "White", 0.0, 0.0, 0.0, 1, 0),
        ("b", "race", "other", "Indian", 0.0, 0.0, 0.0, 0, 1),
        ("b", "race", "other", "White", 1.0, 0.5, pytest.approx(2 / 3), 2, 1),
    ]


def test_precision_and_recall_have_wilson_intervals_of_what_was_counted(
    con: duckdb.DuckDBPyConnection,
) -> None:
    judge(con, PAIRS)
    ends = "class, ci_low_precision, ci_high_precision, ci_low_recall, ci_high_recall"
    found = read(con, "classification_report", ends)
    two_of_three = con.sql("select wilson_low(2, 3), wilson_high(2, 3)").fetchall()[0]
    none_of_one = con.sql("select wilson_low(0, 1), wilson_high(0, 1)").fetchall()[0]
    assert found == [
        ("Black", None, None, *none_of_one),
        ("Indian", *none_of_one, None, None),
        ("White", *map(pytest.approx, two_of_three * 2)),
    ]
