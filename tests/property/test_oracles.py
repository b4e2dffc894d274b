"""Random catalogues: every number of the views equals an independent library or a plain loop."""

from __future__ import annotations

import math
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, count
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rows import classifier, encoder, load, read
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

# The catalogue is made once a test; every example runs in a transaction which is rolled back.
in_transactions = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
fewer = settings(in_transactions, max_examples=15)  # Fairlearn takes its time


@contextmanager
def rolled_back(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    con.begin()
    try:
        yield
    finally:
        con.rollback()


def close(expected: Any) -> Any:
    return pytest.approx(expected, rel=0, abs=1e-12)


@contextmanager
def advice_ignored() -> Iterator[None]:
    """Ignore what scikit-learn says of classes that are never a label, or of a single class."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


# ---------------------------------------------------------------- predictions against labels

LABELS = st.sampled_from(["a", "b", "c", "d", None])
PREDICTED = st.sampled_from(["a", "b", "c", "unseen", None])
FACES = st.lists(
    st.fixed_dictionaries(
        {
            "dataset": st.sampled_from(["faces", "other"]),
            "split": st.sampled_from(["val", None]),
            "mood": LABELS,
            "gender": st.sampled_from(["Female", "Male", None]),
            "race": st.sampled_from(["White", "Black", "Indian", None]),
            "first": PREDICTED,
            "second": PREDICTED,
        }
    ),
    min_size=1,
    max_size=30,
)
ATTRIBUTES = ("mood", "gender", "race")
CLASSIFIERS = {1: "first", 2: "second"}
Face = dict[str, Any]
Key = tuple[str, str, str | None]


def fill_faces(con: duckdb.DuckDBPyConnection, faces: list[Face]) -> None:
    numbered = list(enumerate(faces, 1))
    load(
        con,
        samples=[
            {"sample_id": i, "dataset": f["dataset"], "path": f"{i}.jpg", "split": f["split"]}
            for i, f in numbered
        ],
        labels=[
            {"sample_id": i, "attribute": attribute, "label": face[attribute]}
            for i, face in numbered
            for attribute in ATTRIBUTES
            if face[attribute] is not None
        ],
        classifiers=[classifier(i, name, "mood") for i, name in CLASSIFIERS.items()],
        predictions=[
            {"classifier_id": c, "sample_id": i, "predicted": face[name]}
            for i, face in numbered
            for c, name in CLASSIFIERS.items()
            if face[name] is not None
        ],
    )


def judged(faces: list[Face]) -> dict[Key, list[tuple[str, str, Face]]]:
    """Return (label, predicted, face) by classifier, data set and split."""
    parts = defaultdict(list)
    for face in faces:
        for name in CLASSIFIERS.values():
            if face["mood"] is not None and face[name] is not None:
                key = (name, face["dataset"], face["split"])
                parts[key].append((face["mood"], face[name], face))
    return parts


def truth_and_said(part: list[tuple[str, str, Face]]) -> tuple[list[str], list[str]]:
    return [label for label, _, _ in part], [predicted for _, predicted, _ in part]


def by_key(rows: list[tuple[Any, ...]]) -> dict[Any, list[tuple[Any, ...]]]:
    """Return the rest of each row by classifier, data set and split."""
    parts = defaultdict(list)
    for row in rows:
        parts[row[:3]].append(row[3:])
    return parts


@in_transactions
@given(faces=FACES)
def test_classification_report_is_that_of_scikit_learn(
    con: duckdb.DuckDBPyConnection, faces: list[Face]
) -> None:
    with rolled_back(con):
        fill_faces(con, faces)
        columns = "classifier, dataset, split, class, precision, recall, f1, support"
        found = by_key(read(con, "classification_report", columns))
    parts = judged(faces)
    assert found.keys() == parts.keys()
    for key, part in parts.items():
        truth, said = truth_and_said(part)
        classes = sorted({*truth, *said})
        expected = metrics.precision_recall_fscore_support(
            truth, said, labels=classes, zero_division=0
        )
        assert [row[0] for row in found[key]] == classes
        np.testing.assert_allclose(
            [row[1:] for row in found[key]], np.transpose(expected), 0, 1e-12
        )


@in_transactions
@given(faces=FACES)
def test_confusion_matrix_is_that_of_scikit_learn(
    con: duckdb.DuckDBPyConnection, faces: list[Face]
) -> None:
    with rolled_back(con):
        fill_faces(con, faces)
        columns = "classifier, dataset, split, label, predicted, n_samples, fraction_of_label"
        found = by_key(read(con, "confusion_matrix", columns))
    parts = judged(faces)
    assert found.keys() == parts.keys()
    for key, part in parts.items():
        truth, said = truth_and_said(part)
        classes = sorted({*truth, *said})
        with advice_ignored():
            counts = metrics.confusion_matrix(truth, said, labels=classes)
            shares = metrics.confusion_matrix(truth, said, labels=classes, normalize="true")
        assert found[key] == [
            # scikit-learn writes 0 where a class is never a label; there is no share of nothing.
            (one, two, counts[i, j], close(shares[i, j]) if one in truth else None)
            for i, one in enumerate(classes)
            for j, two in enumerate(classes)
        ]


def summary_of(truth: list[str], said: list[str]) -> dict[str, float]:
    """Return what scikit-learn and statsmodels say of one classifier."""
    numbers: dict[str, float] = {}
    for average in ("macro", "weighted"):
        found = metrics.precision_recall_fscore_support(
            truth, said, average=average, zero_division=0
        )
        for name, value in zip(("precision", "recall", "f1"), found[:3], strict=True):
            numbers[f"{average}_{name}"] = value
    with advice_ignored():
        numbers["balanced_accuracy"] = metrics.balanced_accuracy_score(truth, said)
    accuracy = metrics.accuracy_score(truth, said)
    n_right = sum(one == two for one, two in zip(truth, said, strict=True))
    low, high = proportion_confint(n_right, len(truth), method="wilson")
    numbers |= {"accuracy": accuracy, "ci_low": low, "ci_high": high}
    numbers |= {"n_samples": len(truth), "n_classes": len(set(truth))}
    return numbers | {"chance_adjusted_accuracy": accuracy - 1 / len(set(truth))}


@in_transactions
@given(faces=FACES)
def test_classifier_summary_is_that_of_scikit_learn(
    con: duckdb.DuckDBPyConnection, faces: list[Face]
) -> None:
    names = sorted(summary_of(["a"], ["a"]))
    with rolled_back(con):
        fill_faces(con, faces)
        columns = f"classifier, dataset, split, {', '.join(names)}"
        found = by_key(read(con, "classifier_summary", columns))
    parts = judged(faces)
    assert found.keys() == parts.keys()
    for key, part in parts.items():
        expected = summary_of(*truth_and_said(part))
        assert found[key] == [close(tuple(expected[name] for name in names))]


@in_transactions
@given(faces=FACES)
def test_coverage_and_missing_predictions_are_those_of_a_plain_loop(
    con: duckdb.DuckDBPyConnection, faces: list[Face]
) -> None:
    with rolled_back(con):
        fill_faces(con, faces)
        columns = "classifier, dataset, split, n_samples, n_labelled, n_predicted, n_judged"
        found = by_key(read(con, "prediction_coverage", columns))
        missing = by_key(read(con, "classifier_summary", "classifier, dataset, split, n_missing"))
    expected: dict[Key, list[tuple[int, ...]]] = {}
    for name in CLASSIFIERS.values():
        for dataset in {face["dataset"] for face in faces if face[name] is not None}:
            for split in {face["split"] for face in faces if face["dataset"] == dataset}:
                part = [f for f in faces if (f["dataset"], f["split"]) == (dataset, split)]
                labelled = [f for f in part if f["mood"] is not None]
                n_predicted = sum(f[name] is not None for f in part)
                n_judged = sum(f[name] is not None for f in labelled)
                row = (len(part), len(labelled), n_predicted, n_judged)
                expected[name, dataset, split] = [row]
    assert found == expected
    assert missing == {k: [(r[1] - r[3],)] for k, [r] in expected.items() if r[3] > 0}


def frames(part: list[tuple[str, str, Face]]) -> dict[str, MetricFrame]:
    """Return Fairlearn's accuracies by each attribute, and by each pair and triple of them."""
    names = sorted(ATTRIBUTES)
    groups = [names[:1], names[1:2], names[2:], names[:2], names[1:], names[::2], names]
    found = {}
    for group in groups:
        kept = [row for row in part if all(row[2][name] is not None for name in group)]
        if kept:
            truth, said = truth_and_said(kept)
            features = pd.DataFrame([{name: row[2][name] for name in group} for row in kept])
            found[" x ".join(group)] = MetricFrame(
                metrics={"accuracy": metrics.accuracy_score, "n": count},
                y_true=truth,
                y_pred=said,
                sensitive_features=features,
            )
    return found


@fewer
@given(faces=FACES)
def test_accuracies_and_disparities_of_groups_are_those_of_fairlearn(
    con: duckdb.DuckDBPyConnection, faces: list[Face]
) -> None:
    with rolled_back(con):
        fill_faces(con, faces)
        key_columns = "classifier, dataset, split, group_attribute"
        columns = f"{key_columns}, group_name, n_samples, n_correct, accuracy"
        by_group = read(con, "accuracy_by_group", columns)
        columns = (
            f"{key_columns}, n_groups, accuracy_min, accuracy_max, accuracy_difference,"
            "accuracy_ratio, accuracy_mean, mean_minus_min, worst_group"
        )
        disparities = read(con, "accuracy_disparity", columns)
    accuracies: dict[tuple[Any, ...], Any] = {}
    disparity: dict[tuple[Any, ...], Any] = {}
    for key, part in judged(faces).items():
        n_right = sum(label == predicted for label, predicted, _ in part)
        accuracies[*key, "overall", "overall"] = (len(part), n_right, close(n_right / len(part)))
        for attribute, frame in frames(part).items():
            groups = groups_of(frame)
            for name, (n, share) in groups.items():
                accuracies[*key, attribute, name] = (n, round(n * share), close(share))
            disparity[*key, attribute] = (*disparity_of(frame), worst_of(groups))
    assert {row[:5]: row[5:] for row in by_group} == accuracies
    assert {row[:4]: row[4:] for row in disparities} == disparity
    assert (len(by_group), len(disparities)) == (len(accuracies), len(disparity))


def groups_of(frame: MetricFrame) -> dict[str, tuple[int, float]]:
    """Return n and accuracy by group; Fairlearn lists combinations without samples, as NaN."""
    return {
        name if isinstance(name, str) else " x ".join(name): (row["n"], row["accuracy"])
        for name, row in frame.by_group.iterrows()
        if row["n"] > 0
    }


def disparity_of(frame: MetricFrame) -> tuple[Any, ...]:
    shares = frame.by_group["accuracy"].dropna()
    low = frame.group_min()["accuracy"]
    ratio = frame.ratio(method="between_groups")["accuracy"]
    return (
        len(shares),
        close(low),
        close(frame.group_max()["accuracy"]),
        close(frame.difference(method="between_groups")["accuracy"]),
        None if math.isnan(ratio) else close(ratio),
        close(shares.mean()),
        close(shares.mean() - low),
    )


def worst_of(groups: dict[str, tuple[int, float]]) -> str:
    return min(groups, key=lambda name: (groups[name][1], name))


@in_transactions
@given(n_all=st.integers(1, 10**9), share=st.floats(0, 1))
@example(n_all=1, share=0.0)
@example(n_all=1, share=1.0)
@example(n_all=10**9, share=1.0)
def test_wilson_is_that_of_statsmodels(
    con: duckdb.DuckDBPyConnection, n_all: int, share: float
) -> None:
    n_right = round(n_all * share)
    query = "select wilson_low($a::bigint, $b::bigint), wilson_high($a::bigint, $b::bigint)"
    found = con.execute(query, {"a": n_right, "b": n_all}).fetchone()
    assert found == close(proportion_confint(n_right, n_all, alpha=0.05, method="wilson"))


# ---------------------------------------------------------------- zero-shot from similarities

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
