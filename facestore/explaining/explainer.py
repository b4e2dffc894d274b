"""One tower explained by any method: scores that are linear in its output, batch by batch."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from facestore.encoders.preprocessing import LIBRARY, Preprocessing
from facestore.encoders.processors import OF_TRANSFORMERS, cut_to_show, has_transformers
from facestore.errors import InputError, UnknownChoiceError
from facestore.explaining.lime import N_SAMPLES, N_SEGMENTS, lime_map, on_grid
from facestore.explaining.maps import image_vectors, tower_name
from facestore.explaining.methods import LIME, MAP_METHODS, METHODS, supported_methods
from facestore.explaining.pixels import UInt8, to_images, to_pixels
from facestore.explaining.relevancy import layout_of
from facestore.numbers import Range, check_number
from facestore.records import Float32

if TYPE_CHECKING:
    import torch
    from PIL import Image

# Of LIME for towers without a grid of patches: that of the last layer of a ResNet at 224 px.
_LIME_GRID = (7, 7)


_SUPERPIXELS = Range("a whole number from 2 up", low=2, whole=True)


@dataclass(frozen=True)
class LimeOptions:
    """How LIME asks.

    Attributes
    ----------
    n_samples
        Changed images that are scored, for each image.
    n_segments
        Superpixels asked for.
    seed
        Which superpixels the samples keep.
    """

    n_samples: int = N_SAMPLES
    n_segments: int = N_SEGMENTS
    seed: int = 0

    def __post_init__(self) -> None:
        # Of one superpixel a map is the same everywhere, and looks like any other.
        check_number("lime_segments", self.n_segments, _SUPERPIXELS)
        enough = Range(
            f"more changed pictures than {self.n_segments} superpixels and two",
            low=self.n_segments + 2,
            whole=True,
        )
        check_number("lime_samples", self.n_samples, enough)


@dataclass(frozen=True)
class Explained:
    """One image explained.

    Attributes
    ----------
    score
        Of the target, for the whole image.
    values
        float32 (rows, cols); below 0 only by LIME.
    r_squared, r_squared_left_out
        By LIME: of its fit, and of samples left out one at a time; else None.
    """

    score: float
    values: Float32
    r_squared: float | None = None
    r_squared_left_out: float | None = None


class Explainer:
    """Explains scores of one image tower.

    Parameters
    ----------
    tower
        The visual part of an open_clip model, with or without its projection; one of half
        precision is copied to float32.
    preprocessing
        That of the encoder: `mean` and `std` are used.
    unit
        Whether scores are of vectors of unit length, or of the tower's output as it is.
    method
        One of `METHODS`; None: the best that the tower supports.
    lime
        Used by LIME alone.

    Raises
    ------
    UnknownChoiceError
        If there is no such method.
    InputError
        If the tower does not support it.

    Attributes
    ----------
    method
        What makes the maps.
    tower
        In float32.
    """

    def __init__(
        self,
        tower: Any,
        preprocessing: Mapping[str, Any],
        *,
        unit: bool = True,
        method: str | None = None,
        lime: LimeOptions | None = None,
    ) -> None:
        supported = supported_methods(tower)
        if method is not None and method not in METHODS:
            raise UnknownChoiceError("method", method, METHODS)
        if method is not None and method not in supported:
            message = (
                f"No {method} for image tower {tower_name(tower)}: use "
                f"{' or '.join(f'`method={each}`' for each in supported)}."
            )
            raise InputError(message)
        self.method = method or supported[0]
        self.tower = _in_float32(tower)
        self._mean, self._std = preprocessing["mean"], preprocessing["std"]
        self._unit = unit
        self._lime = lime or LimeOptions()

    @property
    def parameters(self) -> dict[str, Any]:
        """What decides a map besides the tower and the target."""
        if self.method != LIME:
            return {}
        lime = self._lime
        return {"n_samples": lime.n_samples, "n_segments": lime.n_segments, "seed": lime.seed}

    def explain(
        self, inputs: Sequence[torch.Tensor], weights: Float32, biases: Float32
    ) -> list[Explained]:
        """Explain a batch: score = output of the tower . weight + bias.

        Parameters
        ----------
        inputs
            N preprocessed images, float32 (3, H, W).
        weights
            float32 (N, D): the target of each image.
        biases
            float32 (N,).
        """
        import torch

        pixels = torch.stack(list(inputs))
        if self.method == LIME:
            images = to_images(pixels, self._mean, self._std)
            return [
                self._by_lime(image, weight, float(bias))
                for image, weight, bias in zip(images, weights, biases, strict=True)
            ]
        maps = MAP_METHODS[self.method].maps(self.tower, pixels, weights, unit=self._unit)
        scores = maps.scores + biases
        return [
            Explained(float(score), values)
            for score, values in zip(scores, maps.values, strict=True)
        ]

    def _by_lime(self, image: UInt8, weight: Float32, bias: float) -> Explained:
        def score(images: UInt8) -> Float32:
            pixels = to_pixels(images, self._mean, self._std)
            return self.scores(pixels, weight, np.asarray(bias, dtype=np.float32))

        lime = self._lime
        found = lime_map(
            image, score, n_samples=lime.n_samples, n_segments=lime.n_segments, seed=lime.seed
        )
        return Explained(
            float(score(image[None])[0]),
            on_grid(found, *self._grid()),
            found.r_squared,
            found.r_squared_left_out,
        )

    def scores(self, pixels: torch.Tensor, weights: Float32, biases: Float32) -> Float32:
        """Score images: float32 (N,).

        Parameters
        ----------
        pixels
            float32 (N, 3, H, W), preprocessed.
        weights, biases
            float32 (N, D) and (N,), as `explain` takes them, or one (D,) and one number for all.
        """
        import torch

        device = next(self.tower.parameters()).device
        with torch.inference_mode():
            vectors = image_vectors(self.tower, pixels.to(device), unit=self._unit).cpu().numpy()
        scores: Float32 = (vectors * weights).sum(-1) + biases
        return scores

    def _grid(self) -> tuple[int, int]:
        try:
            return layout_of(self.tower).grid
        except InputError:
            return _LIME_GRID


def _in_float32(tower: Any) -> Any:
    """Return a tower that computes in float32: a copy of one whose weights are of half precision.

    Small gradients are lost in half precision, and open_clip keeps some weights of such a tower in
    float32, so that its inputs are of another type than its first weights.
    """
    import torch

    if all(each.dtype == torch.float32 for each in tower.parameters()):
        return tower
    return copy.deepcopy(tower).float()


def seen_by(preprocessing: Mapping[str, Any]) -> Callable[[Image.Image], UInt8]:
    """Return what shows an image as an encoder is given it: cut and resized, uint8 (H, W, 3).

    Parameters
    ----------
    preprocessing
        As an encoder is stored with it; neither the model nor its library is needed.
    """
    if preprocessing.get(LIBRARY) == OF_TRANSFORMERS and not has_transformers():
        return lambda image: np.asarray(cut_to_show(image.convert("RGB"), preprocessing))
    pixels = Preprocessing(preprocessing).pixels
    return lambda image: np.asarray(pixels(image).permute(1, 2, 0))
