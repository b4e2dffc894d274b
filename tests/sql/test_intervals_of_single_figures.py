"""Intervals of balanced accuracy, mean absolute error and calibration error, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, t
from sklearn.metrics import balanced_accuracy_score, f1_score
from statsmodels.stats.proportion import proportion_confint
from support.rows import (
    classifier,
    encoder,
    fill,
    labels,
    load,
    predictions,
    prompt_set,
    read,
    samples,
    similarities,
)

Z = norm.ppf(0.975)
RACES = ("White", "Black", "Indian", "East Asian")


def limits_of_balanced(counts):
    """Give Wilson's interval of the effective number of samples, from (right, all) of classes."""
    right, n = np.array(counts, float).T
    shrunken = (right + Z**2 / 2) / (n + Z**2)
    variance = (shrunken * (1 - shrunken) / n).sum() / len(n) ** 2
    n_effective = shrunken.mean() * (1 - shrunken.mean()) / variance
    return proportion_confint((right / n).mean() * n_effective, n_effective, method="wilson")


def fill_classes(con, counts):
    """Fill classes of which so many are right of so many; the others are taken for the next."""
    truth, said = [], []
    for place, (right, n) in enumerate(counts):
        truth += [RACES[place]] * n
        said += [RACES[place]] * right + [RACES[(place + 1) % len(RACES)]] * (n - right)
    gender = ["Male" if i % 3 else "Female" for i in range(len(truth))]
    load(con, samples=samples(len(truth)), labels=labels("race", truth) + labels("gender", gender))
    fill(con, classifiers=[classifier(1, "c", "race")])
    load(con, predictions=predictions(said))
    return np.array(truth), np.array(said), np.array(gender)


@pytest.mark.parametrize(
    "counts",
    [
        [(90, 100), (45, 50), (3, 10)],
        [(10, 10), (1000, 1000)],
        [(0, 20), (5, 5), (7, 30), (1, 1)],
        [(0, 40)],
        [(93, 100)],
    ],
)
def test_balanced_accuracy_has_the_interval_of_its_effective_samples(con, counts):
    fill_classes(con, counts)
    columns = "balanced_accuracy, ci_low_balanced, ci_high_balanced, ci_low, ci_high"
    ((value, low, high, *of_accuracy),) = read(con, "classifier_summary", columns)
    assert value == pytest.approx(np.mean([right / n for right, n in counts]), abs=1e-12)
    assert (low, high) == pytest.approx(limits_of_balanced(counts), abs=1e-9)
    assert 0 <= low <= value <= high <= 1
    if len(counts) == 1:  # of one class it is its recall
        assert (low, high) == pytest.approx(of_accuracy, abs=1e-9)
    measured = read(con, "measured_figures", "ci_low, ci_high", "metric = 'balanced_accuracy'")
    assert measured == [(low, high)]
    others = "metric in ('macro_f1', 'weighted_recall') and ci_low is not null"
    assert read(con, "measured_figures", "metric", others) == []


def test_averages_over_classes_by_group_are_those_of_scikit_learn(con):
    truth, said, gender = fill_classes(con, [(90, 120), (45, 50), (3, 10), (0, 2)])
    columns = "group_name, n_samples, n_classes, balanced_accuracy, macro_f1, ci_low, ci_high"
    groups = "group_attribute in ('overall', 'gender')"
    rows = read(con, "class_averages_by_group", columns, groups)
    assert {group for group, *_ in rows} == {"Male", "Female", "overall"}
    for group, n, n_classes, balanced, f1, low, high in rows:
        inside = (gender == group) | (group == "overall")
        given = (truth[inside], said[inside])
        assert n == inside.sum()
        assert n_classes == len(set(given[0]))
        assert balanced == pytest.approx(balanced_accuracy_score(*given), abs=1e-9)
        assert f1 == pytest.approx(f1_score(*given, average="macro"), abs=1e-9)
        counts = [
            ((given[0] == given[1])[given[0] == c].sum(), (given[0] == c).sum())
            for c in set(given[0])
        ]
        assert (low, high) == pytest.approx(limits_of_balanced(counts), abs=1e-9)


