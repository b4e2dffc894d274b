"""A store in which every person has so many pictures, all judged and scored alike."""

from __future__ import annotations

import random
from typing import Any

import duckdb

from facestore.catalog.counts import keep
from support.rows import (
    classifier,
    encoder,
    explanation,
    fill,
    labels,
    load,
    predictions,
    prompt_set,
    read,
    samples,
    similarities,
)

Con = duckdb.DuckDBPyConnection
N_PEOPLE = 90
WORDINGS = ("photo", "face", "portrait")
KEYS = (
    "classifier", "classifier_a", "classifier_b", "encoder", "aggregation", "prompt_set", "k", "wording",
    "attribute", "dataset", "split", "group_attribute", "group_name", "class", "predicted", "measure", "given",
    "group_a", "group_b", "coverage_asked", "bin", "agreement_kind", "outcome", "region",
)  # fmt: skip
# What follows from how many samples there are, besides what is called ci_....
OF_SIZES = {
    "chi_square", "p_value", "p_value_mid", "p_value_holm", "tau", "detectable_gap", "detectable_difference",
    "shrunken_accuracy", "shrunken_gap", "posterior_gap", "posterior_sd", "own_weight", "n_effective",
    "rank_best", "rank_worst", "cochran_q", "chance_spread", "calibration_error_by_chance",
    "calibration_error_chance_95", "held_out_accuracy", "standard_error",
}  # fmt: skip


def fill_people(con: Con, seed: int, copies: int) -> None:
    """Fill a store with classifiers of gender and age, scores of prompts, annotations and maps."""
    rng = random.Random(seed)
    rows: list[dict[str, Any]] = [
        {
            "gender": rng.choice(["Male", "Female"]),
            "race": rng.choice(["White", "Black", "Indian"]),
            "age": rng.choice(["20-29", "30-39"]),
            "said": [
                rng.choices(["Male", "Female", None], weights)[0]
                for weights in ((2, 1, 0), (3, 2, 1))
            ],
            "margin": rng.random(),
        }
        for _ in range(N_PEOPLE)
    ]
    for row in rows:
        row["years"] = rng.uniform(20, 40)
        row["guess"] = row["years"] + rng.gauss(0, 8)
        is_male = row["gender"] == "Male"
        row["cosines"] = [
            rng.gauss(0.2 + 0.02 * (is_male == says_male), 0.02)
            for _ in WORDINGS
            for says_male in (True, False)
        ]
        row["annotations"] = rng.choices(["Male", "Female"], k=3)
        row["map"] = [rng.random() for _ in range(4)]
    rows = [row for row in rows for _ in range(copies)]
    fill(con, samples=samples(len(rows)))
    # so that a person has the same first path whatever the copies
    con.execute(
        f"update samples set person_id = (sample_id - 1) // {copies}, "
        f"path = printf('%03d-%d.jpg', (sample_id - 1) // {copies}, (sample_id - 1) % {copies})"
    )
    for attribute in ("gender", "race"):
        load(con, labels=labels(attribute, [row[attribute] for row in rows]))
    ages = [
        {"sample_id": i, "attribute": "age", "label": row["age"], "value": row["years"]}
        for i, row in enumerate(rows, 1)
    ]
    load(con, labels=ages)
    fill(con, classifiers=[classifier(1, "one"), classifier(2, "two"), classifier(3, "old", "age")])
    for number in (0, 1):
        said = predictions([row["said"][number] for row in rows], number + 1)
        load(con, predictions=[p | {"margin": rows[p["sample_id"] - 1]["margin"]} for p in said])
    guesses = [
        {"classifier_id": 3, "sample_id": i, "value": row["guess"]} for i, row in enumerate(rows, 1)
    ]
    load(con, predictions=guesses)
    _fill_scores(con, rows)
    _fill_annotations(con, rows)
    load(
        con,
        explanations=[
            explanation(i, i, row["map"], cols=2, classifier_id=1) for i, row in enumerate(rows, 1)
        ],
    )
    keep(con)


def _fill_scores(con: Con, rows: list[dict[str, Any]]) -> None:
    fill(con, encoders=[encoder() | {"logit_scale": 20.0}])
    texts = [f"a {word} of a {who}" for word in WORDINGS for who in ("man", "woman")]
    classes = ["Male" if i % 2 == 0 else "Female" for i in range(len(texts))]
    fill(con, **prompt_set("words", "gender", list(enumerate(classes, 1))))
    for i, text in enumerate(texts, 1):
        con.execute("update prompts set text = ? where prompt_id = ?", [text, i])
    cosines = {i: [row["cosines"][i - 1] for row in rows] for i in range(1, len(texts) + 1)}
    load(con, similarities=similarities(cosines))


def _fill_annotations(con: Con, rows: list[dict[str, Any]]) -> None:
    keys = ("sample_id", "attribute", "annotator", "label", "n")
    said = [
        dict(zip(keys, (i, "gender", who, label, 1), strict=True))
        for i, row in enumerate(rows, 1)
        for who, label in zip("xyz", row["annotations"], strict=True)
    ]
    load(con, annotations=said)


def draw(con: Con, n_replicates: int = 20) -> None:
    """Draw all figures of all samples anew, as `facestore bootstrap` does."""
    con.execute(
        "insert into bootstraps select row_number() over (order by classifier_id, measure), "
        "classifier_id, dataset, split, group_attribute, group_name, measure, 0, $n, n_samples, "
        "value, '2026-01-01', n_effective from figures_to_bootstrap "
        "where group_attribute = 'overall'",
        {"n": n_replicates},
    )
    for macro, ids in (("replicated_classes", (1, 2)), ("replicated_ages", (3,))):
        for classifier_id in ids:
            con.execute(
                "insert into bootstrap_figures select bootstrap_id, replicate, drawn.value "
                f"from {macro}({classifier_id}, 'faces', 'val', 'overall', 0, 1, {n_replicates}) "
                f"as drawn inner join bootstraps on classifier_id = {classifier_id} "
                "and bootstraps.measure = drawn.measure"
            )


def figures(con: Con, view: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return what a view says of sizes and intervals, by the names in its rows."""
    columns = con.sql(f"from {view}").columns
    keys = [name for name in KEYS if name in columns]
    wanted = [name for name in columns if name.startswith("ci_") or name in OF_SIZES]
    assert wanted
    found = read(con, view, ", ".join([*keys, *wanted]))
    return {row[: len(keys)]: dict(zip(wanted, row[len(keys) :], strict=True)) for row in found}
