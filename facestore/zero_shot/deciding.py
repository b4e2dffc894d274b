"""What the views zero_shot_* and winners_every_k decide, from cosines that are not kept as rows.

A sum of float32 cosines in float64 is exact, unless one of them is below 1e-6, so the order in
which they are added up does not matter, and what is decided here is what the views decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from facestore.records import Float32

Float64 = npt.NDArray[np.float64]
Places = npt.NDArray[np.uint16]
# As winners_every_k has it: what a class later in the order lacks, so that ties go to the first.
_HANDICAP = 2.0**-40
# So many samples at once that what is computed of them stays in the cache of a processor.
_ROWS = 2048


@dataclass(frozen=True)
class Vote:
    """The prompts of a set that decide an attribute.

    Attributes
    ----------
    attribute
        What is decided.
    classes
        C classes, in the order in which ties go to them.
    prompt_ids
        The prompts of each class.
    """

    attribute: str
    classes: tuple[str, ...]
    prompt_ids: tuple[tuple[int, ...], ...]

    @property
    def k_max(self) -> int:
        """The largest number of prompts of a class."""
        return max(map(len, self.prompt_ids))


@dataclass(frozen=True)
class Pooling:
    """How the cosines of a class become its score.

    Attributes
    ----------
    aggregation
        `sum`, `mean`, `topk` or `embedding_mean`.
    k
        For `topk`.
    norms
        For `embedding_mean`: the length of the mean text vector of each class.
    """

    aggregation: str
    k: int | None = None
    norms: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Decisions:
    """What is decided of some samples.

    Attributes
    ----------
    places : int64 (S,)
        Index of the class, among those of the vote.
    scores, margins : float64 (S,)
        As the views have them; a margin is NaN where there is one class alone.
    """

    places: npt.NDArray[np.int64]
    scores: Float64
    margins: Float64


def winners(cosines: Float32, prompt_ids: Sequence[int], vote: Vote) -> Places:
    """Return the class that wins with every k, as winners_every_k has it.

    Parameters
    ----------
    cosines : float32 (P, S)
        Of S samples to P prompts.
    prompt_ids
        The P prompts.
    vote
        Whose prompts are among them.

    Returns
    -------
    uint16 (S, k_max)
        Places in class_prompts, from 1.
    """
    rows = _rows_of(prompt_ids, vote)
    found = np.empty((cosines.shape[1], vote.k_max), np.uint16)
    for first in range(0, len(found), _ROWS):
        part = np.ascontiguousarray(cosines[:, first : first + _ROWS].T)
        found[first : first + _ROWS] = _winners(part, rows, vote.k_max)
    return found


def _winners(cosines: Float32, rows: Sequence[npt.NDArray[np.int64]], k_max: int) -> Places:
    best = np.full((k_max, len(cosines)), -np.inf)
    found = np.zeros((k_max, len(cosines)), np.uint16)
    for place, of_class in enumerate(rows, 1):
        sums = _running_sums(cosines[:, of_class], k_max)
        sums -= place * _HANDICAP
        # Places grow, so the largest that was better is the last one: half the time of a copy
        # where it is better.
        np.maximum(found, (sums > best) * np.uint16(place), out=found)
        np.maximum(best, sums, out=best)
    return found.T


def _running_sums(cosines: Float32, k_max: int) -> Float64:
    """Return the sum of the k largest of each sample, a row a k; of all where there are fewer.

    Samples lie side by side, so that a k is one addition of long rows: a fifth of the time of
    `numpy.cumsum`, which adds number by number, and the same sums.
    """
    ranked = np.sort(cosines, axis=1).T[::-1]
    sums = np.empty((k_max, len(cosines)))
    sums[: len(ranked)] = ranked
    for k in range(1, len(ranked)):
        sums[k] += sums[k - 1]
    sums[len(ranked) :] = sums[len(ranked) - 1]
    return sums


def decisions(
    cosines: Float32, prompt_ids: Sequence[int], vote: Vote, pooling: Pooling
) -> Decisions:
    """Return what zero_shot_sum, zero_shot_topk and the others decide.

    Parameters
    ----------
    cosines, prompt_ids, vote
        As `winners` takes them.
    pooling
        How.
    """
    rows = _rows_of(prompt_ids, vote)
    scores = np.empty((cosines.shape[1], len(vote.classes)))
    for first in range(0, len(scores), _ROWS):
        part = np.ascontiguousarray(cosines[:, first : first + _ROWS].T)
        for i, of_class in enumerate(rows):
            scores[first : first + _ROWS, i] = _pooled(part[:, of_class], pooling)
    if pooling.norms is not None:
        scores /= np.array([pooling.norms[each] for each in vote.classes])
    ranked = np.sort(scores, axis=1)
    best = ranked[:, -1]
    second = ranked[:, -2] if len(vote.classes) > 1 else np.full(len(scores), np.nan)
    return Decisions(scores.argmax(axis=1), best, best - second)


def _pooled(cosines: Float32, pooling: Pooling) -> Float64:
    n = cosines.shape[1]
    if pooling.k is not None and pooling.k < n:
        cosines = np.sort(cosines, axis=1)[:, n - pooling.k :]
    sums: Float64 = cosines.sum(axis=1, dtype=np.float64)
    return sums / n if pooling.aggregation in ("mean", "embedding_mean") else sums


def _rows_of(prompt_ids: Sequence[int], vote: Vote) -> list[npt.NDArray[np.int64]]:
    """Return where the prompts of each class lie among others."""
    place_of = {prompt_id: i for i, prompt_id in enumerate(prompt_ids)}
    return [np.array([place_of[each] for each in ids], np.int64) for ids in vote.prompt_ids]
