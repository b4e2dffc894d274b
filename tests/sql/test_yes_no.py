"""Average precision and AUC of yes/no attributes against scikit-learn, their means, and what intervals hold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import average_precision_score, roc_auc_score
from support.rows import classifier, encoder, fill, labels, load, read, samples

N = 300
NAMES = ("smiling", "bald", "hat")
FIGURES = "attribute, class, n_samples, n_labelled, average_precision, auc"


def fill_scored(con, given, *, encoder_id=1, prompt_set="faces", dataset="faces", first=1):
    """Fill attributes: name -> (labelled yes, score of yes); a score of 0 is a tie of the classes."""
    for i, (name, (is_yes, score)) in enumerate(given.items(), first):
        of_set = {"encoder_id": encoder_id, "prompt_set": prompt_set, "aggregation": "mean"}
        fill(con, classifiers=[classifier(i, f"m {prompt_set} {name} mean", name, **of_set)])
        rows = zip(range(1, len(score) + 1), map(float, score), strict=True)
        load(
            con,
            predictions=[
                {
                    "classifier_id": i, "sample_id": sample, "margin": abs(each), "score": 0.5,
                    "predicted": ("yes" if each > 0 else "no") if each else None,
                }
                for sample, each in rows
            ],
            labels=labels(name, ["yes" if each else "no" for each in is_yes]),
        )  # fmt: skip


def classes(con, names):
    rows = [
        {"attribute": a, "class": c, "ordinal": i}
        for a in names
        for i, c in enumerate(("no", "yes"))
    ]
    fill(con, classes=rows)


@pytest.fixture
def given(con):
    """Give three attributes of many ties, of which one is rare."""
    rng = np.random.default_rng(2)
    fill(con, samples=samples(N), encoders=[encoder(1, "m")])
    classes(con, NAMES)
    made = {}
    for name, share in zip(NAMES, (0.5, 0.3, 0.03), strict=True):
        is_yes = rng.uniform(size=N) < share
        made[name] = (is_yes, np.round(rng.normal(size=N) + is_yes, 1))
    fill_scored(con, made)
    return made


def test_figures_are_those_of_scikit_learn_with_ties(con, given):
    rows = read(con, "ranking_by_class", FIGURES)
    assert len(rows) == 2 * len(NAMES)
    for name, class_, n, n_labelled, precision, area in rows:
        is_yes, score = given[name]
        sign = 1 if class_ == "yes" else -1
        is_positive = is_yes if class_ == "yes" else ~is_yes
        assert len(np.unique(score)) < N / 2
        assert (n, n_labelled) == (N, is_positive.sum())
        assert precision == pytest.approx(
            average_precision_score(is_positive, sign * score), abs=1e-12
        )
        assert area == pytest.approx(roc_auc_score(is_positive, sign * score), abs=1e-12)


def test_what_samples_change_adds_up_to_nothing_with_ties_as_well(con, given):
    sums = read(
        con,
        "ranking_terms(true)",
        "sum(influence), sum(influence_auc)",
        "true group by attribute, class",
    )
    assert len(sums) == 2 * len(NAMES)
    assert np.abs(sums).max() < 1e-12


def test_the_means_are_over_attributes_and_one_of_one_label_is_left_out_and_named(con, given):
    columns = (
        "classifier, attribute, n_attributes, n_undefined, undefined, mean_average_precision, mean_auc, "
        "ci_low, ci_high"
    )
    means = [
        np.mean([each(is_yes, score) for is_yes, score in given.values()])
        for each in (average_precision_score, roc_auc_score)
    ]
    (row,) = read(con, "yes_no_summary", columns)
    assert row[:5] == ("m faces mean", "faces", 3, 0, None)
    assert row[5:7] == pytest.approx(means, abs=1e-12)
    assert 0 < row[7] < row[5] < row[8] < 1
    classes(con, ["young"])
    fill_scored(con, {"young": (np.full(N, True), np.abs(given["bald"][1]) + 1)}, first=10)
    (row,) = read(con, "yes_no_summary", columns)
    assert row[2:5] == (4, 1, ["young"])
    assert row[5:7] == pytest.approx(means, abs=1e-12)
    rows = read(
        con, "ranking_by_class", "class, n_labelled, average_precision, auc", "attribute = 'young'"
    )
    assert rows == [("no", 0, None, None), ("yes", N, None, None)]


def test_the_board_has_one_task_and_not_one_for_each_attribute(con, given):
    board = read(con, "benchmark", "attribute, metric, model, value")
    assert {row[:3] for row in board} == {
        ("faces", metric, "m")
        for metric in (
            "accuracy", "balanced_accuracy", "chance_adjusted_accuracy", "mean_average_precision",
        )
    }  # fmt: skip
    (mean,) = read(con, "yes_no_summary", "mean_average_precision")
    assert ("faces", "mean_average_precision", "m", pytest.approx(mean[0], abs=1e-12)) in board
    tasks = read(con, "benchmark_means", "n_tasks", "metric = 'accuracy' and kind = 'all'")
    assert tasks == [(1,)]


def test_attributes_of_other_sets_are_tasks_of_their_own(con, given):
    classes(con, ["young"])
    fill_scored(con, {"young": given["bald"]}, prompt_set="young", first=10)
    assert read(con, "yes_no_classifiers", "attribute") == [(name,) for name in sorted(NAMES)]
    found = read(con, "benchmark", "distinct attribute, metric")
    assert ("young", "accuracy") in found
    assert ("young", "mean_average_precision") not in found


@pytest.mark.parametrize(
    ("names", "positive"),
    [
        (["no", "yes"], ("yes", "no", True)),
        (["Yes", "No"], ("Yes", "No", True)),
        (["false", "true"], ("true", "false", True)),
        (["cat", "dog"], ("cat", "dog", False)),
        (["no", "maybe"], ("no", "maybe", False)),
    ],
)
def test_the_positive_class_is_yes_or_the_first(con, names, positive):
    fill(con, classes=[{"attribute": "a", "class": c, "ordinal": i} for i, c in enumerate(names)])
    columns = "positive, negative, is_yes_no"
    assert read(con, "two_class_attributes", columns, "attribute = 'a'") == [positive]
    fill(con, classes=[{"attribute": "a", "class": "third", "ordinal": 9}])
    assert read(con, "two_class_attributes", columns, "attribute = 'a'") == []


def truth(shift, share):
    """Return average precision and AUC of normal scores, by the integral over the positive ones."""
    at = np.linspace(-8, 8 + shift, 200_001)
    found, others = norm.sf(at - shift), norm.sf(at)
    precision = share * found / (share * found + (1 - share) * others)
    weights = norm.pdf(at - shift)
    return np.trapezoid(precision * weights, at), norm.cdf(shift / np.sqrt(2))


@pytest.mark.parametrize(("shift", "share"), [(0.5, 0.3), (1.5, 0.1)])
def test_intervals_hold_the_truth_in_95_of_100_cases(con, shift, share):
    n_runs, n = 200, 400
    rng = np.random.default_rng(7)
    names = [f"a{i:03d}" for i in range(n_runs)]
    fill(con, encoders=[encoder(1, "m")])
    load(con, samples=samples(n))
    classes(con, names)
    made = {}
    for name in names:
        is_yes = rng.uniform(size=n) < share
        made[name] = (is_yes, rng.normal(size=n) + shift * is_yes)
    fill_scored(con, made)
    precision, area = truth(shift, share)
    held = read(
        con,
        "ranking_by_class",
        f"count_if({precision} between ci_low and ci_high), "
        f"count_if({area} between ci_low_auc and ci_high_auc)",
        "class = 'yes'",
    )
    # 95 % of 200 is 190, with a standard deviation of 3.1
    assert all(180 <= each <= 199 for each in held[0]), held
    # attributes are independent here, so that the interval of their mean is that much narrower
    (low, mean, high), (one,) = (
        read(con, "yes_no_summary", "ci_low, mean_average_precision, ci_high")[0],
        read(con, "ranking_by_class", "avg(ci_high - ci_low)", "class = 'yes'")[0],
    )
    assert low <= mean <= high
    assert (high - low) * np.sqrt(n_runs) / one == pytest.approx(1, abs=0.25)


def test_pictures_of_one_person_are_fewer_samples(con, given):
    from facestore.catalog.counts import keep

    (before,) = read(con, "yes_no_summary", "ci_high - ci_low")
    # all of them twice: the figures are the same, and so are the intervals of the persons
    for table in ("labels", "predictions"):
        con.execute(
            f"insert into {table} by name select * replace (sample_id + {N} as sample_id) from {table}"
        )
    fill(con, samples=samples(N, first=N + 1))
    (alone,) = read(con, "yes_no_summary", "ci_high - ci_low")
    con.execute(f"update samples set person_id = 'p' || (sample_id % {N})")
    keep(con)
    (after,) = read(con, "yes_no_summary", "ci_high - ci_low")
    assert alone[0] == pytest.approx(before[0] / np.sqrt(2), rel=0.01)
    assert after[0] == pytest.approx(before[0], rel=0.01)
