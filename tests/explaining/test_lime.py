"""LIME on functions that are known."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.data import astronaut
from sklearn.linear_model import Lasso, Ridge

from facestore.errors import InputError
from facestore.explaining.explainer import LimeOptions
from facestore.explaining.lime import lime_map, on_grid, superpixels

pytestmark = pytest.mark.portable

ASKED = 50


@pytest.fixture(scope="module")
def image():
    # A photograph that comes with scikit-image: superpixels of a real picture.
    return np.ascontiguousarray(astronaut()[::4, ::4])


@pytest.fixture(scope="module")
def kept_of(image):
    """Give a function that finds out of pictures which superpixels they keep."""
    segments = superpixels(image, ASKED)
    n = segments.max() + 1
    sizes = np.bincount(segments.ravel())

    def find(pictures):
        same = (pictures == image).all(-1).reshape(len(pictures), -1)
        shares = [np.bincount(segments.ravel(), weights=row, minlength=n) / sizes for row in same]
        return np.stack(shares) > 0.99

    return find


@pytest.fixture(scope="module")
def truth(image):
    n = superpixels(image, ASKED).max() + 1
    return np.random.default_rng(5).normal(0, 0.01, n)


def test_a_linear_function_of_superpixels_is_found(image, kept_of, truth):
    found = lime_map(image, lambda p: 0.2 + kept_of(p) @ truth, n_segments=ASKED, n_samples=300)
    # A ridge of 1 beside about 300 samples of variance 1/4 and weight 1/2 takes 3 %.
    np.testing.assert_allclose(found.weights, truth, rtol=0.1, atol=5e-4)
    assert found.intercept + found.weights.sum() == pytest.approx(0.2 + truth.sum(), abs=2e-3)
    assert found.r_squared > 0.99
    assert 0.98 < found.r_squared_left_out <= found.r_squared
    assert found.n_samples == 300
    assert found.weights.dtype == np.float32


def test_scores_as_small_as_cosines_have_weights_where_a_lasso_has_none(image, kept_of, truth):
    # captum.attr.Lime fits Lasso(alpha=0.01) unless told otherwise.
    kept = []

    def score(pictures):
        kept.append(kept_of(pictures))
        return 0.2 + kept[-1] @ truth

    found = lime_map(image, score, n_segments=ASKED, n_samples=300)
    design = np.concatenate(kept).astype(float)
    scores = 0.2 + design @ truth
    assert (Lasso(alpha=0.01).fit(design, scores).coef_ == 0).all()
    distances = 1 - np.sqrt(design.mean(1))
    closeness = np.sqrt(np.exp(-(distances**2) / 0.25**2))
    ridge = Ridge(alpha=1.0).fit(design, scores, sample_weight=closeness)
    np.testing.assert_allclose(found.weights, ridge.coef_, atol=1e-6)
    assert found.intercept == pytest.approx(ridge.intercept_, abs=1e-6)
    r_squared = ridge.score(design, scores, sample_weight=closeness)
    assert found.r_squared == pytest.approx(r_squared, abs=1e-6)


def test_r_squared_of_left_out_samples_is_that_of_fitting_without_each(image, kept_of):
    kept, rng = [], np.random.default_rng(0)

    def noise(pictures):
        kept.append(kept_of(pictures))
        return rng.normal(size=len(pictures))

    rng_again = np.random.default_rng(0)
    found = lime_map(image, noise, n_segments=ASKED, n_samples=60, batch_size=60)
    design, scores = np.concatenate(kept).astype(float), rng_again.normal(size=60)
    closeness = np.sqrt(np.exp(-((1 - np.sqrt(design.mean(1))) ** 2) / 0.25**2))
    errors = []
    for i in range(60):
        rest = np.arange(60) != i
        ridge = Ridge(alpha=1.0).fit(design[rest], scores[rest], sample_weight=closeness[rest])
        errors.append(scores[i] - ridge.predict(design[i : i + 1])[0])
    mean = np.average(scores, weights=closeness)
    expected = 1 - closeness @ np.square(errors) / (closeness @ (scores - mean) ** 2)
    # The mean of what is left moves the centre a little; the shortcut keeps it.
    assert found.r_squared_left_out == pytest.approx(expected, abs=0.02)
    assert found.r_squared_left_out < 0.1 < found.r_squared


def test_a_seed_gives_the_same_explanation_and_another_gives_another(image, kept_of, truth):
    def score(pictures):
        return np.tanh(100 * (kept_of(pictures) @ truth)) + pictures.mean((1, 2, 3)) / 255

    first, again, other = (
        lime_map(image, score, n_segments=ASKED, n_samples=64, seed=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.weights, again.weights)
    assert first.r_squared == again.r_squared
    assert not np.allclose(first.weights, other.weights, rtol=0.01)
    assert (first.seed, other.seed) == (1, 2)


def test_different_functions_have_different_explanations(image, kept_of, truth):
    first = lime_map(image, lambda p: kept_of(p) @ truth, n_segments=ASKED)
    turned = lime_map(image, lambda p: -(kept_of(p) @ truth), n_segments=ASKED)
    np.testing.assert_allclose(turned.weights, -first.weights, atol=1e-6)
    one = lime_map(image, lambda p: kept_of(p)[:, 7].astype(float), n_segments=ASKED)
    assert one.weights.argmax() == 7
    assert np.abs(np.delete(one.weights, 7)).max() < 0.05


def test_a_constant_score_has_no_weights_and_explains_nothing(image):
    found = lime_map(image, lambda p: np.full(len(p), 0.25), n_segments=ASKED)
    np.testing.assert_allclose(found.weights, 0, atol=1e-9)
    assert found.intercept == pytest.approx(0.25)
    assert found.r_squared == pytest.approx(0, abs=1e-9)


def test_superpixels_that_are_not_kept_have_their_mean_colour(image):
    segments, seen = superpixels(image, ASKED), []
    lime_map(image, lambda p: seen.append(p) or np.zeros(len(p)), n_segments=ASKED, n_samples=40)
    pictures = np.concatenate(seen)
    np.testing.assert_array_equal(pictures[0], image)
    changed = pictures[1]
    hidden = [s for s in range(segments.max() + 1) if (changed != image)[segments == s].any()]
    assert hidden
    for segment in hidden:
        mean = image[segments == segment].mean(0)
        np.testing.assert_allclose(
            changed[segments == segment], [mean] * (segments == segment).sum(), atol=0.51
        )


def test_a_grid_has_the_mean_weight_of_the_pixels_of_each_cell(image, kept_of, truth):
    found = lime_map(image, lambda p: kept_of(p) @ truth, n_segments=ASKED)
    height, width = found.segments.shape
    values = on_grid(found, 4, 2)
    assert values.shape == (4, 2)
    by_pixel = found.weights[found.segments]
    for row in range(4):
        for col in range(2):
            rows = slice(row * height // 4, (row + 1) * height // 4)
            cols = slice(col * width // 2, (col + 1) * width // 2)
            assert values[row, col] == pytest.approx(by_pixel[rows, cols].mean(), abs=1e-7)
    assert on_grid(found, 1, 1)[0, 0] == pytest.approx(by_pixel.mean(), abs=1e-7)
    # 7 rows do not divide the height: no pixel is lost or counted twice.
    assert on_grid(found, 7, 3).shape == (7, 3)
    with pytest.raises(InputError, match="A grid of 1000 x 2"):
        on_grid(found, 1000, 2)


def test_bad_input_is_refused(image):
    with pytest.raises(InputError, match="float64"):
        lime_map(image / 255, lambda p: np.zeros(len(p)))
    with pytest.raises(InputError, match="give more samples"):
        lime_map(image, lambda p: np.zeros(len(p)), n_samples=12, n_segments=ASKED)
    with pytest.raises(InputError, match="finite numbers"):
        lime_map(image, lambda p: np.full(len(p), np.nan), n_segments=ASKED)
    with pytest.raises(InputError, match=r"shape \(32, 1\)"):
        lime_map(image, lambda p: np.zeros((len(p), 1)), n_segments=ASKED)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((256, 1), "`lime_segments=1`: a whole number from 2 up"),
        ((20, 50), "`lime_samples=20`: more changed pictures than 50 superpixels and two"),
        ((51, 50), "`lime_samples=51`"),
    ],
)
def test_a_map_that_could_say_nothing_is_refused_before_any_picture_is_read(given, said):
    with pytest.raises(InputError, match=said):
        LimeOptions(*given)
    LimeOptions(52, 50)
