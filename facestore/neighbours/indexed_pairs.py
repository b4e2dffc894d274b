"""Stage: vectors near each other, found among the nearest of each that an index knows."""

from collections.abc import Iterator

import numpy as np

from facestore.catalog.vector_indexes import Certificate
from facestore.neighbours.close_pairs import ClosePairs
from facestore.vector_index import IndexSnapshot


def indexed_pairs(
    snapshot: IndexSnapshot, certificate: Certificate, min_cosine: float
) -> Iterator[ClosePairs]:
    """Yield pairs with a cosine of at least `min_cosine` among the k nearest of each vector.

    A pair comes twice where each of the two is among the nearest of the other.

    Parameters
    ----------
    snapshot
        The table with its index.
    certificate
        How the index is asked, and for how many nearest.
    min_cosine
        The threshold.

    Yields
    ------
    ClosePairs
        Some thousands of vectors at a time.
    """
    k = certificate.k
    for block in snapshot.blocks():
        for answers in snapshot.nearest(
            block.vectors, k + 1, probes=certificate.probes, refine=certificate.refine
        ):
            mine, theirs = block.rows[answers.queries], answers.rows
            is_close = (answers.cosines >= np.float32(min_cosine)) & (mine != theirs)
            mine, theirs, cosines = mine[is_close], theirs[is_close], answers.cosines[is_close]
            _, n_close = np.unique(mine, return_counts=True)
            first, second = np.minimum(mine, theirs), np.maximum(mine, theirs)
            n_asked = len(np.unique(answers.queries))
            yield ClosePairs(first, second, cosines, n_asked, int((n_close >= k).sum()))
