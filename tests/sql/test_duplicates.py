"""Conflicting labels, leakage, what policies leave out, and figures without duplicates."""

from __future__ import annotations

import duckdb
import pytest
from support.rows import (
    classifier,
    encoder,
    fill,
    labels,
    predictions,
    prompt_set,
    read,
    samples,
    similarities,
)

Con = duckdb.DuckDBPyConnection

# b is nearly a, c is neither
HASHES = {"a": 7 << 50, "b": 7 << 50 | 0b11, "c": 7 << 50 | (1 << 40) - 1}


def shown(con: Con, images: str, **more: object) -> None:
    """Add a sample for each letter, which shows the image of that name."""
    first = len(con.table("samples")) + 1
    rows = [
        s | {"image_id": i}
        for s, i in zip(samples(len(images), first=first, **more), images, strict=True)
    ]
    fill(con, samples=rows)


@pytest.fixture
def store(con: Con) -> Con:
    fill(
        con,
        images=[{"image_id": i, "phash": h, "width": 9, "height": 9} for i, h in HASHES.items()],
    )
    return con


def test_pairs_of_samples_share_an_image_or_nearly(store: Con) -> None:
    shown(store, "aabc")
    columns = "sample_id_a, sample_id_b, distance, is_same_content"
    pairs = [(1, 2, 0, True), (1, 3, 2, False), (2, 3, 2, False)]
    assert read(store, "duplicate_pairs", columns) == pairs
    store.execute("update settings set value = '1' where setting = 'duplicate_distance'")
    assert read(store, "duplicate_pairs", columns) == pairs[:1]


def test_exact_duplicates_count_the_attributes_in_conflict(store: Con) -> None:
    shown(store, "aaabbc")
    fill(store, labels=labels("gender", ["Male", "Female", "Male", "Male", "Male", "Male"]))
    fill(store, labels=labels("race", ["White", None, "Black", None, "White"]))
    columns = "image_id, n_samples, n_label_conflicts"
    assert read(store, "exact_duplicates", columns) == [("a", 3, 2), ("b", 2, 0)]


def test_conflicts_are_other_labels_or_other_years(store: Con) -> None:
    shown(store, "abc")
    fill(
        store, labels=labels("gender", ["Male", "Female", "Female"]) + labels("race", ["White"] * 3)
    )
    years = [("20-29", 20), ("20-29", 29), ("20-29", 20)]
    fill(store, labels=[
        {"sample_id": i, "attribute": "age", "label": label, "value": value}
        for i, (label, value) in enumerate(years, 1)
    ])  # fmt: skip
    columns = "attribute, sample_id_a, sample_id_b, label_a, label_b, years_apart"
    assert read(store, "label_conflicts", columns) == [
        ("age", 1, 2, "20-29", "20-29", 9),
        ("gender", 1, 2, "Male", "Female", None),
    ]


def test_labels_of_two_taxonomies_are_compared_in_both(store: Con) -> None:
    fair = [
        "White",
        "Black",
        "Indian",
        "Latino_Hispanic",
        "Southeast Asian",
        "East Asian",
        "Middle Eastern",
    ]
    coarse = ["White", "Black", "Asian", "Indian", "Others"]
    shown(store, "c" * 7, dataset="fair")
    shown(store, "c" * 5, dataset="coarse")
    store.execute("update samples set image_id = null")
    fill(store, labels=labels("race", fair + coarse))
    store.execute("update samples set image_id = 'a' where sample_id in (6, 10)")
    assert read(store, "label_conflicts") == []
    store.execute("update samples set image_id = if(sample_id in (6, 9), 'a', null)")
    assert read(store, "label_conflicts", "label_a, label_b") == [("East Asian", "Black")]


def test_leakage_is_between_splits_of_a_data_set_or_between_data_sets(store: Con) -> None:
    shown(store, "ac", split="val")
    shown(store, "bc", split="train")
    shown(store, "a", split=None)
    shown(store, "a", dataset="other", split="train")
    columns = "dataset, split_a, split_b, sample_id_a, sample_id_b, distance, is_same_content"
    assert read(store, "split_leakage", columns) == [
        ("faces", "train", "val", 3, 1, 2, False),
        ("faces", "train", "val", 4, 2, 0, True),
    ]
    columns = "dataset_a, split_a, sample_id_a, dataset_b, split_b, sample_id_b, distance"
    assert read(store, "dataset_leakage", columns) == [
        ("faces", "train", 3, "other", "train", 6, 2),
        ("faces", "val", 1, "other", "train", 6, 0),
        ("faces", None, 5, "other", "train", 6, 0),
    ]


PLAN = "sample_id, reason, kept_sample_id"


def plan(con: Con, policy: str) -> list[tuple[object, ...]]:
    return read(con, "duplicate_exclusions(5)", PLAN, f"policy = '{policy}'")


