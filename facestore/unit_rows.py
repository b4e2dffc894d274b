"""Rows of unit length: what every table of vectors holds."""

from typing import Any

import numpy as np
import numpy.typing as npt

from facestore.records import Float32

# float16 keeps a unit vector's length to about this.
UNIT_TOLERANCE = 1e-3


def unit_rows(vectors: npt.NDArray[Any]) -> Float32:
    """Scale rows to unit length.

    Parameters
    ----------
    vectors : float (B, D)
        Any positive lengths.

    Returns
    -------
    float32 (B, D)

    Raises
    ------
    ValueError
        If a row is zero, infinite or not a number; its index is in the message.
    """
    exact = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    bad = np.flatnonzero(~np.isfinite(lengths[:, 0]) | (lengths[:, 0] == 0))
    if bad.size:
        message = f"row {bad[0]} is zero, infinite or NaN ({bad.size:,} such rows)"
        raise ValueError(message)
    return np.asarray(exact / lengths, dtype=np.float32)


def kept_or_unit_rows(vectors: npt.NDArray[Any]) -> Float32:
    """Keep vectors that somebody stored as unit vectors bit for bit; scale others to unit length.

    Scaling away the rounding of float16 would move published decisions that hang on it.

    Parameters
    ----------
    vectors : float (B, D)

    Returns
    -------
    float32 (B, D)
        Rows of length 1, to `UNIT_TOLERANCE` where all rows were so before.

    Raises
    ------
    ValueError
        As `unit_rows`.
    """
    units = unit_rows(vectors)
    lengths = np.linalg.norm(np.asarray(vectors, dtype=np.float64), axis=1)
    if np.all(np.abs(lengths - 1) < UNIT_TOLERANCE):
        return np.asarray(vectors, dtype=np.float32)
    return units
