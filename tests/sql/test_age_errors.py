from __future__ import annotations

from rows import classifier, fill, samples
from statsmodels.stats.proportion import proportion_confint


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
