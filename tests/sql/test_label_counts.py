"""label_counts: how many samples have each label."""

from __future__ import annotations

import duckdb
import pytest
from support.rows import fill, labels, read, samples


def test_a_fraction_is_of_the_samples_with_a_label_of_the_attribute(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(5), labels=labels("race", ["White", "White", "Black", None, None]))
    fill(con, labels=labels("gender", ["Male"]))
    assert read(con, "label_counts", "attribute, label, n_samples, fraction") == [
        ("gender", "Male", 1, 1.0),
        ("race", "Black", 1, pytest.approx(1 / 3)),
        ("race", "White", 2, pytest.approx(2 / 3)),
    ]


def test_a_number_without_a_class_is_no_label(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(2), labels=labels("age", ["3-9"]))
    fill(con, labels=[{"sample_id": 2, "attribute": "age", "value": 31.0}])
    assert read(con, "label_counts", "label, n_samples, fraction") == [("3-9", 1, 1.0)]


def test_splits_and_datasets_are_kept_apart_and_no_split_is_its_own(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(2, split="train") + samples(1, split="val", first=3))
    fill(con, samples=samples(2, split=None, first=4))
    fill(con, samples=samples(1, dataset="other", split="val", first=6))
    fill(con, labels=labels("gender", ["Male", "Female", "Male", "Male", "Male", "Female"]))
    assert read(con, "label_counts", "dataset, split, label, n_samples, fraction") == [
        ("faces", "train", "Female", 1, 0.5),
        ("faces", "train", "Male", 1, 0.5),
        ("faces", "val", "Male", 1, 1.0),
        ("faces", None, "Male", 2, 1.0),
        ("other", "val", "Female", 1, 1.0),
    ]
