"""Random similarities: every zero-shot view equals a plain loop or NumPy."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint
from support.catalogues import close, in_transactions, rolled_back
from support.rows import encoder, load, read

ORDINALS = {
    "gender": {"Male": 1, "Female": 2},
    "race": {"White": 1, "Black": 2, "Indian": 3, "Latino_Hispanic": 4},
}
N_PROMPTS, N_SAMPLES = 6, 3
NAMED = {
    attribute: st.lists(st.sampled_from([*ordinals, None]), min_size=N_PROMPTS, max_size=N_PROMPTS)
    for attribute, ordinals in ORDINALS.items()
}
# Per encoder the cosines of every prompt and sample, in 1/64: exact in binary, with many ties.
COSINES = st.lists(
    st.integers(-3, 3), min_size=2 * N_PROMPTS * N_SAMPLES, max_size=2 * N_PROMPTS * N_SAMPLES
)
SCORED = st.fixed_dictionaries(
    {
        "sets": st.fixed_dictionaries(
            {name: st.fixed_dictionaries(NAMED) for name in ("one", "two")}
        ),
        "cosines": COSINES,
        "missing": st.sets(st.integers(0, 2 * N_PROMPTS * N_SAMPLES - 1), max_size=3),
        "labels": st.lists(
            st.sampled_from([*ORDINALS["race"], None]), min_size=N_SAMPLES, max_size=N_SAMPLES
        ),
        "splits": st.lists(st.sampled_from(["val", None]), min_size=N_SAMPLES, max_size=N_SAMPLES),
    }
)
Scored = dict[str, Any]


def cosines_of(scored: Scored) -> dict[tuple[int, int, int], Fraction]:
    """Return the cosines by encoder, prompt and sample; some are missing."""
    keys = [
        (encoder_id, prompt_id, sample_id)
        for encoder_id in (1, 2)
        for prompt_id in range(1, N_PROMPTS + 1)
        for sample_id in range(1, N_SAMPLES + 1)
    ]
    return {
        key: Fraction(value, 64)
        for i, (key, value) in enumerate(zip(keys, scored["cosines"], strict=True))
        if i not in scored["missing"]
    }


def fill_scored(con: duckdb.DuckDBPyConnection, scored: Scored) -> None:
    load(
        con,
        encoders=[encoder(1, "tiny"), encoder(2, "other")],
        samples=[
            {"sample_id": i, "dataset": "faces", "path": f"{i}.jpg", "split": split}
            for i, split in enumerate(scored["splits"], 1)
        ],
        labels=[
            {"sample_id": i, "attribute": "race", "label": label}
            for i, label in enumerate(scored["labels"], 1)
            if label is not None
        ],
        prompt_classes=[
            {"prompt_set": name, "prompt_id": i, "attribute": attribute, "class": class_}
            for name, attributes in scored["sets"].items()
            for attribute, classes in attributes.items()
            for i, class_ in enumerate(classes, 1)
            if class_ is not None
        ],
        similarities=[
            {"encoder_id": e, "prompt_id": p, "sample_id": s, "cosine": float(cosine)}
            for (e, p, s), cosine in cosines_of(scored).items()
        ],
    )


def topk(values: list[Fraction], k: int) -> Fraction:
    return sum(sorted(values, reverse=True)[:k], Fraction(0))


def mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def decide(scored: Scored, pool: Any) -> dict[tuple[int, str, str, int], tuple[Any, ...]]:
    """Return predicted, score and margin by encoder, set, attribute and sample, by a plain loop."""
    cosines = cosines_of(scored)
    decided = {}
    for name, attributes in scored["sets"].items():
        for attribute, classes in attributes.items():
            prompts: dict[str, list[int]] = defaultdict(list)
            for prompt_id, class_ in enumerate(classes, 1):
                if class_ is not None:
                    prompts[class_].append(prompt_id)
            for e in (1, 2):
                for s in range(1, N_SAMPLES + 1):
                    wanted = [(e, p, s) for ids in prompts.values() for p in ids]
                    if not wanted or any(key not in cosines for key in wanted):
                        continue
                    pooled = {
                        c: pool([cosines[e, p, s] for p in ids]) for c, ids in prompts.items()
                    }
                    ordinals = ORDINALS[attribute]
                    best = sorted(pooled, key=lambda c: (-pooled[c], ordinals[c]))
                    margin = float(pooled[best[0]] - pooled[best[1]]) if best[1:] else None
                    row = (best[0], float(pooled[best[0]]), margin)
                    decided[e, name, attribute, s] = row
    return decided


def decisions(con: duckdb.DuckDBPyConnection, source: str) -> dict[Any, tuple[Any, ...]]:
    columns = "encoder_id, prompt_set, attribute, sample_id, predicted, score, margin"
    rows = read(con, source, columns)
    found = {row[:4]: row[4:] for row in rows}
    assert len(found) == len(rows)
    return found


@in_transactions
@given(scored=SCORED)
def test_zero_shot_topk_is_that_of_a_plain_loop_for_every_k(
    con: duckdb.DuckDBPyConnection, scored: Scored
) -> None:
    with rolled_back(con):
        fill_scored(con, scored)
        found = {k: decisions(con, f"zero_shot_topk({k})") for k in range(1, N_PROMPTS + 2)}
    for k, rows in found.items():
        assert rows == decide(scored, lambda values, k=k: topk(values, k))


@in_transactions
@given(scored=SCORED)
def test_zero_shot_sum_is_that_of_a_plain_loop(
    con: duckdb.DuckDBPyConnection, scored: Scored
) -> None:
    with rolled_back(con):
        fill_scored(con, scored)
        found = decisions(con, "zero_shot_sum")
    assert found == decide(scored, sum)


@in_transactions
@given(scored=SCORED)
def test_zero_shot_mean_is_that_of_a_plain_loop(
    con: duckdb.DuckDBPyConnection, scored: Scored
) -> None:
    with rolled_back(con):
        fill_scored(con, scored)
        found = decisions(con, "zero_shot_mean")
    expected = decide(scored, mean)
    assert {key: row[0] for key, row in found.items()} == {k: r[0] for k, r in expected.items()}
    for key, (_, score, margin) in expected.items():
        assert found[key][1:] == (close(score), None if margin is None else close(margin))


def judge(scored: Scored, decided: dict[Any, tuple[Any, ...]]) -> dict[Any, tuple[Any, ...]]:
    """Return n, accuracy, balanced accuracy and interval by encoder, set and split, for race."""
    parts: dict[Any, list[tuple[str, bool]]] = defaultdict(list)
    for (encoder_id, name, attribute, sample_id), (predicted, _, _) in decided.items():
        label = scored["labels"][sample_id - 1]
        if attribute == "race" and label is not None:
            key = (encoder_id, name, scored["splits"][sample_id - 1])
            parts[key].append((label, predicted == label))
    return {key: (len(part), close(shares_of(part))) for key, part in parts.items()}


def shares_of(part: list[tuple[str, bool]]) -> tuple[float, ...]:
    by_label: dict[str, list[bool]] = defaultdict(list)
    for label, is_right in part:
        by_label[label].append(is_right)
    n_right = sum(is_right for _, is_right in part)
    recalls = [sum(rights) / len(rights) for rights in by_label.values()]
    interval = proportion_confint(n_right, len(part), method="wilson")
    return (n_right / len(part), sum(recalls) / len(recalls), *map(float, interval))


@in_transactions
@given(scored=SCORED)
def test_k_sweep_is_topk_judged_for_every_k(con: duckdb.DuckDBPyConnection, scored: Scored) -> None:
    with rolled_back(con):
        fill_scored(con, scored)
        columns = (
            "encoder_id, prompt_set, split, attribute, k, n_samples,"
            "accuracy, balanced_accuracy, ci_low, ci_high"
        )
        rows = read(con, "k_sweep", columns)
        topks = {k: decisions(con, f"zero_shot_topk({k})") for k in range(1, N_PROMPTS + 1)}
    assert {row[3] for row in rows} <= {"race"}
    found = {(row[4], *row[:3]): (row[5], row[6:]) for row in rows}
    assert len(found) == len(rows)
    expected = {}
    for k, decided in topks.items():
        for (encoder_id, name, split), numbers in judge(scored, decided).items():
            classes = scored["sets"][name]["race"]
            if k <= max(classes.count(class_) for class_ in ORDINALS["race"]):
                expected[k, encoder_id, name, split] = numbers
    assert found == expected


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


@in_transactions
@given(
    seed=st.integers(0, 2**32 - 1),
    counts=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    n_samples=st.integers(1, 6),
)
def test_zero_shot_embedding_mean_is_ensembling_in_embedding_space(
    con: duckdb.DuckDBPyConnection, seed: int, counts: list[int], n_samples: int
) -> None:
    rng = np.random.default_rng(seed)
    images = unit(rng.normal(size=(n_samples, 16)))
    texts = [unit(rng.normal(size=(n, 16)) + rng.normal(size=16)) for n in counts]
    classes = list(ORDINALS["race"])[: len(counts)]
    means = {class_: vectors.mean(axis=0) for class_, vectors in zip(classes, texts, strict=True)}
    named = [class_ for class_, n in zip(classes, counts, strict=True) for _ in range(n)]
    key = {"prompt_set": "set", "attribute": "race"}
    with rolled_back(con):
        load(
            con,
            prompt_classes=[
                key | {"prompt_id": i, "class": class_} for i, class_ in enumerate(named, 1)
            ],
            class_text_norms=[
                key | {"encoder_id": 1, "class": class_, "norm": float(np.linalg.norm(vector))}
                for class_, vector in means.items()
            ],
            similarities=[
                {"encoder_id": 1, "prompt_id": p, "sample_id": s, "cosine": float(cosine)}
                for s, row in enumerate(images @ np.concatenate(texts).T, 1)
                for p, cosine in enumerate(row, 1)
            ],
        )
        found = decisions(con, "zero_shot_embedding_mean")
    assert len(found) == n_samples
    scores = images @ unit(np.stack(list(means.values()))).T
    for s, row in enumerate(scores, 1):
        predicted, score, margin = found[1, "set", "race", s]
        ranked = np.sort(row)[::-1]
        assert score == pytest.approx(ranked[0], abs=1e-5)
        if len(classes) == 1:
            assert (predicted, margin) == (classes[0], None)
        else:
            assert margin == pytest.approx(ranked[0] - ranked[1], abs=1e-5)
            assert margin < 1e-5 or predicted == classes[int(np.argmax(row))]
