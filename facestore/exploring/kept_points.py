"""Points and neighbours of vectors, made once: they are kept in the user's cache.

A store is only read here, and what follows from its vectors alone needs no migration. The name of a
file is a hash of the vectors and of how they were projected: what is found is right for them, and
nothing is found after a change. In it are numbers without names: of which sample a point is, is not
said.
"""

import base64
import hashlib
import io
import time
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from platformdirs import user_cache_path

from facestore.exporting.projection import nearest_rows, project
from facestore.files import is_private, write_private
from facestore.records import Float32, Int64

# Of the way in which points are written down here.
_FORM = 1
# What took less is made again each time.
_WORTH_SECONDS = 1.0

Points = tuple[Float32, Int64, Float32]


def points_of(vectors: Float32, method: str, n_neighbours: int) -> Points:
    """Return the points of vectors in the plane, and the nearest other rows of each.

    Parameters
    ----------
    vectors
        float32 (N, D) of unit length.
    method
        One of `facestore.exporting.PROJECTIONS`.
    n_neighbours
        How many neighbours a row has.

    Returns
    -------
    float32 (N, 2), int64 (N, k), float32 (N, k)
        Points; numbers of rows, nearest first, and 1 - cosine in [0, 2].
    """
    file = _cache_file(vectors, method, n_neighbours)
    kept = _read(file, len(vectors))
    if kept is not None:
        return kept
    begun = time.monotonic()
    points = (project(vectors, method), *nearest_rows(vectors, n_neighbours))
    if time.monotonic() - begun > _WORTH_SECONDS:
        with suppress(OSError):  # a home that may only be read: they are made again each time
            _write(file, points)
    return points


def _cache_file(vectors: Float32, method: str, n_neighbours: int) -> Path:
    digest = hashlib.sha256(f"{_FORM} {method} {n_neighbours} {vectors.shape}".encode())
    digest.update(np.ascontiguousarray(vectors).data)
    folder = user_cache_path("facestore", appauthor=False)
    return folder / f"points-{digest.hexdigest()[:32]}.txt"


def _write(file: Path, points: Points) -> None:
    content = io.BytesIO()
    np.savez(content, *points)
    write_private(file, base64.b64encode(content.getvalue()).decode())


def _read(file: Path, n_rows: int) -> Points | None:
    """Return what was kept; None where nothing was, or somebody else could have written it."""
    try:
        if not (is_private(file.parent) and is_private(file)):
            return None
        content = io.BytesIO(base64.b64decode(file.read_bytes(), validate=True))
        with np.load(content, allow_pickle=False) as kept:
            points, ids, far = (kept[f"arr_{i}"] for i in range(3))
    except (OSError, ValueError, KeyError, BadZipFile):
        return None
    if len(points) != n_rows or len(ids) != n_rows or ids.shape != far.shape:
        return None
    return points, ids, far
