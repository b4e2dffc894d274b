"""Linear probes: multinomial logistic regression on unit vectors, and the choice of its penalty.

The objective is scikit-learn's, with l2 = 1 / C::

    sum_i w_i * cross_entropy(softmax(W x_i + b), y_i) + l2 / 2 * ||W||^2

Of two classes scikit-learn penalises one vector, W_1 - W_0. Softmax reaches the same optimum with
twice the penalty (there W_1 = -W_0), so two classes need no other code.

Unit vectors of CLIP lie in a narrow cone. They are centred and scaled by one number; the intercept
is not penalised and the penalty is scaled with them, so the optimum is that of the vectors as they
are. What makes the problem badly conditioned is dealt with in `softmax_objective`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np

from facestore.records import Float32
from facestore.training.decisions import softmax
from facestore.training.features import Features, Float64, Int64, Part
from facestore.training.probes.softmax_objective import SoftmaxObjective, outputs

MAX_ITERATIONS = 100
# Of the gradient of the mean loss, as `SoftmaxObjective` measures it; the last step of Newton's
# method mostly goes far below. Less could not be told from rounding of the loss.
_TOLERANCE = 1e-7
# No limit to speak of: by a step, in these coordinates, scores change by about as much.
_FARTHEST = 1e6
# What differs by less is equal: by far more than rounding, by far less than anyone cares for.
_TIE = 1e-6
# L2 is swept over 10^-6 ... 10^6 in 96 steps, 8 a decade (Radford et al. 2021, appendix A.3).
_STEPS_PER_DECADE = 8
_LOWEST_EXPONENT = -6
_LAST_STEP = 96
_COARSE = 16


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
        Of Newton's method.
    has_converged
        Whether the gradient became small enough within `MAX_ITERATIONS`.
    loss
        Mean cross-entropy of what was fitted, in nats, weighted as it was, without the penalty.
    """

    parameters: Float64
    l2: float
    n_iterations: int
    has_converged: bool
    loss: float

    def logits(self, features: Float32) -> Float64:
        """Return float64 (N, K) of centred and scaled features, float32 (N, D)."""
        return outputs(features, self.parameters)

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
        Of Newton's method, from where its neighbour ended.
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
) -> FittedHead:
    """Fit one head, in float64 and so far that two processors give the same figures.

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
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    n, dim = part.features.shape
    weights = _sample_weights(part.targets, n_classes) if balanced else None
    ridge = l2 * (2 if n_classes == 2 else 1) / (scale**2 * n)
    parameters = np.zeros((n_classes, dim + 1)) if start is None else start
    n_iterations = 0
    # Many short products: threads of BLAS that wait for one another cost more than they bring.
    with threadpool_limits(limits=1, user_api="blas"):
        while True:
            # Again from where it ended, until the gradient is small by the curvature there: by that
            # of the beginning, where nothing fits yet, a weak penalty's is small too early.
            objective = SoftmaxObjective(part, parameters, weights=weights, ridge=ridge)
            found = minimize(
                objective.loss,
                objective.flat(parameters),
                jac=True,
                hessp=objective.curved,
                method="trust-ncg",
                options={
                    "maxiter": MAX_ITERATIONS - n_iterations,
                    "gtol": _TOLERANCE,
                    "max_trust_radius": _FARTHEST,
                },
            )
            n_iterations += int(found.nit)
            parameters = objective.parameters(found.x)
            if not found.nit or not found.success:
                break
    penalty = ridge / 2 * float(np.sum(parameters[:, :-1] ** 2))
    return FittedHead(
        parameters=parameters,
        l2=l2,
        n_iterations=n_iterations,
        has_converged=bool(found.success),
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
    lowest loss decides, which matters where few samples are held back, and then the strongest. Fits
    end at the optimum and rounding breaks no tie, so the choice is a fact about the data.

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

    def best_so_far() -> int:
        accuracies = {
            number: step.balanced_accuracy if balanced else step.accuracy
            for number, step in steps.items()
        }
        highest = max(accuracies.values()) - _TIE
        able = [number for number, accuracy in accuracies.items() if accuracy >= highest]
        lowest = min(steps[number].loss for number in able) + _TIE
        return max(number for number in able if steps[number].loss <= lowest)

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
            )
            fitted[number] = head.parameters
            steps[number] = _judged(head, validation)
            on_step()
        return best_so_far()

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


def _sample_weights(targets: Int64, n_classes: int) -> Float64:
    counts = np.bincount(targets, minlength=n_classes)
    n_occurring = int(np.count_nonzero(counts))
    weights = len(targets) / (n_occurring * np.maximum(counts, 1))
    of_samples: Float64 = weights[targets]
    return of_samples
