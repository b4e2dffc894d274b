"""Linear probes: multinomial logistic regression on unit vectors, and the choice of its penalty.

The objective is scikit-learn's, with l2 = 1 / C::

    sum_i w_i * cross_entropy(softmax(W x_i + b), y_i) + l2 / 2 * ||W||^2

Of two classes scikit-learn penalises one vector, W_1 - W_0. Softmax reaches the same optimum with
twice the penalty (there W_1 = -W_0), so two classes need no other code.

Unit vectors of CLIP lie in a narrow cone, which makes the problem badly conditioned. They are
centred and scaled by one number; the intercept is not penalised and the penalty is scaled with
them, so the optimum is that of the vectors as they are, found in a fraction of the iterations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np

from facestore.records import Float32
from facestore.training.decisions import softmax
from facestore.training.features import Features, Float64, Int64, Part

MAX_ITERATIONS = 1000
# Of the gradient of the mean loss; a sweep only compares.
_TOLERANCE = 1e-5
_SWEEP_TOLERANCE = 1e-4
# So many values are worked on in float64. More would take too much memory and time, and rounding
# cancels out over many samples.
_IN_DOUBLE = 2**25
# L2 is swept over 10^-6 ... 10^6 in 96 steps, 8 a decade (Radford et al. 2021, appendix A.3).
_STEPS_PER_DECADE = 8
_LOWEST_EXPONENT = -6
_LAST_STEP = 96
_COARSE = 16
_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class FittedHead:
    """A fitted head, for centred and scaled features.

    Attributes
    ----------
    parameters
        float64 (K, D + 1): weights and, in the last column, intercepts.
    l2
        Strength of the penalty, as 1 / C of scikit-learn.
    n_iterations
        Of L-BFGS.
    has_converged
        Whether the gradient became small enough before `MAX_ITERATIONS`.
    loss
        Mean cross-entropy of what was fitted, in nats, weighted as it was, without the penalty.
    """

    parameters: Float64
    l2: float
    n_iterations: int
    has_converged: bool
    loss: float

    def logits(self, features: Float32) -> Float32:
        """Return float32 (N, K) of centred and scaled features, float32 (N, D)."""
        weight = self.parameters[:, :-1].astype(np.float32)
        logits: Float32 = features @ weight.T
        logits += self.parameters[:, -1].astype(np.float32)
        return logits

    def on_vectors(self, features: Features) -> tuple[Float32, Float32]:
        """Return weight, float32 (K, D), and bias, float32 (K,), for the vectors as they are."""
        weight = self.parameters[:, :-1] / features.scale
        bias = self.parameters[:, -1] - weight @ features.mean
        return weight.astype(np.float32), bias.astype(np.float32)


@dataclass(frozen=True)
class SweepStep:
    """A strength of the penalty that was tried.

    Attributes
    ----------
    l2
        The strength.
    n_iterations
        Of L-BFGS, from where its neighbour ended.
    fit_loss
        Mean cross-entropy of what was fitted.
    loss, accuracy, balanced_accuracy
        Of what was held back; balanced accuracy is the mean recall of the classes in it.
    """

    l2: float
    n_iterations: int
    fit_loss: float
    loss: float
    accuracy: float
    balanced_accuracy: float


def fit_softmax(
    part: Part,
    n_classes: int,
    *,
    l2: float,
    scale: float,
    balanced: bool = False,
    start: Float64 | None = None,
    tolerance: float = _TOLERANCE,
) -> FittedHead:
    """Fit one head.

    Parameters
    ----------
    part
        What to fit.
    n_classes
        K, at least 2.
    l2
        Strength of the penalty on the weights for the vectors as they are; 1 / C of scikit-learn.
    scale
        That of the features.
    balanced
        Weight samples by N / (K x samples of their class), as class_weight="balanced".
    start
        float64 (K, D + 1): where to begin; at zero if left out.
    tolerance
        The largest entry of the gradient of the mean loss at which to stop.
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    n, dim = part.features.shape
    shape = (n_classes, dim + 1)
    weights = _sample_weights(part.targets, n_classes) if balanced else None
    ridge = l2 * (2 if n_classes == 2 else 1) / (scale**2 * n)
    objective = _objective(part, n_classes, weights, ridge)
    options = {"maxiter": MAX_ITERATIONS, "gtol": tolerance, "ftol": 64 * _EPSILON, "maxls": 50}
    first = np.zeros(shape) if start is None else start
    # Many short products: threads of BLAS that wait for one another cost more than they bring.
    with threadpool_limits(limits=1, user_api="blas"):
        found = minimize(objective, first.ravel(), jac=True, method="L-BFGS-B", options=options)
    parameters: Float64 = found.x.reshape(shape)
    penalty = ridge / 2 * float(np.sum(parameters[:, :-1] ** 2))
    return FittedHead(
        parameters=parameters,
        l2=l2,
        n_iterations=int(found.nit),
        has_converged=bool(found.nit < MAX_ITERATIONS),
        loss=float(found.fun) - penalty,
    )


