"""What a training reads: images with small changes, or stored vectors, in batches.

Everything random is drawn from (seed, epoch) or (seed, epoch, sample), so that neither the number
of workers nor a restart in the middle of an epoch changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageEnhance

from facestore.records import Float32

if TYPE_CHECKING:
    import torch

Rows = npt.NDArray[np.int64]
# Far apart from the (seed, epoch, sample) of augmentations.
_ORDER = 0x0B0A7C4


class Inputs(Protocol):
    """The inputs of N samples."""

    def __len__(self) -> int:
        """Return N."""

    def batch(self, rows: Rows, draw: tuple[int, int] | None = None) -> torch.Tensor:
        """Return the inputs of B rows, (B, ...); `draw`: changed at random by (seed, epoch)."""


@dataclass(frozen=True)
class Augmentation:
    """Changes that a face stands: who is on a picture, and how old, stays visible.

    Attributes
    ----------
    flip
        Probability of a mirror image.
    min_area
        Least share of the picture's area that is kept; the share is drawn evenly up to 1.
    ratio
        Width to height changes by up to this share, either way.
    color
        Brightness, contrast and saturation change by up to this share, either way.
    """

    flip: float = 0.5
    min_area: float = 0.8
    ratio: float = 0.05
    color: float = 0.15

    def __call__(self, image: Image.Image, draws: np.random.Generator) -> Image.Image:
        """Change an RGB image; the model's own preprocessing gives it its size."""
        # All numbers are drawn whether used or not: one option does not change the others' draws.
        flip, area, ratio, left, top = draws.random(5)
        factors = 1 + self.color * (2 * draws.random(3) - 1)
        image = self._cropped(image, area, ratio, left, top)
        if flip < self.flip:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        if self.color:
            enhancers = (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color)
            for enhancer, factor in zip(enhancers, factors, strict=True):
                image = enhancer(image).enhance(float(factor))
        return image

    def _cropped(
        self, image: Image.Image, area: float, ratio: float, left: float, top: float
    ) -> Image.Image:
        side = (self.min_area + (1 - self.min_area) * area) ** 0.5
        stretch = (1 + self.ratio) ** (2 * ratio - 1)
        width = min(1.0, side * stretch**0.5) * image.width
        height = min(1.0, side / stretch**0.5) * image.height
        x, y = left * (image.width - width), top * (image.height - height)
        box = (x, y, x + width, y + height)
        size = (max(1, round(width)), max(1, round(height)))
        return image.resize(size, Image.Resampling.BICUBIC, box=box)


class ImageInputs:
    """Images that are read when they are needed.

    Parameters
    ----------
    images
        One function a sample that returns its RGB image; called from several threads.
    preprocess
        As the encoder preprocesses images.
    augmentation
        How images are changed in training; None: not at all.
    workers
        Threads that read; 0: none.
    """

    def __init__(
        self,
        images: Sequence[Callable[[], Image.Image]],
        preprocess: Callable[[Image.Image], torch.Tensor],
        *,
        augmentation: Augmentation | None = None,
        workers: int = 0,
    ) -> None:
        self._images = images
        self._preprocess = preprocess
        self._augmentation = augmentation
        self._workers = workers

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._images)

    def batch(self, rows: Rows, draw: tuple[int, int] | None = None) -> torch.Tensor:
        """Return preprocessed images, float32 (B, 3, H, W)."""
        import torch

        def load(row: int) -> torch.Tensor:
            image = self._images[row]()
            if draw is not None and self._augmentation is not None:
                image = self._augmentation(image, np.random.default_rng((*draw, row)))
            return self._preprocess(image)

        if self._workers <= 0:
            return torch.stack([load(row) for row in rows.tolist()])
        with ThreadPoolExecutor(self._workers) as pool:
            return torch.stack(list(pool.map(load, rows.tolist())))


class VectorInputs:
    """Vectors that are in memory, float32 (N, D); they are never changed at random."""

    def __init__(self, vectors: Float32) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        """Return the number of vectors."""
        return len(self._vectors)

    def batch(self, rows: Rows, draw: tuple[int, int] | None = None) -> torch.Tensor:
        """Return vectors, float32 (B, D)."""
        import torch

        return torch.from_numpy(self._vectors[rows])


@dataclass(frozen=True)
class Labelled:
    """Inputs with labels.

    Attributes
    ----------
    inputs
        Of N samples.
    targets
        By attribute: int64 (N,) numbers of classes, -1 where there is no label; or float (N,), NaN
        where there is none.
    """

    inputs: Inputs
    targets: Mapping[str, npt.NDArray[Any]]

    def __post_init__(self) -> None:
        for attribute, values in self.targets.items():
            if len(values) != len(self.inputs):
                message = f"{len(values)} labels of {attribute!r} for {len(self.inputs)} inputs."
                raise ValueError(message)


def epoch_batches(n: int, batch_size: int, seed: int, epoch: int) -> list[Rows]:
    """Return the rows of every batch of an epoch: all once, shuffled; the last may be smaller."""
    order = np.random.default_rng((_ORDER, seed, epoch)).permutation(n)
    return [order[first : first + batch_size] for first in range(0, n, batch_size)]


def in_order(n: int, batch_size: int) -> list[Rows]:
    """Return the rows of batches that pass once over n samples, in order."""
    return [np.arange(first, min(n, first + batch_size)) for first in range(0, n, batch_size)]


def loaded(
    inputs: Inputs, batches: Sequence[Rows], draw: tuple[int, int] | None = None
) -> Iterator[tuple[Rows, torch.Tensor]]:
    """Yield rows and inputs of batches; the next batch is read while one is computed on."""
    with ThreadPoolExecutor(1) as reader:
        waiting = [reader.submit(inputs.batch, rows, draw) for rows in batches[:1]]
        for number, rows in enumerate(batches):
            current = waiting.pop()
            if number + 1 < len(batches):
                waiting.append(reader.submit(inputs.batch, batches[number + 1], draw))
            yield rows, current.result()
