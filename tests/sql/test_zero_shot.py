"""zero_shot_topk(k), zero_shot_sum and zero_shot_mean: the rules which decide published digits."""

from __future__ import annotations

import duckdb
import pytest
from support.rows import fill, prompt_set, read, samples, similarities

POOLINGS = ["zero_shot_topk(1)", "zero_shot_topk(9)", "zero_shot_sum", "zero_shot_mean"]
every_pooling = pytest.mark.parametrize("source", POOLINGS)
Cosines = dict[int, list[float | None]]


def score(
    con: duckdb.DuckDBPyConnection,
    prompts: list[tuple[int, str]],
    cosines: Cosines,
    attribute: str = "race",
) -> None:
    """Fill one prompt set and its similarities; every prompt has one cosine a sample."""
    n_samples = max(len(values) for values in cosines.values())
    fill(con, samples=samples(n_samples), **prompt_set("set", attribute, prompts))
    fill(con, similarities=similarities(cosines))


UNEQUAL = [(1, "White"), (2, "White"), (3, "White"), (4, "Black"), (5, "Black")]
UNEQUAL_COSINES: Cosines = {1: [0.5], 2: [0.25], 3: [0.125], 4: [0.25], 5: [0.5]}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # White 0.5, 0.75, 0.875 for k = 1, 2, 3; Black 0.5, 0.75 and, with two prompts, 0.75.
        ("zero_shot_topk(1)", ("White", 0.5, 0.0)),
        ("zero_shot_topk(2)", ("White", 0.75, 0.0)),
        ("zero_shot_topk(3)", ("White", 0.875, 0.125)),
        ("zero_shot_topk(64)", ("White", 0.875, 0.125)),
        ("zero_shot_sum", ("White", 0.875, 0.125)),
        # Means: White 0.875 / 3, Black 0.375.
        ("zero_shot_mean", ("Black", 0.375, 0.375 - 0.875 / 3)),
    ],
)
def test_classes_with_different_numbers_of_prompts_are_pooled_as_defined(
    con: duckdb.DuckDBPyConnection, source: str, expected: tuple[str, float, float]
) -> None:
    score(con, UNEQUAL, UNEQUAL_COSINES)
    [(predicted, best, margin)] = read(con, source, "predicted, score, margin")
    assert (predicted, best, margin) == (expected[0], expected[1], pytest.approx(expected[2]))


def test_topk_takes_the_largest_cosines_and_not_the_first_or_the_last(
    con: duckdb.DuckDBPyConnection,
) -> None:
    prompts = [(1, "White"), (2, "White"), (3, "White"), (4, "Black"), (5, "Black"), (6, "Black")]
    score(con, prompts, {1: [0.25], 2: [0.5], 3: [0.0], 4: [0.25], 5: [0.0], 6: [0.25]})
    assert read(con, "zero_shot_topk(2)", "predicted, score, margin") == [("White", 0.75, 0.25)]


def test_a_sum_of_negative_cosines_counts_every_prompt_of_a_class(
    con: duckdb.DuckDBPyConnection,
) -> None:
    score(con, [(1, "White"), (2, "White"), (3, "Black")], {1: [-0.25], 2: [-0.25], 3: [-0.375]})
    assert read(con, "zero_shot_sum", "predicted, score") == [("Black", -0.375)]
    assert read(con, "zero_shot_mean", "predicted, score") == [("White", -0.25)]
    assert read(con, "zero_shot_topk(1)", "predicted, score") == [("White", -0.25)]
    assert read(con, "zero_shot_topk(2)", "predicted, score") == [("Black", -0.375)]


@every_pooling
def test_a_tie_goes_to_the_class_with_the_lowest_ordinal(
    con: duckdb.DuckDBPyConnection, source: str
) -> None:
    # Indian has the lowest ordinal of the four; it is neither the first nor the last by name,
    # by prompt or by insertion, and the last class is not part of the tie.
    prompts = [(1, "Middle Eastern"), (2, "Indian"), (3, "East Asian"), (4, "Southeast Asian")]
    score(con, prompts, {1: [0.5], 2: [0.5], 3: [0.5], 4: [0.25]})
    assert read(con, source, "predicted, score, margin") == [("Indian", 0.5, 0.0)]


@every_pooling
def test_a_lower_ordinal_does_not_beat_a_higher_score(
    con: duckdb.DuckDBPyConnection, source: str
) -> None:
    score(con, [(1, "Male"), (2, "Female")], {1: [0.25], 2: [0.265625]}, attribute="gender")
    assert read(con, source, "predicted, margin") == [("Female", 0.015625)]


@every_pooling
def test_ages_tie_by_ordinal_and_not_by_text(con: duckdb.DuckDBPyConnection, source: str) -> None:
    score(con, [(1, "10-19"), (2, "3-9")], {1: [0.5], 2: [0.5]}, attribute="age")
    assert read(con, source, "predicted") == [("3-9",)]


