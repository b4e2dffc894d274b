"""Random catalogues: every number of the views equals an independent library or a plain loop."""

from __future__ import annotations

import math
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, count
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint
from support.catalogues import close, fewer, in_transactions, rolled_back
from support.faces import (
    ATTRIBUTES,
    CLASSIFIERS,
    FACES,
    Face,
    Key,
    fill_faces,
    judged,
    truth_and_said,
)
from support.rows import read


@contextmanager
def advice_ignored() -> Iterator[None]:
    """Ignore what scikit-learn says of classes that are never a label, or of a single class."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


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
