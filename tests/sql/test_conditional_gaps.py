"""Gaps of two groups given other labels: Mantel and Haenszel's, as statsmodels and NumPy have them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests
from support.random_faces import AGES, GENDERS, RACES, fill_random
from support.rows import classifier, fill, labels, load, predictions, read, samples

FIGURES = (
    "group_a, group_b, n_samples_a, n_samples_b, n_strata, n_compared, difference, "
    "conditional_difference, ci_low, ci_high, p_value, odds_ratio, ci_low_odds_ratio, ci_high_odds_ratio"
)


def tables(faces, a, b, given):
    """Return for each stratum of both races right and wrong of each: [[a, b], [c, d]]."""
    found = []
    for within in given:
        rows = []
        for race in (a, b):
            right = faces.is_right[within & (faces.race == race) & faces.judged]
            rows.append([right.sum(), (~right).sum()])
        if min(map(sum, rows)):
            found.append(np.array(rows, float))
    return found


def mantel_haenszel(strata):
    """Return the pooled difference and its limits after Sato, by the formulae of the paper."""
    weights, differences, ps, qs = [], [], [], []
    for (x1, _), (x0, _) in strata:
        n1, n0 = sum(strata[len(ps)][0]), sum(strata[len(ps)][1])
        n = n1 + n0
        weights.append(n1 * n0 / n)
        differences.append(x1 / n1 - x0 / n0)
        ps.append((n1**2 * x0 - n0**2 * x1 + n1 * n0 * (n0 - n1) / 2) / n**2)
        qs.append((x1 * (n0 - x0) / n + x0 * (n1 - x1) / n) / 2)
    pooled = np.average(differences, weights=weights)
    reach = norm.ppf(0.975) * np.sqrt(pooled * sum(ps) + sum(qs)) / sum(weights)
    return pooled, pooled - reach, pooled + reach


GIVEN = {
    "age": lambda faces: [faces.age == age for age in AGES],
    "gender": lambda faces: [faces.gender == gender for gender in GENDERS],
    "age x gender": lambda faces: [
        (faces.age == age) & (faces.gender == gender) for age in AGES for gender in GENDERS
    ],
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("given", GIVEN)
def test_figures_are_those_of_statsmodels_and_of_the_papers(con, seed, given):
    faces = fill_random(con, seed)
    found = read(
        con, "conditional_gaps", FIGURES, f"group_attribute = 'race' and given = '{given}'"
    )
    pairs = list(combinations(sorted(RACES), 2))
    assert [row[:2] for row in found] == pairs
    for (a, b), row in zip(pairs, found, strict=True):
        strata = tables(faces, a, b, GIVEN[given](faces))
        table = StratifiedTable(strata)
        shares = [faces.is_right[faces.judged & (faces.race == race)] for race in (a, b)]
        assert row[2:6] == (*map(len, shares), len(strata), sum(each.sum() for each in strata))
        assert row[6] == pytest.approx(shares[0].mean() - shares[1].mean(), abs=1e-9)
        assert row[7:10] == pytest.approx(mantel_haenszel(strata), abs=1e-9)
        assert row[10] == pytest.approx(table.test_null_odds().pvalue, abs=1e-9)
        odds = (table.oddsratio_pooled, *table.oddsratio_pooled_confint())
        assert row[11:] == pytest.approx(odds, rel=1e-9)


@pytest.mark.parametrize(
    "seed", [5, 6]
)  # each step has its factor; a p-value is no smaller than the one before
def test_p_values_after_holm_are_those_of_statsmodels(con, seed):
    fill_random(con, seed)
    where = "group_attribute = 'age' and given = 'gender x race'"
    rows = read(con, "conditional_gaps", "p_value, p_value_holm", where)
    expected = multipletests([p for p, _ in rows], method="holm")[1]
    assert [holm for _, holm in rows] == pytest.approx(list(expected), abs=1e-9)


def fill_strata(con, strata):
    """Fill, for each (race, age), right and wrong answers about women."""
    rows = [
        (race, age, said)
        for (race, age), (n_right, n_wrong) in strata.items()
        for said in ["Female"] * n_right + ["Male"] * n_wrong
    ]
    load(con, samples=samples(len(rows)), predictions=predictions([said for _, _, said in rows]))
    load(con, labels=labels("race", [race for race, _, _ in rows]))
    load(con, labels=labels("age", [age for _, age, _ in rows]))
    load(con, labels=labels("gender", ["Female"] * len(rows)))
    fill(con, classifiers=[classifier()])


def test_a_difference_that_is_only_of_ages_turns_its_sign(con):
    fill_strata(
        con,
        {
            ("Black", "3-9"): (30, 70), ("Black", "20-29"): (9, 1),
            ("White", "3-9"): (2, 8), ("White", "20-29"): (80, 20),
        },
    )  # fmt: skip
    columns = "group_a, difference, conditional_difference, is_reversed"
    (found,) = read(con, "conditional_gaps", columns, "group_attribute = 'race' and given = 'age'")
    assert found == ("Black", pytest.approx(39 / 110 - 82 / 110), pytest.approx(0.1), True)
    where = "group_attribute = 'race' and given = 'gender'"
    assert read(con, "conditional_gaps", "is_reversed", where) == [(False,)]


def test_strata_of_one_group_count_in_its_accuracy_and_not_in_the_comparison(con):
    fill_strata(
        con, {("Black", "3-9"): (3, 1), ("White", "3-9"): (1, 3), ("White", "20-29"): (5, 0)}
    )
    columns = "n_samples_b, accuracy_b, n_strata, n_compared, conditional_difference"
    found = read(con, "conditional_gaps", columns, "group_attribute = 'race' and given = 'age'")
    assert found == [(9, pytest.approx(6 / 9), 1, 8, 0.5)]


def test_groups_that_are_never_alike_are_not_compared(con):
    fill_strata(con, {("Black", "3-9"): (3, 1), ("White", "20-29"): (1, 3)})
    assert read(con, "conditional_gaps", "*", "group_attribute = 'race' and given = 'age'") == []


def test_where_all_answers_are_right_nothing_is_tested(con):
    fill_strata(con, {(race, "3-9"): (4, 0) for race in RACES})
    columns = "distinct conditional_difference, ci_low, ci_high, p_value, p_value_holm, odds_ratio, is_reversed"
    found = read(con, "conditional_gaps", columns, "group_attribute = 'race' and given = 'age'")
    assert found == [(0.0, None, None, None, None, None, False)]


def test_samples_without_a_label_of_what_is_given_are_in_no_figure(con):
    fill_strata(con, {("Black", "3-9"): (3, 1), ("White", "3-9"): (1, 3)})
    fill(con, samples=samples(1, first=9), labels=labels("race", ["Black"], 9))
    fill(con, labels=labels("gender", ["Male"], 9), predictions=predictions(["Male"], first=9))
    where = "group_attribute = 'race' and given = "
    assert read(con, "conditional_gaps", "n_samples_a", where + "'age'") == [(4,)]
    assert read(con, "conditional_gaps", "n_samples_a", where + "'gender'") == [(5,)]


def test_small_groups_have_no_figures_and_splits_are_kept_apart(con):
    fill_random(con, 1), fill_random(con, 2, n=12, split=None, first=1000)
    con.execute("update settings set value = '20' where setting = 'min_samples'")
    where = "group_attribute = 'race' and given = 'age'"
    columns = "split, conditional_difference is null and p_value is null and is_reversed is null"
    assert {*read(con, "conditional_gaps", columns, where)} == {("val", False), (None, True)}


def test_an_attribute_is_not_given_when_its_groups_are_compared(con):
    fill_random(con, 3)
    found = read(con, "conditional_gaps", "distinct group_attribute, given")
    others = {"age": ("gender", "race"), "gender": ("age", "race"), "race": ("age", "gender")}
    assert found == [
        (attribute, given)
        for attribute, (one, two) in others.items()
        for given in sorted((one, two, f"{one} x {two}"))
    ]
