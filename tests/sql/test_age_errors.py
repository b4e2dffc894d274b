from __future__ import annotations

import numpy as np
from sklearn.metrics import confusion_matrix
from statsmodels.stats.proportion import proportion_confint
from support.rows import classifier, fill, samples


def aged(con, pairs):
    """Fill a catalogue with true and predicted ages; None leaves one out."""
    fill(
        con,
        samples=samples(len(pairs)),
        labels=[
            {"sample_id": i, "attribute": "age", "label": "20-29", "value": true}
            for i, (true, _) in enumerate(pairs, 1)
        ],
        classifiers=[classifier(1, "c", "age"), classifier(2, "g", "gender")],
        predictions=[
            {"classifier_id": 1, "sample_id": i, "value": predicted}
            for i, (_, predicted) in enumerate(pairs, 1)
            if predicted is not None
        ],
    )


def test_errors_are_in_years_and_the_tolerance_itself_counts(con):
    aged(con, [(20, 28), (20, 28.5), (20, 12), (20, 20)])
    query = "select n_samples, mae, bias, within_8_years, ci_low, ci_high from age_errors"
    rows = con.sql(f"{query} where group_name = 'overall'").fetchall()
    low, high = proportion_confint(3, 4, method="wilson")
    ((n, mae, bias, within, ci_low, ci_high),) = rows
    assert (n, mae, bias, within) == (4, 6.125, 2.125, 0.75)
    assert abs(ci_low - low) < 1e-9
    assert abs(ci_high - high) < 1e-9


def test_the_tolerance_is_a_parameter(con):
    aged(con, [(20, 28), (20, 21), (20, 24)])
    for years, share in ((0, 0), (1, 1 / 3), (4, 2 / 3), (8, 1)):
        query = f"select within_tolerance from age_errors_within({years})"
        assert con.sql(f"{query} where group_name = 'overall'").fetchall() == [(share,)]


def test_samples_without_a_true_or_predicted_age_are_left_out(con):
    aged(con, [(20, 30), (None, 30), (20, None)])
    rows = con.sql("select group_name, n_samples, mae from age_errors order by all").fetchall()
    assert rows == [("20-29", 1, 10.0), ("overall", 1, 10.0)]


def test_decades_are_those_of_scikit_learn(con):
    rng = np.random.default_rng(3)
    true = rng.integers(0, 95, 300).astype(float)
    predicted = true + rng.normal(0, 12, 300)  # some below 0
    aged(con, [*zip(true.tolist(), predicted.tolist(), strict=True), (None, 20), (20, None)])
    decades = list(range(0, 130, 10))
    expected = confusion_matrix(
        true // 10 * 10, np.maximum(predicted, 0) // 10 * 10, labels=decades
    )
    counts = {
        (decade, found): n
        for decade, row in zip(decades, expected.tolist(), strict=True)
        for found, n in zip(decades, row, strict=True)
        if n
    }
    rows = con.sql("select * exclude (classifier, dataset, split) from age_decade_confusion")
    found = {(decade, other): (n, share) for decade, other, n, share in rows.fetchall()}
    assert {key: n for key, (n, _) in found.items()} == counts
    of_decade = dict(zip(decades, expected.sum(axis=1).tolist(), strict=True))
    for (decade, _), (n, share) in found.items():
        assert share == n / of_decade[decade]
