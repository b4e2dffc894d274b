"""Stage: the nearest vectors of many queries, found by comparing each with every vector."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from facestore.records import Float32, Int64, VectorBlock

# Vectors that are as near as the k-th one, to rounding: any of them counts as found.
_MOST_TIES = 16
# Of a product of float32 vectors of unit length: some ulps.
_ROUNDING = np.float32(1e-6)
NO_ROW = -1


@dataclass(frozen=True)
class ExactAnswers:
    """The nearest vectors of queries, the nearest first.

    Attributes
    ----------
    k
        How many were asked for; of ties at the last place some more are kept.
    rows
        int64 (Q, K): rows of the table.
    cosines
        float32 (Q, K).
    """

    k: int
    rows: Int64
    cosines: Float32

    def n_found(self, query: int, rows: Int64) -> int:
        """Return how many of the k nearest of a query are among some rows; of ties any will do."""
        is_as_near = self.cosines[query] >= self.cosines[query, self.k - 1] - _ROUNDING
        return min(self.k, int(np.isin(rows, self.rows[query][is_as_near]).sum()))

    def part(self, start: int, end: int) -> "ExactAnswers":
        """Return the answers of some queries."""
        return ExactAnswers(self.k, self.rows[start:end], self.cosines[start:end])


def exact_nearest(
    blocks: Iterable[VectorBlock], queries: Float32, k: int, own: Int64
) -> ExactAnswers:
    """Find the `k` nearest vectors of each query; the vectors are never all in memory.

    Parameters
    ----------
    blocks
        All vectors.
    queries
        float32 (Q, D) of unit length.
    k
        How many; there are more vectors than that.
    own
        int64 (Q,): a row that is left out, as a query was taken from it; `NO_ROW`: none.
    """
    n_kept = k + _MOST_TIES
    rows = np.full((len(queries), n_kept), NO_ROW, np.int64)
    cosines = np.full((len(queries), n_kept), -np.inf, np.float32)
    for block in blocks:
        found = queries @ block.vectors.T
        # where a query meets itself
        order = np.argsort(block.rows)
        place = np.minimum(np.searchsorted(block.rows, own, sorter=order), len(block.rows) - 1)
        column = order[place]
        is_here = np.flatnonzero(block.rows[column] == own)
        found[is_here, column[is_here]] = -np.inf
        # after the first blocks most have nothing that is nearer than what is known
        for query in np.flatnonzero(found.max(axis=1) > cosines[:, -1]):
            better = np.flatnonzero(found[query] > cosines[query, -1])
            all_cosines = np.concatenate([cosines[query], found[query, better]])
            all_rows = np.concatenate([rows[query], block.rows[better]])
            best = np.argsort(-all_cosines, kind="stable")[:n_kept]
            cosines[query], rows[query] = all_cosines[best], all_rows[best]
    return ExactAnswers(k, rows, cosines)
