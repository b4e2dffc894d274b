"""A head is a fact about the data: its optimum is scikit-learn's, and rounding moves no choice."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from facestore.training.features import Features, Part
from facestore.training.probes.probe import fit_softmax, sweep_l2

pytestmark = pytest.mark.portable

FIGURES = ("fit_loss", "loss", "accuracy", "balanced_accuracy")


def faces(n_classes, *, seed=0, n=400, dim=128):
    """Give vectors as hard as the bundled CLIP's of drawn faces, and classes: 400 of 128 values.

    They lie in a narrow cone and vary much more along some directions than along others; classes are
    of unequal size, and so few that a weak penalty lets a head get all of them right.
    """
    rng = np.random.default_rng(seed)
    spread = 0.6 / (1 + np.arange(dim) / 4)
    vectors = rng.normal(size=dim) + rng.normal(size=(n, dim)) * spread
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = (vectors - vectors.mean(0)) @ rng.normal(size=(dim, n_classes))
    scores *= 3 / scores.std()
    scores += rng.gumbel(size=scores.shape) + np.arange(n_classes) * 0.3
    return vectors.astype(np.float32), scores.argmax(1)


@pytest.mark.parametrize("n_classes", [2, 7])
@pytest.mark.parametrize("balanced", [False, True])
@pytest.mark.parametrize("l2", [1e-4, 1e-2, 1.0])
def test_the_optimum_is_that_of_scikit_learn(n_classes, balanced, l2):
    vectors, targets = faces(n_classes)
    features = Features.taking_over(vectors)
    fitted = fit_softmax(
        Part(features.values, targets), n_classes, l2=l2, scale=features.scale, balanced=balanced
    )
    exactly = features.values.astype(np.float64) * features.scale
    model = LogisticRegression(
        C=1 / l2, tol=1e-12, solver="newton-cholesky", class_weight="balanced" if balanced else None
    ).fit(exactly, targets)
    counts = np.bincount(targets)
    weights = (len(targets) / (n_classes * counts))[targets] if balanced else None
    theirs = log_loss(targets, model.predict_proba(exactly), sample_weight=weights)
    assert fitted.has_converged
    assert fitted.loss == pytest.approx(theirs, rel=1e-6)
    # By which of equal parameters of softmax it is reached is no matter, so shares are compared.
    logits = fitted.logits(features.values)
    shares = np.exp(logits - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    np.testing.assert_allclose(shares, model.predict_proba(exactly), atol=1e-4)


def test_where_a_fit_begins_does_not_matter():
    """At a weak penalty a gradient that is small by the curvature at zero is still too large."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=128) * 2 + rng.normal(size=(400, 128)) * 0.3
    targets = ((vectors - vectors.mean(0)) @ rng.normal(size=(128, 2))).argmax(1)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    features = Features.taking_over(vectors.astype(np.float32))
    part = Part(features.values, targets)
    near = fit_softmax(part, 2, l2=1e-5, scale=features.scale)
    warm = fit_softmax(part, 2, l2=1e-6, scale=features.scale, start=near.parameters)
    cold = fit_softmax(part, 2, l2=1e-6, scale=features.scale)
    assert cold.loss == pytest.approx(warm.loss, rel=1e-6)


def swept(vectors, targets, n_classes, order, balanced):
    features = Features.taking_over(vectors.copy())
    fit, held = order[: len(order) * 9 // 10], order[len(order) * 9 // 10 :]
    parts = [Part(features.rows(rows), targets[rows]) for rows in (np.sort(fit), held)]
    return sweep_l2(*parts, n_classes, scale=features.scale, balanced=balanced)


@pytest.mark.parametrize("n_classes", [2, 7])
@pytest.mark.parametrize("balanced", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_rounding_moves_neither_the_choice_nor_a_digit_shown(n_classes, balanced, seed):
    """Another processor rounds vectors at their seventh digit, and sums samples in another order."""
    vectors, targets = faces(n_classes, seed=seed)
    rng = np.random.default_rng(100 + seed)
    order = rng.permutation(len(targets))
    l2, steps = swept(vectors, targets, n_classes, order, balanced)
    rounded = vectors * (1 + rng.uniform(-1e-7, 1e-7, vectors.shape))
    mixed = rng.permutation(len(targets))
    place_of = np.argsort(mixed)
    again_l2, again = swept(
        rounded.astype(np.float32)[mixed], targets[mixed], n_classes, place_of[order], balanced
    )
    assert [step.l2 for step in again] == [step.l2 for step in steps]
    assert again_l2 == l2
    for step, other in zip(steps, again, strict=True):
        for figure in FIGURES:
            # The cookbook shows four digits.
            assert getattr(other, figure) == pytest.approx(getattr(step, figure), rel=5e-5), step


def test_of_penalties_that_no_sample_can_tell_apart_the_strongest_is_chosen():
    """The vectors differ by rounding alone, so that the weaker the penalty the lower the loss."""
    targets = (np.arange(60) % 3 == 0).astype(np.int64)
    vectors = np.full((60, 16), 0.25, dtype=np.float32)
    vectors[targets == 1] += np.float32(1e-7)
    l2, steps = swept(vectors, targets, 2, np.arange(60), False)
    assert len({step.accuracy for step in steps}) == 1
    weakest, strongest = (each(steps, key=lambda step: step.l2) for each in (min, max))
    assert weakest.loss < strongest.loss
    assert l2 == strongest.l2


def test_a_head_without_an_optimum_says_that_it_did_not_converge():
    """Of one class alone the intercept grows without end."""
    vectors, _ = faces(2)
    features = Features.taking_over(vectors)
    part = Part(features.values, np.zeros(len(vectors), dtype=np.int64))
    assert not fit_softmax(part, 2, l2=1, scale=features.scale).has_converged
