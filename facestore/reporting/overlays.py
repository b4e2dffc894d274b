"""Overlays: the map of an explanation over the picture that the model was given.

Colours are told apart with every common colour blindness: viridis (Smith and van der Walt 2015,
CC0) where a map only speaks for a target, and Okabe and Ito's blue and vermilion where it also
speaks against. Light grows with relevance, so that they survive a black and white print.
"""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facestore.records import Float32

_VIRIDIS = (
    "440154", "472d7b", "3b528b", "2c728e", "21918c", "28ae80", "5ec962", "addc30", "fde725",
)  # fmt: skip
_AGAINST, _FOR = "0072b2", "d55e00"
# The picture stays to be seen under the map, and the map over a picture of one colour.
_OPACITY_LOW, _OPACITY_HIGH = 0.25, 0.75
_PIXELS = 224
_QUALITY = 82


def picture_of(seen: NDArray[np.uint8]) -> Image.Image:
    """Return what the model was given, uint8 (H, W, 3), large enough to look at."""
    image = Image.fromarray(seen)
    factor = max(1, _PIXELS / max(image.size))
    size = (round(image.width * factor), round(image.height * factor))
    return image.resize(size, Image.Resampling.BICUBIC) if factor > 1 else image


def spread(relevance: Float32) -> Float32:
    """Return a map in units of an even spread of its own relevance, so that maps compare.

    Parameters
    ----------
    relevance
        float32 (rows, cols), in the unit of a tower and a score.

    Returns
    -------
    float32 (rows, cols)
        1 where a cell has what each would have; below 0 what speaks against. All 0 for a map of
        nothing.
    """
    total = float(np.abs(relevance).sum(dtype=np.float64))
    return relevance * np.float32(relevance.size / total) if total > 0 else relevance


def overlay(picture: Image.Image, relevance: Float32, largest: float) -> Image.Image:
    """Lay a map over a picture.

    Parameters
    ----------
    picture
        RGB, what the model was given.
    relevance
        float32 (rows, cols). Between the centres of cells colours are blended.
    largest
        Where the scale of colours ends, on both sides of 0.

    Returns
    -------
    Image
        RGB of the size of the picture, which is grey underneath.
    """
    grey = np.asarray(picture.convert("L"), dtype=np.float32)[..., None].repeat(3, axis=2)
    scaled = relevance / largest if largest > 0 else np.zeros_like(relevance)
    smooth = Image.fromarray(scaled.astype(np.float32)).resize(
        picture.size, Image.Resampling.BILINEAR
    )
    values = np.asarray(smooth, dtype=np.float32).clip(-1, 1)
    strength = np.abs(values)[..., None]
    if (relevance < 0).any():
        colours, opacity = _signed(values), _OPACITY_HIGH * strength
    else:
        colours = _colours(values)
        opacity = _OPACITY_LOW + (_OPACITY_HIGH - _OPACITY_LOW) * strength
    mixed = (1 - opacity) * grey + opacity * colours
    return Image.fromarray(np.rint(mixed).clip(0, 255).astype(np.uint8))


def data_uri(image: Image.Image) -> str:
    """Return a picture as a small WebP in a `data:` URI."""
    out = io.BytesIO()
    image.save(out, "WEBP", quality=_QUALITY)
    return f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"


def _colours(values: Float32) -> Float32:
    """Return viridis, float32 (H, W, 3) in [0, 255], of values in [0, 1]."""
    table = np.array([_rgb(each) for each in _VIRIDIS])
    places = np.linspace(0, 1, len(table))
    channels = [np.interp(values, places, table[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def _signed(values: Float32) -> Float32:
    """Return blue where values are below 0 and vermilion where they are above."""
    return np.where(values[..., None] < 0, _rgb(_AGAINST), _rgb(_FOR)).astype(np.float32)


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour)
    return red, green, blue
