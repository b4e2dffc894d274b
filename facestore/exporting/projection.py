"""Vectors in the plane, and their neighbours, as Embedding Atlas wants them."""

from typing import Any

import numpy as np

from facestore.errors import InputError
from facestore.records import Float32, Int64

_BLOCK_ROWS = 1024
_SEED = 0


def project(vectors: Float32, method: str) -> Float32:
    """Return a point in the plane for every vector.

    Parameters
    ----------
    vectors
        float32 (N, D) of unit length.
    method
        `pca`: the two directions of the largest variance, each with the sign that makes its largest
        component positive; or `umap`, by the cosine, which needs umap-learn.

    Returns
    -------
    float32 (N, 2)

    Raises
    ------
    InputError
        If umap-learn is not installed.
    """
    return _umap(vectors) if method == "umap" else _pca(vectors)


def nearest_rows(vectors: Float32, k: int) -> tuple[Int64, Float32]:
    """Return the `k` nearest other rows of every row, nearest first, and how far they are.

    All pairs are compared, some thousand rows at a time.

    Parameters
    ----------
    vectors
        float32 (N, D) of unit length.
    k
        How many; fewer where N - 1 is less.

    Returns
    -------
    int64 (N, k), float32 (N, k)
        Numbers of rows, and 1 - cosine in [0, 2].
    """
    n = len(vectors)
    k = min(k, max(n - 1, 0))
    rows, far = np.empty((n, k), np.int64), np.empty((n, k), np.float32)
    for start in range(0, n if k else 0, _BLOCK_ROWS):
        cosines = vectors[start : start + _BLOCK_ROWS] @ vectors.T
        own = np.arange(len(cosines))
        cosines[own, start + own] = -np.inf
        found = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        values = np.take_along_axis(cosines, found, axis=1)
        order = np.lexsort((found, -values))
        rows[start : start + _BLOCK_ROWS] = np.take_along_axis(found, order, axis=1)
        far[start : start + _BLOCK_ROWS] = 1 - np.take_along_axis(values, order, axis=1)
    return rows, np.clip(far, 0, 2)


def _pca(vectors: Float32) -> Float32:
    if not len(vectors):
        return np.empty((0, 2), np.float32)
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    directions = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :2]
    largest = np.abs(directions).argmax(axis=0)
    directions = directions * np.sign(directions[largest, np.arange(directions.shape[1])])
    points: Any = np.zeros((len(vectors), 2), np.float32)
    points[:, : directions.shape[1]] = centred @ directions
    return np.asarray(points, np.float32)


def _umap(vectors: Float32) -> Float32:
    try:
        from umap import UMAP
    except ImportError as error:
        message = "UMAP is not installed: pip install 'facestore[umap]', or take `projection=pca`."
        raise InputError(message) from error
    return np.asarray(UMAP(metric="cosine", random_state=_SEED).fit_transform(vectors), np.float32)
