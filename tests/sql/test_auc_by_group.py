"""How well margins rank within groups, against scikit-learn, SciPy and the formulae of DeLong."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import mannwhitneyu, norm
from sklearn.metrics import roc_auc_score
from support.random_faces import RACES, fill_random
from support.rows import classifier, fill, labels, predictions, read, samples

COLUMNS = "group_name, n_samples, n_labelled, auc, ci_low, ci_high"


def delong(positive, negative):
    """Return the area and its 95 % limits: every pair compared, limits on the logit scale."""
    pairs = (positive[:, None] > negative) + (positive[:, None] == negative) / 2
    area = pairs.mean()
    variance = pairs.mean(1).var(ddof=1) / len(positive) + pairs.mean(0).var(ddof=1) / len(negative)
    reach = norm.ppf(0.975) * np.sqrt(variance) / area / (1 - area)
    return area, expit(logit(area) - reach), expit(logit(area) + reach)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("positive", ["Male", "Female"])
def test_areas_are_those_of_scikit_learn_and_scipy_and_intervals_delong_s(con, seed, positive):
    faces = fill_random(con, seed)
    rows = read(con, "auc_by_group('race')", COLUMNS, f"class = '{positive}'")
    assert [row[0] for row in rows] == sorted(RACES)
    for race, n_samples, n_labelled, *figures in rows:
        within = faces.judged & (faces.race == race)
        is_positive, score = faces.gender[within] == positive, faces.score(positive)[within]
        assert (n_samples, n_labelled) == (within.sum(), is_positive.sum())
        assert figures == pytest.approx(delong(score[is_positive], score[~is_positive]), abs=1e-9)
        assert figures[0] == pytest.approx(roc_auc_score(is_positive, score), abs=1e-9)
        u = mannwhitneyu(score[is_positive], score[~is_positive]).statistic
        n_pairs = is_positive.sum() * (~is_positive).sum()
        assert figures[0] == pytest.approx(u / n_pairs, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_the_threshold_is_the_highest_that_finds_as_many_as_all_groups_together(con, seed):
    faces = fill_random(con, seed)
    columns = (
        "group_name, equal_recall, threshold_of_equal_recall, true_positive_rate_at_threshold, "
        "false_positive_rate_at_threshold"
    )
    rows = read(con, "auc_by_group('race')", columns, "class = 'Female'")
    women = faces.gender == "Female"
    recall = (faces.said == "Female")[women & faces.judged].mean()
    for race, equal_recall, *figures in rows:
        assert equal_recall == pytest.approx(recall, abs=1e-12)
        within = faces.judged & (faces.race == race)
        score = faces.score("Female")
        positive, negative = score[within & women], score[within & ~women]
        threshold = max(each for each in positive if (positive >= each).mean() >= recall - 1e-12)
        expected = (threshold, (positive >= threshold).mean(), (negative >= threshold).mean())
        assert figures == pytest.approx(expected, abs=1e-9)


def scored(con, given, *, split="val"):
    """Fill faces of one race: (label, predicted, margin)."""
    true, said, margins = zip(*given, strict=True)
    n = len(given)
    fill(con, samples=samples(n, split=split), classifiers=[classifier()])
    fill(con, labels=[*labels("gender", true), *labels("race", ["White"] * n)])
    keys = {"classifier_id": 1}
    rows = zip(said, margins, strict=True)
    fill(
        con,
        predictions=[
            keys | {"sample_id": i, "predicted": name, "margin": margin}
            for i, (name, margin) in enumerate(rows, 1)
        ],
    )


def test_a_tie_of_the_classes_has_the_score_0_and_counts_half_against_its_like(con):
    right = [("Male", "Male", 0.5), ("Female", "Female", 0.5)]
    scored(con, [*right, ("Male", None, 0.0), ("Female", None, 0.0)])
    columns = "n_samples, auc"
    assert read(con, "auc_by_group('race')", columns, "class = 'Female'") == [(4, 0.875)]
    assert read(con, "auc_by_group('overall')", columns, "class = 'Male'") == [(4, 0.875)]


def test_no_class_without_a_tie_and_what_has_no_margin_are_left_out(con):
    right = [("Male", "Male", 0.5), ("Female", "Female", 0.5)]
    scored(con, [*right, ("Male", None, None), ("Female", "Male", None)])
    assert read(con, "auc_by_group('race')", "distinct n_samples, auc") == [(2, 1.0)]


def test_a_group_of_one_label_has_no_area_and_one_without_variance_no_interval(con):
    scored(con, [("Male", "Male", 0.25), ("Female", "Female", 0.5), ("Female", "Female", 0.25)])
    assert read(con, "auc_by_group('gender')", "distinct auc, ci_low, ci_high") == [(None,) * 3]
    assert read(con, "auc_by_group('race')", "distinct auc, ci_low, ci_high") == [(1.0, None, None)]


def test_scores_that_are_all_the_same_show_no_variance(con):
    scored(con, [("Male", "Female", 0.5), ("Female", "Female", 0.5)] * 2)
    assert read(con, "auc_by_group('race')", "distinct auc, ci_low, ci_high") == [(0.5, None, None)]


def test_a_margin_over_the_second_of_several_classes_ranks_no_class(con):
    fill(con, samples=samples(4), classifiers=[classifier(1, "r", "race")])
    fill(con, labels=labels("race", ["White", "Black", "Indian", "White"]))
    said = predictions(["White", "Black", "White", "Black"])
    fill(con, predictions=[each | {"margin": 0.5} for each in said])
    assert read(con, "auc_by_group('overall')") == []


def test_small_groups_have_no_area_and_no_split_is_one(con):
    val, none = fill_random(con, 1), fill_random(con, 2, n=30, split=None, first=1000)
    con.execute("update settings set value = '40' where setting = 'min_samples'")
    found = read(con, "auc_by_group('overall')", "split, n_samples, auc is null", "class = 'Male'")
    assert found == [("val", val.judged.sum(), False), (None, none.judged.sum(), True)]