def fill_ages(con, errors):
    ages = [{"sample_id": i, "attribute": "age", "value": 40.0} for i in range(1, len(errors) + 1)]
    load(con, samples=samples(len(errors)), labels=[each | {"label": None} for each in ages])
    fill(con, classifiers=[classifier(1, "years", "age")])
    said = [{"classifier_id": 1, "sample_id": i, "value": 40 + e} for i, e in enumerate(errors, 1)]
    load(con, predictions=said)


def test_a_mean_absolute_error_reaches_farther_up_than_down(con):
    errors = np.random.default_rng(0).laplace(1, 5, 60)
    fill_ages(con, errors.tolist())
    ((mae, low, high),) = read(con, "age_errors", "mae, ci_low_mae, ci_high_mae")
    absolute = np.abs(errors)
    part = t.ppf(0.975, 59) * absolute.std(ddof=1) / np.sqrt(60) / (2 * absolute.mean())
    expected = (absolute.mean() / (1 + part) ** 2, absolute.mean() / (1 - part) ** 2)
    assert mae == pytest.approx(absolute.mean(), abs=1e-9)
    assert (low, high) == pytest.approx(expected, abs=1e-7)
    assert high - mae > mae - low > 0


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([3.0], (None, None)),
        ([0.0, 0.0], (0.0, 0.0)),
        ([0.0, 9.0], (None, None)),
        ([2.0, -2.0, 2.0], (2.0, 2.0)),
    ],
)
def test_of_few_errors_there_may_be_no_interval(con, errors, expected):
    fill_ages(con, errors)
    assert read(con, "age_errors", "ci_low_mae, ci_high_mae") == [expected]


def fill_confidences(con, n=500, error=0.1):
    """Fill cosines of two classes, and labels that are right less often than confidences say."""
    rng = np.random.default_rng(1)
    confidence = rng.uniform(0.5, 1, n)
    is_right = rng.random(n) < confidence - error
    apart = np.log(confidence / (1 - confidence)) / 100
    load(con, samples=samples(n))
    load(con, labels=labels("gender", np.where(is_right, "Male", "Female").tolist()))
    fill(con, encoders=[encoder() | {"logit_scale": 100.0}])
    fill(con, **prompt_set("set", "gender", [(1, "Male"), (2, "Female")]))
    load(con, similarities=similarities({1: (0.2 + apart).tolist(), 2: [0.2] * n}))


@pytest.mark.parametrize("error", [0.0, 0.1, 0.3])
def test_a_calibration_error_lies_within_bounds_that_always_hold(con, error):
    fill_confidences(con, error=error)
    where = "aggregation = 'mean' and group_name = 'overall'"
    columns = "n_samples, n_correct, confidence"
    n, right, confidence = np.array(read(con, "calibration_bins", columns, where), float).T
    off = np.abs(right - n * confidence)
    shrunken = (right + Z**2 / 2) / (n + Z**2)
    variance = n * shrunken * (1 - shrunken)
    sizes = (off**2 / n).sum() - off.sum() ** 2 / n.sum()
    is_sure = off > 3 * np.sqrt(variance)
    mean_of_half = np.sqrt(2 / np.pi)
    low = (
        off.sum()
        - (np.sqrt(variance) * mean_of_half)[~is_sure].sum()
        - Z * np.sqrt(np.where(is_sure, variance, variance * (1 - 2 / np.pi)).sum() + sizes)
    )
    high = off.sum() + Z * np.sqrt(variance.sum() + sizes)
    columns = "expected_calibration_error, ci_low, ci_high"
    ((value, *limits),) = read(con, "calibration", columns, where)
    assert value == pytest.approx(off.sum() / n.sum(), abs=1e-9)
    assert limits == pytest.approx([max(0, low / n.sum()), high / n.sum()], abs=1e-9)
    assert (limits[0] > 0) == (error > 0)
    assert is_sure.any() == (error == 0.3)
