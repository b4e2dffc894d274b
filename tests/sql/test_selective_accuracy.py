"""Accuracy of the largest margins, and whose these are."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint
from support.random_faces import RACES, fill_random
from support.rows import classifier, fill, labels, predictions, read, samples


@pytest.mark.parametrize("seed", range(3))
def test_it_is_a_recount_of_what_lies_above_one_threshold(con, seed):
    faces = fill_random(con, seed)
    columns = "coverage_asked, group_name, n_group, n_samples, n_correct, coverage, accuracy"
    rows = read(con, "selective_accuracy", columns, "group_attribute in ('overall', 'race')")
    assert len(rows) == 6 * (1 + len(RACES))
    margins = np.sort(faces.margin[faces.judged])[::-1]
    for asked, group, n_group, *figures in rows:
        threshold = margins[int(np.ceil(round(asked * len(margins), 9))) - 1]
        within = faces.judged & ((faces.race == group) | (group == "overall"))
        taken = within & (faces.margin >= threshold)
        right = faces.is_right[taken]
        assert n_group == within.sum()
        expected = (taken.sum(), right.sum(), taken.sum() / within.sum(), right.mean())
        assert figures == pytest.approx(expected, abs=1e-12)


def test_intervals_are_wilson_s(con):
    fill_random(con, 4)
    columns = "n_group, n_samples, n_correct, ci_low_coverage, ci_high_coverage, ci_low, ci_high"
    for n_group, n, n_right, *limits in read(con, "selective_accuracy", columns):
        assert limits[:2] == pytest.approx(
            proportion_confint(n, n_group, method="wilson"), abs=1e-9
        )
        if n:
            assert limits[2:] == pytest.approx(
                proportion_confint(n_right, n, method="wilson"), abs=1e-9
            )
        else:
            assert limits[2:] == [None, None]


def with_margins(con, margins, races):
    n = len(margins)
    fill(con, samples=samples(n), classifiers=[classifier()])
    fill(con, labels=[*labels("gender", ["Male"] * n), *labels("race", races)])
    rows = zip(predictions(["Male"] * n), margins, strict=True)
    fill(con, predictions=[row | {"margin": margin} for row, margin in rows])


def test_a_group_of_small_margins_is_not_covered_and_has_no_accuracy(con):
    with_margins(con, [0.9, 0.8, 0.2, 0.1], ["White", "White", "Black", "Black"])
    columns = "group_name, n_group, n_samples, coverage, accuracy"
    where = "coverage_asked = 0.5 and group_attribute = 'race'"
    assert read(con, "selective_accuracy", columns, where) == [
        ("Black", 2, 0, 0.0, None),
        ("White", 2, 2, 1.0, 1.0),
    ]


def test_margins_as_large_as_the_last_are_taken_as_well(con):
    with_margins(con, [0.9, 0.5, 0.5, 0.5], ["White"] * 4)
    where = "coverage_asked <= 0.6 and group_attribute = 'overall'"
    assert read(con, "selective_accuracy", "coverage", where) == [(1.0,), (1.0,)]


def test_predictions_without_a_margin_are_not_here(con):
    with_margins(con, [0.9, None], ["White", "Black"])
    assert read(con, "selective_accuracy", "distinct group_name", "group_attribute = 'race'") == [
        ("White",)
    ]
    con.execute("update predictions set margin = null")
    assert read(con, "selective_accuracy") == []


def test_no_split_is_a_split_and_small_groups_have_no_rates(con):
    val, none = fill_random(con, 1), fill_random(con, 2, n=30, split=None, first=1000)
    con.execute("update settings set value = '40' where setting = 'min_samples'")
    columns = "split, n_samples, accuracy is null, coverage is null"
    where = "coverage_asked = 1 and group_name = 'overall'"
    assert read(con, "selective_accuracy", columns, where) == [
        ("val", val.judged.sum(), False, False),
        (None, none.judged.sum(), True, True),
    ]
