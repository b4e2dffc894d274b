"""Random catalogues: rates of groups equal Fairlearn's, comparisons those of statsmodels."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import combinations
from typing import Any

import duckdb
import pandas as pd
import pytest
from fairlearn.metrics import (
    MetricFrame,
    count,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from support.catalogues import close, fewer, in_transactions, rolled_back
from support.faces import ATTRIBUTES, FACES, Face, fill_faces, judged, truth_and_said
from support.rows import classifier, labels, load, predictions, read, samples

RATES = {
    "selection_rate": selection_rate,
    "true_positive_rate": true_positive_rate,
    "false_positive_rate": false_positive_rate,
    "precision": lambda truth, said: precision_score(truth, said, zero_division=math.nan),
    "f1": lambda truth, said: f1_score(truth, said, zero_division=math.nan),
}


def rates_of(part: list[tuple[str, str, Face]], group: str) -> dict[Any, tuple[Any, ...]]:
    """Return n and rates by group and class: one class against all others, by Fairlearn."""
    kept = [row for row in part if group == "overall" or row[2][group] is not None]
    if not kept:
        return {}
    truth, said = truth_and_said(kept)
    names = ["overall" if group == "overall" else row[2][group] for row in kept]
    found = {}
    # the classes are those of the classifier on the whole data set and split
    for name in sorted({each for column in truth_and_said(part) for each in column}):
        frame = MetricFrame(
            metrics=RATES | {"n": count},
            y_true=[int(label == name) for label in truth],
            y_pred=[int(predicted == name) for predicted in said],
            sensitive_features=pd.Series(names, name="group"),
        )
        for group_name, row in frame.by_group.iterrows():
            rates = [None if math.isnan(row[rate]) else close(row[rate]) for rate in RATES]
            is_labelled = [
                label == name
                for label, each in zip(truth, names, strict=True)
                if each == group_name
            ]
            # Fairlearn gives 0 where a denominator is 0; here that is unknown
            if not any(is_labelled):
                rates[1] = None
            if all(is_labelled):
                rates[2] = None
            found[group, group_name, name] = (int(row["n"]), *rates)
    return found


@settings(fewer, max_examples=5)  # each asks Fairlearn some two hundred times
@given(faces=FACES)
def test_rates_by_group_are_those_of_fairlearn(
    con: duckdb.DuckDBPyConnection, faces: list[Face]
) -> None:
    with rolled_back(con):
        fill_faces(con, faces)
        columns = "classifier, dataset, split, group_attribute, group_name, class, n_samples,"
        where = "not contains(group_attribute, ' x ')"
        rows = read(con, "rates_by_group", columns + ", ".join(RATES), where)
    expected = {
        (*key, *cell): figures
        for key, part in judged(faces).items()
        for group in ("overall", *ATTRIBUTES)
        for cell, figures in rates_of(part, group).items()
    }
    assert {row[:6]: row[6:] for row in rows} == expected
    assert len(rows) == len(expected)


MARKS = st.lists(
    st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in "abc"}),
    min_size=1,
    max_size=30,
)


@in_transactions
@given(marks=MARKS)
def test_comparisons_are_those_of_statsmodels(
    con: duckdb.DuckDBPyConnection, marks: list[dict[str, bool | None]]
) -> None:
    with rolled_back(con):
        load(con, samples=samples(len(marks)), labels=labels("gender", ["Male"] * len(marks)))
        for i, name in enumerate("abc", 1):
            said = [None if m[name] is None else "Male" if m[name] else "Female" for m in marks]
            load(con, classifiers=[classifier(i, name)], predictions=predictions(said, i))
        columns = (
            "classifier_a, classifier_b, n_both_right, n_only_a, n_only_b, n_both_wrong,"
            "difference, p_value, p_value_holm, ci_low, ci_high"
        )
        rows = read(con, "classifier_comparison", columns)
    tables = {}
    for one, other in combinations("abc", 2):
        counts: dict[Any, int] = defaultdict(int)
        for each in marks:
            if each[one] is not None and each[other] is not None:
                counts[each[one], each[other]] += 1
        if counts:
            tables[one, other] = [
                counts[True, True], counts[True, False], counts[False, True], counts[False, False]
            ]  # fmt: skip
    assert {row[:2]: list(row[2:6]) for row in rows} == tables
    for row in rows:
        _, only_a, only_b, _ = table = tables[row[:2]]
        exact = mcnemar([table[:2], table[2:]], exact=True).pvalue
        assert row[6] == close((only_a - only_b) / sum(table))
        assert row[7] == pytest.approx(min(exact, 1), rel=1e-9)
        assert -1 <= row[9] <= row[6] <= row[10] <= 1
    if rows:
        holm = multipletests([row[7] for row in rows], method="holm")[1]
        assert [row[8] for row in rows] == pytest.approx(holm.tolist(), rel=1e-9)
