"""Newcombe's method 10 for pairs, written down once more from the formulas of the paper."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

from statsmodels.stats.proportion import proportion_confint

Limits = tuple[float, float]


def wilson(n_right: float, n: float) -> Limits:
    """Give Wilson's 95 % interval by statsmodels."""
    low, high = proportion_confint(n_right, n, method="wilson")
    return float(low), float(high)


def wider(n_right: float, n: float, alpha: float) -> Limits:
    """Give the wider of Wilson's and of the binomial limits by statsmodels."""
    one, two = (proportion_confint(n_right, n, alpha, method=name) for name in ("wilson", "beta"))
    return float(min(one[0], two[0])), float(max(one[1], two[1]))


def newcombe(
    e: float,
    f: float,
    g: float,
    h: float,
    limits_of: Callable[[float, float], Limits] = wilson,
) -> Limits:
    """Give the limits of the difference of two shares of the same samples.

    Parameters
    ----------
    e, f, g, h
        How many are right by both, by the first alone, by the second alone, by neither.
    limits_of
        Gives the interval of a share.
    """
    n, a, b = e + f + g + h, e + f, e + g
    (la, ua), (lb, ub) = limits_of(a, n), limits_of(b, n)
    determinant = e * h - f * g
    determinant = max(determinant - n / 2, 0) if determinant > 0 else determinant
    product = a * (n - a) * b * (n - b)
    phi = determinant / sqrt(product) if product else 0
    pa, pb = a / n, b / n
    low = (pa - la) ** 2 - 2 * phi * (pa - la) * (ub - pb) + (ub - pb) ** 2
    high = (ua - pa) ** 2 - 2 * phi * (ua - pa) * (pb - lb) + (pb - lb) ** 2
    return pa - pb - sqrt(max(low, 0)), pa - pb + sqrt(max(high, 0))
