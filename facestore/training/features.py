"""Vectors as linear heads are fitted to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from facestore.records import Float32

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Features:
    """Vectors, centred and scaled by one number.

    Attributes
    ----------
    values
        float32 (N, D).
    mean
        float64 (D,): what was subtracted.
    scale
        What they were divided by afterwards.
    """

    values: Float32
    mean: Float64
    scale: float

    @classmethod
    def taking_over(cls, vectors: Float32) -> Features:
        """Centre and scale vectors in place, so that there is no second copy of them.

        Parameters
        ----------
        vectors : float32 (N, D)
            Are changed.
        """
        mean = vectors.mean(axis=0, dtype=np.float64)
        vectors -= mean.astype(np.float32)
        n_values = max(vectors.size, 1)
        total = sum(float(np.vdot(row, row)) for row in np.array_split(vectors, 64))
        scale = float(np.sqrt(total / n_values)) or 1.0
        vectors /= np.float32(scale)
        return cls(vectors, mean, scale)

    def rows(self, numbers: Int64) -> Float32:
        """Return some rows; without a copy where they follow one another."""
        first, n = (int(numbers[0]), len(numbers)) if len(numbers) else (0, 0)
        if n and np.array_equal(numbers, np.arange(first, first + n)):
            return self.values[first : first + n]
        taken: Float32 = self.values[numbers]
        return taken


@dataclass(frozen=True)
class Part:
    """Features and the classes they belong to.

    Attributes
    ----------
    features
        float32 (N, D), centred and scaled.
    targets
        int64 (N,), in 0 ... K - 1.
    """

    features: Float32
    targets: Int64
