"""Faithfulness: whether a map shows what a score rests on, and comes from what a model learnt.

Sources: Petsiuk, Das, Saenko 2018, "RISE: Randomized Input Sampling for Explanation of Black-box
Models": the areas under the curves of deletion and insertion. Adebayo et al. 2018, "Sanity Checks
for Saliency Maps": the map of the same model with random weights. An area alone says more of the
model than of the map, so each is measured for other orders of the same patches, too: drawn ones,
and from the centre of the picture outwards.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from facestore.explaining.curves import area_under, centre_first, deletion_curve, insertion_curve
from facestore.explaining.explainer import Explainer
from facestore.records import Float32

if TYPE_CHECKING:
    import torch

# Drawn orders of each picture, whose mean area is what a map has to beat.
N_RANDOM = 2
_OWN, _CENTRE, _RANDOMISED, _RANDOM = "own", "centre", "randomised", "random"
_CURVES = {"deletion": deletion_curve, "insertion": insertion_curve}


@dataclass(frozen=True)
class Faithfulness:
    """What was measured of one map.

    Attributes
    ----------
    deletion, insertion
        Area under the score, in its unit, over the share of patches that is removed or shown: by
        order, `own`, `random`, `centre` and `randomised` (the map of random weights).
    span
        Largest minus smallest score of the picture whole, empty, and along the random and the
        centre order: the unit in which areas of several models compare. 0: nothing moves the score.
    likeness
        Spearman's rank correlation of the map with that of random weights, in [-1, 1]; None where
        one of them is the same everywhere.
    seed
        What was drawn by.
    """

    deletion: dict[str, float]
    insertion: dict[str, float]
    span: float
    likeness: float | None
    seed: int


class Measure:
    """Measures maps of one explainer.

    Parameters
    ----------
    explainer
        What made the maps.
    seed
        What orders and weights are drawn by, with the picture: the same for all methods, targets
        and batches of it.
    """

    def __init__(self, explainer: Explainer, seed: int) -> None:
        self._explainer, self._seed = explainer, seed
        self._other = copy.deepcopy(explainer)

    def of(
        self,
        inputs: Sequence[torch.Tensor],
        weights: Float32,
        biases: Float32,
        maps: Float32,
        images: Sequence[str],
    ) -> list[Faithfulness]:
        """Measure the maps of a batch; about 120 passes forward, and what a map costs.

        Parameters
        ----------
        inputs, weights, biases
            As `Explainer.explain` takes them, of N images.
        maps
            float32 (N, rows, cols): the maps that it gave.
        images
            What tells the N images apart: their image_ids.
        """
        import torch

        pixels = torch.stack(list(inputs))
        streams = [_stream(self._seed, image) for image in images]
        randomised = np.concatenate(
            [
                self._randomised([each], weights[i : i + 1], biases[i : i + 1], streams[i])
                for i, each in enumerate(inputs)
            ]
        )
        orders = {
            _OWN: _ordered(maps, streams),
            _CENTRE: _ordered(np.stack([centre_first(*maps.shape[1:])] * len(maps)), streams),
            _RANDOMISED: _ordered(randomised, streams),
        }
        for number in range(N_RANDOM):
            drawn = [stream.random(maps.shape[1:], dtype=np.float32) for stream in streams]
            orders[f"{_RANDOM} {number}"] = np.stack(drawn)

        def score(part: torch.Tensor) -> Float32:
            return self._explainer.scores(part, weights, biases)

        heights = {
            (kind, order): curve(score, pixels, values)
            for kind, curve in _CURVES.items()
            for order, values in orders.items()
        }
        reference = np.concatenate(
            [each for (_, order), each in heights.items() if order not in (_OWN, _RANDOMISED)], 1
        )
        spans = np.ptp(reference, axis=1)
        areas = {key: area_under(each) for key, each in heights.items()}
        return [
            Faithfulness(
                _by_order(areas, "deletion", i),
                _by_order(areas, "insertion", i),
                float(spans[i]),
                _likeness(maps[i], randomised[i]),
                self._seed,
            )
            for i in range(len(maps))
        ]

    def _randomised(
        self, inputs: Sequence[torch.Tensor], weights: Float32, biases: Float32, stream: Any
    ) -> Float32:
        """Return the map, (1, rows, cols), of weights that are drawn for this picture alone."""
        draw_weights(self._other.tower, self._explainer.tower, int(stream.integers(2**62)))
        (found,) = self._other.explain(inputs, weights, biases)
        return found.values[None]


def draw_weights(tower: torch.nn.Module, trained: torch.nn.Module, seed: int) -> None:
    """Give a tower random weights: normal ones, of the mean and deviation of each trained tensor.

    Parameters
    ----------
    tower
        A copy of `trained`, which is changed; what it keeps beside weights, such as the means of a
        batch norm, stays.
    trained
        The tower as it was trained.
    seed
        The same seed draws the same weights on every device.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for drawn, own in zip(tower.parameters(), trained.parameters(), strict=True):
            noise = torch.randn(own.shape, generator=generator).to(own.device)
            drawn.copy_(noise * own.std(correction=0) + own.mean())


def _stream(seed: int, image: str) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed} {image}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def _ordered(maps: Float32, streams: Sequence[np.random.Generator]) -> Float32:
    """Return maps (N, rows, cols) of ranks, the highest for the most relevant; ties are drawn."""
    ranks = []
    for values, stream in zip(maps, streams, strict=True):
        flat = values.ravel()
        order = np.lexsort((stream.random(flat.size), flat))
        ranks.append(np.argsort(order).reshape(values.shape))
    return np.asarray(ranks, dtype=np.float32)


def _by_order(areas: dict[tuple[str, str], Float32], kind: str, image: int) -> dict[str, float]:
    drawn = [areas[kind, f"{_RANDOM} {number}"][image] for number in range(N_RANDOM)]
    found = {order: float(areas[kind, order][image]) for order in (_OWN, _CENTRE, _RANDOMISED)}
    return {_OWN: found.pop(_OWN), _RANDOM: float(np.mean(drawn)), **found}


def _likeness(one: Float32, other: Float32) -> float | None:
    from scipy.stats import spearmanr

    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(spearmanr(one.ravel(), other.ravel()).statistic)
