from __future__ import annotations

import numpy as np
import pytest
from fairlearn.metrics import (
    MetricFrame,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)
from sklearn.metrics import f1_score, precision_score
from support.rows import classifier, fill, labels, predictions, samples

CLASSES = ("White", "Black", "Indian")


@pytest.mark.parametrize("seed", range(4))
def test_rates_are_those_of_fairlearn_for_every_class(con, seed):
    rng = np.random.default_rng(seed)
    n = 60
    true, said = (rng.choice(CLASSES, n) for _ in range(2))
    gender = rng.choice(["Male", "Female"], n)
    fill(
        con,
        samples=samples(n),
        labels=[*labels("race", true.tolist()), *labels("gender", gender.tolist())],
        classifiers=[classifier(1, "c", "race")],
        predictions=predictions(said.tolist()),
    )
    metrics = {
        "selection_rate": selection_rate,
        "true_positive_rate": true_positive_rate,
        "false_positive_rate": false_positive_rate,
        "precision": lambda y, p: precision_score(y, p, zero_division=0),
        "f1": lambda y, p: f1_score(y, p, zero_division=0),
        "negative_predictive_value": lambda y, p: precision_score(y, p, pos_label=0),
    }
    for name in CLASSES:
        frame = MetricFrame(
            metrics=metrics,
            y_true=(true == name).astype(int),
            y_pred=(said == name).astype(int),
            sensitive_features=gender,
        )
        for group in ("Male", "Female"):
            row = con.sql(
                f"select n_samples, n_labelled, {', '.join(metrics)} from rates_by_group "
                f"where class = '{name}' and group_name = '{group}'"
            ).fetchall()
            assert len(row) == 1
            assert row[0][0] == (gender == group).sum()
            assert row[0][1] == ((gender == group) & (true == name)).sum()
            expected = frame.by_group.loc[group]
            assert row[0][2:] == pytest.approx(tuple(expected[each] for each in metrics), abs=1e-12)


def test_a_rate_without_a_denominator_is_null(con):
    fill(
        con,
        samples=samples(2),
        labels=[*labels("gender", ["Male", "Male"]), *labels("race", ["White", "Black"])],
        classifiers=[classifier()],
        predictions=predictions(["Male", "Female"]),
    )
    query = (
        "select class, true_positive_rate, false_positive_rate, precision, f1 from rates_by_group "
        "where group_name = 'White' order by class"
    )
    assert con.sql(query).fetchall() == [
        ("Female", None, 0.0, None, None),
        ("Male", 1.0, None, 1.0, 1.0),
    ]


def test_splits_are_kept_apart(con):
    fill(
        con,
        samples=[*samples(1), *samples(1, split=None, first=2)],
        labels=labels("gender", ["Male", "Female"]),
        classifiers=[classifier()],
        predictions=predictions(["Male", "Male"]),
    )
    rows = con.sql(
        "select split, class, n_samples, selection_rate from rates_by_group "
        "where group_name = 'overall' order by all"
    ).fetchall()
    assert rows == [
        ("val", "Male", 1, 1.0),
        (None, "Female", 1, 0.0),
        (None, "Male", 1, 1.0),
    ]


def test_rates_have_the_wilson_intervals_of_their_denominators(con):
    fill(
        con,
        samples=samples(12),
        labels=labels("gender", ["Male", "Female"] * 6),
        classifiers=[classifier()],
        predictions=predictions(["Male"] * 9 + ["Female"] * 3),
    )
    for rate, n_yes, n in (
        ("selection_rate", "n_predicted", "n_samples"),
        ("true_positive_rate", "n_right", "n_labelled"),
        ("false_positive_rate", "n_predicted - n_right", "n_samples - n_labelled"),
    ):
        found = con.sql(
            f"select ci_low_{rate}, ci_high_{rate}, wilson_low({n_yes}, {n}), "
            f"wilson_high({n_yes}, {n}) from rates_by_group where group_name = 'overall'"
        ).fetchall()
        assert len(found) == 2
        assert all(row[:2] == pytest.approx(row[2:]) and 0 < row[0] < row[1] < 1 for row in found)
