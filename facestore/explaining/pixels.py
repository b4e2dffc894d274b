"""Between what a tower takes and what people see, without cutting or resizing anything.

A map of the tower's own input has the tower's own grid; a map of the file, before it was cut to a
square, would not fit on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

UInt8: TypeAlias = NDArray[np.uint8]


def to_images(pixels: torch.Tensor, mean: Sequence[float], std: Sequence[float]) -> UInt8:
    """Turn what an encoder's preprocessing gives back into pictures.

    Parameters
    ----------
    pixels
        float (N, 3, H, W).
    mean, std
        Of the preprocessing, one for each channel, in units of [0, 1].

    Returns
    -------
    uint8 (N, H, W, 3)
    """
    values = pixels.detach().float().cpu().numpy().transpose(0, 2, 3, 1)
    scaled = (values * np.asarray(std, np.float32) + np.asarray(mean, np.float32)) * 255
    return np.asarray(np.rint(scaled).clip(0, 255), dtype=np.uint8)


def to_pixels(images: UInt8, mean: Sequence[float], std: Sequence[float]) -> torch.Tensor:
    """Turn pictures of the tower's size into what the tower takes.

    Parameters
    ----------
    images
        uint8 (N, H, W, 3), of the size that the tower takes.
    mean, std
        Of the preprocessing.

    Returns
    -------
    float32 (N, 3, H, W)
    """
    import torch

    scaled = images.astype(np.float32) / 255 - np.asarray(mean, np.float32)
    values = scaled / np.asarray(std, np.float32)
    return torch.from_numpy(np.ascontiguousarray(values.transpose(0, 3, 1, 2)))
