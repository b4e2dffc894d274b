"""Gaps of rates between groups, by the names that reviewers know, against Fairlearn and statsmodels."""

from __future__ import annotations

from itertools import permutations

import fairlearn.metrics
import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep
from support.random_faces import RACES, fill_random
from support.rows import classifier, fill, labels, load, predictions, read, samples

BY_RACE = "group_attribute = 'race' and class = 'Female'"
RATES = (
    "selection_rate", "label_share", "true_positive_rate", "false_positive_rate",
    "positive_predictive_value", "negative_predictive_value",
)  # fmt: skip


def fractions(faces, positive="Female"):
    """Count the numerator and the denominator of each rate of each race."""
    true, said = faces.gender == positive, faces.said == positive
    parts = {
        "selection_rate": (said, np.ones_like(said)),
        "label_share": (true, np.ones_like(said)),
        "true_positive_rate": (said, true),
        "false_positive_rate": (said, ~true),
        "positive_predictive_value": (true, said),
        "negative_predictive_value": (~true, ~said),
    }
    return {
        name: [
            (int((yes & of & within).sum()), int((of & within).sum()))
            for within in ((faces.race == race) & faces.judged for race in RACES)
        ]
        for name, (yes, of) in parts.items()
    }


def limits(groups, method, compare, n_pairs):
    """Return the limits of all pairs of groups, in both orders, by statsmodels."""
    return np.array(
        [
            confint_proportions_2indep(
                *one, *other, method=method, compare=compare, alpha=0.05 / n_pairs
            )
            for one, other in permutations(groups, 2)
        ]
    )


@pytest.mark.parametrize("seed", range(4))
def test_differences_and_ratios_are_those_of_fairlearn(con, seed):
    faces = fill_random(con, seed)
    kept = faces.judged
    truth = {
        "y_true": (faces.gender[kept] == "Female").astype(int),
        "y_pred": (faces.said[kept] == "Female").astype(int),
        "sensitive_features": faces.race[kept],
    }
    names = ("equal_opportunity_difference", "equalized_odds_difference")
    expected = tuple(getattr(fairlearn.metrics, name)(**truth) for name in names)
    (found,) = read(con, "equalized_odds", ", ".join(names), BY_RACE)
    assert found == pytest.approx(expected, abs=1e-9)
    names = ("demographic_parity_difference", "demographic_parity_ratio")
    expected = tuple(getattr(fairlearn.metrics, name)(**truth) for name in names)
    (found,) = read(con, "demographic_parity", ", ".join(names), BY_RACE)
    assert found == pytest.approx(expected, abs=1e-9)
    of_labels = truth | {"y_pred": truth["y_true"]}
    expected = tuple(getattr(fairlearn.metrics, name)(**of_labels) for name in names)
    (found,) = read(con, "demographic_parity", "label_difference, label_ratio", BY_RACE)
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_each_gap_is_that_of_the_counts_and_lies_in_an_interval_for_all_pairs(con, seed):
    faces = fill_random(con, seed)
    columns = "measure, n_groups, n_highest, n_lowest, gap, ci_low, ci_high, ratio, ci_low_ratio, ci_high_ratio"
    found = {row[0]: row[1:] for row in read(con, "rate_gaps", columns, BY_RACE)}
    assert set(found) == {*RATES, "equalized_odds"}
    counted = fractions(faces)
    for name in RATES:
        shares = [yes / n for yes, n in counted[name]]
        high, low = max(shares), min(shares)
        differences = limits(counted[name], "newcomb", "diff", 3)
        ratios = limits(counted[name], "log-adjusted", "ratio", 3)
        n_groups, n_highest, n_lowest, *figures = found[name]
        assert n_groups == 3
        assert (n_highest, n_lowest) == tuple(
            counted[name][shares.index(s)][1] for s in (high, low)
        )
        expected = (high - low, *differences.max(axis=0), low / high, *ratios.min(axis=0))
        assert figures == pytest.approx(expected, abs=1e-8)
    both = [limits(counted[name], "newcomb", "diff", 6) for name in RATES[2:4]]
    gap = max(found["true_positive_rate"][3], found["false_positive_rate"][3])
    assert found["equalized_odds"][3] == gap
    assert found["equalized_odds"][4:6] == pytest.approx(np.max(both, axis=(0, 1)), abs=1e-8)


def test_predictive_parity_is_the_gap_of_both_values(con):
    faces = fill_random(con, 7)
    names = ("positive_predictive_value", "negative_predictive_value")
    found = read(
        con, "predictive_parity", ", ".join(f"{name}_difference" for name in names), BY_RACE
    )
    shares = [[yes / n for yes, n in fractions(faces)[name]] for name in names]
    assert found == [pytest.approx([max(each) - min(each) for each in shares], abs=1e-9)]
    worst = ", ".join(f"lowest_{name}_group" for name in names)
    (lowest,) = read(con, "predictive_parity", worst, BY_RACE)
    assert lowest == tuple(RACES[each.index(min(each))] for each in shares)


