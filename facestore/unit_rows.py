"""Rows of unit length: what every table of vectors holds."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from facestore.errors import counted
from facestore.records import Float32, PromptSet

# float16 keeps a unit vector's length to about this.
UNIT_TOLERANCE = 1e-3
_AT_ONCE = 65_536


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
    vectors = np.asarray(vectors)
    lengths = _lengths(vectors)
    units = np.empty(vectors.shape, np.float32)
    for part in _parts(len(vectors)):
        units[part] = np.asarray(vectors[part], np.float64) / lengths[part, None]
    return units


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
    if np.all(np.abs(_lengths(np.asarray(vectors)) - 1) < UNIT_TOLERANCE):
        return np.asarray(vectors, dtype=np.float32)
    return unit_rows(vectors)


def _lengths(vectors: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return the float64 (B,) lengths of rows; refuse rows that have none."""
    lengths = np.empty(len(vectors), np.float64)
    for part in _parts(len(vectors)):
        lengths[part] = np.linalg.norm(np.asarray(vectors[part], np.float64), axis=1)
    bad = np.flatnonzero(~np.isfinite(lengths) | (lengths == 0))
    if bad.size:
        message = f"row {bad[0]} is zero, infinite or NaN ({counted(bad.size, 'such row')})"
        raise ValueError(message)
    return lengths


def _parts(n_rows: int) -> Iterator[slice]:
    """Give slices of rows: float64 of all of a million would be many gigabytes."""
    for first in range(0, n_rows, _AT_ONCE):
        yield slice(first, first + _AT_ONCE)


def class_norms(
    prompt_set: PromptSet, vectors: Mapping[str, Float32]
) -> dict[tuple[str, str], float]:
    """Return the length of the mean unit text vector of each (attribute, class) of a prompt set.

    The cosine to the ensembled class embedding (Radford et al. 2021, section 3.1.4) is the mean
    cosine of the class's prompts divided by this length.

    Parameters
    ----------
    prompt_set
        The prompts and the classes they name.
    vectors
        Text -> float32 (D,) unit vector.
    """
    groups: dict[tuple[str, str], list[Float32]] = {}
    for prompt in prompt_set.prompts:
        for attribute, name in prompt.classes.items():
            groups.setdefault((attribute, name), []).append(vectors[prompt.text])
    means = {key: np.mean(group, axis=0, dtype=np.float64) for key, group in groups.items()}
    return {key: float(np.linalg.norm(mean)) for key, mean in means.items()}
