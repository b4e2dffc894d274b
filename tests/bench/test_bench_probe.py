"""A linear probe against scikit-learn's LogisticRegression: the same objective, vectors and run."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from facestore.training import Features, fit_softmax
from facestore.training.probe import Part

WIDTH, N_CLASSES, C = 768, 9, 0.316


@pytest.fixture
def cone(sized):
    """Give unit vectors in a narrow cone, as CLIP's are, with a decaying spectrum."""
    n = sized(87_000, 900)
    rng = np.random.default_rng(0)
    spread = 0.6 / np.sqrt(1 + np.arange(WIDTH, dtype=np.float32) / 20)
    vectors = rng.standard_normal((n, WIDTH), dtype=np.float32) * spread
    vectors += rng.standard_normal(WIDTH, dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = (vectors - vectors.mean(0)) @ rng.standard_normal((WIDTH, N_CLASSES), dtype=np.float32)
    scores *= 1.5 / scores.std()
    return vectors, (scores + rng.gumbel(size=scores.shape)).argmax(1)


def test_probe(benchmark, cone, record, timed):
    vectors, targets = cone

    def ours():
        features = Features.taking_over(vectors.copy())
        part = Part(features.values, targets)
        fitted = fit_softmax(part, N_CLASSES, l2=1 / C, scale=features.scale)
        return fitted.on_vectors(features)

    def theirs():
        return LogisticRegression(C=C, max_iter=1000).fit(vectors, targets)

    weight, bias = benchmark.pedantic(ours, rounds=3, warmup_rounds=1)
    model, seconds_sklearn = timed(theirs)
    with threadpool_limits(1):
        _, seconds_one_thread = timed(theirs)
    loss = total_loss(vectors, targets, weight, bias)
    loss_sklearn = total_loss(vectors, targets, model.coef_, model.intercept_)
    # A lower loss than scikit-learn's own is no fault: it stops at a coarser gradient.
    assert loss <= loss_sklearn * 1.001
    assert loss >= loss_sklearn * 0.99
    record(
        times_sklearn=lambda seconds: seconds / seconds_sklearn,
        times_sklearn_of_one_thread=lambda seconds: seconds / seconds_one_thread,
        sklearn_seconds=seconds_sklearn,
        loss_over_sklearn=loss / loss_sklearn,
        peak_mib=peak_mib(ours),
        peak_mib_sklearn=peak_mib(theirs),
        mib_of_vectors=vectors.nbytes / 2**20,
    )


def total_loss(vectors, targets, weight, bias):
    loss = 0.0
    for part in np.array_split(np.arange(len(targets)), 10):
        logits = vectors[part].astype(np.float64) @ weight.T.astype(np.float64) + bias
        logits -= logits.max(1, keepdims=True)
        picked = logits[np.arange(len(part)), targets[part]]
        loss += float((np.log(np.exp(logits).sum(1)) - picked).sum())
    return loss + float((weight.astype(np.float64) ** 2).sum()) / (2 * C)


def peak_mib(function):
    """Return what a call takes at most beyond what was there; the vectors it copies included."""
    tracemalloc.start()
    function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20