@every_pooling
def test_margin_is_the_distance_to_the_second_class(
    con: duckdb.DuckDBPyConnection, source: str
) -> None:
    prompts = [(1, "White"), (2, "Black"), (3, "Indian")]
    score(con, prompts, {1: [-0.25], 2: [0.5], 3: [0.375]})
    assert read(con, source, "predicted, score, margin") == [("Black", 0.5, 0.125)]


@every_pooling
def test_the_only_class_of_an_attribute_is_predicted_without_a_margin(
    con: duckdb.DuckDBPyConnection, source: str
) -> None:
    score(con, [(1, "Indian")], {1: [-0.5]})
    assert read(con, source, "predicted, score, margin") == [("Indian", -0.5, None)]


@every_pooling
def test_prompts_which_name_no_class_of_the_attribute_do_not_vote(
    con: duckdb.DuckDBPyConnection, source: str
) -> None:
    score(con, [(1, "White"), (2, "Black")], {1: [0.25], 2: [0.5], 3: [0.75], 4: [0.75]})
    fill(con, prompt_set_members=[{"prompt_set": "set", "prompt_id": i} for i in (3, 4)])
    gender = {"prompt_set": "set", "prompt_id": 3, "attribute": "gender", "class": "Male"}
    fill(con, prompt_classes=[gender])
    assert read(con, source, "attribute, predicted, score, margin") == [
        ("gender", "Male", 0.75, None),
        ("race", "Black", 0.5, 0.25),
    ]


@every_pooling
def test_samples_with_an_incomplete_set_of_similarities_are_left_out(
    con: duckdb.DuckDBPyConnection, source: str
) -> None:
    # Sample 1 is complete, 2 misses one prompt of a class, 3 all prompts of a class.
    cosines: Cosines = {1: [0.5, None, 0.5], 2: [0.5, 0.5, 0.5], 3: [0.25, 0.25, None]}
    score(con, [(1, "White"), (2, "White"), (3, "Black")], cosines)
    assert read(con, source, "sample_id") == [(1,)]


@every_pooling
def test_a_sample_is_predicted_for_the_attributes_that_are_complete(
    con: duckdb.DuckDBPyConnection, source: str
) -> None:
    score(con, [(1, "White"), (2, "Black")], {1: [0.5], 2: [None], 3: [0.25], 4: [0.125]})
    fill(
        con,
        prompt_classes=[
            {"prompt_set": "set", "prompt_id": 3, "attribute": "gender", "class": "Male"},
            {"prompt_set": "set", "prompt_id": 4, "attribute": "gender", "class": "Female"},
        ],
    )
    assert read(con, source, "attribute, predicted") == [("gender", "Male")]


@every_pooling
def test_encoders_and_prompt_sets_do_not_mix(con: duckdb.DuckDBPyConnection, source: str) -> None:
    fill(con, samples=samples(1), **prompt_set("one", "gender", [(1, "Male"), (2, "Female")]))
    fill(con, **prompt_set("two", "gender", [(3, "Male"), (4, "Female")]))
    cosines = {1: [0.5], 2: [0.25], 3: [0.125], 4: [0.25]}
    fill(con, similarities=similarities(cosines, encoder_id=1))
    cosines = {1: [0.125], 2: [0.75], 3: [0.25], 4: [0.0]}
    fill(con, similarities=similarities(cosines, encoder_id=2))
    assert read(con, source, "encoder_id, prompt_set, predicted, score, margin") == [
        (1, "one", "Male", 0.5, 0.25),
        (1, "two", "Female", 0.25, 0.125),
        (2, "one", "Female", 0.75, 0.625),
        (2, "two", "Male", 0.25, 0.25),
    ]


def test_the_three_ways_of_pooling_are_kept_apart(con: duckdb.DuckDBPyConnection) -> None:
    score(con, UNEQUAL, UNEQUAL_COSINES)
    assert read(con, "zero_shot_decisions", "aggregation, predicted") == [
        ("mean", "Black"),
        ("sum", "White"),
    ]


def test_class_scores_holds_the_pooled_score_of_every_class(
    con: duckdb.DuckDBPyConnection,
) -> None:
    score(con, UNEQUAL, UNEQUAL_COSINES)
    white = {"encoder_id": 1, "prompt_set": "set", "attribute": "race", "class": "White"}
    fill(con, class_text_norms=[white | {"norm": 0.5}])
    assert read(con, "class_scores", "aggregation, class, score, n_classes") == [
        ("embedding_mean", "White", pytest.approx(0.875 / 3 / 0.5), 2),
        ("mean", "Black", 0.375, 2),
        ("mean", "White", pytest.approx(0.875 / 3), 2),
        ("sum", "Black", 0.75, 2),
        ("sum", "White", 0.875, 2),
    ]
