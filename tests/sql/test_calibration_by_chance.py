"""The calibration error that a perfectly calibrated classifier would show on as many samples."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom
from support.rows import encoder, fill, labels, load, prompt_set, read, samples, similarities

BY_CHANCE = "n_samples, calibration_error_by_chance, calibration_error_chance_95"


@pytest.mark.parametrize("n", [1, 2, 7, 100, 10_000])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.25, 0.5, 0.93, 1.0])
def test_the_mean_deviation_is_that_of_the_binomial_distribution(con, n, share):
    (found,) = con.execute("select binomial_mean_deviation(?, ?)", [n, share]).fetchone()
    x = np.arange(n + 1)
    expected = np.abs(x - n * share) @ binom.pmf(x, n, share)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("n", "share"), [(None, 0.5), (5, None), (5, 1.5), (5, -0.5), (-1, 0.5)])
def test_of_no_distribution_there_is_none(con, n, share):
    query = "select binomial_mean_deviation(?::bigint, ?::double)"
    assert con.execute(query, [n, share]).fetchone() == (None,)


def fill_calibrated(con, n=400):
    """Fill cosines of two classes, and labels that are right as often as confidences say."""
    rng = np.random.default_rng(1)
    differences = rng.normal(0, 0.02, n)
    cosines = {1: (0.2 + differences).tolist(), 2: [0.2] * n}
    chances = 1 / (1 + np.exp(-100 * differences))
    of_men = rng.random(n) < chances
    load(
        con,
        samples=samples(n),
        labels=labels("gender", np.where(of_men, "Male", "Female").tolist()),
    )
    load(con, labels=labels("race", rng.choice(["White", "Black"], n, p=[0.9, 0.1]).tolist()))
    fill(con, encoders=[encoder() | {"logit_scale": 100.0}])
    fill(con, **prompt_set("set", "gender", [(1, "Male"), (2, "Female")]))
    load(con, similarities=similarities(cosines))


def test_it_is_what_bins_of_that_size_show_if_their_confidence_is_true(con):
    fill_calibrated(con)
    rng = np.random.default_rng(0)
    for group in ("White", "Black", "overall"):
        where = f"aggregation = 'mean' and group_name = '{group}'"
        bins = np.array(read(con, "calibration_bins", "n_samples, confidence", where))
        ((n, mean, limit),) = read(con, "calibration", BY_CHANCE, where)
        x = rng.binomial(bins[:, 0].astype(int), bins[:, 1], (20_000, len(bins)))
        errors = np.abs(x - bins[:, 0] * bins[:, 1]).sum(axis=1) / n
        assert mean == pytest.approx(errors.mean(), abs=5 * errors.std() / np.sqrt(20_000))
        assert 0.03 < (errors > limit).mean() < 0.07


def test_an_error_above_chance_is_told_from_one_by_chance(con):
    fill_calibrated(con)
    columns = "expected_calibration_error < calibration_error_chance_95"
    where = "aggregation = 'mean' and group_name = 'overall'"
    assert read(con, "calibration", columns, where) == [(True,)]
    con.execute("delete from labels where attribute = 'gender'")
    con.execute(
        "insert into labels select sample_id, 'gender', predicted, null "
        "from zero_shot_confidences where aggregation = 'mean'"
    )
    assert read(con, "calibration", columns, where) == [(False,)]


def test_small_groups_have_none(con):
    fill_calibrated(con)
    con.execute("update settings set value = '100' where setting = 'min_samples'")
    where = "aggregation = 'mean' and group_attribute = 'race'"
    columns = "group_name, calibration_error_by_chance is null, calibration_error_chance_95 is null"
    found = read(con, "calibration", columns, where)
    assert found == [("Black", True, True), ("White", False, False)]
