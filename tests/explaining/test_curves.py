"""Deletion and insertion curves of a score that is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from statsmodels.stats.weightstats import DescrStatsW
from support.faithfulness import mean_interval

from facestore.errors import InputError, UnknownNameError
from facestore.explaining.curves import area_under, deletion_curve, insertion_curve

pytestmark = pytest.mark.portable

AT = (0.0, 0.25, 0.5, 1.0)


@pytest.fixture(scope="module")
def pixels():
    # 4 patches of 4 x 4 pixels: 1, 2, 4 and 8, each image with its own places.
    places = torch.tensor([[1.0, 2.0, 4.0, 8.0], [8.0, 4.0, 2.0, 1.0], [2.0, 8.0, 1.0, 4.0]])
    grid = places.reshape(3, 1, 2, 2).repeat_interleave(4, 2).repeat_interleave(4, 3)
    return grid.expand(3, 3, 8, 8).contiguous()


def total(pixels):
    return pixels[:, 0].sum((1, 2)).numpy() / 16


@pytest.fixture(scope="module")
def right(pixels):
    return pixels[:, 0, ::4, ::4].numpy()


def test_the_most_relevant_patches_go_first(pixels, right):
    curve = deletion_curve(total, pixels, right, fractions=AT, fill=0.0)
    np.testing.assert_allclose(curve, [[15, 7, 3, 0]] * 3)
    backwards = deletion_curve(total, pixels, -right, fractions=AT, fill=0.0)
    np.testing.assert_allclose(backwards, [[15, 14, 12, 0]] * 3)


def test_the_most_relevant_patches_come_first(pixels, right):
    curve = insertion_curve(total, pixels, right, fractions=AT, fill=0.0)
    np.testing.assert_allclose(curve, [[0, 8, 12, 15]] * 3)


def test_patches_lie_where_the_grid_says(pixels):
    first = np.zeros((3, 2, 2), np.float32)
    first[:, 0, 1] = 1
    curve = insertion_curve(total, pixels, first, fractions=(0.0, 0.25), fill=0.0)
    np.testing.assert_allclose(curve[:, 1], [2, 4, 8])


def test_patches_are_replaced_by_the_mean_colour_or_a_blur(pixels, right):
    whole = deletion_curve(total, pixels, right, fractions=(0.0, 1.0))
    # Every pixel has the mean of the image, so the total stays.
    np.testing.assert_allclose(whole, [[15, 15]] * 3)
    seen = []
    deletion_curve(
        lambda p: seen.append(p) or total(p), pixels, right, fractions=(0.0, 1.0), fill="blur"
    )
    assert 0.01 < seen[1].std((2, 3)).max() < 0.9 * pixels.std((2, 3)).max()
    with pytest.raises(UnknownNameError, match="No fill 'noise'"):
        deletion_curve(total, pixels, right, fill="noise")


def test_equal_patches_go_in_an_order_of_the_seed(pixels):
    level = np.zeros((3, 2, 2), np.float32)
    curves = [
        deletion_curve(total, pixels, level, fractions=AT, fill=0.0, seed=seed)
        for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(curves[0], curves[1])
    assert not np.array_equal(curves[0], curves[2])


def test_the_area_is_the_mean_height():
    curves = np.array([[1, 1, 1, 1], [0, 0.25, 0.5, 1]], np.float32)
    np.testing.assert_allclose(area_under(curves, AT), [1, 0.5])
    np.testing.assert_allclose(area_under(np.array([[1, 3]], np.float32), (0.2, 0.4)), [2])


def test_the_interval_is_that_of_a_mean():
    values = np.random.default_rng(0).normal(2, 1, 400).astype(np.float32)
    mean, low, high = mean_interval(values)
    half = 1.96 * float(values.std(ddof=1)) / 20
    assert mean == pytest.approx(values.mean())
    assert low == pytest.approx(mean - half, abs=0.1 * half)
    assert high == pytest.approx(mean + half, abs=0.1 * half)


@pytest.mark.parametrize("n", [2, 5, 29])
def test_the_interval_of_few_images_is_student_s(n):
    values = np.random.default_rng(n).normal(2, 1, n).astype(np.float32)
    mean, low, high = mean_interval(values)
    exact = values.astype(np.float64)
    theirs = DescrStatsW(exact).tconfint_mean()
    assert (mean, low, high) == pytest.approx((exact.mean(), *theirs), abs=1e-9)


def test_the_interval_of_few_images_covers_what_it_says():
    rng = np.random.default_rng(3)
    drawn = rng.normal(0, 1, (4_000, 5)).astype(np.float32)
    covered = [low < 0 < high for _, low, high in map(mean_interval, drawn)]
    assert 0.94 < np.mean(covered) < 0.96


def test_bad_input_is_refused(pixels, right):
    with pytest.raises(InputError, match=r"Maps of shape \(2, 2, 2\) for 3 images"):
        deletion_curve(total, pixels, right[:2])
    with pytest.raises(InputError, match="Fractions"):
        insertion_curve(total, pixels, right, fractions=(0.5, 0.2))
