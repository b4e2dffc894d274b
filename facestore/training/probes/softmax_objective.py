"""The loss of a softmax head in float64, its gradient and its curvature, for Newton's method.

A gradient says little about how far the optimum is: along the axis of the cone of CLIP's vectors it
is steep, across it flat. So parameters are expressed in coordinates in which the curvature at the
start is about 1 in every direction. There a few steps are enough, and a gradient below a tolerance
means parameters that near to the optimum, whatever the penalty.
"""

from collections.abc import Callable, Iterator

import numpy as np

from facestore.records import Float32
from facestore.training.decisions import softmax
from facestore.training.features import Float64, Part

# So many values are worked on at once: converting them is cheap while they stay in the cache, and
# no second copy of the features is needed.
_BLOCK = 2**18
# The curvature at the start only scales, so a part of many samples is enough.
_SAMPLES_PER_FEATURE = 8


def _blocks(features: Float32) -> Iterator[tuple[slice, Float64]]:
    """Yield some rows at a time, float64 and only valid until the next."""
    n, dim = features.shape
    height = max(1, _BLOCK // max(dim, 1))
    buffer = np.empty((min(height, n), dim))
    for first in range(0, n, height):
        rows = slice(first, min(first + height, n))
        block = buffer[: rows.stop - first]
        block[:] = features[rows]
        yield rows, block


def outputs(features: Float32, parameters: Float64) -> Float64:
    """Return weights times features plus intercepts, float64 (N, K).

    Parameters
    ----------
    features : float32 (N, D)
    parameters : float64 (K, D + 1)
        Intercepts in the last column.
    """
    found = np.empty((len(features), len(parameters)))
    for rows, block in _blocks(features):
        found[rows] = block @ parameters[:, :-1].T
    found += parameters[:, -1]
    return found


class SoftmaxObjective:
    """Mean cross-entropy with a penalty, of parameters in other coordinates.

    Parameters
    ----------
    part
        What is fitted.
    start
        float64 (K, D + 1): where the curvature is taken.
    weights
        Of the samples, float64 (N,); None: all 1.
    ridge
        Strength of the penalty, for the mean loss.
    """

    def __init__(
        self, part: Part, start: Float64, *, weights: Float64 | None, ridge: float
    ) -> None:
        self._features, self._targets = part.features, part.targets
        self._weights = np.ones(len(part.targets)) if weights is None else weights
        self._ridge = ridge
        self._shares = np.empty((len(start), len(part.targets)))
        self._shares_of: Float64 | None = None
        self._root = self._root_of_curvature(start)

    def flat(self, parameters: Float64) -> Float64:
        """Return the coordinates of parameters, float64 (K * (D + 1),)."""
        return np.asarray(parameters @ self._root).ravel()

    def parameters(self, flat: Float64) -> Float64:
        """Return the parameters, float64 (K, D + 1), of coordinates."""
        return self._solved(flat.reshape(-1, len(self._root)), is_transposed=True)

    def loss(self, flat: Float64) -> tuple[float, Float64]:
        """Return the loss and its gradient."""
        parameters = self.parameters(flat)
        losses = np.empty(len(self._targets))

        def errors(rows: slice, scores: Float64) -> Float64:
            targets = self._targets[rows]
            each = np.arange(len(targets))
            scores -= scores.max(axis=0)
            of_target = scores[targets, each]
            np.exp(scores, out=scores)
            totals = scores.sum(axis=0)
            losses[rows] = np.log(totals) - of_target
            scores /= totals
            self._shares[:, rows] = scores
            scores[targets, each] -= 1
            return scores

        gradient = self._pulled(parameters, errors)
        self._shares_of = flat.copy()
        penalty = self._ridge / 2 * float(np.sum(parameters[:, :-1] ** 2))
        return float(np.mean(losses * self._weights)) + penalty, gradient

    def curved(self, flat: Float64, direction: Float64) -> Float64:
        """Return the Hessian at a point times a direction."""
        if self._shares_of is None or not np.array_equal(flat, self._shares_of):
            self.loss(flat)

        def errors(rows: slice, slopes: Float64) -> Float64:
            shares = self._shares[:, rows]
            slopes -= np.sum(shares * slopes, axis=0)
            slopes *= shares
            return slopes

        return self._pulled(self.parameters(direction), errors)

    def _pulled(self, parameters: Float64, errors: Callable[[slice, Float64], Float64]) -> Float64:
        """Return the mean of errors times features plus the penalty's part, in coordinates.

        `errors` makes them, float64 (K, n), of some rows and what the parameters give for these.
        """
        total = np.zeros_like(parameters)
        for rows, block in _blocks(self._features):
            found = parameters[:, :-1] @ block.T
            found += parameters[:, -1:]
            found = errors(rows, found)
            found *= self._weights[rows]
            total[:, :-1] += found @ block
            total[:, -1] += found.sum(axis=1)
        total /= len(self._targets)
        total[:, :-1] += self._ridge * parameters[:, :-1]
        return self._solved(total, is_transposed=False).ravel()

    def _solved(self, rows: Float64, *, is_transposed: bool) -> Float64:
        from scipy.linalg import solve_triangular

        trans = 1 if is_transposed else 0
        solved = solve_triangular(self._root, rows.T, lower=True, trans=trans, check_finite=False)
        return np.ascontiguousarray(solved.T)

    def _root_of_curvature(self, start: Float64) -> Float64:
        """Return the Cholesky factor, float64 (D + 1, D + 1), of the curvature at the start.

        Of all classes one mean, without what couples them: all of it would be K^2 times as large.
        """
        from scipy.linalg import cholesky

        n, dim = self._features.shape
        most = _SAMPLES_PER_FEATURE * (dim + 1)
        some = np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(np.int64)
        features = self._features[some]
        shares = softmax(outputs(features, start))
        strength = np.mean(shares * (1 - shares), axis=1) * self._weights[some] / len(some)
        scaled = np.ones((len(some), dim + 1))
        scaled[:, :-1] = features
        scaled *= np.sqrt(strength)[:, None]
        curvature = scaled.T @ scaled
        # The last is a floor for what has no curvature at all, such as intercepts of certain heads.
        floor = 1e-12 * max(float(np.trace(curvature)), 1e-12)
        curvature[np.diag_indices(dim)] += self._ridge
        curvature[np.diag_indices(dim + 1)] += floor
        return np.asarray(cholesky(curvature, lower=True))
