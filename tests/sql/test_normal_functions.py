"""Quantiles, tails and intervals that views compute with, against SciPy and statsmodels."""

from __future__ import annotations

import pytest
from scipy.integrate import quad
from scipy.stats import binom, chi2, norm
from statsmodels.stats.proportion import proportion_confint


def scalar(con, expression, *values):
    ((found,),) = con.execute(f"select {expression}", values).fetchall()
    return found


@pytest.mark.parametrize("df", [1, 2, 3, 4, 5, 6, 7, 30, 31, 125, 126, 501])
def test_the_chi_square_tail_is_that_of_scipy(con, df):
    for x in (1e-6, 0.01, 0.5, 1, 3, 5.999, 6, 6.001, 10, 20, 50, 100, 300, 900):
        found = scalar(con, "chi_square_tail(?::double, ?)", x, df)
        assert found == pytest.approx(chi2.sf(x, df), rel=1e-12, abs=1e-300), x


def test_the_chi_square_tail_has_limits(con):
    assert scalar(con, "chi_square_tail(0.0, 3)") == 1
    assert scalar(con, "chi_square_tail(0.0, 0)") is None
    assert scalar(con, "chi_square_tail(null, 3)") is None
    assert scalar(con, "chi_square_tail(1.0, 3::hugeint)") == pytest.approx(chi2.sf(1, 3))


@pytest.mark.parametrize(
    "share", [1e-300, 1e-9, 0.001, 0.02424, 0.02425, 0.02426, 0.2, 0.5, 0.8, 0.97575, 0.98, 0.9999]
)
def test_the_normal_quantile_is_that_of_scipy(con, share):
    found = scalar(con, "normal_quantile(?::double)", share)
    assert found == pytest.approx(norm.ppf(share), rel=1.2e-9, abs=1e-12)


@pytest.mark.parametrize("share", ["0.0", "1.0", "-0.5", "1.5", "null"])
def test_no_other_share_has_a_normal_quantile(con, share):
    assert scalar(con, f"normal_quantile({share})") is None


@pytest.mark.parametrize("n", [2, 3, 7, 32, 126, 1000, 1_000_000])
def test_the_mean_range_is_the_integral_of_tippett(con, n):
    def shares(x):
        return 1 - norm.cdf(x) ** n - norm.sf(x) ** n

    expected = 2 * quad(shares, 0, 12, epsabs=1e-12, epsrel=1e-12)[0]
    assert scalar(con, "normal_range(?)", n) == pytest.approx(expected, rel=1e-9)


def test_a_single_number_has_no_range(con):
    assert scalar(con, "normal_range(1)") is None


@pytest.mark.parametrize(("n_right", "n"), [(0, 1), (1, 1), (7, 9), (0, 40), (950, 1000)])
@pytest.mark.parametrize("alpha", [0.05, 0.05 / 21, 1e-6])
def test_the_interval_at_any_quantile_is_wilson_s(con, n_right, n, alpha):
    found = scalar(con, "wilson_at(?, ?, ?::double)", n_right, n, norm.isf(alpha / 2))
    expected = proportion_confint(n_right, n, alpha, method="wilson")
    assert (found["low"], found["high"]) == pytest.approx(expected, abs=1e-12)


def test_no_observations_have_no_interval(con):
    assert scalar(con, "wilson_at(0, 0, 1.96)") is None


@pytest.mark.parametrize(("n_groups", "n_one", "n_other"), [(2, 50, 50), (7, 1200, 800)])
def test_a_detectable_gap_is_found_four_times_in_five(con, n_groups, n_one, n_other):
    gap = scalar(con, "detectable_gap(?, ?, ?, 0.9)", n_groups, n_one, n_other)
    error = (0.9 * 0.1 * (1 / n_one + 1 / n_other)) ** 0.5
    level = norm.isf(0.025 / (n_groups * (n_groups - 1) / 2))
    assert norm.sf(level - gap / error) == pytest.approx(0.8, abs=1e-8)


@pytest.mark.parametrize("n_compared", [1, 21, 2_900, 100_000])
@pytest.mark.parametrize("n", [1, 2, 5, 30, 118, 1_181, 50_000])
def test_limits_among_many_are_not_within_those_of_the_binomial(con, n, n_compared):
    tail = 0.025 / n_compared
    counts = {0, 1, 2, 3, n // 3, n // 2, n - 3, n - 2, n - 1, n}.intersection(range(n + 1))
    limits = con.execute(
        "select n_right, unnest(limits_among(n_right, ?, ?)) "
        "from (select unnest(?) as n_right) order by n_right",
        [n, n_compared, sorted(counts)],
    ).fetchall()
    assert len(limits) == len(counts)
    for n_right, found_low, found_high in limits:
        low, high = proportion_confint(n_right, n, 2 * tail, method="beta")
        wilson = proportion_confint(n_right, n, 2 * tail, method="wilson")
        # the error of the approximation
        slack = 3e-4 * min(1, 30 / n)
        assert 0 <= found_low <= min(low, wilson[0]) + slack, n_right
        assert max(high, wilson[1]) - slack <= found_high <= 1, n_right
        if 20 < n_right < n - 20:
            assert (found_low, found_high) == pytest.approx(
                (min(low, wilson[0]), max(high, wilson[1])), abs=1e-3
            )


def test_none_observed_have_no_limits(con):
    assert scalar(con, "limits_among(0, 0, 5)") == {"low": None, "high": None}


def test_limits_among_many_fail_no_more_often_than_they_promise(con):
    n, share, n_compared = 118, 0.95, 2_900
    errors = {"wilson_at(r, 118, z_of_pairs(2900)).high": [], "limits_among(r, 118, 2900).high": []}
    for limit in errors:
        below = con.execute(
            f"select max(r) from range(119) as t (r) where {limit} < {share}"
        ).fetchone()
        errors[limit] = binom.cdf(below[0], n, share)
    wilson, among = errors.values()
    promised = 0.025 / n_compared
    assert wilson > 5 * promised
    assert among <= promised