def test_policies_keep_one_drop_what_conflicts_or_drop_what_is_nearly_the_same(store: Con) -> None:
    shown(store, "aabccc")
    assert plan(store, "keep-one") == [
        (2, "same content", 1),
        (3, "nearly the same", 1),
        (5, "same content", 4),
        (6, "same content", 4),
    ]
    assert plan(store, "drop-conflicting") == plan(store, "keep-one")
    assert plan(store, "drop-all") == [
        (1, "nearly the same", None),
        (2, "nearly the same", None),
        (3, "nearly the same", None),
        (5, "same content", 4),
        (6, "same content", 4),
    ]
    fill(store, labels=labels("gender", ["Male", "Male", "Male", "Male", None, "Female"]))
    assert plan(store, "drop-conflicting") == [
        (2, "same content", 1),
        (3, "nearly the same", 1),
        *((i, "labels conflict", None) for i in (4, 5, 6)),
    ]


def test_the_largest_picture_is_kept(store: Con) -> None:
    shown(store, "ab")
    store.execute("update images set width = 10 where image_id = 'b'")
    assert plan(store, "keep-one") == [(1, "nearly the same", 2)]


def test_a_group_counts_within_each_data_set(store: Con) -> None:
    shown(store, "ac")
    shown(store, "bc", dataset="other")
    assert read(store, "duplicate_exclusions(5)") == []
    shown(store, "b", dataset="other")
    assert plan(store, "drop-all") == [(5, "same content", 3)]


def exclude(con: Con, *sample_ids: int) -> None:
    fill(con, excluded_samples=[
        {"sample_id": i, "reason": "same content", "policy": "keep-one", "max_distance": 5}
        for i in sample_ids
    ])  # fmt: skip


def test_accuracy_without_duplicates_stands_beside_the_raw_one(con: Con) -> None:
    fill(con, samples=samples(4), labels=labels("gender", ["Male"] * 4))
    fill(con, classifiers=[classifier(1, "a"), classifier(2, "b")])
    fill(con, predictions=predictions(["Male", "Male", "Male", "Female"], 1))
    fill(con, predictions=predictions(["Male", "Female", "Female", "Male"], 2))
    columns = "classifier, n_samples_raw, n_removed, n_samples_dedup, accuracy_raw, accuracy_dedup, change"
    view = "accuracy_without_duplicates"
    assert read(con, view, columns) == [("a", 4, 0, 4, 0.75, 0.75, 0), ("b", 4, 0, 4, 0.5, 0.5, 0)]
    exclude(con, 2, 3)
    assert read(con, view, columns) == [
        ("a", 4, 2, 2, 0.75, 0.5, -0.25),
        ("b", 4, 2, 2, 0.5, 1.0, 0.5),
    ]
    ranks = "classifier, rank_raw, rank_dedup"
    assert read(con, "leaderboard_without_duplicates", ranks) == [("a", 1, 2), ("b", 2, 1)]
    limits = "select wilson_low(1, 2), wilson_high(1, 2), wilson_low(3, 4), wilson_high(3, 4)"
    intervals = "ci_low_dedup, ci_high_dedup, ci_low_raw, ci_high_raw"
    assert read(con, view, intervals, "classifier = 'a'") == con.execute(limits).fetchall()
    exclude(con, 1, 4)
    assert read(con, view, "n_samples_dedup, accuracy_dedup, change") == [(0, None, None)] * 2
    assert read(con, "leaderboard_without_duplicates", "rank_dedup") == [(None,)] * 2


def test_the_sweep_without_duplicates_is_that_of_a_store_without_them(con: Con) -> None:
    fill(con, encoders=[encoder()], samples=samples(6))
    fill(con, labels=labels("gender", ["Male", "Female", "Male", "Female", "Male", "Female"]))
    fill(
        con,
        **prompt_set("set", "gender", [(i, "Male" if i < 10 else "Female") for i in range(1, 19)]),
    )
    cosines = {i: [((i * 7 + s * s * 3) % 11) / 16 for s in range(6)] for i in range(1, 19)}
    fill(con, similarities=similarities(cosines))
    exclude(con, 1, 4)
    columns = "k, n_samples_raw, n_removed, n_samples_dedup, accuracy_raw, accuracy_dedup"
    found = read(con, "k_sweep_without_duplicates", columns)
    raw = dict(read(con, "k_sweep", "k, accuracy"))
    for table in ("similarities", "labels"):
        con.execute(f"delete from {table} where sample_id in (1, 4)")
    dedup = dict(read(con, "k_sweep", "k, accuracy"))
    assert found == [(k, 6, 2, 4, raw[k], dedup[k]) for k in range(1, 10)]
    assert raw != dedup