def sweep_l2(
    fit: Part,
    validation: Part,
    n_classes: int,
    *,
    scale: float,
    balanced: bool = False,
    on_step: Callable[[], None] = lambda: None,
) -> tuple[float, list[SweepStep]]:
    """Choose the penalty on samples held back, as the CLIP paper does.

    Seven strengths from 10^6 to 10^-6 are tried, then the interval around the best is halved until
    there are 8 steps a decade (Radford et al. 2021, appendix A.3): 15 fits of a grid of 97. The
    best has the highest accuracy (balanced accuracy, if the fit is balanced); among equals the
    lowest loss decides, which matters where few samples are held back.

    Parameters
    ----------
    fit, validation
        What is fitted, and what is held back.
    n_classes, scale, balanced
        As in `fit_softmax`.
    on_step
        Is called after each fit.

    Returns
    -------
    float
        The l2 chosen.
    list of SweepStep
        What was tried, in that order.
    """
    steps: dict[int, SweepStep] = {}
    fitted: dict[int, Float64] = {}

    def quality(number: int) -> tuple[float, float]:
        step = steps[number]
        return (step.balanced_accuracy if balanced else step.accuracy, -step.loss)

    def try_all(numbers: Iterable[int]) -> int:
        for number in numbers:
            if number in steps or not 0 <= number <= _LAST_STEP:
                continue
            l2 = 10.0 ** (_LOWEST_EXPONENT + number / _STEPS_PER_DECADE)
            near = min(fitted, key=partial(_steps_apart, number), default=None)
            head = fit_softmax(
                fit,
                n_classes,
                l2=l2,
                scale=scale,
                balanced=balanced,
                start=None if near is None else fitted[near],
                tolerance=_SWEEP_TOLERANCE,
            )
            fitted[number] = head.parameters
            steps[number] = _judged(head, validation)
            on_step()
        return max(steps, key=quality)

    # A strong penalty first: its fit is quick, and each is a good start for the next weaker one.
    best = try_all(range(_LAST_STEP, -1, -_COARSE))
    distance = _COARSE // 2
    while distance:
        best = try_all((best + distance, best - distance))
        distance //= 2
    return steps[best].l2, list(steps.values())


def _steps_apart(one: int, other: int) -> int:
    return abs(one - other)


N_SWEEP_FITS = _LAST_STEP // _COARSE + 1 + 2 * (_COARSE.bit_length() - 1)


def _judged(head: FittedHead, validation: Part) -> SweepStep:
    shares = softmax(head.logits(validation.features))
    rows = np.arange(len(validation.targets))
    is_right = shares.argmax(axis=1) == validation.targets
    recalls = [
        is_right[validation.targets == each].mean() for each in np.unique(validation.targets)
    ]
    likelihoods = np.maximum(shares[rows, validation.targets], np.finfo(np.float64).tiny)
    return SweepStep(
        l2=head.l2,
        n_iterations=head.n_iterations,
        fit_loss=head.loss,
        loss=float(-np.log(likelihoods).mean()),
        accuracy=float(is_right.mean()),
        balanced_accuracy=float(np.mean(recalls)),
    )


def _sample_weights(targets: Int64, n_classes: int) -> Float32:
    counts = np.bincount(targets, minlength=n_classes)
    n_occurring = int(np.count_nonzero(counts))
    weights = len(targets) / (n_occurring * np.maximum(counts, 1))
    return weights[targets].astype(np.float32)


def _objective(
    part: Part, n_classes: int, weights: Float32 | None, ridge: float
) -> Callable[[Float64], tuple[float, Float64]]:
    """Return the function that L-BFGS minimises: mean loss with penalty, and its gradient.

    Of many samples products are in float32: with the float64 parameters that SciPy gives, NumPy
    would copy all features to float64 in each step. Sums are in float64.
    """
    features, targets = part.features, part.targets
    kind = np.float64 if features.size <= _IN_DOUBLE else np.float32
    features = features.astype(kind, copy=False)
    n, dim = features.shape
    rows = np.arange(n)

    def objective(flat: Float64) -> tuple[float, Float64]:
        parameters = flat.reshape(n_classes, dim + 1)
        weight = parameters[:, :dim]
        scores = features @ weight.T.astype(kind, copy=False)
        scores += parameters[:, dim].astype(kind, copy=False)
        scores -= scores.max(axis=1, keepdims=True)
        of_target = scores[rows, targets]
        np.exp(scores, out=scores)
        totals = scores.sum(axis=1)
        losses = np.log(totals) - of_target
        # From here on scores are the gradient of the loss with respect to the logits.
        scores /= totals[:, None]
        scores[rows, targets] -= 1
        if weights is not None:
            losses *= weights
            scores *= weights[:, None]
        scores /= kind(n)
        gradient = np.empty_like(parameters)
        gradient[:, :dim] = scores.T @ features
        gradient[:, :dim] += ridge * weight
        gradient[:, dim] = scores.sum(axis=0)
        loss = float(losses.sum(dtype=np.float64)) / n + ridge / 2 * float(np.sum(weight**2))
        return loss, gradient.ravel()

    return objective