def fill_groups(con, given, races=("White", "Black"), split="val"):
    """Fill a group of each list of (label, predicted)."""
    rows = [(race, *pair) for race, pairs in zip(races, given, strict=True) for pair in pairs]
    load(con, samples=samples(len(rows), split=split))
    load(con, labels=labels("race", [race for race, _, _ in rows]))
    load(con, labels=labels("gender", [label for _, label, _ in rows]))
    load(con, predictions=predictions([said for _, _, said in rows]))
    fill(con, classifiers=[classifier()])


MAN, WOMAN = ("Male", "Male"), ("Female", "Female")


def test_a_perfect_classifier_fails_four_fifths_where_the_labels_do(con):
    fill_groups(con, [[MAN] * 5 + [WOMAN] * 5, [MAN] * 7 + [WOMAN] * 3])
    columns = (
        "demographic_parity_ratio, label_ratio, is_below_four_fifths, labels_are_below_four_fifths"
    )
    assert read(con, "demographic_parity", columns, BY_RACE) == [(0.6, 0.6, True, True)]
    columns = "equal_opportunity_difference, equalized_odds_difference"
    assert read(con, "equalized_odds", columns, BY_RACE) == [(0.0, 0.0)]
    con.execute("update predictions set predicted = 'Male'")
    columns = "demographic_parity_difference, demographic_parity_ratio, is_below_four_fifths"
    assert read(con, "demographic_parity", columns, BY_RACE) == [(0.0, None, None)]


def test_a_group_without_a_positive_takes_no_part_in_true_positive_rates(con):
    men = [MAN] * 3 + [("Male", "Female")]
    fill_groups(con, [[MAN, WOMAN, WOMAN], [MAN, ("Female", "Male")], men], (*RACES[:2], "Indian"))
    columns = "n_groups, lowest_group, gap"
    where = BY_RACE + " and measure = "
    assert read(con, "rate_gaps", columns, where + "'true_positive_rate'") == [(2, "Black", 1.0)]
    assert read(con, "rate_gaps", columns, where + "'false_positive_rate'") == [(3, "White", 0.25)]


def test_without_two_groups_that_have_positives_there_is_no_opportunity_to_compare(con):
    fill_groups(con, [[MAN, WOMAN], [MAN, ("Male", "Female")]])
    columns = (
        "n_groups, equal_opportunity_difference, ci_low_equal_opportunity, "
        "false_positive_rate_difference, equalized_odds_difference, ci_low, ci_high"
    )
    assert read(con, "equalized_odds", columns, BY_RACE) == [(2, None, None, 0.5, None, None, None)]


def test_one_group_has_no_gap_and_the_predicted_attribute_makes_no_groups(con):
    fill_groups(con, [[MAN, WOMAN]], ["White"])
    assert read(con, "rate_gaps", "distinct group_attribute") == []
    fill(con, samples=samples(1, first=3), labels=labels("race", ["Black"], 3))
    fill(con, labels=labels("gender", ["Male"], 3), predictions=predictions(["Male"], first=3))
    assert read(con, "rate_gaps", "distinct group_attribute") == [("race",)]


def test_small_groups_take_no_part(con):
    fill_groups(con, [[MAN] * 9 + [WOMAN], [WOMAN] * 5, [MAN, WOMAN] * 5], RACES)
    con.execute("update settings set value = '6' where setting = 'min_samples'")
    columns = "n_groups, highest_group, n_lowest"
    where = BY_RACE + " and measure = 'selection_rate'"
    assert read(con, "rate_gaps", columns, where) == [(2, "Indian", 10)]


def test_splits_are_kept_apart_and_no_split_is_one(con):
    val, none = fill_random(con, 1), fill_random(con, 2, split=None, first=1000)
    where = BY_RACE + " and measure = 'true_positive_rate'"
    found = dict(read(con, "rate_gaps", "split, gap", where))
    for split, faces in (("val", val), (None, none)):
        shares = [yes / n for yes, n in fractions(faces)["true_positive_rate"]]
        assert found[split] == pytest.approx(max(shares) - min(shares), abs=1e-9)


def test_each_of_several_classes_is_one_against_all_others(con):
    fill(con, samples=samples(6), classifiers=[classifier(1, "r", "race")])
    fill(con, labels=labels("race", ["White", "Black", "Indian"] * 2))
    fill(con, labels=labels("gender", ["Male"] * 3 + ["Female"] * 3))
    fill(con, predictions=predictions(["White", "Black", "Indian", "White", "White", "Black"]))
    where = "group_attribute = 'gender' and measure = 'true_positive_rate'"
    assert read(con, "rate_gaps", "class, gap, lowest_group", where) == [
        ("Black", 1.0, "Female"),
        ("Indian", 1.0, "Female"),
        ("White", 0.0, "Female"),
    ]
