"""sample_groups: the groups that a sample belongs to."""

from __future__ import annotations

import duckdb
from support.rows import fill, labels, read, samples

GROUPS = "sample_id, group_attribute, group_name"


def test_a_sample_is_in_the_group_of_all_of_every_label_and_of_every_pair_and_triple(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(1), labels=labels("race", ["Black"]) + labels("gender", ["Female"]))
    fill(con, labels=labels("age", ["20-29"]))
    assert read(con, "sample_groups", GROUPS) == [
        (1, "age", "20-29"),
        (1, "age x gender", "20-29 x Female"),
        (1, "age x gender x race", "20-29 x Female x Black"),
        (1, "age x race", "20-29 x Black"),
        (1, "gender", "Female"),
        (1, "gender x race", "Female x Black"),
        (1, "overall", "overall"),
        (1, "race", "Black"),
    ]


def test_groups_never_cross_samples(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(2), labels=labels("gender", ["Male", "Female"]))
    fill(con, labels=labels("race", [None, "Black"]))
    assert read(con, "sample_groups", GROUPS) == [
        (1, "gender", "Male"),
        (1, "overall", "overall"),
        (2, "gender", "Female"),
        (2, "gender x race", "Female x Black"),
        (2, "overall", "overall"),
        (2, "race", "Black"),
    ]


def test_a_sample_without_labels_is_only_in_the_group_of_all(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(1), labels=[{"sample_id": 1, "attribute": "age", "value": 31.0}])
    assert read(con, "sample_groups", GROUPS) == [(1, "overall", "overall")]


def test_four_attributes_make_six_pairs_and_four_triples(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(1))
    for attribute in ("race", "age", "mood", "gender"):
        fill(con, labels=labels(attribute, [attribute.upper()]))
    groups = read(con, "sample_groups", "group_attribute, group_name")
    names = [attribute for attribute, _ in groups if " x " in attribute]
    assert names == [
        "age x gender",
        "age x gender x mood",
        "age x gender x race",
        "age x mood",
        "age x mood x race",
        "age x race",
        "gender x mood",
        "gender x mood x race",
        "gender x race",
        "mood x race",
    ]
    assert [name for attribute, name in groups if " x " in attribute] == [
        " x ".join(attribute.upper() for attribute in name.split(" x ")) for name in names
    ]
