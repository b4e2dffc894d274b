"""LIME: which superpixels a score rests on, for any classifier that can be asked about images.

Source: Ribeiro, Singh, Guestrin 2016, "Why Should I Trust You?", with the settings of the authors'
code for images: half of the superpixels of a sample are kept, the others get their mean colour, and
samples count by exp(-d^2 / (2 * 0.25^2)), d the cosine distance to the whole image. Superpixels are
those of SLIC (Achanta et al. 2012). The linear model is a ridge regression; it has the same
solution, scaled, for scores of any scale. The Lasso that captum takes by default does not: with its
penalty of 0.01 all weights of scores as small as cosines are 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from facestore.errors import InputError, counted
from facestore.explaining.pixels import UInt8
from facestore.records import Float32

Float64: TypeAlias = NDArray[np.float64]
Score: TypeAlias = Callable[[UInt8], "np.ndarray"]
N_SAMPLES = 256
N_SEGMENTS = 50
_COMPACTNESS = 10
_KERNEL_WIDTH = 0.25
_L2 = 1.0


@dataclass(frozen=True)
class LimeExplanation:
    """A linear model of a score near one image.

    Attributes
    ----------
    segments
        int32 (H, W): the superpixel of each pixel, 0 to S - 1.
    weights
        float32 (S,): how much the score rises where a superpixel is kept, in units of the score.
    intercept
        The score of the linear model when no superpixel is kept.
    r_squared
        Share of the weighted variance of the scores that the model explains, of the samples it was
        fitted to: S random numbers would explain about S / n_samples.
    r_squared_left_out
        The same of samples that are left out of the fit, one at a time; may be negative.
    n_samples
        Number of changed images, the whole image among them.
    seed
        Which superpixels they keep.
    """

    segments: NDArray[np.int32]
    weights: Float32
    intercept: float
    r_squared: float
    r_squared_left_out: float
    n_samples: int
    seed: int


def lime_map(
    image: UInt8,
    score: Score,
    *,
    n_samples: int = N_SAMPLES,
    n_segments: int = N_SEGMENTS,
    seed: int = 0,
    batch_size: int = 32,
) -> LimeExplanation:
    """Fit a linear model of a score to images with superpixels left out.

    Parameters
    ----------
    image
        uint8 (H, W, 3), as the encoder sees it: cut and resized.
    score
        Turns uint8 (M, H, W, 3) into M scores: a cosine, a logit, years.
    n_samples
        How many changed images to score; most of the time goes there.
    n_segments
        How many superpixels to ask SLIC for; it may find a few less or more.
    seed
        Which superpixels the samples keep.
    batch_size
        How many images `score` gets at most.

    Raises
    ------
    InputError
        If the image is of another shape or type, there are no more samples than superpixels, or
        the scores are not M finite numbers.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        message = f"An image of {image.dtype} {image.shape}, but uint8 (H, W, 3) was expected."
        raise InputError(message)
    segments = superpixels(image, n_segments)
    n_found = int(segments.max()) + 1
    if n_samples <= n_found + 1:
        message = (
            f"{counted(n_samples, 'sample')} for {counted(n_found, 'superpixel')} and an "
            "intercept: give more samples "
            "(five a superpixel or so), or ask for fewer superpixels."
        )
        raise InputError(message)
    kept = np.random.default_rng(seed).random((n_samples, n_found)) < 0.5
    kept[0] = True
    scores = _scored(image, segments, kept, score, batch_size)
    fit = _fitted(kept.astype(np.float64), scores, _closeness(kept))
    return LimeExplanation(segments, *fit, n_samples=n_samples, seed=seed)


def superpixels(image: UInt8, n_segments: int) -> NDArray[np.int32]:
    """Divide an image, uint8 (H, W, 3), into superpixels by SLIC: int32 (H, W) from 0."""
    from skimage.segmentation import slic

    found = slic(image, n_segments=n_segments, compactness=_COMPACTNESS, start_label=0)
    # Numbers without a gap: each is a column of the regression.
    _, dense = np.unique(found, return_inverse=True)
    return np.asarray(dense.reshape(found.shape), dtype=np.int32)


def on_grid(explanation: LimeExplanation, rows: int, cols: int) -> Float32:
    """Return the mean weight of the pixels of each cell of a grid, float32 (rows, cols).

    A pixel belongs to the cell that its upper left corner is in. Weights may be negative.

    Raises
    ------
    InputError
        If a cell would be without a pixel.
    """
    height, width = explanation.segments.shape
    if not (1 <= rows <= height and 1 <= cols <= width):
        message = f"A grid of {rows} x {cols} for an image of {height} x {width} pixels."
        raise InputError(message)
    weights = explanation.weights.astype(np.float64)[explanation.segments]
    row = np.arange(height) * rows // height
    col = np.arange(width) * cols // width
    cell = (row[:, None] * cols + col[None, :]).ravel()
    sums = np.bincount(cell, weights=weights.ravel(), minlength=rows * cols)
    return (sums / np.bincount(cell, minlength=rows * cols)).reshape(rows, cols).astype(np.float32)


def _scored(
    image: UInt8, segments: NDArray[np.int32], kept: NDArray[np.bool_], score: Score, at_once: int
) -> Float64:
    sizes = np.bincount(segments.ravel())[:, None]
    sums = [np.bincount(segments.ravel(), image[..., c].ravel().astype(float)) for c in range(3)]
    hidden = np.rint(np.stack(sums, axis=1) / sizes).astype(np.uint8)[segments]
    parts = []
    for first in range(0, len(kept), at_once):
        masks = kept[first : first + at_once][:, segments, None]
        part = np.asarray(score(np.where(masks, image, hidden)), dtype=np.float64)
        if part.shape != (len(masks),) or not np.isfinite(part).all():
            message = (
                f"The score gave shape {part.shape} for {counted(len(masks), 'image')}: "
                f"({len(masks)},) of finite numbers was expected."
            )
            raise InputError(message)
        parts.append(part)
    return np.concatenate(parts)


def _closeness(kept: NDArray[np.bool_]) -> Float64:
    """Weigh samples by their cosine distance from the whole image; (M,) in (0, 1]."""
    distances = 1 - np.sqrt(kept.mean(1))
    closeness: Float64 = np.exp(-(distances**2) / (2 * _KERNEL_WIDTH**2))
    return closeness


def _fitted(
    kept: Float64, scores: Float64, closeness: Float64
) -> tuple[Float32, float, float, float]:
    """Fit a weighted ridge regression with a free intercept.

    Returns
    -------
    weights (S,), intercept, R squared, R squared of samples left out one at a time
    """
    share = closeness / closeness.sum()
    mean_kept, mean_score = share @ kept, share @ scores
    root = np.sqrt(closeness)
    design = (kept - mean_kept) * root[:, None]
    target = (scores - mean_score) * root
    inverse = np.linalg.inv(design.T @ design + _L2 * np.eye(kept.shape[1]))
    weights = inverse @ design.T @ target
    residuals = target - design @ weights
    # What each sample pulls its own fit by: through the intercept, and through the weights.
    leverage = share + np.einsum("ms,st,mt->m", design, inverse, design, optimize=True)
    total = float(target @ target)
    explained = [1 - float(r @ r) / total if total > 0 else 0.0 for r in
                 (residuals, residuals / (1 - leverage))]  # fmt: skip
    intercept = float(mean_score - mean_kept @ weights)
    return weights.astype(np.float32), intercept, explained[0], explained[1]
