"""Do maps show what a score rests on? Deletion and insertion curves.

Source: Petsiuk, Das, Saenko 2018, "RISE: Randomized Input Sampling for Explanation of Black-box
Models": patches are removed, most relevant first, or put into an empty image. A good map lets the
score fall fast and rise fast. The measure to beat is a random order of the same patches: a curve
alone says more of the model than of the map, since images without parts are none it has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facestore.errors import InputError, UnknownNameError, counted
from facestore.records import Float32

if TYPE_CHECKING:
    import torch

Fill: TypeAlias = 'float | Literal["mean", "blur"]'
PixelScore: TypeAlias = "Callable[[torch.Tensor], np.ndarray]"
FRACTIONS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def deletion_curve(
    score: PixelScore,
    pixels: torch.Tensor,
    values: Float32,
    *,
    fractions: Sequence[float] = FRACTIONS,
    fill: Fill = "mean",
    seed: int = 0,
) -> Float32:
    """Score images from which the most relevant patches are removed.

    Parameters
    ----------
    score
        Turns pixels (N, 3, H, W) into scores (N,).
    pixels
        float (N, 3, H, W), preprocessed.
    values
        float32 (N, rows, cols): maps of the images, with any sign; random ones for comparison.
    fractions
        Shares of the patches to remove, each in [0, 1].
    fill
        What patches are replaced by: "mean" colour of the image, a strong "blur" of it, or a number
        (0: the mean of the data that the model was trained on).
    seed
        Patches of equal relevance go in a random order, not from the upper left.

    Returns
    -------
    float32 (N, len(fractions))
        In units of the score.

    Raises
    ------
    InputError
        If shapes or fractions do not fit, or there is no such fill.
    """
    return _curve(score, pixels, values, fractions, fill, seed, inserting=False)


def insertion_curve(
    score: PixelScore,
    pixels: torch.Tensor,
    values: Float32,
    *,
    fractions: Sequence[float] = FRACTIONS,
    fill: Fill = "mean",
    seed: int = 0,
) -> Float32:
    """Score images that have only their most relevant patches; as `deletion_curve` otherwise."""
    return _curve(score, pixels, values, fractions, fill, seed, inserting=True)


def area_under(curves: Float32, fractions: Sequence[float] = FRACTIONS) -> Float32:
    """Return the mean height of curves (N, F) over the fractions they are at: float32 (N,)."""
    at = np.asarray(fractions, dtype=np.float64)
    areas = np.trapezoid(curves.astype(np.float64), at, axis=1) / (at[-1] - at[0])
    return np.asarray(areas, dtype=np.float32)


def centre_first(rows: int, cols: int) -> Float32:
    """Return the map of nobody who looked, float32 (rows, cols): higher nearer the middle."""
    row, col = np.mgrid[:rows, :cols]
    distance = (row - (rows - 1) / 2) ** 2 + (col - (cols - 1) / 2) ** 2
    return np.asarray(-distance, dtype=np.float32)


def _curve(
    score: PixelScore,
    pixels: torch.Tensor,
    values: Float32,
    fractions: Sequence[float],
    fill: Fill,
    seed: int,
    *,
    inserting: bool,
) -> Float32:
    import torch

    _check(pixels, values, fractions)
    if isinstance(fill, str) and fill not in ("mean", "blur"):
        raise UnknownNameError("fill", fill, ("mean", "blur"), "A number works too.")
    rank, empty = _ranks(values, seed), _empty(pixels, fill)
    n_patches = values[0].size
    rows, cols = (
        torch.arange(size) * n // size
        for size, n in zip(pixels.shape[2:], values.shape[1:], strict=True)
    )
    steps = []
    for fraction in fractions:
        chosen = torch.from_numpy(rank < round(fraction * n_patches))
        shown = (chosen if inserting else ~chosen)[:, rows][:, :, cols]
        part = torch.where(shown[:, None].to(pixels.device), pixels, empty)
        steps.append(np.asarray(score(part), dtype=np.float32))
    return np.stack(steps, axis=1)


def _empty(pixels: torch.Tensor, fill: Fill) -> torch.Tensor:
    """Return what images look like where nothing of them is shown; as `pixels`."""
    import torch
    from torchvision.transforms.functional import gaussian_blur

    if fill == "mean":
        return pixels.mean((2, 3), keepdim=True).expand_as(pixels)
    if fill == "blur":
        # Wide enough that no part of a face is left: a deviation of a sixth of the image.
        size = min(pixels.shape[2:])
        empty: torch.Tensor = gaussian_blur(pixels, [size // 3 * 2 + 1] * 2, size / 6)
        return empty
    return torch.full_like(pixels, fill)


def _ranks(values: Float32, seed: int) -> NDArray[np.int64]:
    """Return the place of each patch, (N, rows, cols), 0 for the most relevant."""
    flat = values.reshape(len(values), -1)
    tie = np.random.default_rng(seed).random(flat.shape)
    order = np.lexsort((tie, -flat), axis=1)
    return np.argsort(order, axis=1).reshape(values.shape)


def _check(pixels: torch.Tensor, values: Float32, fractions: Sequence[float]) -> None:
    if values.ndim != 3 or len(values) != len(pixels):
        message = (
            f"Maps of shape {values.shape} for {counted(len(pixels), 'image')}: give "
            f"({len(pixels)}, rows, cols)."
        )
        raise InputError(message)
    at = np.asarray(fractions, dtype=np.float64)
    if len(at) < 2 or (np.diff(at) <= 0).any() or at[0] < 0 or at[-1] > 1:
        message = f"Fractions {list(fractions)}: give two or more in [0, 1], in rising order."
        raise InputError(message)
