"""k_sweep: accuracy of zero_shot_topk(k) for every k."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from support.rows import encoder, fill, labels, load, prompt_set, read, samples, similarities

# Sample by sample: Male has two prompts, Female three.
PROMPTS = [(1, "Male"), (2, "Male"), (3, "Female"), (4, "Female"), (5, "Female")]
COSINES: dict[int, list[float | None]] = {
    1: [0.5, 0.5, 0.25, 0.5],
    2: [0.0, 0.0, 0.25, 0.0],
    3: [0.25, 0.25, 0.25, 0.25],
    4: [0.25, 0.25, 0.0, 0.25],
    5: [0.25, 0.25, 0.5, 0.25],
}
# k = 1: Male, Male, Female, Male. k = 2: a tie of 0.5 (Male), the same, Female 0.75 against 0.5,
# Male. k = 3: Female with 0.75 everywhere.


def score(con: duckdb.DuckDBPyConnection, truth: list[str | None], **more: Any) -> None:
    fill(con, encoders=[encoder()], samples=samples(4), labels=labels("gender", truth))
    fill(con, **prompt_set("set", "gender", PROMPTS), **more)
    fill(con, similarities=similarities(COSINES))


def test_every_k_up_to_the_largest_number_of_prompts_has_a_row(
    con: duckdb.DuckDBPyConnection,
) -> None:
    score(con, ["Male", "Female", "Female", "Female"])
    columns = "k, n_samples, accuracy, balanced_accuracy, encoder_id, encoder, prompt_set, split"
    same = (1, "tiny", "set", "val")
    assert read(con, "k_sweep", columns) == [
        (1, 4, 0.5, pytest.approx((1 + 1 / 3) / 2), *same),
        (2, 4, 0.5, pytest.approx((1 + 1 / 3) / 2), *same),
        (3, 4, 0.75, 0.5, *same),
    ]


def test_the_interval_is_that_of_the_accuracy(con: duckdb.DuckDBPyConnection) -> None:
    score(con, ["Male", "Female", "Female", "Female"])
    # Wilson for 3 of 4: (3 + z2 / 2 -+ z sqrt(3 / 4 + z2 / 4)) / (4 + z2) with z2 = 3.841459.
    [(low, high)] = read(con, "k_sweep", "ci_low, ci_high", "k = 3")
    assert (low, high) == (pytest.approx(0.300642, abs=1e-6), pytest.approx(0.954413, abs=1e-6))


def test_samples_without_a_label_are_not_judged(con: duckdb.DuckDBPyConnection) -> None:
    score(con, ["Male", None, "Female", None])
    fill(con, labels=[{"sample_id": 4, "attribute": "gender", "value": 1.0}])
    assert read(con, "k_sweep", "k, n_samples, accuracy") == [(1, 2, 1.0), (2, 2, 1.0), (3, 2, 0.5)]


def test_labels_of_another_attribute_do_not_count(con: duckdb.DuckDBPyConnection) -> None:
    score(con, ["Male", None, None, None])
    fill(con, labels=labels("race", ["White", "White", "White", "White"]))
    assert read(con, "k_sweep", "attribute, k, n_samples", "k = 1") == [("gender", 1, 1)]


def test_splits_and_datasets_are_kept_apart_and_no_split_is_its_own(
    con: duckdb.DuckDBPyConnection,
) -> None:
    score(con, ["Male", "Female", "Female", "Female"])
    con.execute("update samples set split = null where sample_id = 2")
    con.execute("update samples set split = 'test' where sample_id = 3")
    fill(con, datasets=[{"dataset": "other", "layout": "import", "added_at": "2026-01-01"}])
    con.execute("update samples set dataset = 'other' where sample_id = 4")
    assert read(con, "k_sweep", "dataset, split, n_samples, accuracy", "k = 1") == [
        ("faces", "test", 1, 1.0),
        ("faces", "val", 1, 1.0),
        ("faces", None, 1, 0.0),
        ("other", "val", 1, 0.0),
    ]


def test_a_tie_goes_to_the_class_with_the_lowest_ordinal(con: duckdb.DuckDBPyConnection) -> None:
    prompts = [(1, "Middle Eastern"), (2, "Indian"), (3, "East Asian")]
    fill(con, encoders=[encoder()], samples=samples(1), **prompt_set("set", "race", prompts))
    fill(con, labels=labels("race", ["Indian"]))
    fill(con, similarities=similarities({1: [0.5], 2: [0.5], 3: [0.5]}))
    assert read(con, "k_sweep", "k, accuracy") == [(1, 1.0)]


def test_samples_with_an_incomplete_set_of_similarities_are_left_out(
    con: duckdb.DuckDBPyConnection,
) -> None:
    score(con, ["Male", "Male", "Male", "Male"])
    con.execute("delete from similarities where prompt_id = 2 and sample_id = 1")
    con.execute("delete from similarities where prompt_id in (1, 2) and sample_id = 3")
    assert read(con, "k_sweep", "k, n_samples, accuracy") == [(1, 2, 1.0), (2, 2, 1.0), (3, 2, 0.0)]


def test_encoders_and_prompt_sets_do_not_mix(con: duckdb.DuckDBPyConnection) -> None:
    score(con, ["Male", "Female", "Female", "Female"], encoders=[encoder(2, "other")])
    fill(con, **prompt_set("one", "gender", [(6, "Male"), (7, "Female")]))
    cosines = {6: [0.25] * 4, 7: [0.5, 0.5, 0.5, 0.125]}
    fill(con, similarities=similarities(cosines, encoder_id=2))
    assert read(con, "k_sweep", "encoder, prompt_set, k, accuracy") == [
        ("other", "one", 1, 0.5),
        ("tiny", "set", 1, 0.5),
        ("tiny", "set", 2, 0.5),
        ("tiny", "set", 3, 0.75),
    ]


def test_a_class_of_another_taxonomy_is_judged_in_that_of_the_labels(con):
    fill(con, samples=samples(2), labels=labels("race", ["Others", "Asian"]), encoders=[encoder()])
    races = [(1, "White"), (2, "East Asian"), (3, "Southeast Asian"), (4, "Middle Eastern")]
    fill(con, **prompt_set("set", "race", races))
    load(con, similarities=similarities({1: [0.1, 0.1], 2: [0.1, 0.2], 3: [0.1, 0.3], 4: [0.2, 0]}))
    assert read(con, "k_sweep", "taxonomy, k, accuracy") == [("UTKFace-5", 1, 1.0)]
    assert read(con, "best_k", "taxonomy, k, accuracy") == [("UTKFace-5", 1, 1.0)]


def test_a_k_above_the_limit_is_refused_in_one_line(con):
    fill(con, **prompt_set("set", "gender", [(1, "Male"), (2, "Female")]))
    load(con, similarities=similarities({1: [0.1], 2: [0.2]}))
    with pytest.raises(duckdb.InvalidInputException, match="k is 1001, but can be at most 1000"):
        con.sql("from zero_shot_topk(1001)").fetchall()
    assert len(con.sql("from zero_shot_topk(1000)").fetchall()) == 1
