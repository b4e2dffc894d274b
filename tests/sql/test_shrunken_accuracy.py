"""The spread between groups without the noise of their sizes, and what is left of each of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import chi2
from statsmodels.stats.meta_analysis import combine_effects
from support.rows import (
    classifier,
    fill,
    labels,
    load,
    predictions,
    rate_groups_from,
    read,
    samples,
)

RACE = "group_attribute = 'race'"
NAMES = ["White", "Black", "Indian", "East Asian", "Middle Eastern", "Latino_Hispanic"]


def fill_groups(con, right, classifier_id=1, first=1):
    """Fill a group of each (right, all), all men by their labels."""
    races = [name for name, (_, n) in zip(NAMES, right, strict=False) for _ in range(n)]
    said = [("Female", "Male")[i < k] for k, n in right for i in range(n)]
    if classifier_id == 1:
        load(con, samples=samples(len(races)))
        load(con, labels=labels("race", races) + labels("gender", ["Male"] * len(races)))
    fill(con, classifiers=[classifier(classifier_id, f"c{classifier_id}")])
    load(con, predictions=predictions(said, classifier_id))


def as_view(con, rights, sizes):
    """Let `accuracy_by_group` be of groups that are given: rows of runs, columns of groups."""
    runs, groups = np.indices(rights.shape)
    table = pa.table(
        {
            "run": runs.ravel(),
            "nth": groups.ravel(),
            "n": np.broadcast_to(sizes, rights.shape).ravel(),
            "k": rights.ravel(),
        }
    )
    con.register("incoming_groups", table)
    con.execute(
        "create or replace view accuracy_by_group as select 'c' || run as classifier, "
        "'gender' as attribute, 'two' as taxonomy, 'faces' as dataset, 'val' as split, "
        "'race' as group_attribute, 'g' || lpad(nth::varchar, 3, '0') as group_name, "
        "n as n_samples, k as n_correct, k / n as accuracy, 0.0 as ci_low, 1.0 as ci_high, "
        "n::double as n_effective "
        "from incoming_groups"
    )


def oracle(k, n):
    """Give tau, centre and shrunken accuracies by DerSimonian and Laird, as statsmodels has them."""
    share = k.sum() / n.sum()
    noise = share * (1 - share) / n
    if share in (0, 1):
        return 0.0, share, k / n
    found = combine_effects(k / n, noise, method_re="dl")
    variance = max(found.tau2, 0)
    weights = 1 / (variance + noise)
    centre = (weights * k / n).sum() / weights.sum()
    own = variance / (variance + noise)
    return variance**0.5, centre, centre + own * (k / n - centre)


@pytest.mark.parametrize("seed", range(8))
def test_spread_and_shrunken_accuracies_are_those_of_statsmodels(con, seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 400, rng.integers(2, 7))
    k = rng.binomial(n, rng.uniform(0.6, 1, len(n)))
    fill_groups(con, list(zip(k.tolist(), n.tolist(), strict=True)))
    tau, centre, shrunken = oracle(k, n)
    columns = "group_name, shrunken_accuracy, accuracy_centre, tau, accuracy_pooled"
    found = {name: rest for name, *rest in read(con, "shrunken_accuracy", columns, RACE)}
    for name, expected in zip(NAMES, shrunken, strict=False):
        wanted = (expected, centre, tau, k.sum() / n.sum())
        assert found[name] == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    (row,) = read(con, "group_spread", "gap, shrunken_gap, chi_square, p_value, n_samples", RACE)
    share = k.sum() / n.sum()
    q = (n * (k / n - share) ** 2).sum() / (share * (1 - share))
    wanted = (np.ptp(k / n), np.ptp(shrunken), q, chi2.sf(q, len(n) - 1), n.sum())
    assert row == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    (gaps,) = read(con, "accuracy_gaps", "tau, shrunken_gap", RACE)
    assert gaps == pytest.approx((tau, np.ptp(shrunken)), rel=1e-9, abs=1e-9)
    assert read(con, "accuracy_disparity", "tau", RACE) == [(pytest.approx(tau, abs=1e-9),)]


def test_groups_that_differ_by_no_more_than_chance_are_all_at_the_centre(con):
    fill_groups(con, [(90, 100), (181, 200), (45, 50)])
    columns = "shrunken_accuracy, accuracy_centre, own_weight, posterior_sd, tau"
    mean = pytest.approx(316 / 350)
    assert read(con, "shrunken_accuracy", columns, RACE) == [(mean, mean, 0, 0, 0)] * 3
    columns = "shrunken_gap, posterior_gap, tau"
    assert read(con, "group_spread", columns, RACE) == [(0, 0, 0)]


@pytest.mark.parametrize("k", [0, 1])
def test_groups_that_are_all_right_or_all_wrong_have_no_spread(con, k):
    fill_groups(con, [(9 * k, 9), (40 * k, 40)])
    columns = "gap, shrunken_gap, posterior_gap, tau, chi_square, p_value, detectable_gap"
    assert read(con, "group_spread", columns, RACE) == [(0, 0, 0, 0, 0, 1, 0)]


def test_small_groups_and_single_ones_take_no_part(con):
    fill_groups(con, [(95, 100), (70, 100), (1, 3)])
    rate_groups_from(con, 10)
    columns = "group_name, n_samples, accuracy, shrunken_accuracy"
    weights = read(
        con, "shrunken_accuracy", "own_weight, posterior_sd", f"{RACE} and n_samples = 3"
    )
    assert weights == [(None, None)]
    rows = {name: rest for name, *rest in read(con, "shrunken_accuracy", columns, RACE)}
    _, _, (white, black) = oracle(np.array([95, 70]), np.array([100, 100]))
    assert rows == {
        "White": [100, 0.95, pytest.approx(white)],
        "Black": [100, 0.7, pytest.approx(black)],
        "Indian": [3, None, None],
    }
    assert read(con, "group_spread", "n_groups, n_samples", RACE) == [(2, 200)]
    alone = "group_attribute = 'gender'"
    assert read(con, "shrunken_accuracy", "shrunken_accuracy, tau", alone) == [(None, None)]
    assert read(con, "group_spread", "*", alone) == []


def test_the_posterior_gap_is_the_mean_range_of_draws(con):
    rng = np.random.default_rng(0)
    n = np.array([40, 80, 120, 300, 700, 60, 90])
    rights = rng.binomial(n, np.linspace(0.8, 0.95, 7), (1, 7))
    as_view(con, rights, n)
    rows = read(con, "shrunken_accuracy", "shrunken_accuracy, posterior_sd")
    means, sds = np.array(rows, dtype=float).T
    expected = np.ptp(means + sds * rng.standard_normal((200_000, 7)), axis=1).mean()
    ((found,),) = read(con, "group_spread", "posterior_gap")
    assert found == pytest.approx(expected, abs=0.002)
    con.execute("set threads = 1")
    assert read(con, "group_spread", "posterior_gap") == [(pytest.approx(found, abs=1e-15),)]


@pytest.mark.parametrize(("gap", "raw", "most"), [(0, 0.02, 0.012), (0.096, 0.0, 0.006)])
def test_shrunken_gaps_are_nearer_to_the_truth_than_raw_ones(con, gap, raw, most):
    """Of 14 groups of FairFace's sizes: genders by races."""
    n = np.array([396, 773, 773, 773, 753, 763, 793, 830, 757, 799, 735, 680, 963, 1122])
    truth = 0.94 + np.random.default_rng(5).permutation(np.linspace(-gap / 2, gap / 2, 14))
    as_view(con, np.random.default_rng(1).binomial(n, truth, (150, 14)), n)
    columns = "avg(gap), avg(shrunken_gap), avg(posterior_gap)"
    ((*means,),) = con.execute(f"select {columns} from group_spread").fetchall()
    bias = np.array(means) - gap
    assert bias[0] > raw
    assert abs(bias[1:]).max() < most
    assert abs(bias[2]) < bias[0]
