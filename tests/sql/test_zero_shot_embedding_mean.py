"""zero_shot_embedding_mean: mean cosines divided by the length of a class's mean text vector."""

from __future__ import annotations

import duckdb
from support.rows import fill, prompt_set, read, samples, similarities

PROMPTS = [(1, "White"), (2, "White"), (3, "Black"), (4, "Black")]
COSINES = {1: [0.5], 2: [0.25], 3: [0.25], 4: [0.125]}


def norms(encoder_id: int = 1, name: str = "set", **by_class: float) -> list[dict[str, object]]:
    key = {"encoder_id": encoder_id, "prompt_set": name, "attribute": "race"}
    return [key | {"class": class_, "norm": norm} for class_, norm in by_class.items()]


def score(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, samples=samples(1), **prompt_set("set", "race", PROMPTS))
    fill(con, similarities=similarities(COSINES))


def test_the_norm_of_a_class_decides_against_the_mean(con: duckdb.DuckDBPyConnection) -> None:
    score(con)
    fill(con, class_text_norms=norms(White=1.0, Black=0.25))
    # White 0.375 / 1, Black 0.1875 / 0.25.
    assert read(con, "zero_shot_mean", "predicted") == [("White",)]
    assert read(con, "zero_shot_embedding_mean", "predicted, score, margin") == [
        ("Black", 0.75, 0.375)
    ]


def test_a_tie_goes_to_the_class_with_the_lowest_ordinal(con: duckdb.DuckDBPyConnection) -> None:
    score(con)
    fill(con, class_text_norms=norms(White=1.0, Black=0.5))
    assert read(con, "zero_shot_embedding_mean", "predicted, score, margin") == [
        ("White", 0.375, 0.0)
    ]


def test_a_class_without_its_norm_is_left_out_and_so_is_the_sample(
    con: duckdb.DuckDBPyConnection,
) -> None:
    score(con)
    fill(con, class_text_norms=norms(White=1.0))
    assert read(con, "class_scores", "class", "aggregation = 'embedding_mean'") == [("White",)]
    assert read(con, "zero_shot_embedding_mean") == []
    assert len(read(con, "zero_shot_mean")) == 1


def test_similarities_imported_without_norms_have_no_embedding_mean(
    con: duckdb.DuckDBPyConnection,
) -> None:
    score(con)
    assert read(con, "zero_shot_embedding_mean") == []


def test_norms_belong_to_one_encoder_and_one_prompt_set(con: duckdb.DuckDBPyConnection) -> None:
    score(con)
    fill(con, similarities=similarities(COSINES, encoder_id=2))
    fill(con, class_text_norms=norms(1, White=1.0, Black=0.25))
    fill(con, class_text_norms=norms(2, White=0.5, Black=0.5))
    fill(con, class_text_norms=norms(1, "other", White=0.0625, Black=1.0))
    assert read(con, "zero_shot_embedding_mean", "encoder_id, predicted, score") == [
        (1, "Black", 0.75),
        (2, "White", 0.75),
    ]


def test_samples_with_an_incomplete_set_of_similarities_are_left_out(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(3), **prompt_set("set", "race", PROMPTS))
    cosines = {1: [0.5, None, 0.5], 2: [0.5, 0.5, 0.5], 3: [0.5, 0.5, None], 4: [0.5, 0.5, None]}
    fill(con, similarities=similarities(cosines))
    fill(con, class_text_norms=norms(White=1.0, Black=0.5))
    assert read(con, "zero_shot_embedding_mean", "sample_id, predicted") == [(1, "Black")]
