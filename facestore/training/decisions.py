"""What heads decide: a class with its share and margin, or a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from facestore.training.features import Float64


@dataclass(frozen=True)
class Decided:
    """What one head says about B samples.

    Attributes
    ----------
    predicted
        Classes; of equal ones the first wins; None for a number.
    score, margin
        float64 (B,): the largest share (softmax), and how much it is above the second; None for a
        number.
    value
        float64 (B,), for a number.
    """

    predicted: list[str] | None = None
    score: Float64 | None = None
    margin: Float64 | None = None
    value: Float64 | None = None

    def take(self, rows: Sequence[int]) -> Decided:
        """Return what is said about some of the samples."""
        names, score, margin, value = self.predicted, self.score, self.margin, self.value
        numbers = list(rows)
        return Decided(
            None if names is None else [names[row] for row in numbers],
            None if score is None else score[numbers],
            None if margin is None else margin[numbers],
            None if value is None else value[numbers],
        )


# Batches of images, by their ids, and what the head of an attribute decides of some rows of one.
Batches = Iterator[tuple[Sequence[str], Callable[[str, Sequence[int]], Decided]]]


def decide(output: npt.NDArray[Any], classes: Sequence[str]) -> Decided:
    """Decide by the output of a head.

    Parameters
    ----------
    output
        Logits, float (B, K), or numbers, float (B,).
    classes
        Names of the K classes, in the order of the columns; empty: numbers.
    """
    exact = output.astype(np.float64)
    if not classes:
        return Decided(value=exact)
    shares = softmax(exact)
    best = shares.argmax(axis=1)
    two = np.partition(shares, -2, axis=1)[:, -2:]
    return Decided([classes[i] for i in best.tolist()], two[:, 1], two[:, 1] - two[:, 0])


def softmax(logits: npt.NDArray[Any]) -> Float64:
    """Return shares, float64 (N, K), of logits, float (N, K)."""
    exact = logits.astype(np.float64)
    powers = np.exp(exact - exact.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def together(parts: Sequence[Decided]) -> Decided:
    """Join what a head says about batches."""

    def joined(name: str) -> Any:
        values = [getattr(part, name) for part in parts]
        return None if not values or values[0] is None else np.concatenate(values)

    names = [name for part in parts for name in part.predicted or ()]
    return Decided(names or None, joined("score"), joined("margin"), joined("value"))
