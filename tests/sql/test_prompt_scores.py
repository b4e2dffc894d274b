"""prompt_scores and class_prompts: which prompts take part for which attribute and class."""

from __future__ import annotations

import duckdb
from support.rows import fill, prompt_set, read, samples, similarities

SCORES = "encoder_id, prompt_set, attribute, class, prompt_id, sample_id, cosine"


def test_a_similarity_appears_for_every_set_and_attribute_in_which_its_prompt_names_a_class(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, samples=samples(1), similarities=similarities({1: [0.25]}))
    for name, attribute, class_ in [
        ("full", "race", "White"),
        ("full", "gender", "Male"),
        ("raw", "gender", "Male"),
    ]:
        named = {"prompt_set": name, "prompt_id": 1, "attribute": attribute, "class": class_}
        fill(con, prompt_classes=[named])
    assert read(con, "prompt_scores", SCORES) == [
        (1, "full", "gender", "Male", 1, 1, 0.25),
        (1, "full", "race", "White", 1, 1, 0.25),
        (1, "raw", "gender", "Male", 1, 1, 0.25),
    ]


def test_a_prompt_that_names_no_class_has_no_prompt_score(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, **prompt_set("set", "gender", [(1, "Male")]))
    fill(con, prompt_set_members=[{"prompt_set": "set", "prompt_id": 2}])
    fill(con, samples=samples(1), similarities=similarities({1: [0.5], 2: [0.75]}))
    assert read(con, "prompt_scores", "prompt_id, cosine") == [(1, 0.5)]


def test_every_encoder_and_sample_has_its_own_prompt_scores(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, **prompt_set("set", "gender", [(1, "Male")]))
    fill(con, similarities=similarities({1: [0.125, 0.25]}, encoder_id=1))
    fill(con, similarities=similarities({1: [0.5, 0.75]}, encoder_id=2))
    assert read(con, "prompt_scores", "encoder_id, sample_id, cosine") == [
        (1, 1, 0.125),
        (1, 2, 0.25),
        (2, 1, 0.5),
        (2, 2, 0.75),
    ]


def test_class_prompts_counts_prompts_of_a_class_and_classes_of_a_set(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, **prompt_set("all", "race", [(1, "Black"), (2, "Black"), (3, "White")]))
    fill(con, **prompt_set("few", "race", [(4, "East Asian")]))
    gender = {"prompt_set": "all", "prompt_id": 1, "attribute": "gender", "class": "Female"}
    fill(con, prompt_classes=[gender])
    columns = "prompt_set, attribute, class, ordinal, n_prompts, n_classes"
    assert read(con, "class_prompts", columns) == [
        ("all", "gender", "Female", 2, 1, 1),
        ("all", "race", "Black", 2, 2, 2),
        ("all", "race", "White", 1, 1, 2),
        ("few", "race", "East Asian", 6, 1, 1),
    ]


def test_the_ordinal_of_a_class_is_that_of_its_own_attribute(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, classes=[{"attribute": "mood", "class": "White", "ordinal": 9}])
    fill(con, **prompt_set("set", "race", [(1, "White")]))
    assert read(con, "class_prompts", "attribute, class, ordinal") == [("race", "White", 1)]
